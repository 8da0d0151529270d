"""What a region decided about pairing; a field left empty says what the region above says (DOMAIN section 4)."""

from collections.abc import Sequence

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from aixin.access.models import Region
from aixin.vocabulary import Reach
from pairing.matching.problem import Classification, Trait, Weights
from pairing.matching.rules import OPTIONAL_RULES
from pairing.querysets import NeighboursQuerySet, PolicyQuerySet

MOST_WANTED, MOST_POINTS = 10, 1000


@pghistory.track(obj_field=pghistory.ObjForeignKey(related_name="events", related_query_name="events"))
class MatchingPolicy(models.Model):
    """A region's own decisions. `pairing.policy.policy_for` reads them with those of the regions above."""

    region = models.OneToOneField(
        Region, verbose_name="地区", on_delete=models.PROTECT, db_column="region_code", related_name="+"
    )
    wanted = models.PositiveSmallIntegerField(
        "每名儿童的爱心妈妈人数",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_WANTED)],
    )
    reach = models.CharField("最远结对范围", max_length=12, choices=Reach, blank=True)
    # Points that differ from those above, by the names of `pairing.matching.problem.Weights`.
    weights = models.JSONField("各项分值", default=dict, blank=True)
    # None inherits, an empty list switches every rule on.
    rules_off = ArrayField(
        models.CharField(max_length=20), verbose_name="停用的规则", null=True, blank=True, default=None
    )
    # None inherits; else rows of trait, name, kinds, unit_words, strict.
    classifications = models.JSONField("分类结对规则", null=True, blank=True, default=None)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="修改人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "结对规则"

    def __str__(self) -> str:
        return f"matching policy {self.region_id}"

    def clean(self) -> None:
        """Refuse what the engine would not understand: it would stop the proposals of the whole region."""
        self._check_weights()
        if set(self.rules_off or ()) - OPTIONAL_RULES:
            raise ValidationError({"rules_off": "这条规则不能停用。"})
        try:
            self.rules  # noqa: B018 - read to see whether it can be
        except (KeyError, TypeError, ValueError) as error:
            raise ValidationError({"classifications": "分类规则填写不完整。"}) from error

    def _check_weights(self) -> None:
        known = set(Weights.__dataclass_fields__)
        for name, points in self.weights.items():
            whole = isinstance(points, int) and not isinstance(points, bool)
            if name not in known or not whole or not 0 <= points <= MOST_POINTS:
                raise ValidationError({"weights": f"分值应是 0 到 {MOST_POINTS} 的整数。"})

    @property
    def rules(self) -> tuple[Classification, ...]:
        """The classification rules as the engine takes them; none where they are inherited."""
        return tuple(_classification(**row) for row in self.classifications or ())


class NeighbouringTownships(models.Model):
    """Two townships that lie side by side, as the county says; the smaller code first."""

    one = models.ForeignKey(
        Region, verbose_name="乡镇", on_delete=models.CASCADE, db_column="one_code", related_name="+"
    )
    other = models.ForeignKey(
        Region, verbose_name="相邻乡镇", on_delete=models.CASCADE, db_column="other_code", related_name="+"
    )

    objects = NeighboursQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "相邻乡镇"
        ordering = ["one_id", "other_id"]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="one_row_two_townships"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="smaller_code_first"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} {self.other_id}"


def _classification(
    *, trait: str, name: str, kinds: Sequence[str] = (), unit_words: Sequence[str] = (), strict: bool = False
) -> Classification:
    return Classification(Trait(trait), name, frozenset(kinds), tuple(unit_words), strict)
