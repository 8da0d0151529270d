"""What a child and a volunteer share: a number, a name that pinyin finds, birth and sex, an ID, a masked face."""

from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from pypinyin import Style, lazy_pinyin

from aixin.access.models import Role, ScopedModel
from aixin.access.numbers import Kind, allocate, is_valid
from aixin.access.querysets import ScopedQuerySet
from aixin.access.regions import Level
from aixin.privacy.fields import BlindIndexField, EncryptedField, index_of
from aixin.privacy.masks import mask_idno, mask_name, mask_numbers, mask_phone, mask_phones
from aixin.vocabulary import Sex


def initials_of(name: str) -> str:
    """Return the pinyin initials by which staff search: 张小明 → zxm."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()[:20]


def pinyin_of(name: str) -> str:
    """Return the full pinyin without tones: 张小明 → zhangxiaoming."""
    return "".join(lazy_pinyin(name)).lower()[:80]


def shows_full_names(user: Any) -> bool:
    """Return whether names stand in full for this user: county staff and below, and volunteers (DOMAIN section 6)."""
    post = getattr(user, "acting_post", None)
    if post is None:
        return False
    return bool(post.role == Role.VOLUNTEER or (post.role == Role.STAFF and post.level >= Level.COUNTY))


def name_for(user: Any, name: str) -> str:
    """Return a person's name as this user may see it."""
    return name if shows_full_names(user) else mask_name(name)


def recorder_for(user: Any, recorder: Any) -> str:
    """Return who wrote a record: an office by its name, a person as this user may see her."""
    name = str(recorder.get_full_name())
    return name if name.endswith("妇联") else name_for(user, name)


def place_for(user: Any, place: Any, county_names: dict[str, str]) -> str:
    """Return a place as a list writes it; with its county for whoever sees several counties."""
    post = getattr(user, "acting_post", None)
    if post is None or post.is_county_or_below or place.level <= Level.COUNTY:
        return str(place.place)
    return f"{county_names.get(place.code[:6], '')} {place.place}".strip()


def text_for(user: Any, text: str) -> str:
    """Return free text as this user may read it: numbers masked, and nothing for who sees names masked."""
    if not text or shows_full_names(user):
        return mask_numbers(text)
    return "（文字由县及以下查看）"


class PersonQuerySet(ScopedQuerySet):
    def standing(self) -> Self:
        """Those with a record of their own: doubles merged into another one are left out."""
        return self.filter(merged_into__isnull=True)

    def led_to(self, numbers: Iterable[str]) -> dict[str, str]:
        """Return for the number of each merged double among some numbers that of the record it went into."""
        doubles = self.filter(no__in=set(numbers), merged_into__isnull=False)
        return dict(doubles.values_list("no", "merged_into__no"))

    def with_text(self, text: str) -> Self:
        """Rows whose name, pinyin, number, exact ID or exact phone is `text`.

        The number of a merged double finds the record that it went into; the double itself is not found.
        """
        wanted = text.strip()
        if not wanted:
            return self
        if wanted.isdigit():
            wanted = self.model.objects.led_to([wanted]).get(wanted, wanted)
        exact = index_of(wanted.upper())
        condition = Q(idno_index=exact) | self._phone_condition(index_of(wanted))
        if wanted.isascii() and wanted.isalpha():
            lowered = wanted.lower()
            condition |= Q(initials__startswith=lowered) | Q(pinyin__startswith=lowered)
        elif wanted.isdigit() and is_valid(wanted):
            condition |= Q(no=wanted)
        else:
            condition |= Q(name__contains=wanted)
        return self.standing().filter(condition)

    def _phone_condition(self, index: str | None) -> Q:
        return Q(phone_index=index)


class Person(ScopedModel):
    """Base of everyone who stands on a roster."""

    NUMBER_KIND: Kind
    no = models.CharField("编号", max_length=12, unique=True, editable=False)
    name = models.CharField("姓名", max_length=40)
    initials = models.CharField("拼音首字母", max_length=20, editable=False)
    pinyin = models.CharField("拼音", max_length=80, editable=False)
    sex = models.CharField("性别", max_length=1, choices=Sex, blank=True)
    birth = models.DateField("出生日期", null=True, blank=True)
    idno = EncryptedField("身份证号", blank=True, default="")
    idno_index = BlindIndexField(source="idno")
    merged_into_id: int | None
    # The record that a double was merged into; its own public number leads there.
    merged_into = models.ForeignKey(
        "self",
        verbose_name="合并到",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="merged",
    )
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.no

    def prepare(self) -> None:
        """Set what follows from other fields; every write calls it before saving."""
        self.initials = initials_of(self.name)
        self.pinyin = pinyin_of(self.name)
        if not self.no:
            (self.no,) = allocate(self.NUMBER_KIND)

    @property
    def audit_subjects(self) -> list[str]:
        return [self.no]

    @property
    def is_merged(self) -> bool:
        return self.merged_into_id is not None

    @property
    def age(self) -> int | None:
        """Age in full years today."""
        return age_on(self.birth, timezone.localdate()) if self.birth else None

    @property
    def masked_idno(self) -> str:
        return mask_idno(self.idno)


class PhoneMixin(models.Model):
    """A phone, encrypted, searchable by its whole number only."""

    phone = EncryptedField("电话", blank=True, default="")
    phone_index = BlindIndexField(source="phone", db_index=True)
    other_phones = EncryptedField("其他电话", blank=True, default="", editable=False)

    class Meta:
        abstract = True

    @property
    def masked_other_phones(self) -> str:
        return mask_phones(self.other_phones)

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone)


def age_on(birth: Any, day: Any) -> int:
    """Return the age in full years on a day."""
    return int(day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day)))
