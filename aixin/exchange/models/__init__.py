"""Imports and exports: the files, encrypted, and what was decided about them."""

from aixin.exchange.models.exports import ColumnChoice, Export, Reason, StandingApproval, WordTemplate
from aixin.exchange.models.imports import FILE_KEPT, REJECTED_KEPT, ImportImage, ImportJob, LearntHeading

__all__ = [
    "FILE_KEPT",
    "REJECTED_KEPT",
    "ColumnChoice",
    "Export",
    "ImportImage",
    "ImportJob",
    "LearntHeading",
    "Reason",
    "StandingApproval",
    "WordTemplate",
]
