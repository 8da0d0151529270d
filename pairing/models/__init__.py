"""Who is paired with whom; what happened to it and on which papers; the card for the door; what a region decided."""

from pairing.models.cards import Card, DoorReport, Portrait
from pairing.models.pairings import Pairing
from pairing.models.rules import PairingRule
from pairing.models.steps import Agreement, AgreementScan, HandOver, PairingStep

__all__ = [
    "Agreement",
    "AgreementScan",
    "Card",
    "DoorReport",
    "HandOver",
    "Pairing",
    "PairingRule",
    "PairingStep",
    "Portrait",
]
