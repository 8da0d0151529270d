"""Erasing a person: nothing of her is left in any table, every figure stays as it was (DOMAIN section 6)."""

from typing import Any

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from aixin.access.models import Post, Region, Role, User
from aixin.access.scope import acting, opened, scope_of
from aixin.audit.models import Action, Entry
from aixin.exchange.choices import ImportState
from aixin.exchange.jobs import import_file
from aixin.exchange.models import ImportJob
from aixin.notify.models import Feedback, Notice
from aixin.rights.models import Erasure, RightsRequest
from aixin.rights.services import erase
from children.choices import LeavingReason, Status
from children.models import Child, ConsentScan, Guardian, Parent
from children.services import leave_roster
from pairing.choices import State
from pairing.models import Pairing
from reports.coverage import figures_of
from tests.cast import WENSHUI, Cast, make_user
from tests.conftest import Session
from tests.contract.world import workbook
from tests.pages import error_beside, text_of
from tests.rights.conftest import CHILDS_WORDS, MAMAS_NAME, MAMAS_PHONE, MAMAS_WORDS, NAME, request_for
from tests.rights.everywhere import places_of
from visits.models import Visit
from volunteers.choices import State as VolunteerState
from volunteers.models import Volunteer


def confirm(cast: Cast, request: RightsRequest, who: str = "wenshui", **form: Any) -> Any:
    typed = {"public_no": request.public_no} | form
    return Session(cast.users[who]).post(f"/rights/{request.pk}/erase/", typed)


@pytest.mark.django_db(transaction=True)
def test_no_table_holds_an_erased_child(cast: Cast, traced: Child) -> None:
    before = places_of(CHILDS_WORDS)
    assert {place.partition(".")[0] for place in before} >= {
        "children_child", "children_childevent", "children_guardian", "children_guardianevent", "children_parent",
        "children_need", "children_needevent", "children_consentrecord", "children_consentscan", "pairing_pairing",
        "pairing_pairingevent", "visits_visit", "visits_visitevent", "notify_notice", "notify_feedback",
        "exchange_importjob",
    }  # fmt: skip
    answer = confirm(cast, request_for(cast.fengcheng, traced, content=f"{NAME}不登记了"))
    assert answer.status_code == 302
    assert places_of(CHILDS_WORDS) == {}


@pytest.mark.django_db(transaction=True)
def test_no_table_holds_an_erased_volunteer(cast: Cast, traced_volunteer: Volunteer) -> None:
    before = {place.partition(".")[0] for place in places_of(MAMAS_WORDS)}
    assert before >= {"volunteers_volunteer", "volunteers_volunteerevent", "pairing_pairing", "visits_visit"}
    assert before >= {"access_user"}
    assert confirm(cast, request_for(cast.wenshui, traced_volunteer)).status_code == 302
    assert places_of(MAMAS_WORDS) == {}


def totals(user: User) -> dict[str, int]:
    with opened(scope_of(user)):
        return {
            key: sum(tally.values()) for key, tally in figures_of(Region.objects.get(code=WENSHUI)).items()
        }


@pytest.mark.django_db
class TestAChild:
    def test_figures_stay_as_they_were_after_leaving(self, cast: Cast, traced: Child) -> None:
        registered = totals(cast.wenshui)
        leave_roster(cast.wenshui, traced, LeavingReason.OVER_AGE, timezone.localdate())
        left = totals(cast.wenshui)
        assert left["registered"] == registered["registered"] - 1
        assert left["visits_total"] == registered["visits_total"] > 2
        erase(cast.wenshui, "children.child", traced.pk)
        assert totals(cast.wenshui) == left

    def test_its_pairings_end_with_it(self, cast: Cast, traced: Child) -> None:
        confirm(cast, request_for(cast.wenshui, traced))
        pairing = Pairing.objects.get(child=traced)
        assert (pairing.state, pairing.ended_on) == (State.ENDED, timezone.localdate())
        assert pairing.notes == ""

    def test_what_counts_need_stays(self, cast: Cast, traced: Child) -> None:
        confirm(cast, request_for(cast.wenshui, traced))
        found = Child.objects.get(pk=traced.pk)
        assert (found.status, found.left_reason) == (Status.ERASED, LeavingReason.GUARDIAN_WITHDREW)
        assert (found.no, found.sex, found.category) == (traced.no, traced.sex, traced.category)
        assert (found.name, found.region_id) == ("已删除", "141121100")
        assert (found.birth.year, found.birth.month, found.birth.day) == (2015, 1, 1)
        assert not Guardian.objects.filter(child=traced).exists()
        assert not Parent.objects.filter(child=traced).exists()
        assert not ConsentScan.objects.filter(child=traced).exists()
        assert traced.consents.get().given_by == "已删除"

    def test_another_child_s_visit_keeps_its_words(self, cast: Cast, traced: Child) -> None:
        confirm(cast, request_for(cast.wenshui, traced))
        shared = Visit.objects.filter(visited__child=traced).filter(visited__child=cast.child).get()
        assert shared.seen == f"某儿童和{cast.child.name}都好"
        alone = Visit.objects.filter(visited__child=traced).exclude(pk=shared.pk).get()
        assert (alone.seen, alone.done, alone.way) == ("", "", "PHONE")
        assert cast.visit.events.exists(), "the history of a visit that she had no part in"

    def test_files_that_hold_it_go_and_others_stay(self, cast: Cast, traced: Child) -> None:
        confirm(cast, request_for(cast.wenshui, traced))
        done, citys, other = ImportJob.objects.order_by("pk")
        assert (bool(done.content), bool(citys.content), bool(other.content)) == (False, False, True)
        assert (done.state, citys.state, other.state) == (
            ImportState.DONE,
            ImportState.ABANDONED,
            ImportState.PREVIEW,
        )
        assert [row["name"] for row in done.rows()] == ["已删除", "童别人"]
        page = Session(cast.wenshui).get(reverse("imports:rejected", args=[done.pk]), follow=True)
        assert "文件不再保存" in page.content.decode()
        assert Session(cast.wenshui).get(f"/imports/{other.pk}/").status_code == 200

    def test_messages_about_it_go_and_feedback_stays_without_its_name(
        self, cast: Cast, traced: Child
    ) -> None:
        assert Notice.objects.filter(title__contains=NAME).exists()
        others = Notice.objects.exclude(title__contains=NAME).count()
        confirm(cast, request_for(cast.wenshui, traced))
        assert Notice.objects.count() == others > 0
        assert Feedback.objects.get().text == "某儿童的电话199****0001变了"

    def test_the_number_opens_a_page_that_says_so(self, cast: Cast, traced: Child) -> None:
        confirm(cast, request_for(cast.wenshui, traced))
        page = Session(cast.wenshui).post("/search/", {"q": traced.no}, follow=True)
        assert "资料已按请求删除" in page.content.decode()
        erasure = Erasure.objects.get()
        assert f"/rights/erasures/{erasure.pk}/" in page.content.decode()
        for url in ("/children/", "/children/?figure=left"):
            assert traced.no not in Session(cast.wenshui).get(url).content.decode()
            assert "已删除" not in Session(cast.wenshui).get(url).content.decode()

    def test_it_cannot_be_brought_back(self, cast: Cast, traced: Child) -> None:
        confirm(cast, request_for(cast.wenshui, traced))
        session = Session(cast.wenshui)
        session.post(f"/children/{traced.pk}/return/")
        assert session.get(f"/children/{traced.pk}/edit/").status_code == 403
        assert session.get(f"/rights/new/children.child/{traced.pk}/").status_code == 403
        traced.refresh_from_db()
        assert traced.status == Status.ERASED

    def test_the_certificate_and_the_trail_hold_counts_only(self, cast: Cast, traced: Child) -> None:
        request = request_for(cast.fengcheng, traced)
        page = Session(cast.wenshui).post(
            f"/rights/{request.pk}/erase/", {"public_no": traced.no}, follow=True
        )
        erasure = Erasure.objects.get()
        assert erasure.removed["监护人和父母"] == 2
        assert erasure.removed["导入的文件"] == 2
        assert erasure.removed["变更记录"] > 5
        shown = text_of(page.content.decode())
        assert erasure.number in shown
        assert "监护人和父母：2 条" in shown
        entry = Entry.objects.get(action=Action.ERASE)
        assert (entry.user, entry.object_id) == (cast.wenshui, str(traced.pk))
        request.refresh_from_db()
        assert (request.state, request.asker_name, request.done_by) == ("DONE", "", cast.wenshui)

    def test_no_import_can_bring_her_back(self, cast: Cast, traced: Child) -> None:
        """What undoing would restore her from goes too, and what else the file came to stays to be read."""
        (job,) = ImportJob.objects.filter(state=ImportState.DONE)
        assert job.images.exists()
        confirm(cast, request_for(cast.wenshui, traced))
        job.refresh_from_db()
        assert not job.images.exists()
        assert (job.content, job.rejected, job.layout) == ("", "", "")
        page = Session(cast.wenshui).get(f"/imports/{job.pk}/").content.decode()
        assert "撤销导入" not in page
        assert len(job.rows()) == 2

    def test_a_second_click_removes_nothing_more(self, cast: Cast, traced: Child) -> None:
        request = request_for(cast.wenshui, traced)
        confirm(cast, request)
        assert confirm(cast, request).status_code == 302
        assert erase(cast.wenshui, "children.child", traced.pk) == Erasure.objects.get()
        assert Entry.objects.filter(action=Action.ERASE).count() == 1

    def test_a_wrong_number_removes_nothing(self, cast: Cast, traced: Child) -> None:
        answer = confirm(cast, request_for(cast.wenshui, traced), public_no=cast.child.no)
        assert "编号不对" in error_beside(answer, "public_no")
        traced.refresh_from_db()
        assert traced.name == NAME

    def test_the_page_says_what_ends(self, cast: Cast, traced: Child) -> None:
        request = request_for(cast.wenshui, traced)
        page = Session(cast.wenshui).get(f"/rights/{request.pk}/erase/").content.decode()
        assert "1 对结对当天解除" in page

    def test_one_that_was_moved_here_is_erased_with_its_past(self, cast: Cast, traced: Child) -> None:
        """Its history was written in another county, which this county's head never sees."""
        Child.objects.filter(pk=traced.pk).update(region_id="141123100200")
        head = make_user("xinghead", Role.STAFF, "141123", is_head=True)
        cast.users["xinghead"] = head
        assert confirm(cast, request_for(head, traced), "xinghead").status_code == 302
        assert not Child.events.rel.related_model.objects.filter(pgh_obj_id=traced.pk).exists()
        assert not ImportJob.objects.order_by("pk")[0].content


@pytest.mark.django_db
class TestAVolunteer:
    def test_her_work_ends_everywhere_and_figures_stay(self, cast: Cast, traced_volunteer: Volunteer) -> None:
        before = totals(cast.wenshui)
        confirm(cast, request_for(cast.wenshui, traced_volunteer))
        assert not Pairing.objects.active().filter(volunteer=traced_volunteer).exists()
        found = Volunteer.objects.get(pk=traced_volunteer.pk)
        assert (found.state, found.name, found.phone, found.user) == (
            VolunteerState.ERASED,
            "已删除",
            "",
            None,
        )
        after = totals(cast.wenshui)
        assert after["volunteers"] == before["volunteers"] - 1
        assert after["visits_total"] == before["visits_total"]
        assert "已删除" not in Session(cast.wenshui).get("/volunteers/").content.decode()

    def test_she_cannot_log_in_any_more(self, cast: Cast, traced_volunteer: Volunteer) -> None:
        confirm(cast, request_for(cast.wenshui, traced_volunteer))
        user = User.objects.get(pk=cast.mama2.pk)
        assert (user.is_active, user.display_name, user.phone) == (False, "已删除", "")
        assert not user.posts.current().exists()

    def test_one_who_also_works_here_keeps_her_account(self, cast: Cast, traced_volunteer: Volunteer) -> None:
        Post.objects.create(user=cast.mama2, role=Role.STAFF, region_id="141121101")
        confirm(cast, request_for(cast.wenshui, traced_volunteer))
        user = User.objects.get(pk=cast.mama2.pk)
        assert user.is_active
        assert [post.role for post in user.current_posts] == [Role.STAFF]


@pytest.mark.django_db
class TestAnOldExport:
    """It holds the number of an erased person: importing it again must not fill the emptied row."""

    def status_of(self, cast: Cast, kind: str, headings: tuple[str, ...], *cells: str) -> list[str]:
        _, outcome = import_file(cast.wenshui, kind, workbook(headings, [cells]), "旧名册.xlsx", commit=True)
        return outcome.drafts[0].reasons

    def test_of_a_child_is_rejected(self, cast: Cast, traced: Child) -> None:
        confirm(cast, request_for(cast.wenshui, traced))
        headings = ("儿童编号", "姓名", "出生日期", "类别", "乡镇", "监护人姓名")
        row = (traced.no, NAME, "2015-03-04", "留守儿童", "凤城镇", "濮奶奶")
        assert self.status_of(cast, "children", headings, *row) == ["erased"]
        assert Child.objects.get(pk=traced.pk).name == "已删除"

    def test_of_a_volunteer_is_rejected(self, cast: Cast, traced_volunteer: Volunteer) -> None:
        confirm(cast, request_for(cast.wenshui, traced_volunteer))
        headings = ("爱心妈妈编号", "姓名", "手机号", "乡镇")
        row = (traced_volunteer.no, MAMAS_NAME, MAMAS_PHONE, "凤城镇")
        assert self.status_of(cast, "volunteers", headings, *row) == ["erased"]
        assert Volunteer.objects.get(pk=traced_volunteer.pk).name == "已删除"


@pytest.mark.django_db
class TestWhoMay:
    @pytest.mark.parametrize(
        ("who", "status"), [("fengcheng", 403), ("city", 403), ("xingxian", 404), ("mama", 403)]
    )
    def test_others_than_the_county_s_head_may_not(
        self, cast: Cast, traced: Child, who: str, status: int
    ) -> None:
        assert confirm(cast, request_for(cast.wenshui, traced), who).status_code == status
        traced.refresh_from_db()
        assert traced.name == NAME

    def test_other_county_staff_may_only_where_there_is_no_head(self, cast: Cast, traced: Child) -> None:
        cast.users["clerk"] = make_user("clerk", Role.STAFF, WENSHUI)
        request = request_for(cast.wenshui, traced)
        assert confirm(cast, request, "clerk").status_code == 403
        Post.objects.filter(user=cast.wenshui).update(is_head=False)
        assert confirm(cast, request, "clerk").status_code == 302

    def test_a_request_for_something_else_erases_nothing(self, cast: Cast, traced: Child) -> None:
        request = request_for(cast.wenshui, traced, "CORRECTION", content="学校写错了")
        assert confirm(cast, request).status_code == 302
        traced.refresh_from_db()
        assert traced.name == NAME


@pytest.mark.django_db
class TestHistoryIsNotTheApps:
    CALL = "SELECT aixin_erase_history(%s, %s, %s)"

    def call(self, *args: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self.CALL, args)

    def test_without_an_erasure_none_is_removed(self, cast: Cast) -> None:
        with acting(cast.wenshui), pytest.raises(InternalError, match="erasure only"), transaction.atomic():
            self.call("children_childevent", "pgh_obj_id", [cast.child.pk])

    def test_an_erasure_opens_history_only_and_only_in_its_range(self, cast: Cast) -> None:
        with acting(cast.wenshui):
            Erasure.objects.create(
                label="children.child", object_pk=1, public_no="1", basis="REQUEST", region_id="141121100"
            )
            for table, link in (("children_child", "id"), ("access_user", "id"), ("audit_entry", "id")):
                with pytest.raises(InternalError, match="not a table of history"), transaction.atomic():
                    self.call(table, link, [cast.child.pk])
            self.call("children_childevent", "pgh_obj_id", [cast.far.pk])
        assert cast.far.events.exists()

    def test_a_certificate_cannot_be_removed(self, cast: Cast) -> None:
        made = Erasure.objects.create(
            label="children.child", object_pk=1, public_no="1", basis="REQUEST", region_id="141121100"
        )
        with acting(cast.wenshui):
            assert Erasure.objects.filter(pk=made.pk).delete()[0] == 0
        assert Erasure.objects.filter(pk=made.pk).exists()

    def test_the_app_role_deletes_no_history_by_itself(self, cast: Cast) -> None:
        with acting(cast.wenshui):
            try:
                with transaction.atomic():
                    removed, _ = cast.child.events.all().delete()
            except ProgrammingError:
                removed = 0
        assert removed == 0
        assert cast.child.events.exists()
