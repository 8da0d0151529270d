"""How a volunteer gets her account: she logs in by the phone on the roster, so that phone must be hers alone."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from aixin.access.models import Role, User
from aixin.accounts.joining import phone_obstacle
from aixin.accounts.rosters import Invitee, PeopleRoster
from aixin.audit.models import Action
from aixin.audit.trail import record
from volunteers.choices import State
from volunteers.models import Volunteer

MOBILE = re.compile(r"1\d{10}")


def obstacles(volunteers: Iterable[Volunteer]) -> dict[int, str]:
    """Return why each volunteer may not have an account yet, by id; she who may is left out."""
    wanted = list(volunteers)
    indexes = {one.phone_index for one in wanted if one.phone_index}
    sharers = Counter(
        Volunteer.objects.standing().filter(phone_index__in=indexes).values_list("phone_index", flat=True)
    )
    holders: dict[str | None, list[User]] = defaultdict(list)
    for user in User.objects.filter(phone_index__in=indexes).prefetch_related("posts"):
        holders[user.phone_index].append(user)
    found = {
        one.pk: _obstacle(one, sharers[one.phone_index or ""], holders[one.phone_index]) for one in wanted
    }
    return {pk: obstacle for pk, obstacle in found.items() if obstacle}


def _obstacle(volunteer: Volunteer, sharers: int, holders: list[User]) -> str:
    if volunteer.user_id is not None:
        return "她已有账号。"
    if volunteer.state != State.QUALIFIED:
        return "她目前不是合格在岗的爱心妈妈。"
    if not MOBILE.fullmatch(volunteer.phone):
        return (
            "名册里没有她的手机号，请先补上。" if not volunteer.phone else "名册里是座机号，请先补上手机号。"
        )
    if sharers > 1:
        return "名册里另一位爱心妈妈也是这个手机号，请先核对。"
    return phone_obstacle(holders, volunteer.name)


def _find(pk: int) -> Invitee | None:
    volunteer = Volunteer.objects.select_for_update(of=("self",)).filter(pk=pk, user__isnull=True).first()
    if volunteer is None:
        return None
    return Invitee(
        volunteer.name, volunteer.phone, volunteer.region_id, obstacles([volunteer]).get(volunteer.pk, "")
    )


def _tie(pk: int, user: User) -> None:
    volunteer = Volunteer.objects.get(pk=pk)
    volunteer.user = user
    volunteer.save(update_fields=["user", "updated_at"])
    record(user, Action.UPDATE, volunteer, reason="开通账号")


PEOPLE = PeopleRoster("volunteer", Role.VOLUNTEER, _find, _tie)
