"""Extra fields in a form's body take no effect: every form is sent twice, plain and with every model's fields beside."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.db import models
from django.test import Client

from tests.attacks.found_forms import ENDS_SESSION, Found, Stage
from tests.attacks.snapshot import Contents, Rows, changed, contents, difference, newest, rows, undone
from tests.cast import WENSHUI, XINGXIAN, Cast
from tests.contract.test_urls_by_role import READING

# Sent by a script without a form: tests/visits/test_phone_work.py.
BY_SCRIPT = {"visits:upload"}
# The city's own forms: tests/reports/test_supervision.py.
BY_CITY = {"reports:finding_judge", "reports:leader"}
OURS = {
    "children",
    "volunteers",
    "pairing",
    "organisations",
    "visits",
    "rounds",
    "concerns",
    "care",
    "transfers",
    "todos",
    "recruitment",
    "access",
    "exchange",
    "notify",
    "audit",
    "reports",
    "demo",
}
# What attackers try whatever the models are called.
_FAMILIAR = {
    "pk": "1", "is_superuser": "on", "is_staff": "on", "is_active": "on", "role": "SYSADMIN", "region": XINGXIAN,
    "region_id": XINGXIAN, "region_code": WENSHUI, "user": "1", "user_id": "1", "groups": "1",
    "user_permissions": "1", "password": "Attack-pass-1", "username": "attacker", "commit": "1", "actor": "1",
    "approved": "on", "approved_by": "1", "__proto__": "1", "_state": "1",
}  # fmt: skip


def hostile_values(cast: Cast) -> dict[str, str]:
    """Return a value for every field of every model of ours, and for the names that attackers try."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in OURS:
            for known in model._meta.get_fields():
                if isinstance(known, models.Field):
                    found[known.name] = found[getattr(known, "attname", known.name)] = _value(known, cast)
    return {**found, **_FAMILIAR, "user": str(cast.outsider.pk), "id": str(cast.outsider_child.pk)}


def _value(known: Any, cast: Cast) -> str:
    if known.choices:
        return str(list(known.flatchoices)[-1][0])
    if known.is_relation:
        label = known.related_model._meta.label_lower if known.related_model else ""
        rows_of = {"access.region": XINGXIAN, "children.child": cast.outsider_child.pk}
        return str(rows_of.get(label, cast.far_volunteer.pk if "volunteer" in label else cast.outsider.pk))
    if isinstance(known, models.DateField):
        return "1999-09-09"
    if isinstance(known, models.BooleanField):
        return "on"
    return "9" if isinstance(known, models.IntegerField | models.DecimalField) else "attack"


@dataclass
class Store:
    """What the database held before, so that only the tables that a request changes are read again."""

    since: dict[str, int]
    rows: Rows
    digests: Contents

    def after(self, client: Client, form: Found, body: dict[str, Any], query: str = "") -> Rows:
        """Return what the database holds once a body has been sent, and take that back."""
        self.digests = contents(self.digests)
        with undone():
            response = client.post(form.action + query, body)
            assert response.status_code < 500, f"{form.view} crashed"
            tables = changed(self.digests)
            return {**self.rows, **(rows(self.since, tables) if tables else {})}


def store_of_now() -> Store:
    since = newest()
    return Store(since, rows(since), contents())


@pytest.mark.parametrize("who", ["wenshui", "mama"])
def test_extra_fields_take_no_effect(taken_back: Stage, who: str) -> None:
    """In the body, and in the query of the form's address."""
    hostile, wrong, changing = hostile_values(taken_back.world.cast), [], 0
    forms, store = taken_back.forms(who), store_of_now()
    for form in forms:
        extra = {name: value for name, value in hostile.items() if name not in form.names}
        plain = store.after(taken_back.as_fresh(who), form, form.with_body())
        # An export's address carries the list's filters: there the query is meant to count.
        query = "" if form.view.endswith(":export") else "?" + urlencode(hostile)
        attacked = store.after(taken_back.as_fresh(who), form, form.with_body(**extra), query)
        changing += plain != store.rows
        # The body as a whole may be refused for what is beside it.
        if attacked not in (plain, store.rows):
            wrong.append(f"{form.view}: {difference(attacked, plain)[:4]}")
    assert not wrong, "\n".join(wrong)
    # The forms are filled in well enough to do something; a body that is refused anyway would show nothing.
    assert changing >= {"wenshui": 12, "mama": 5}[who]


def test_every_writing_address_is_attacked(taken_back: Stage) -> None:
    """The forms found cover every address of the contract that writes; a new one is found by its form."""
    attacked = (
        {form.view for who in ("wenshui", "mama") for form in taken_back.forms(who)}
        | ENDS_SESSION
        | BY_SCRIPT
        | BY_CITY
    )
    writing = {name.partition("@")[0] for name in taken_back.world.args} - READING
    assert writing - attacked == set()
