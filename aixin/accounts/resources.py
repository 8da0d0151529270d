"""The roster of village women's chairs as the import sees it: each good row becomes an account with an invitation."""

from collections import defaultdict
from typing import Any

from django.urls import reverse

from aixin.access.models import Post, Role, User
from aixin.access.regions import Level
from aixin.accounts.columns import ChairColumns
from aixin.accounts.invitations import AccountError
from aixin.accounts.rights import may_grant, may_invite_from_roster
from aixin.accounts.services import Grant, Newcomer, create_account
from aixin.exchange.drafts import CREATED, REJECTED, UNCHANGED, Draft, take_phone
from aixin.exchange.identity import is_name
from aixin.privacy.fields import index_of

LANDLINE = "0"


class ChairResource(ChairColumns):
    """村妇联主席名册. A village has one chair; the next one comes by 换届, not by a roster."""

    roster_kind = "chairs"
    roster_title = "村妇联主席名册"
    list_label = "打印邀请单"
    # An account made is an account invited: it is ended on its page, never taken back.
    footprint = ()
    offered_to = staticmethod(may_invite_from_roster)

    @classmethod
    def address(cls, page: str) -> str:
        pages = {"import": "accounts:import_chairs", "list": "accounts:invitations"}
        return reverse(pages[page]) if page in pages else ""

    def check(self, draft: Draft) -> None:
        if not draft.get("name"):
            draft.reject("name_missing")
        elif not is_name(draft.get("name")):
            draft.reject("name_invalid")
        self.place(draft, needed=True)
        if draft.region is not None:
            self._check_place(draft)
        number = take_phone(draft, "phone")
        draft.values["number"] = number
        if "phone_invalid" in draft.warnings or number.startswith(LANDLINE):
            draft.reject("mobile_invalid")

    def _check_place(self, draft: Draft) -> None:
        assert draft.region is not None
        if draft.region.level != Level.VILLAGE:
            draft.reject("village_missing")
        elif not may_grant(self.user, Role.STAFF, draft.region.code):
            draft.reject("region_out_of_scope")

    def resolve(self, drafts: list[Draft]) -> None:
        _reject_repeated(drafts)
        holders, chairs = self._holders(drafts), self._chairs(drafts)
        for draft in drafts:
            if draft.region is not None:
                self._resolve_one(draft, holders, chairs.get(draft.region.code, []))

    def _holders(self, drafts: list[Draft]) -> dict[str, User]:
        """Return who has the phones already, wherever: a phone logs in one person."""
        wanted = {index_of(draft.values["number"]) for draft in drafts} - {None}
        return {str(user.phone_index): user for user in User.objects.filter(phone_index__in=wanted)}

    def _chairs(self, drafts: list[Draft]) -> dict[str, list[User]]:
        codes = {draft.region.code for draft in drafts if draft.region is not None}
        posts = Post.objects.standing().filter(role=Role.STAFF, region_id__in=codes)
        found: dict[str, list[User]] = defaultdict(list)
        for post in posts.select_related("user"):
            found[str(post.region_id)].append(post.user)
        return found

    def _resolve_one(self, draft: Draft, holders: dict[str, User], chairs: list[User]) -> None:
        holder = holders.get(str(index_of(draft.values["number"])))
        same = [user for user in chairs if user == holder or _is(user, draft)]
        if same:
            draft.target, draft.status = same[0], UNCHANGED
        elif holder is not None:
            draft.reject("phone_taken")
        elif chairs:
            draft.reject("chair_exists")
        else:
            draft.status = CREATED

    def store(self, drafts: list[Draft]) -> None:
        """Make an account for each new row; its own service checks and records, as for one made by hand."""
        for draft in drafts:
            if draft.status == CREATED:
                self._create(draft)

    def _create(self, draft: Draft) -> None:
        assert draft.region is not None
        newcomer = Newcomer(draft.get("name"), draft.values["number"])
        try:
            create_account(self.user, newcomer, Grant(Role.STAFF, draft.region.code))
        except AccountError:
            # Somebody elsewhere took the phone since the rows were resolved.
            draft.reject("phone_taken")
            draft.status = REJECTED

    def plain(self, draft: Draft) -> dict[str, Any]:
        """Return the row's values as they are stored."""
        township, village = self.lookup.names(draft.region)
        return {
            "name": draft.get("name") or "",
            "phone": draft.values["number"],
            "township": township,
            "village": village,
        }


def _is(user: User, draft: Draft) -> bool:
    """Return whether a chair without the row's phone is the row's person: the same name, and no other phone."""
    return user.display_name == draft.get("name") and not (user.phone_index and draft.values["number"])


def _reject_repeated(drafts: list[Draft]) -> None:
    seen: set[str] = set()
    for draft in drafts:
        keys = {draft.region.code if draft.region else "", index_of(draft.values["number"]) or ""} - {""}
        if draft.reasons:
            continue
        if keys & seen:
            draft.reject("chair_repeated")
        seen |= keys
