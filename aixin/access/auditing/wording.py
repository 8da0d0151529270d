"""The trail in Chinese: who, from which office, did what to whom. Numbers of rows and persons, never names of children."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from aixin.access.models import Region, Role, User
from aixin.audit.models import Action, Entry
from aixin.privacy.masks import mask_numbers

SYSTEM, NOBODY = "系统", "未登录"
SHOWN_SUBJECTS = 3
# What a page colours: reading in full, taking out, and what was refused.
_TONES = {
    Action.REVEAL: "warn",
    Action.EXPORT: "warn",
    Action.ERASE: "warn",
    Action.REFUSED: "danger",
    Action.LOGIN_FAILED: "danger",
    Action.ALARM: "danger",
    Action.GRANT: "info",
    Action.REVOKE: "info",
}
_LABELS = {
    "field": "项目",
    "found": "找到",
    "rows": "行数",
    "what": "内容",
    "kind": "名册",
    "counts": "结果",
    "path": "页面",
    "status": "原因",
    "need": "需求序号",
    "page": "页面",
    "change": "变化",
    "method": "方式",
    "links": "封印数",
    "entries": "记录数",
    "year": "年度",
    "region": "地区",
    "filters": "筛选",
}
_UNITS = {"rows": "行", "found": "人", "links": "个", "entries": "条"}
_VALUES: dict[tuple[str, Any], str] = {
    ("status", 403): "没有权限",
    ("status", 404): "不在本人范围内",
    ("field", "idno"): "身份证号",
    ("field", "phone"): "电话",
    ("what", "rejected rows"): "导入被退回的行",
    ("what", "trail"): "审计记录",
    ("what", "report"): "合规审计报告",
    ("kind", "children"): "儿童",
    ("kind", "volunteers"): "爱心妈妈",
    ("kind", "pairings"): "结对",
    ("page", "person"): "某人被查阅的记录",
    ("page", "account"): "某账号的操作记录",
    ("change", "added"): "启用",
    ("change", "removed"): "停用",
    ("change", "reset"): "重新生成",
    ("method", "totp"): "动态验证码",
    ("method", "recovery_codes"): "恢复码",
}
_COUNTS = {"created": "新增", "updated": "更新", "unchanged": "无变化", "rejected": "退回"}


def name_details(labels: dict[str, str], values: dict[tuple[str, Any], str] | None = None) -> None:
    """Let an app say in Chinese what the details of its own entries mean."""
    _LABELS.update(labels)
    _VALUES.update(values or {})


@dataclass(frozen=True)
class Line:
    """One entry as a page and a workbook show it."""

    entry: Entry
    who: str
    office: str
    action: str
    tone: str
    about: str
    subjects: list[str]
    more_subjects: int
    said: str


def lines_of(entries: Iterable[Entry], only: str = "") -> list[Line]:
    """Return entries in words; one query for the names of all their regions. `only` is the one number to be named."""
    rows = list(entries)
    names = region_names(entry.region_code for entry in rows)
    return [_line(entry, names, only) for entry in rows]


def _line(entry: Entry, names: dict[str, str], only: str) -> Line:
    subjects = list(getattr(entry, "first_subjects", entry.__dict__.get("subjects", ())) or ())
    total = getattr(entry, "subject_count", len(subjects)) or 0
    shown = [only] if only else subjects[:SHOWN_SUBJECTS]
    return Line(
        entry=entry,
        who=NOBODY if entry.action == Action.LOGIN_FAILED else who_text(entry.user, entry.role),
        office=office_text(entry.role, names.get(entry.region_code, entry.region_code)),
        action=str(entry.get_action_display()),
        tone=_TONES.get(Action(entry.action), "neutral") if entry.action in Action.values else "neutral",
        about=object_text(entry),
        subjects=shown,
        more_subjects=max(total - len(shown), 0),
        said=said_text(entry),
    )


def region_names(codes: Iterable[str]) -> dict[str, str]:
    """Return the names of regions by their codes."""
    wanted = {code for code in codes if code}
    return dict(Region.objects.filter(code__in=wanted).values_list("code", "name")) if wanted else {}


def who_text(user: User | None, role: str) -> str:
    """Return whom an account belongs to: staff by name, a volunteer by her account's number alone."""
    if user is None:
        return SYSTEM
    if role == Role.VOLUNTEER:
        return f"爱心妈妈账号{user.pk}"
    return f"{user.get_full_name()}（{mask_numbers(user.username)}）"


def office_text(role: str, place: str) -> str:
    """Return the office acted for: 文水县妇联, 凤城镇 爱心妈妈, 审计员."""
    if not role:
        return "–"
    if role == Role.STAFF:
        return f"{place}妇联"
    return f"{place} {Role(role).label}".strip()


def kind_text(label: str) -> str:
    """Return the kind of an object in Chinese: 儿童, 结对, 走访; the label itself for one that is gone."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label


def object_text(entry: Entry) -> str:
    """Return what an entry is about: 结对 序号5, or nothing."""
    return f"{kind_text(entry.object_type)} 序号{entry.object_id}" if entry.object_type else ""


def said_text(entry: Entry) -> str:
    """Return reason and details in one line."""
    parts = [entry.reason, *(f"{label}：{text}" for label, text in details_of(entry))]
    return "；".join(part for part in parts if part)


def details_of(entry: Entry) -> list[tuple[str, str]]:
    """Return the details of an entry as label and text; empty ones say nothing."""
    return [
        (_LABELS.get(key, key), _value_text(entry, key, value))
        for key, value in entry.detail.items()
        if value not in ("", None)
    ]


def _value_text(entry: Entry, key: str, value: Any) -> str:
    if isinstance(value, dict):
        return (
            "、".join(f"{_COUNTS.get(name, name)} {count}" for name, count in value.items() if count) or "无"
        )
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(str(item) for item in value)
    known = _VALUES.get((key, value)) or (_field_text(entry, value) if key == "field" else "")
    unit = _UNITS.get(key)
    return known or (f"{value} {unit}" if unit else str(value))


def _field_text(entry: Entry, name: Any) -> str:
    """Return the name of a field as its form calls it: 其他电话."""
    try:
        field = apps.get_model(entry.object_type)._meta.get_field(str(name))
    except (LookupError, ValueError, FieldDoesNotExist):
        return ""
    return str(getattr(field, "verbose_name", ""))
