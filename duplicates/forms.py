"""Which side stays: one choice for each matter in which two records differ."""

from collections.abc import Sequence
from typing import Any

from django import forms

from duplicates.sides import FIRST, SECOND, Choice, Row

SIDE_CHOICES = ((FIRST, "甲"), (SECOND, "乙"))
KEEP = "keep"


class MergeForm(forms.Form):
    """Built from the two records as they are now: a matter that differs meanwhile has to be chosen first."""

    def __init__(self, *args: Any, rows: Sequence[Row], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = [row.name for row in rows if row.is_chosen]
        for name in [KEEP, *self.names]:
            self.fields[name] = forms.ChoiceField(choices=SIDE_CHOICES)

    @property
    def choice(self) -> Choice:
        """What the clerk has chosen."""
        return Choice(self.cleaned_data[KEEP], {name: self.cleaned_data[name] for name in self.names})
