"""What is kept about figures: their sums by place and day, and which places are to be counted anew."""

from reports.models.tallies import Outdated, Tally

__all__ = ["Outdated", "Tally"]
