"""Whom an entry is about: public numbers, taken from the row or told by the caller; and which reads are noted."""

import os
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from aixin.access.search import number_kind
from aixin.audit.models import Action, Entry
from children.models import Child
from pairing.models import Pairing
from tests.cast import Cast
from tests.conftest import Session
from tests.contract.world import make_world, workbook
from tests.exchange.exports import ask, download
from tests.factories import PairingFactory
from volunteers.models import Volunteer

ACCOUNT_LOGIN = reverse("account_login")


def last(action: Action) -> Entry:
    found = Entry.objects.filter(action=action).first()
    assert found is not None, f"no entry of {action}"
    return found


def both(cast: Cast) -> list[str]:
    return sorted([cast.child.no, cast.volunteer.no])


@pytest.mark.parametrize("who", ["city", "wenshui", "fengcheng", "mama"])
def test_a_look_at_a_child_names_the_child(cast: Cast, who: str) -> None:
    Session(cast.users[who]).get(f"/children/{cast.child.pk}/")
    entry = last(Action.VIEW)
    assert entry.user == cast.users[who]
    assert entry.subjects == [cast.child.no]
    assert entry.object_region == cast.child.region_id


def test_a_volunteer_a_pairing_and_a_visit_name_everyone_in_them(cast: Cast) -> None:
    staff = Session(cast.wenshui)
    for path, expected in (
        (f"/volunteers/{cast.volunteer.pk}/", [cast.volunteer.no]),
        (f"/pairings/{cast.pairing.pk}/", both(cast)),
        (f"/visits/{cast.visit.pk}/", both(cast)),
    ):
        assert staff.get(path).status_code == 200
        assert last(Action.VIEW).subjects == expected


def test_her_own_visit_on_the_phone_is_a_look(cast: Cast) -> None:
    Session(cast.mama).get(f"/visits/{cast.visit.pk}/")
    assert (last(Action.VIEW).user, last(Action.VIEW).subjects) == (cast.mama, both(cast))


@pytest.mark.parametrize(
    "path",
    [
        "/children/{child}/edit/",
        "/volunteers/{volunteer}/edit/",
        "/pairings/{pairing}/edit/",
        "/pairings/new/{unpaired}/",
    ],
)
def test_a_form_that_shows_a_record_is_a_look(cast: Cast, path: str) -> None:
    keys = {name: getattr(cast, name).pk for name in ("child", "volunteer", "pairing", "unpaired")}
    assert Session(cast.wenshui).get(path.format(**keys)).status_code == 200
    assert last(Action.VIEW).subjects


def test_a_correction_form_is_a_look_and_sending_it_is_not(cast: Cast) -> None:
    author, path = Session(cast.mama), f"/visits/{cast.visit.pk}/correct/"
    author.get(path)
    author.post(path, {})
    assert Entry.objects.filter(action=Action.VIEW).count() == 1


def test_revealing_and_calling_name_the_child(cast: Cast) -> None:
    guardian = cast.child.main_guardian
    Session(cast.wenshui).post(f"/reveal/children.guardian/{guardian.pk}/phone/", {"reason": "contact"})
    assert last(Action.REVEAL).subjects == [cast.child.no]
    Session(cast.mama).post(reverse("visits:call", args=[guardian.pk]))
    assert (last(Action.REVEAL).user, last(Action.REVEAL).subjects) == (cast.mama, [cast.child.no])


def test_an_export_names_everyone_on_it(cast: Cast) -> None:
    download(cast.wenshui, ask(cast.wenshui))
    children = [cast.child, cast.unpaired, cast.neighbour]
    # The list names their volunteers too.
    everyone = [*children, cast.volunteer, cast.second_volunteer]
    assert last(Action.EXPORT).subjects == sorted(person.no for person in everyone)
    download(cast.wenshui, ask(cast.wenshui, "pairings"))
    four = [cast.child, cast.neighbour, cast.volunteer, cast.second_volunteer]
    assert last(Action.EXPORT).subjects == sorted(person.no for person in four)


def test_an_import_names_whom_it_wrote(cast: Cast) -> None:
    world, client = make_world(cast), Session(cast.wenshui)
    client.post(reverse("imports:confirm", args=[world.job.pk]))
    assert last(Action.IMPORT).subjects == [Volunteer.objects.get(name="郑新来").no]


def test_an_import_of_pairings_names_both(cast: Cast) -> None:
    client = Session(cast.wenshui)
    headings = ("儿童姓名", "儿童编号", "爱心妈妈姓名", "爱心妈妈编号", "村妇联主席")
    row = (cast.child.name, cast.child.no, cast.volunteer.name, cast.volunteer.no, "段主席")
    file = SimpleUploadedFile("结对.xlsx", workbook(headings, [row]))
    client.post(client.post(reverse("pairings:import"), {"file": file}).headers["Location"] + "confirm/")
    assert Pairing.objects.get(pk=cast.pairing.pk).liaison == "段主席"
    assert last(Action.IMPORT).subjects == both(cast)


def test_ending_a_pairing_with_someone_from_elsewhere_names_both(cast: Cast) -> None:
    pairing = PairingFactory(child=cast.unpaired, volunteer=cast.far_volunteer)
    body = {"reason": "ADJUSTED", "day": pairing.started_on.isoformat()}
    assert Session(cast.wenshui).post(f"/pairings/{pairing.pk}/end/", body).status_code == 302
    assert last(Action.UNPAIR).subjects == sorted([cast.unpaired.no, cast.far_volunteer.no])


# Searches by number


@pytest.mark.parametrize(("field", "attribute"), [("idno", "idno"), ("phone", "phone")])
def test_a_search_by_number_is_noted_without_it(cast: Cast, field: str, attribute: str) -> None:
    number = getattr(cast.volunteer, attribute)
    Session(cast.wenshui).post("/search/", {"q": number})
    entry = last(Action.SEARCH)
    assert entry.detail == {"field": field, "found": 1}
    assert entry.subjects == [cast.volunteer.no]
    assert number not in str(list(Entry.objects.values_list()))


def test_a_search_that_finds_nobody_is_noted_too(cast: Cast) -> None:
    Session(cast.wenshui).post("/search/", {"q": "13900000000"})
    assert last(Action.SEARCH).detail == {"field": "phone", "found": 0}


def test_names_and_public_numbers_are_no_search_by_number(cast: Cast) -> None:
    staff = Session(cast.wenshui)
    for text in ("张", "zxm", cast.child.no):
        staff.post("/search/", {"q": text})
    assert not Entry.objects.filter(action=Action.SEARCH).exists()


def test_other_ways_to_look_for_a_number_are_noted(cast: Cast) -> None:
    staff = Session(cast.wenshui)
    staff.post(reverse("visits:new"), {"q": cast.child.idno})
    assert last(Action.SEARCH).subjects == [cast.child.no]
    staff.post(reverse("pairings:candidates", args=[cast.unpaired.pk]), {"q": cast.volunteer.phone})
    assert last(Action.SEARCH).subjects == [cast.volunteer.no]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("99112120150302002X", "idno"),
        ("99112120150302002x", "idno"),
        ("139 8765 4321", "phone"),
        ("0358-3021234", "phone"),
        ("张小明", ""),
        ("zxm", ""),
        ("12", ""),
        ("", ""),
    ],
)
def test_what_counts_as_a_number(text: str, kind: str) -> None:
    assert number_kind(text) == kind


# Log-in and what protects an account


def log_in(client: Client, login: str, password: str) -> Any:
    return client.post(ACCOUNT_LOGIN, {"login": login, "password": password})


def test_a_failed_log_in_tells_which_account_was_tried(cast: Cast) -> None:
    log_in(Client(), "fengcheng", f"Wrong-{os.urandom(4).hex()}")
    entry = last(Action.LOGIN_FAILED)
    assert (entry.user, entry.object_type, entry.object_id) == (None, "access.user", str(cast.fengcheng.pk))
    assert entry.object_region == "141121100"


def test_what_a_stranger_typed_is_not_kept(cast: Cast) -> None:
    typed = f"生人{os.urandom(6).hex()}"
    log_in(Client(), typed, "x")
    assert last(Action.LOGIN_FAILED).object_id == ""
    assert typed not in str(list(Entry.objects.values_list()))


def test_a_locked_log_in_says_so(cast: Cast) -> None:
    typed = f"生人{os.urandom(6).hex()}"
    for _ in range(6):
        log_in(Client(), typed, "x")
    reasons = list(Entry.objects.filter(action=Action.LOGIN_FAILED).values_list("reason", flat=True))
    assert reasons == ["输错次数太多，已锁定"] + [""] * 5


def test_a_new_password_is_noted(cast: Cast) -> None:
    body = {"oldpassword": "Right-pass-123", "password1": "Neues-Wort-456", "password2": "Neues-Wort-456"}
    Session(cast.wenshui).post(reverse("account_change_password"), body, REMOTE_ADDR="10.1.2.3")
    entry = last(Action.PASSWORD)
    assert (entry.user, entry.object_id, entry.address) == (cast.wenshui, str(cast.wenshui.pk), "10.1.2.3")


def test_subjects_are_numbers_of_people_that_are_there(cast: Cast) -> None:
    download(cast.wenshui, ask(cast.wenshui, "volunteers"))
    known = {*Child.objects.values_list("no", flat=True), *Volunteer.objects.values_list("no", flat=True)}
    assert {number for entry in Entry.objects.all() for number in entry.subjects} <= known
