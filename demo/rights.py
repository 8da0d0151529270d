"""The demo city's consents, most of them on record, and two requests that wait for 文水县."""

import datetime

from aixin.access.models import User
from aixin.rights.choices import Kind, Way
from aixin.rights.models import RightsRequest, due_date
from children.choices import ConsentAnswer, ConsentWay
from children.consenting import text_in_use
from children.models import Child, ConsentRecord, Guardian

BATCH = 2000
# One child in this many still waits for its guardian's signature.
MISSING = 25


def make_consents(children: dict[str, list[Child]]) -> None:
    """Record the yes of most guardians to the national text, on the day their child was registered."""
    text = text_in_use("14")
    guardians = {guardian.child_id: guardian for guardian in Guardian.objects.all()}
    made = [
        _yes(child, guardians[child.pk], clerk, text.pk)
        for county, here in children.items()
        for clerk in [User.objects.get(username=f"clerk-{county}")]
        for position, child in enumerate(here)
        if position % MISSING
    ]
    ConsentRecord.objects.bulk_create(made, batch_size=BATCH)


def _yes(child: Child, guardian: Guardian, clerk: User, text: int) -> ConsentRecord:
    return ConsentRecord(
        child=child, region_id=child.region_id, text_id=text, answer=ConsentAnswer.AGREED, way=ConsentWay.SIGNED,
        given_by=guardian.name, relation=guardian.relation, given_on=child.registered_on, recorded_by=clerk,
    )  # fmt: skip


def make_requests(children: list[Child], today: datetime.date) -> None:
    """File a correction that is nearly due and an access that is new."""
    clerk = User.objects.get(username=f"clerk-{children[0].region_id[:6]}")
    asked = [
        (Kind.CORRECTION, Way.PHONE, "学校应为第二实验小学", 13),
        (Kind.ACCESS, Way.IN_PERSON, "想看登记了什么", 2),
    ]
    for child, (kind, way, content, days) in zip(children[10:], asked, strict=False):
        guardian, received = child.guardians.get(), today - datetime.timedelta(days=days)
        RightsRequest.objects.create(
            kind=kind, way=way, content=content, received_on=received, due_on=due_date(received),
            label=Child._meta.label_lower, object_pk=child.pk, public_no=child.no, region_id=child.region_id,
            asker_name=guardian.name, asker_relation=guardian.relation, asker_phone=guardian.phone, recorded_by=clerk,
        )  # fmt: skip
