"""The yearly report: what it counts, for whom, and the Word file."""

import datetime
import io
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from docx import Document

from aixin.access.auditing.figures import MEASURES, chain_of, year_of
from aixin.access.auditing.sentences import change_text
from aixin.access.models import Post, Role
from aixin.audit.models import Action, Entry, Verification
from aixin.audit.trail import record
from scripts import make_report_template
from tests.cast import CITY, WENSHUI, XINGXIAN, Cast, make_user
from tests.conftest import Session

REPORT, FILE = reverse("audit:report"), reverse("audit:report_file")
THIS = timezone.localdate().year


@pytest.fixture
def use(cast: Cast) -> Cast:
    """A year's use by two counties and the city."""
    for user, times in (
        (cast.wenshui, 2),
        (cast.fengcheng, 1),
        (cast.xingxian, 1),
        (cast.city, 1),
        (cast.mama, 1),
    ):
        for _ in range(times):
            record(user, Action.LOGIN)
    record(cast.wenshui, Action.VIEW, cast.child)
    record(cast.mama, Action.VIEW, cast.child)
    record(cast.xingxian, Action.EXPORT, what="名册", rows=7)
    record(cast.xingxian, Action.EXPORT, what="名册", rows=5)
    record(cast.city, Action.EXPORT, what="名册")
    record(cast.xingxian, Action.REFUSED, path="/", status=404)
    tried = type(cast.fengcheng).objects.tried("fengcheng")  # type: ignore[attr-defined]
    record(None, Action.LOGIN_FAILED, tried)
    record(None, Action.LOGIN_FAILED)
    return cast


def places(code: str, key: str) -> dict[str, int]:
    return {place.name: place.figures[key] for place in year_of(code, THIS).places}


def test_a_city_is_counted_by_county(use: Cast) -> None:
    assert places(CITY, "logins") == {"吕梁市本级": 1, "文水县": 4, "兴县": 1}
    assert places(CITY, "accounts") == {"吕梁市本级": 1, "文水县": 3, "兴县": 1}
    assert places(CITY, "views") == {"吕梁市本级": 0, "文水县": 2, "兴县": 0}
    assert places(CITY, "rows") == {"吕梁市本级": 0, "文水县": 0, "兴县": 12}
    assert places(CITY, "refusals")["兴县"] == 1


def test_a_failed_log_in_counts_where_its_account_is(use: Cast) -> None:
    assert places(CITY, "failures")["文水县"] == 1
    whole = year_of("", THIS)
    assert whole.places[-1].name.startswith("未归属地区")
    assert whole.places[-1].figures["failures"] == 1


def test_a_county_is_counted_by_township(use: Cast) -> None:
    assert places(WENSHUI, "logins") == {"文水县本级": 2, "凤城镇": 2}


def test_the_places_add_up_to_the_total(use: Cast) -> None:
    year = year_of("", THIS)
    for measure in MEASURES:
        if measure.key != "accounts":
            assert year.totals[measure.key] == sum(place.figures[measure.key] for place in year.places)


def test_an_account_with_two_posts_is_one_account(use: Cast) -> None:
    Post.objects.create(user=use.wenshui, role=Role.STAFF, region_id=XINGXIAN)
    Entry.objects.create(action=Action.LOGIN, user=use.wenshui, role=Role.STAFF, region_code=XINGXIAN)
    assert places(CITY, "accounts") == {"吕梁市本级": 1, "文水县": 3, "兴县": 2}
    assert year_of(CITY, THIS).totals["accounts"] == 5


@pytest.mark.parametrize(
    ("moment", "year"),
    [("2024-12-31T23:59:59+08:00", 2024), ("2025-01-01T00:00:00+08:00", 2025)],
)
def test_a_year_is_a_local_year(cast: Cast, time_machine: Any, moment: str, year: int) -> None:
    time_machine.move_to(datetime.datetime.fromisoformat(moment))
    record(cast.wenshui, Action.LOGIN)
    assert year_of("", year).totals["logins"] == 1
    assert year_of("", 4049 - year).totals["logins"] == 0


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (5, 5, "持平"),
        (5, 0, "增加 5（上年为 0）"),
        (108, 100, "增加 8（+8.0%）"),
        (3, 4, "减少 1（-25.0%）"),
    ],
)
def test_changes_in_words(now: int, before: int, text: str) -> None:
    assert change_text(now, before) == text


def test_the_page_states_definitions_and_last_year(use: Cast) -> None:
    page = Session(use.auditor).get(REPORT, {"region": CITY}).content.decode()
    for measure in MEASURES:
        assert measure.label in page
        assert measure.definition in page
    assert "吕梁市共有 5 个账号登录平台 6 次" in page
    assert "尚未做过完整性核验" in page


def test_what_the_last_check_found_stands_in_it(use: Cast) -> None:
    Verification.objects.create(seals=3, entries=12, faults=0)
    page = Session(use.auditor).get(REPORT).content.decode()
    assert "核验 3 个封印、12 条记录，全部相符" in page
    Verification.objects.create(seals=3, entries=12, faults=2)
    assert "核验发现 2 处不符" in Session(use.auditor).get(REPORT).content.decode()
    assert chain_of(THIS).checked is not None


def words_of(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_the_word_file_says_what_the_page_says(use: Cast) -> None:
    response = Session(use.auditor).get(FILE, {"region": CITY, "year": str(THIS)})
    text = words_of(response.content)
    assert f"吕梁市 {THIS} 年未成年人个人信息处理合规审计报告" in text
    assert f"{THIS - 1} 年" in text
    for measure in MEASURES:
        assert f"{measure.label}（{measure.unit}）" in text
        assert measure.definition in text
    tables = Document(io.BytesIO(response.content)).tables
    assert [[cell.text for cell in row.cells] for row in tables[1].rows] == [
        ["地区", "活跃账号（个）", "登录（次）", "登录失败（次）"],
        ["吕梁市本级", "1", "1", "0"],
        ["文水县", "3", "4", "1"],
        ["兴县", "1", "1", "0"],
        ["合计", "5", "6", "1"],
    ]
    assert "{{" not in text
    assert "{%" not in text


def test_the_download_is_noted(use: Cast) -> None:
    Session(use.auditor).get(FILE, {"region": CITY})
    entry = Entry.objects.filter(action=Action.EXPORT).first()
    assert entry is not None
    assert entry.detail["what"] == "report"


def test_an_office_may_use_its_own_template(use: Cast, settings: Any, tmp_path: Any) -> None:
    document = Document()
    document.add_paragraph("{{ name }}自己的格式")
    document.save(str(tmp_path / "own.docx"))
    settings.AUDIT_REPORT_TEMPLATE = str(tmp_path / "own.docx")
    assert words_of(Session(use.auditor).get(FILE, {"region": CITY}).content).strip() == "吕梁市自己的格式"


def test_the_template_is_what_its_script_makes(settings: Any) -> None:
    kept = Document(settings.AUDIT_REPORT_TEMPLATE)
    assert kept.element.body.xml == make_report_template.build().element.body.xml


@pytest.mark.parametrize(
    ("region", "status"), [("", 200), (WENSHUI, 200), (CITY, 404), (XINGXIAN, 404), ("999999", 404)]
)
def test_a_head_reports_on_her_own_region(use: Cast, region: str, status: int) -> None:
    session = Session(use.wenshui)
    for path in (REPORT, FILE):
        assert session.get(path, {"region": region}).status_code == status


def test_the_citys_head_reports_on_its_counties(use: Cast) -> None:
    Post.objects.filter(user=use.city).update(is_head=True)
    session = Session(type(use.city).objects.get(pk=use.city.pk))
    assert session.get(REPORT, {"region": XINGXIAN}).status_code == 200
    assert session.get(REPORT, {"region": "140105"}).status_code == 404


def test_a_regions_auditor_reports_on_that_region(use: Cast) -> None:
    session = Session(make_user("local", Role.AUDITOR, XINGXIAN))
    assert "兴县" in session.get(REPORT).content.decode()
    assert session.get(REPORT, {"region": WENSHUI}).status_code == 404


def test_last_years_report_is_offered_first_in_january(use: Cast, time_machine: Any) -> None:
    time_machine.move_to(datetime.datetime(THIS + 1, 1, 20, 9, tzinfo=datetime.UTC))
    page = Session(use.auditor).get(REPORT)
    assert page.context["report"].year == THIS
    time_machine.move_to(datetime.datetime(THIS + 1, 3, 1, 9, tzinfo=datetime.UTC))
    assert Session(use.auditor).get(REPORT).context["report"].year == THIS + 1


def test_the_entry_in_the_navigation_is_for_heads_and_auditors(use: Cast) -> None:
    for who, offered in (
        ("wenshui", True),
        ("fengcheng", False),
        ("xingxian", False),
        ("city", False),
        ("auditor", True),
    ):
        assert (REPORT in Session(use.users[who]).get("/").content.decode()) is offered
