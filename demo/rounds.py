"""A round of the demo's 文水县 in progress: most villages have answered, two report something."""

import datetime

from aixin.access.models import User
from children.models import Child
from rounds.choices import Outcome
from rounds.models import Round, RoundAnswer

WENSHUI = "141121"
SAID = {3: (Outcome.CHANGED, "转到县城二中上学，平时住校"), 17: (Outcome.LEFT, "爸爸接到太原一起住了")}


def make_round(children: list[Child], today: datetime.date) -> None:
    """Open the county's round and have two thirds of its children answered for."""
    clerk = User.objects.get(username=f"clerk-{WENSHUI}")
    found = Round.objects.create(
        region_id=WENSHUI,
        title=f"{today.year}年秋季摸排",
        opened_on=today - datetime.timedelta(days=9),
        due_on=today + datetime.timedelta(days=6),
        opened_by=clerk,
        newest_child=max(child.pk for child in children),
    )
    asked = sorted(children, key=lambda child: child.region_id)[: len(children) * 2 // 3]
    RoundAnswer.objects.bulk_create(
        RoundAnswer(round=found, child=child, answered_by=clerk, outcome=outcome, words=words)
        for child, (outcome, words) in (
            (child, SAID.get(place, (Outcome.STILL, ""))) for place, child in enumerate(asked)
        )
    )
