"""What is kept about figures (their sums by place and day), and what offices write and ask beside them."""

from reports.models.questions import SavedQuestion
from reports.models.tallies import Outdated, Tally

__all__ = ["Outdated", "SavedQuestion", "Tally"]
