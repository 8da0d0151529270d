"""Who is paired with whom, since when, and why it ended: dated rows, never overwritten (DOMAIN section 4)."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from aixin.access.models import ScopedModel
from aixin.access.numbers import Kind, allocate
from aixin.privacy.fields import EncryptedField
from aixin.privacy.masks import mask_phone, mask_phones
from children.models import Child
from pairing.choices import OPEN_STATES, EndReason, State
from pairing.querysets import PairingQuerySet
from volunteers.models import Volunteer


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(
        condition=pghistory.AnyChange(exclude=["liaison_phone", "liaison_other_phones", "updated_at"])
    ),
    pghistory.DeleteEvent(),
    obj_field=pghistory.ObjForeignKey(related_name="events", related_query_name="events"),
)
class Pairing(ScopedModel):
    """One child and one volunteer for a time; `region` is the child's."""

    no = models.CharField("编号", max_length=12, unique=True, editable=False)
    child = models.ForeignKey(Child, verbose_name="儿童", on_delete=models.PROTECT, related_name="pairings")
    volunteer = models.ForeignKey(
        Volunteer, verbose_name="爱心妈妈", on_delete=models.PROTECT, related_name="pairings"
    )
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED)
    is_main = models.BooleanField("主责", default=False)
    started_on = models.DateField("结对日期", null=True, blank=True)
    ended_on = models.DateField("解除日期", null=True, blank=True)
    end_reason = models.CharField("解除原因", max_length=20, choices=EndReason, blank=True)
    handover = models.TextField("交接说明", max_length=500, blank=True)
    liaison = models.CharField("村妇联主席", max_length=40, blank=True)
    liaison_phone = EncryptedField("主席电话", blank=True, default="")
    liaison_other_phones = EncryptedField("主席其他电话", blank=True, default="", editable=False)
    agreement_signed = models.BooleanField("已签安全责任书", default=False)
    to_verify = models.BooleanField("存量待核", default=False, editable=False)
    notes = models.TextField("备注", max_length=500, blank=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    objects = PairingQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "结对"
        ordering = ["-started_on", "-id"]
        indexes = [models.Index(fields=["region", "state"], name="pairing_region_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["child", "volunteer"],
                condition=Q(state__in=OPEN_STATES),
                name="one_open_pairing_of_two",
            ),
            models.UniqueConstraint(
                fields=["child"],
                condition=Q(state=State.ACTIVE, is_main=True),
                name="one_main_volunteer_a_child",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ACTIVE) | Q(started_on__isnull=False), name="active_has_start"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ENDED) | Q(ended_on__isnull=False) & ~Q(end_reason=""),
                name="ended_has_date_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(ended_on__gte=F("started_on")),
                name="ends_after_start",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="region_is_the_childs",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("child_id", "region_code"),
                func="SELECT region_code INTO NEW.region_code FROM children_child WHERE id = NEW.child_id;"
                " RETURN NEW;",
            )
        ]

    def __str__(self) -> str:
        return self.no

    def prepare(self) -> None:
        """Set number and region; every write calls it before the first save."""
        self.region_id = self.child.region_id
        if not self.no:
            (self.no,) = allocate(Kind.PAIRING)

    @property
    def audit_subjects(self) -> list[str]:
        return [self.child.no, self.volunteer.no]

    @property
    def is_active(self) -> bool:
        return self.state == State.ACTIVE

    @property
    def masked_liaison_phone(self) -> str:
        return mask_phone(self.liaison_phone)

    @property
    def masked_liaison_other_phones(self) -> str:
        return mask_phones(self.liaison_other_phones)
