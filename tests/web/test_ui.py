"""Tags, includes and icon list of the UI kit. No database."""

import re
from pathlib import Path
from typing import Any

import django_tables2
import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory

from aixin.web.drafts import mark_draft_saved, saved_drafts
from aixin.web.icons import icon_names
from aixin.web.tables import SelectColumn
from aixin.web.templatetags import ui

TEMPLATES = settings.BASE_DIR / "templates"
TEMPLATE_FILES = sorted(TEMPLATES.rglob("*.html"))


def rendered(source: str, **context: Any) -> str:
    return " ".join(Template("{% load ui %}" + source).render(Context(context)).split())


def test_icon_is_ornament_unless_labelled() -> None:
    assert rendered('{% icon "house" %}') == (
        '<svg class="icon" aria-hidden="true"><use href="/static/dist/icons.svg#house"></use></svg>'
    )
    assert 'role="img" aria-label="首页"' in rendered('{% icon "house" "icon-lg" label="首页" %}')


def test_unknown_icon_is_a_mistake() -> None:
    with pytest.raises(ValueError, match=r"icons\.txt"):
        rendered('{% icon "unicorn" %}')


@pytest.mark.parametrize("path", TEMPLATE_FILES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_templates_name_known_icons_only(path: Path) -> None:
    named = re.findall(r'{% icon "([^"]+)"', path.read_text(encoding="utf-8"))
    assert set(named) <= icon_names()


@pytest.mark.parametrize("path", TEMPLATE_FILES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_templates_hold_nothing_inline(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:|hx-on|href=\"https?:|src=\"https?:", text)
    assert not re.search(r"<script(?![^>]*(src=|application/json))", text)


def test_tag_escapes_and_knows_its_kinds() -> None:
    assert rendered('{% tag text "warn" %}', text="<b>") == '<span class="tag tag-warn">&lt;b&gt;</span>'
    with pytest.raises(ValueError, match="kind"):
        ui.tag("已超期", "purple")


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(135, 147, "91.8"), (147, 147, "100.0"), (1999, 2000, "99.9"), (0, 5, "0.0"), (0, 0, "–")],
)
def test_rate_never_rounds_up_to_all(part: int, whole: int, text: str) -> None:
    assert ui.rate(part, whole) == text


@pytest.mark.parametrize(("value", "text"), [(1488, "1,488"), (0, "0"), (None, "–")])
def test_figure(value: int | None, text: str) -> None:
    assert ui.figure(value) == text


def test_stat_shows_unit_definition_and_link() -> None:
    html = rendered(
        '{% stat "在册儿童" 1488 "人" "/children/" tip="没有出列的" note="较上月 +12 人" trend="up" %}'
    )
    assert '<a class="fact-number" href="/children/">1,488 <small>人</small>' in html
    assert 'role="tooltip">没有出列的' in html
    assert "is-up" in html


def test_stat_of_nothing_known_is_a_dash() -> None:
    assert 'fact-number">–' in rendered('{% stat "结对率" None "%" %}')


def test_bars_carry_plain_numbers_and_a_name() -> None:
    html = rendered('{% meter "家庭情况" 1390 1488 %}')
    assert 'max="100" value="93.4" aria-label="家庭情况"' in html
    assert "1,390 / 1,488" in html
    assert 'value="91.8" aria-label="文水县"' in rendered('{% percent 135 147 label="文水县" %}')


def test_steps_mark_where_one_is() -> None:
    html = rendered('{% steps 2 "上传" "预览" "结果" %}')
    assert '<li class="is-done">上传</li> <li aria-current="step">预览</li> <li >结果</li>' in html


def test_pager_keeps_the_query() -> None:
    request = RequestFactory().get("/children/", {"town": "141121100", "page": "2"})
    html = rendered("{% pager page %}", page=Paginator(range(147), 10).page(2), request=request)
    assert "第 11–20 条，共 147 条" in html
    assert 'href="?town=141121100&amp;page=3"' in html
    assert 'href="?town=141121100&amp;page=1"' in html


def test_empty_offers_the_next_step() -> None:
    html = rendered('{% empty_state "还没有儿童" "可以导入" "/children/import/" "导入花名册" "people" %}')
    assert '<a class="btn btn-primary" href="/children/import/">导入花名册</a>' in html
    assert "role=" not in html


def test_solid_falls_back_to_the_outline() -> None:
    assert ui.solid("house") == "house-fill"
    assert ui.solid("cake") == "cake"


def test_initial() -> None:
    assert ui.initial(" 高主席") == "高"
    assert not ui.initial("")


class ChildTable(django_tables2.Table):
    tick = SelectColumn()
    name = django_tables2.Column("姓名")

    class Meta:
        empty_text = "没有符合条件的儿童"


def table_html(rows: list[dict[str, Any]], query: str = "") -> str:
    request = RequestFactory().get(f"/children/?{query}")
    table = ChildTable(rows, request=request, order_by=request.GET.get("sort", ()))
    table.paginate(page=1, per_page=2)
    return " ".join(get_template("web/table.html").render({"table": table}, request).split())


def test_table_tells_its_order_and_sorting_goes_back_to_the_first_page() -> None:
    html = table_html([{"pk": n, "name": f"高{n}"} for n in range(5)], "sort=-name&page=2")
    assert 'aria-sort="descending"' in html
    assert 'href="?sort=name"' in html
    assert "第 1–2 条，共 5 条" in html
    assert 'name="ids" value="4" form="bulk"' in html


def test_empty_table_says_so() -> None:
    html = table_html([])
    assert "没有符合条件的儿童" in html
    assert "<thead>" not in html


class VisitForm(forms.Form):
    way = forms.ChoiceField(
        label="怎么联系的", choices=[("call", "电话"), ("home", "上门")], widget=forms.RadioSelect
    )
    family = forms.BooleanField(label="家庭", required=False)
    file = forms.FileField(label="照片")


def test_segmented_and_toggle_render_the_forms_state() -> None:
    form = VisitForm({"way": "home", "family": "on"})
    html = render_to_string("web/segmented.html", {"field": form["way"]})
    assert re.search(r'value="home"\s+checked', html)
    assert html.count('type="radio"') == 2
    toggle = render_to_string("web/toggle_row.html", {"field": form["family"]})
    assert "checked" in toggle
    assert "有变化" in toggle


def test_field_errors_are_words_tied_to_the_field() -> None:
    form = VisitForm({})
    html = render_to_string("web/segmented.html", {"field": form["way"]})
    assert 'aria-describedby="id_way_error"' in html
    assert 'id="id_way_error"' in html


def test_saved_draft_is_told_once() -> None:
    request = RequestFactory().get("/")
    request.session = {}  # type: ignore[assignment]
    mark_draft_saved(request, "7:12")
    keys = saved_drafts(request)["saved_drafts"]
    assert list(keys) == ["7:12"]
    assert list(keys) == []


def test_error_pages_need_no_context() -> None:
    for code in ("400", "403", "403_csrf", "404", "413", "429", "500", "503"):
        html = render_to_string(f"{code}.html")
        assert "<h1>" in html
        assert "回首页" in html


def test_map_url_only_where_there_are_borders() -> None:
    assert not ui.map_url("141121100")
    assert not ui.map_url("../secret")
