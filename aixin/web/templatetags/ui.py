"""Tags of the UI kit; docs/ui-kit.md lists them with their markup."""

import json
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.core.serializers.json import DjangoJSONEncoder
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from aixin.web.icons import require_icon
from aixin.web.problems import problems_of, sent_forms

register = template.Library()

# Stands where nothing is known, and has no unit.
NOTHING = "–"
TAG_KINDS = frozenset({"neutral", "ok", "warn", "danger", "info"})
Number = int | float | Decimal


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """Render an icon of the sprite; with `label` it speaks for itself, without it is ornament."""
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>',
            f"icon {css}".strip(),
            label,
            _in_sprite(name),
        )
    return _ornament(name, css)


# A page has dozens of icons, of which there are few; `typed` tells text that is safe from the same that is not.
@lru_cache(maxsize=1024, typed=True)
def _ornament(name: str, css: str) -> SafeString:
    classes = f"icon {css}".strip()
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}"></use></svg>', classes, _in_sprite(name)
    )


def _in_sprite(name: str) -> str:
    return f"{static('dist/icons.svg')}#{require_icon(name)}"


@register.simple_tag
def tag(text: str, kind: str = "neutral", icon_name: str = "") -> SafeString:
    """Render a state in words; the colour only supports them."""
    if kind not in TAG_KINDS:
        raise ValueError(f"tag kind {kind!r} is not one of {sorted(TAG_KINDS)}")
    drawn = icon(icon_name) if icon_name else ""
    return format_html('<span class="tag tag-{}">{}{}</span>', kind, drawn, text)


@register.filter
def figure(value: Number | None, digits: int = 0) -> str:
    """1488 as 1,488; nothing known as a dash."""
    return "–" if value is None else f"{value:,.{digits}f}"


@register.simple_tag
def rate(part: Number, whole: Number, digits: int = 1) -> str:
    """Return `part` of `whole` as 91.8; a dash where there is no whole. Never 100 before all are in."""
    if not whole:
        return "–"
    percent = Decimal(part) * 100 / Decimal(whole)
    step = Decimal(1).scaleb(-digits)
    if part < whole:
        percent = min(percent, 100 - step)
    return f"{percent:.{digits}f}"


@register.inclusion_tag("web/stat.html")
def stat(
    label: str,
    number: Number | str | None,
    unit: str = "",
    url: str = "",
    tip: str = "",
    note: str = "",
    trend: str = "",
    *,
    bad: bool = False,
) -> dict[str, Any]:
    """One fact of a <dl>: label, number, grey unit, definition, a note below that may go `up` or `down`.

    Of a `bad` one less is better, and its colours are the other way round.
    """
    shown = number if isinstance(number, str) else figure(number)
    return {
        "label": label,
        "number": shown,
        "unit": "" if shown == NOTHING else unit,
        "url": url,
        "tip": tip,
        "note": note,
        "trend": trend,
        "bad": bad,
    }


@register.inclusion_tag("web/meter.html")
def meter(label: str, part: Number, whole: Number, url: str = "") -> dict[str, Any]:
    """A labelled bar with `139 / 147` at its right."""
    return {
        "label": label,
        "part": figure(part),
        "whole": figure(whole),
        "value": _share(part, whole),
        "url": url,
    }


@register.inclusion_tag("web/percent.html")
def percent(part: Number, whole: Number, label: str = "", *, attention: bool = False) -> dict[str, Any]:
    """A bar with its percentage, for a table cell; `attention` where a human should look."""
    return {"text": rate(part, whole), "value": _share(part, whole), "label": label, "attention": attention}


@register.inclusion_tag("web/tip.html")
def tip(text: str, about: str = "") -> dict[str, str]:
    """The definition of a figure, on hover and on focus."""
    return {"text": text, "about": about}


@register.inclusion_tag("web/empty.html")
def empty_state(
    title: str,
    text: str = "",
    url: str = "",
    action: str = "",
    icon_name: str = "inbox",
    kind: str = "",
) -> dict[str, str]:
    """Nothing here, and what to do next; kind `error` where something failed."""
    return {"title": title, "text": text, "url": url, "action": action, "icon_name": icon_name, "kind": kind}


@register.inclusion_tag("web/problems.html", takes_context=True)
def problems(context: Context) -> dict[str, Any]:
    """What the forms sent with this request complain of; nothing on a page that was only opened."""
    request = context.get("request")
    if request is None or request.method != "POST":
        return {}
    values: Any = context.flatten()
    return {"problems": problems_of(values), "is_refused": any(form.errors for form in sent_forms(values))}


@register.inclusion_tag("web/steps.html")
def steps(current: int, *labels: str) -> dict[str, Any]:
    """上传 → 预览 → 结果: `{% steps 2 "上传" "预览" "结果" %}`."""
    return {"steps": [(label, _step_state(number, current)) for number, label in enumerate(labels, 1)]}


@register.inclusion_tag("web/pager.html", takes_context=True)
def pager(context: Context, page: Any, field: str = "page") -> dict[str, Any]:
    """第 1–10 条，共 147 条 and the way to the neighbours, for any Django page."""
    query = context["request"].GET.copy() if "request" in context else None
    return {
        "page": page,
        "previous_url": _page_url(query, field, page.previous_page_number()) if page.has_previous() else "",
        "next_url": _page_url(query, field, page.next_page_number()) if page.has_next() else "",
    }


@register.simple_tag
def data(key: str, value: Any) -> SafeString:
    """Data for a script of ours, by the id `key`. No script element: a part of a page that is put in later loses those."""
    return format_html(
        '<div id="{}" hidden data-json="{}"></div>', key, json.dumps(value, cls=DjangoJSONEncoder)
    )


@register.simple_tag
def map_url(code: str) -> str:
    """Where the borders below a city or province are; empty where the country's set has none."""
    path = f"dist/maps/{code}.json"
    return static(path) if code.isdigit() and finders.find(path) else ""


@register.filter
def initial(name: str) -> str:
    """The character in the round sign beside a user's name."""
    return name.strip()[:1].upper()


@register.filter
def solid(icon_name: str) -> str:
    """The filled drawing of an icon, where the sprite has one: marks where one is."""
    try:
        return require_icon(f"{icon_name}-fill")
    except ValueError:
        return icon_name


def _share(part: Number, whole: Number) -> str:
    return f"{min(100.0, float(part) * 100 / float(whole)):.1f}" if whole else "0"


def _step_state(number: int, current: int) -> str:
    if number == current:
        return "current"
    return "done" if number < current else "ahead"


def _page_url(query: Any, field: str, number: int) -> str:
    if query is None:
        return f"?{field}={number}"
    query = query.copy()
    query[field] = str(number)
    return f"?{query.urlencode()}"
