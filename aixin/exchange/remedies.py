"""What else can be done about a reason for which a row stays out: an app above offers it, beside correcting the row."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse


@dataclass(frozen=True)
class Remedy:
    """A button: its label, the URL name that takes an import and a row's place, and the one that takes the roster's form.

    Both are sent by POST, because what they carry is a person's.
    """

    label: str
    row_address: str
    form_address: str

    def row_url(self, job: int, place: int) -> str:
        """Return where a row of an import is sent to."""
        return reverse(self.row_address, args=[job, place])

    def form_url(self) -> str:
        """Return where the roster's own form is sent to."""
        return reverse(self.form_address)


_remedies: dict[tuple[str, str], Remedy] = {}


def register_remedy(kind: str, code: str, remedy: Remedy) -> None:
    """Offer a remedy for a reason in a roster."""
    _remedies[kind, code] = remedy


def remedy_for(kind: str, codes: Iterable[str]) -> Remedy | None:
    """Return what can be done about a row's reasons, nothing where they are several or cannot be cured."""
    found = list(codes)
    return _remedies.get((kind, found[0])) if len(found) == 1 else None
