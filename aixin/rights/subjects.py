"""Whose data may be asked about: the rosters above register themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import reverse

from aixin.access.erasure import Subject
from aixin.access.extension import Act, extensions_of
from aixin.access.people import name_for
from aixin.access.permissions import may_edit
from aixin.rights.models import Erasure


@dataclass(frozen=True)
class Roster:
    """A roster of people: how one is found, taken off it, described for erasure."""

    model: type[Any]
    title: str
    url_name: str
    edit_url_name: str
    leave: Callable[[Any, Any], None]
    describe: Callable[[Any], Subject]

    @property
    def label(self) -> str:
        return str(self.model._meta.label_lower)

    def visible_to(self, user: Any) -> Any:
        """Return the people of the roster within the user's scope."""
        return self.model._default_manager.visible_to(user)

    def url(self, pk: int) -> str:
        """Return the address of a person's page."""
        return reverse(self.url_name, args=[pk])

    def names(self, user: Any, pks: set[int]) -> dict[int, str]:
        """Return the names of some people as the user may see them; one query."""
        rows = self.visible_to(user).filter(pk__in=pks).values_list("pk", "name")
        return {pk: name_for(user, name) for pk, name in rows}


def erased_context(user: Any, row: Any) -> dict[str, Any]:
    """Return what the page of an erased person shows: her roster and the certificate; nothing for others."""
    if not row.is_erased:
        return {}
    label = row._meta.label_lower
    return {"roster": roster_of(label), "erasure": Erasure.objects.visible_to(user).of(label, row.pk).first()}


_rosters: dict[str, Roster] = {}


def register_roster(roster: Roster) -> None:
    """Offer a roster's people for requests: their pages get the button 权利请求."""
    _rosters[roster.label] = roster
    extensions_of(roster.label).add_act(
        Act(
            "权利请求",
            "shield-check",
            lambda row: reverse("rights:new", args=[roster.label, row.pk]),
            lambda user, row: may_edit(user) and not row.is_erased,
        )
    )


def roster_of(label: str) -> Roster:
    """Return the roster of a label; raise Http404 for an unknown one."""
    if label not in _rosters:
        raise Http404
    return _rosters[label]
