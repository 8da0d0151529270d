"""A run of proposals, and what came of it."""

from aixin.access.models import Region
from aixin.access.scope import acting
from children.models import Child
from pairing.models import Proposal, ProposalRun
from pairing.proposing import propose_pairs
from tests.cast import WENSHUI, Cast


def run(cast: Cast, code: str = WENSHUI, who: str = "wenshui") -> list[ProposalRun]:
    with acting(cast.users[who]):
        return propose_pairs(cast.users[who], Region.objects.get(code=code))


def proposed() -> dict[str, str]:
    """Return who is proposed to whom, by names."""
    found = Proposal.objects.select_related("child", "volunteer")
    return {one.child.name: one.volunteer.name for one in found}


def of(child: Child) -> Proposal:
    return Proposal.objects.get(child=child)
