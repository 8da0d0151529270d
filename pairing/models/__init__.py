"""Who is paired with whom; what a region decided about pairing; what the engine proposes."""

from pairing.models.pairings import Pairing
from pairing.models.policies import MatchingPolicy, NeighbouringTownships
from pairing.models.proposals import LeftOver, Proposal, ProposalRun, RejectedPair

__all__ = [
    "LeftOver",
    "MatchingPolicy",
    "NeighbouringTownships",
    "Pairing",
    "Proposal",
    "ProposalRun",
    "RejectedPair",
]
