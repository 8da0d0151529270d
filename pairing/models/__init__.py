"""Who is paired with whom; what happened to it and on which papers; the card for the door; rules; proposals."""

from pairing.models.cards import Card, DoorReport, Portrait
from pairing.models.pairings import Pairing
from pairing.models.policies import MatchingPolicy, NeighbouringTownships
from pairing.models.proposals import LeftOver, Proposal, ProposalRun, RejectedPair
from pairing.models.rules import PairingRule
from pairing.models.steps import Agreement, AgreementScan, HandOver, PairingStep

__all__ = [
    "Agreement",
    "AgreementScan",
    "Card",
    "DoorReport",
    "HandOver",
    "LeftOver",
    "MatchingPolicy",
    "NeighbouringTownships",
    "Pairing",
    "PairingRule",
    "PairingStep",
    "Portrait",
    "Proposal",
    "ProposalRun",
    "RejectedPair",
]
