"""准入查询 results as a file. Of what an authority sends, result, day and officer are kept alone (DOMAIN section 3)."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from aixin.exchange.columns import Column, vocabulary_of
from aixin.exchange.drafts import UNCHANGED, UPDATED, Change, Draft
from aixin.exchange.headings import ID_WORDS
from aixin.exchange.reading.values import clean_text
from aixin.exchange.roster import RosterResource
from aixin.privacy.fields import index_of
from volunteers.choices import Clearance
from volunteers.models import Volunteer
from volunteers.services import record_clearances

RESULT_WORDS = vocabulary_of(
    Clearance,
    PASSED="合格 无 无记录 无违法犯罪记录 未发现 未发现违法犯罪记录 未查到 可以准入 准入 正常",
    FAILED="不合格 有 有记录 有违法犯罪记录 发现违法犯罪记录 不予准入 异常",
    IN_PROGRESS="正在查询 待反馈",
)
OFFICER_LENGTH = 40


class ClearanceResource(RosterResource):
    """准入查询结果. It finds volunteers of the roster and makes none; a row of a stranger comes back."""

    roster_kind = "clearances"
    roster_title = "准入查询结果"
    place_in_order = 25
    footprint = ((Volunteer, "id"),)
    numbers = ("volunteer_no",)

    name = Column(
        "姓名",
        ("爱心妈妈姓名", "爱心妈妈", "被查询人", "被查询人姓名", "查询对象", "名字"),
        required=True,
        kind="name",
        leaves=("姓名",),
        unique=True,
    )
    idno = Column("身份证号", ID_WORDS, kind="idno", leaves=ID_WORDS, unique=True)
    result = Column(
        "查询结果",
        ("结果", "准入查询", "准入查询结果", "反馈结果", "查询情况", "有无违法犯罪记录", "违法犯罪记录"),
        kind="choice",
        required=True,
        vocabulary=RESULT_WORDS,
    )
    day = Column(
        "查询日期", ("日期", "查询时间", "反馈日期", "反馈时间"), kind="date", fault="clearance_date_invalid"
    )
    officer = Column(
        "经办人", ("查询经办", "查询人", "经办", "办理人", "查询经办人"), max_length=OFFICER_LENGTH
    )
    volunteer_no = Column("爱心妈妈编号", ("编号", "系统编号"), unique=True)

    @classmethod
    def address(cls, page: str) -> str:
        pages = {"import": "volunteers:import_clearances", "list": "volunteers:list"}
        return reverse(pages[page]) if page in pages else ""

    def check(self, draft: Draft) -> None:
        if not draft.get("name") and not draft.get("volunteer_no"):
            draft.reject("name_missing")
        result, stated = _result_of(draft), draft.get("day")
        if result is None:
            draft.reject("clearance_unknown")
        if stated is not None and stated.value > timezone.localdate():
            draft.reject("clearance_date_invalid")
        draft.values["fields"] = {
            "clearance": result,
            # A file without a day was brought today, one without an officer by whoever brings it.
            "cleared_on": stated.value if stated else timezone.localdate(),
            "cleared_by": draft.get("officer") or self.user.get_full_name()[:OFFICER_LENGTH],
        }

    def resolve(self, drafts: list[Draft]) -> None:
        by_number, by_index, by_name = self._holders(drafts)
        seen: set[int] = set()
        for draft in drafts:
            if draft.get("volunteer_no"):
                found = by_number.get(draft.get("volunteer_no"), [])
            elif draft.get("idno"):
                found = by_index.get(str(index_of(draft.get("idno"))), [])
            else:
                found = by_name.get(draft.get("name") or "", [])
            self._resolve_one(draft, found, seen)

    def _holders(self, drafts: list[Draft]) -> tuple[dict[str, list[Volunteer]], ...]:
        """Return the volunteers of the user's region by number, ID number and name."""
        serving = Volunteer.objects.visible_to(self.user).serving().select_related("region")
        wanted = {
            key: {draft.get(key) for draft in drafts} - {None} for key in ("volunteer_no", "idno", "name")
        }
        indexes = {index_of(idno) for idno in wanted["idno"]}
        return (
            _grouped(serving.filter(no__in=wanted["volunteer_no"]), "no"),
            _grouped(serving.filter(idno_index__in=indexes), "idno_index"),
            _grouped(serving.filter(name__in=wanted["name"]), "name"),
        )

    def _resolve_one(self, draft: Draft, found: list[Volunteer], seen: set[int]) -> None:
        if not found:
            draft.reject("volunteer_not_found")
            return
        if len(found) > 1:
            draft.reject("ambiguous")
            return
        draft.target, draft.region = found[0], found[0].region
        if draft.get("name") and draft.get("name") != draft.target.name:
            draft.reject("clearance_of_another")
        if draft.target.pk in seen:
            draft.reject("duplicate_in_file")
        seen.add(draft.target.pk)
        if draft.reasons:
            return
        draft.changes = self._changes(draft)
        draft.status = UPDATED if draft.changes else UNCHANGED

    def _changes(self, draft: Draft) -> list[Change]:
        return [
            Change(key, str(_label(key)), _text(key, getattr(draft.target, key)), _text(key, value))
            for key, value in draft.values["fields"].items()
            if getattr(draft.target, key) != value
        ]

    def store(self, drafts: list[Draft]) -> None:
        """Keep each result by the same service as one typed by hand, so that what follows from it follows."""
        for draft in drafts:
            if draft.status == UPDATED:
                kept = {
                    key: value if draft.takes(key) else getattr(draft.target, key)
                    for key, value in draft.values["fields"].items()
                }
                result, day = Clearance(kept["clearance"]), kept["cleared_on"]
                record_clearances(self.user, [draft.target], result, day, kept["cleared_by"])

    def plain(self, draft: Draft) -> dict[str, Any]:
        """Return the row's values as they are stored."""
        fields = draft.values["fields"]
        return {**fields, "cleared_on": fields["cleared_on"].isoformat(), "name": draft.get("name") or ""}


# By the whole word and never by likeness: 未通过 is like 通过, 无法查询 begins like 无.
_RESULTS = {
    word: code for code, words in RESULT_WORDS.items() for word in words if code != Clearance.UNCHECKED
}


def _result_of(draft: Draft) -> str | None:
    """Return the result that a row states, or None where it states none that is certain."""
    return _RESULTS.get(clean_text(draft.cells.get("result") or ""))


def _grouped(rows: Any, field: str) -> dict[str, list[Volunteer]]:
    found: dict[str, list[Volunteer]] = {}
    for volunteer in rows:
        found.setdefault(str(getattr(volunteer, field)), []).append(volunteer)
    return found


def _label(key: str) -> Any:
    return Volunteer._meta.get_field(key).verbose_name  # type: ignore[union-attr]


def _text(key: str, value: Any) -> str:
    if key == "clearance":
        return str(Clearance(value).label)
    return "" if value is None else str(value)
