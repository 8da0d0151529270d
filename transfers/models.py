"""A child's way from one county to another: what both sides see, and what only the county sees that keeps the child."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from aixin.access.models import Region, ScopedModel
from aixin.access.people import age_on
from aixin.access.regions import county_of
from aixin.privacy.fields import BlindIndexField, EncryptedField
from aixin.privacy.masks import mask_idno
from aixin.vocabulary import Sex
from children.choices import Category
from children.models import Child
from transfers.choices import Kind, State
from transfers.querysets import TransferQuerySet


class Transfer(ScopedModel):
    """What both sides may see. `region` is the receiving place: a township or village, of an open offer the county.

    A request says what the asker has typed and never where the child is; an offer what the holder tells of it.
    """

    kind = models.CharField("方式", max_length=8, choices=Kind)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN, editable=False)
    # The office that asks or offers.
    office = models.ForeignKey(
        Region, verbose_name="发起单位", on_delete=models.PROTECT, db_column="office_code", related_name="+"
    )
    name = models.CharField("姓名", max_length=40, blank=True)
    idno = EncryptedField("身份证号", blank=True, default="")
    idno_index = BlindIndexField(source="idno", db_index=True)
    sex = models.CharField("性别", max_length=1, choices=Sex, blank=True)
    birth = models.DateField("出生日期", null=True)
    category = models.CharField("类别", max_length=24, choices=Category, blank=True)
    remark = models.CharField("说明", max_length=200, blank=True)
    # Pairings that the holder would let go on, when it is the receiver who decides.
    going_on = ArrayField(models.BigIntegerField(), verbose_name="继续的结对", default=list)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="发起人", on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField("发起时间", auto_now_add=True)
    answer = models.CharField("答复", max_length=200, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="办理人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField("办理时间", null=True)
    moved_on = models.DateField("转接日期", null=True)
    # Known to both sides from the acceptance on.
    child_no = models.CharField("编号", max_length=12, blank=True, editable=False)

    objects = TransferQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "转接"
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(fields=["region", "state"], name="transfer_region_state"),
            models.Index(fields=["office", "state"], name="transfer_office_state"),
        ]
        triggers = [
            # Accepting moves a child, which the definer function alone does: it runs as the table's owner.
            pgtrigger.Trigger(
                name="accepted_by_moving",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.state = 'ACCEPTED'"),
                func="""
                    IF (TG_OP = 'INSERT' OR OLD.state <> 'ACCEPTED') AND current_user <> (
                        SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID
                    ) THEN
                        RAISE EXCEPTION 'a transfer is accepted by moving the child';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"transfer {self.pk}"

    @property
    def audit_subjects(self) -> list[str]:
        """The child's public number, once both sides may know it."""
        return [self.child_no] if self.child_no else []

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def is_request(self) -> bool:
        return self.kind == Kind.REQUEST

    @property
    def is_accepted(self) -> bool:
        return self.state == State.ACCEPTED

    @property
    def masked_idno(self) -> str:
        return mask_idno(self.idno)

    @property
    def age(self) -> int | None:
        """Age in full years today, of an offered child."""
        return age_on(self.birth, timezone.localdate()) if self.birth else None

    @property
    def receiving_county(self) -> str:
        return county_of(self.region_id)


class Holding(ScopedModel):
    """Which child a transfer is about. `region` is where it was when asked; nobody else's transaction sees the row."""

    transfer = models.OneToOneField(Transfer, on_delete=models.CASCADE, related_name="holding")
    child = models.ForeignKey(Child, verbose_name="儿童", on_delete=models.PROTECT, related_name="+")
    # Follows the transfer's state, by a trigger.
    is_open = models.BooleanField("未办结", default=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "待转儿童"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["child"], condition=Q(is_open=True), name="one_open_transfer_a_child"
            )
        ]

    def __str__(self) -> str:
        return f"holding {self.pk}"

    @property
    def audit_subjects(self) -> list[str]:
        return [self.child.no]
