"""The database itself lets nobody see or write what is not theirs, whatever a view forgets (DESIGN section 3.2)."""

from typing import Any

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse

from aixin.access.models import User
from aixin.access.querysets import ScopedQuerySet
from aixin.access.scope import EVERYTHING, NOTHING, acting, opened, scope_of
from aixin.privacy.fields import EncryptedField
from children.models import Child, Guardian
from pairing.models import Pairing
from reports.coverage import counted
from tests.cast import WENSHUI, XINGXIAN, Cast
from tests.conftest import Session
from tests.factories import ChildFactory, PairingFactory
from visits.models import Visit, VisitedChild
from volunteers.models import Volunteer

PERSONS = (Child, Guardian, Volunteer, Pairing, Visit, VisitedChild)
# What log-in needs before there is a scope: accounts and posts. The trail holds ids only and grows from anywhere.
OPEN_TABLES = {"access_user", "access_post", "access_postevent", "audit_entry"}


def test_without_a_scope_there_are_no_rows(cast: Cast) -> None:
    with opened(NOTHING):
        assert [model.objects.count() for model in PERSONS] == [0] * len(PERSONS)
    assert all(model.objects.exists() for model in PERSONS)


def test_nothing_in_the_database_takes_the_day_from_its_session(cast: Cast) -> None:
    """Sessions keep UTC: until eight in the morning their `current_date` is the offices' yesterday."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT policyname FROM pg_policies WHERE coalesce(qual, '') || coalesce(with_check, '') ~* 'current_date'
            UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
            AND prosrc ~* '(current_date|now\\(\\)::date)'
        """)
        assert cursor.fetchall() == []


def test_without_a_scope_nothing_is_written(cast: Cast) -> None:
    with opened(NOTHING):
        assert Child.objects.filter(pk=cast.child.pk).update(name="改名") == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            ChildFactory()


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("city", {"张小明", "孙待结", "李小红", "周远方"}),
        ("wenshui", {"张小明", "孙待结", "李小红"}),
        ("fengcheng", {"张小明", "孙待结"}),
        ("xingxian", {"周远方"}),
        ("outsider", {"钱外地"}),
        ("mama", {"张小明"}),
        ("official", set()),
        ("sysadmin", set()),
        ("auditor", set()),
        ("postless", set()),
    ],
)
def test_every_role_sees_its_children_only(cast: Cast, who: str, names: set[str]) -> None:
    with acting(cast.users[who]):
        assert {child.name for child in Child.objects.all()} == names


def test_staff_do_not_write_across_the_border(cast: Cast) -> None:
    with acting(cast.xingxian):
        assert Child.objects.filter(pk=cast.child.pk).update(name="改名") == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            ChildFactory(region_id="141121100018", guardian=False)


def test_a_volunteer_changes_no_child_and_no_pairing(cast: Cast) -> None:
    with acting(cast.mama):
        assert Child.objects.filter(pk=cast.child.pk).update(name="改名") == 0
        assert Pairing.objects.filter(pk=cast.pairing.pk).update(notes="改") == 0


def test_a_volunteer_sees_no_parent_and_no_ones_else_guardian(cast: Cast) -> None:
    with acting(cast.mama):
        assert {guardian.child_id for guardian in Guardian.objects.all()} == {cast.child.pk}


def test_the_childs_county_sees_a_volunteer_from_elsewhere_who_is_paired_there(cast: Cast) -> None:
    with acting(cast.wenshui):
        assert not Volunteer.objects.filter(pk=cast.far_volunteer.pk).exists()
    PairingFactory(child=cast.unpaired, volunteer=cast.far_volunteer)
    with acting(cast.wenshui):
        assert Volunteer.objects.filter(pk=cast.far_volunteer.pk).exists()
        assert Volunteer.objects.filter(pk=cast.far_volunteer.pk).update(notes="改") == 0


def test_history_follows_the_childs_present_region(cast: Cast) -> None:
    events = Child.events.rel.related_model.objects  # type: ignore[attr-defined]
    with acting(cast.xingxian):
        assert not events.filter(pgh_obj_id=cast.child.pk).exists()
    Child.objects.filter(pk=cast.child.pk).update(region_id="141123100200")
    with acting(cast.xingxian):
        assert events.filter(pgh_obj_id=cast.child.pk).count() == 2
    with acting(cast.wenshui):
        assert not events.filter(pgh_obj_id=cast.child.pk).exists()


def test_records_and_pairing_follow_the_child(cast: Cast) -> None:
    Child.objects.filter(pk=cast.child.pk).update(region_id="141123100200")
    cast.pairing.refresh_from_db()
    assert cast.pairing.region_id == "141123100200"
    assert set(Guardian.objects.filter(child=cast.child).values_list("region_id", flat=True)) == {
        "141123100200"
    }


def test_a_view_that_forgets_its_scope_leaks_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ScopedQuerySet, "visible_to", lambda rows, _: rows.all())
    page = Session(cast.xingxian).get(reverse("children:list")).content.decode()
    assert "周远方" in page
    assert not [name for name in ("张小明", "李小红", "钱外地") if name in page]
    assert Session(cast.xingxian).get(reverse("children:detail", args=[cast.child.pk])).status_code == 404


def test_every_table_with_a_person_in_it_is_protected(db: None) -> None:
    tables = {model._meta.db_table for model in apps.get_models() if _holds_persons(model)}
    assert len(tables) > 15
    assert tables - OPEN_TABLES - _protected_tables() == set()


def _holds_persons(model: Any) -> bool:
    fields = model._meta.get_fields()
    relates = any(getattr(field, "related_model", None) in PERSONS for field in fields if field.concrete)
    return relates or any(isinstance(field, EncryptedField) for field in fields) or model in PERSONS


def _protected_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND oid IN (SELECT polrelid FROM pg_policy)"
        )
        return {name for (name,) in cursor.fetchall()}


def test_figures_leave_the_database_for_the_own_region_only(cast: Cast) -> None:
    with acting(cast.official):
        assert counted(WENSHUI)
        assert not Child.objects.exists()
    with acting(cast.xingxian):
        assert counted(XINGXIAN)
        assert counted(WENSHUI) == []
    for who in ("mama", "sysadmin", "auditor", "postless"):
        with acting(cast.users[who]):
            assert counted(WENSHUI) == []


@pytest.mark.django_db(transaction=True)
def test_nothing_outlives_its_transaction() -> None:
    """With a pooled connection the next user starts with what the session holds, which in production is nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('aixin.lo', '', false), set_config('aixin.hi', '', false)")
        with opened(EVERYTHING):
            cursor.execute("SELECT current_setting('aixin.lo')")
            assert cursor.fetchone() == ("0",)
        cursor.execute("SELECT current_setting('aixin.lo')")
        assert cursor.fetchone() == ("",)
    connection.close()


def test_an_inactive_user_has_no_scope(cast: Cast) -> None:
    User.objects.filter(pk=cast.wenshui.pk).update(is_active=False)
    assert scope_of(User.objects.get(pk=cast.wenshui.pk)) == NOTHING


def test_the_app_role_is_bound(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
        )
        assert cursor.fetchone() == (0,)
