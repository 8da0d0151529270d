"""小分队: who keeps them, who belongs to them, and what a leader sees on her phone."""

from typing import Any

import pytest
from django.urls import reverse

from aixin.access.scope import acting
from aixin.audit.models import Action, Entry
from aixin.rights.services import erase
from duplicates.merging import merge
from duplicates.models import VolunteerDuplicate
from duplicates.of_volunteers import VOLUNTEERS
from duplicates.services import look_at
from duplicates.sides import Choice
from organisations.models import Team, TeamMember
from organisations.services import GroupError, close, join, leave, save_group
from tests.cast import CITY, FENGCHENG, WENSHUI, XINGXIAN, Cast
from tests.conftest import Session
from tests.exchange.exports import ask, cells, download
from tests.factories import PairingFactory, VolunteerFactory
from tests.pages import rows_on
from volunteers.models import Volunteer
from volunteers.services import save_volunteer

pytestmark = pytest.mark.django_db


def team_of(cast: Cast, *members: Any, region: str = WENSHUI, name: str = "法官妈妈") -> Team:
    """Return a team of an office with these members."""
    found = Team.objects.create(name=name, purpose="为孩子讲法", region_id=region)
    for volunteer in members:
        join(cast.wenshui, found, volunteer)
    return found


def page(user: Any, name: str, *args: Any, **query: str) -> Any:
    return Session(user).get(reverse(name, args=args), query)


def test_a_county_founds_a_team_adds_members_and_chooses_a_leader(cast: Cast) -> None:
    client = Session(cast.wenshui)
    made = client.post(
        reverse("teams:create"), {"name": "法官妈妈", "purpose": "讲法", "leader": cast.volunteer.pk}
    )
    team = Team.objects.get(region=WENSHUI)
    assert made.headers["Location"] == reverse("teams:detail", args=[team.pk])
    assert team.leader is None, "a new team has no members to lead it"
    for volunteer in (cast.volunteer, cast.volunteer, cast.second_volunteer):
        client.post(reverse("teams:add", args=[team.pk]), {"volunteer": volunteer.pk})
    assert team.memberships.count() == 2
    edit = {"name": "法官妈妈", "purpose": "讲法", "leader": cast.volunteer.pk}
    assert client.post(reverse("teams:edit", args=[team.pk]), edit).status_code == 302
    shown = page(cast.wenshui, "teams:detail", team.pk).content.decode()
    assert "王爱心" in shown
    assert "队长" in shown
    assert (
        Entry.objects.filter(action=Action.UPDATE, subjects=[cast.volunteer.no], reason="加入").count() == 1
    )


def test_numbers_count_members_and_their_active_pairs(cast: Cast) -> None:
    team = team_of(cast, cast.volunteer, cast.second_volunteer)
    PairingFactory(child=cast.unpaired, volunteer=cast.volunteer, state="PAUSED")
    leave(cast.wenshui, join(cast.wenshui, team, VolunteerFactory()))
    found = Team.objects.with_counts().get(pk=team.pk)
    assert (found.members, found.pairs) == (2, 2)


@pytest.mark.parametrize(
    ("who", "status"), [("city", 403), ("fengcheng", 404), ("xingxian", 404), ("mama", 403)]
)
def test_only_its_own_office_keeps_a_team(cast: Cast, who: str, status: int) -> None:
    team = team_of(cast, cast.volunteer)
    client = Session(getattr(cast, who))
    for name, args in (("edit", []), ("close", []), ("add", []), ("remove", [team.memberships.get().pk])):
        address = reverse(f"teams:{name}", args=[team.pk, *args])
        assert client.post(address, {"name": "改名", "volunteer": cast.volunteer.pk}).status_code == status, (
            name
        )
    assert Team.objects.get().name == "法官妈妈"


def test_a_city_keeps_a_team_of_its_own_across_counties_and_masks_names(cast: Cast) -> None:
    client = Session(cast.city)
    assert client.post(reverse("teams:create"), {"name": "警官妈妈"}).status_code == 302
    team = Team.objects.get(region=CITY)
    for volunteer in (cast.volunteer, cast.far_volunteer):
        client.post(reverse("teams:add", args=[team.pk]), {"volunteer": volunteer.pk})
    shown = page(cast.city, "teams:detail", team.pk).content.decode()
    assert "王**" in shown
    assert "王爱心" not in shown
    # The county reads where its own volunteer belongs, and nothing of the others there.
    tab = page(cast.wenshui, "volunteers:detail", cast.volunteer.pk, tab="groups").content.decode()
    assert "警官妈妈" in tab
    with acting(cast.wenshui):
        assert [one.volunteer_id for one in TeamMember.objects.filter(team=team)] == [cast.volunteer.pk]
    assert page(cast.wenshui, "teams:detail", team.pk).status_code == 404


def test_the_roster_is_narrowed_to_a_team_and_its_export_names_it(cast: Cast) -> None:
    team = team_of(cast, cast.volunteer)
    assert rows_on(page(cast.wenshui, "volunteers:list", team=str(team.pk))) == 1
    assert rows_on(page(cast.wenshui, "volunteers:list", team="²")) == rows_on(
        page(cast.wenshui, "volunteers:list")
    )
    assert "法官妈妈" not in page(cast.xingxian, "volunteers:list").content.decode()


def test_who_leaves_the_roster_leaves_her_teams(cast: Cast) -> None:
    team = team_of(cast, cast.volunteer)
    Team.objects.filter(pk=team.pk).update(leader=cast.volunteer)
    mine = Volunteer.objects.get(pk=cast.volunteer.pk)
    mine.state = "LEFT"
    save_volunteer(cast.wenshui, mine)
    team.refresh_from_db()
    assert team.leader is None
    assert not TeamMember.objects.standing().exists()
    with pytest.raises(GroupError, match="退出"):
        join(cast.wenshui, team, mine)


def test_a_closed_team_has_no_members_and_its_name_is_free_again(cast: Cast) -> None:
    team = team_of(cast, cast.volunteer)
    taken = Session(cast.wenshui).post(reverse("teams:create"), {"name": "法官妈妈"})
    assert "name" in taken.context["form"].errors
    close(cast.wenshui, team)
    close(cast.wenshui, Team.objects.get(pk=team.pk))
    assert not TeamMember.objects.standing().exists()
    with pytest.raises(GroupError, match="停用"):
        join(cast.wenshui, team, cast.volunteer)
    assert save_group(cast.wenshui, Team(name="法官妈妈", region_id=WENSHUI)).is_open


def test_a_leader_sees_masked_names_alone_and_a_member_none(cast: Cast) -> None:
    team = team_of(cast, cast.volunteer, cast.second_volunteer)
    Team.objects.filter(pk=team.pk).update(leader=cast.volunteer)
    hers = page(cast.mama, "teams:mine").content.decode()
    assert "赵**" in hers
    assert "赵有爱" not in hers
    assert cast.second_volunteer.no not in hers
    others = page(cast.mama2, "teams:mine").content.decode()
    assert "法官妈妈" in others
    assert "王**" not in others
    # The look at her team opens nothing for the rest of the request.
    with acting(cast.mama):
        assert not Volunteer.objects.exclude(pk=cast.volunteer.pk).exists()
        assert [one.volunteer_id for one in TeamMember.objects.all()] == [cast.volunteer.pk]
    assert reverse("teams:mine") in page(cast.mama, "account").content.decode()
    leave(cast.wenshui, TeamMember.objects.get(volunteer=cast.volunteer))
    assert reverse("teams:mine") not in page(cast.mama, "account").content.decode()


def test_an_erased_volunteer_is_in_no_team(cast: Cast) -> None:
    team_of(cast, cast.volunteer)
    with acting(cast.wenshui):
        erase(cast.wenshui, "volunteers.volunteer", cast.volunteer.pk)
    assert not TeamMember.objects.exists()


def test_a_merged_volunteer_is_in_a_team_once(cast: Cast) -> None:
    twin = VolunteerFactory(
        name=cast.volunteer.name, region_id=FENGCHENG, phone=cast.volunteer.phone, idno=""
    )
    team = team_of(cast, cast.volunteer, twin)
    look_at(VOLUNTEERS, [twin.pk])
    pair = VolunteerDuplicate.objects.get()
    with acting(cast.wenshui):
        merge(cast.wenshui, pair, Choice("first", {}))
    assert team.memberships.standing().count() == 1


def test_another_county_s_team_is_not_seen(cast: Cast) -> None:
    theirs = team_of(cast, region=XINGXIAN)
    assert page(cast.wenshui, "teams:detail", theirs.pk).status_code == 404
    with acting(cast.wenshui):
        assert not Team.objects.exists()


def test_a_leader_s_team_is_exported_with_its_numbers(cast: Cast) -> None:
    team_of(cast, cast.volunteer)
    sheet = cells(download(cast.wenshui, ask(cast.wenshui, "teams")).content)
    assert any("小分队台账" in str(cell) for row in sheet for cell in row)
    heads, row = (next(line for line in sheet if word in line) for word in ("小分队", "法官妈妈"))
    said = dict(zip(heads, row, strict=True))
    assert (said["成员（人）"], said["已结对（对）"], said["县区"]) == ("1", "1", "文水县")
    assert page(cast.fengcheng, "teams:export").status_code == 403


def test_the_roster_s_export_says_the_teams(cast: Cast) -> None:
    team_of(cast, cast.volunteer)
    sheet = cells(download(cast.wenshui, ask(cast.wenshui, "volunteers")).content)
    heads = next(row for row in sheet if "小分队" in row)
    assert "法官妈妈" in [row[heads.index("小分队")] for row in sheet]
