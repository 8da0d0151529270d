"""Who runs the system, who checks it and who works with it are different people: the database says so too."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from aixin.access.models import Post, Role
from tests.accounts.steps import errors_of
from tests.cast import CITY, FENGCHENG, WENSHUI, Cast
from tests.conftest import Session

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("who", "role", "region"),
    [
        ("sysadmin", Role.AUDITOR, None),
        ("auditor", Role.SYSADMIN, None),
        ("sysadmin", Role.STAFF, WENSHUI),
        ("auditor", Role.VOLUNTEER, FENGCHENG),
        ("wenshui", Role.SYSADMIN, None),
        ("mama", Role.AUDITOR, None),
    ],
)
def test_the_database_keeps_them_apart(cast: Cast, who: str, role: Role, region: str | None) -> None:
    with pytest.raises(IntegrityError, match="stay apart"), transaction.atomic():
        Post.objects.create(user=cast.users[who], role=role, region_id=region)


def test_neither_does_a_change_of_role_or_time_get_around_it(cast: Cast) -> None:
    both = Post.objects.create(user=cast.sysadmin, role=Role.OFFICIAL, region_id=CITY)
    with pytest.raises(IntegrityError, match="stay apart"), transaction.atomic():
        Post.objects.filter(pk=both.pk).update(role=Role.AUDITOR)
    past = Post.objects.create(
        user=cast.auditor, role=Role.STAFF, region_id=WENSHUI, starts_on="2020-01-01", ends_on="2020-12-31"
    )
    with pytest.raises(IntegrityError, match="stay apart"), transaction.atomic():
        Post.objects.filter(pk=past.pk).update(ends_on=None)


def test_after_the_one_has_ended_the_other_may_begin(cast: Cast) -> None:
    Post.objects.filter(user=cast.auditor).update(ends_on="2026-01-31")
    Post.objects.create(user=cast.auditor, role=Role.STAFF, region_id=WENSHUI, starts_on="2026-02-01")


@pytest.mark.parametrize(
    ("who", "body", "said"),
    [
        ("auditor", {"role": "SYSADMIN"}, "必须由专人担任"),
        ("auditor", {"role": "STAFF", "region": WENSHUI}, "不能再兼别的岗位"),
        ("wenshui", {"role": "AUDITOR"}, "必须由专人担任"),
    ],
)
def test_the_form_says_so_in_a_sentence(cast: Cast, who: str, body: dict[str, Any], said: str) -> None:
    account = cast.users[who]
    answer = Session(cast.sysadmin).post(f"/users/{account.pk}/posts/new/", body)
    assert answer.status_code == 200
    assert said in errors_of(answer)
    assert account.posts.count() == 1
