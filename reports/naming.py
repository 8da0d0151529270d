"""Texts of reports and findings are read where no child's name may stand: names are masked as they come in."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import F, QuerySet, Value
from django.db.models.functions import StrIndex
from django.http import HttpRequest

from aixin.access.people import shows_full_names
from aixin.access.querysets import within
from aixin.privacy.masks import mask_name, mask_numbers
from children.models import Child, Guardian

SHORTEST_NAME = 2


def without_names(text: str, code: str) -> str:
    """Return a text in which children of a region, their guardians and every number stand masked (DOMAIN section 6).

    Names are known within the transaction's own range only: an official, who sees no child, cannot ask by writing.
    """
    return _masked(text, _named_in(text, code))


def warn_of_names(request: HttpRequest, code: str, *texts: str) -> None:
    """Tell somebody whose words bore names or numbers that these stand masked now, so that she can write them anew."""
    if any(without_names(text, code) != text for text in texts):
        messages.warning(request, "文中的姓名或号码已经隐去。请改用“某某”等说法，免得读不通。")


def texts_for(user: Any, texts: Sequence[str]) -> list[str]:
    """Return texts as a user may read them: without the names of children where she sees names masked."""
    post = getattr(user, "acting_post", None)
    if post is None or shows_full_names(user):
        return [mask_numbers(text) for text in texts]
    names = _named_in("\n".join(texts), post.region_id)
    return [_masked(text, names) for text in texts]


def _masked(text: str, names: Iterable[str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, mask_name(name))
    return mask_numbers(text)


def _named_in(text: str, code: str) -> set[str]:
    models: tuple[Any, ...] = (Child, Guardian)
    found: set[str] = set()
    for model in models:
        rows: QuerySet[Any] = model.objects.filter(within(code))
        named = rows.annotate(found_at=StrIndex(Value(text), F("name"))).filter(found_at__gt=0)
        found.update(name for name in named.values_list("name", flat=True) if len(name) >= SHORTEST_NAME)
    return found
