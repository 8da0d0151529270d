"""一人一档: everything on a child's record, on paper."""

from typing import Any

from aixin.access.models import User
from aixin.exchange.documents import Document, Words, day, phones, whole_place
from children.models import Child, Guardian, Need, Parent

YES_NO = {True: "是", False: "否", None: ""}


def child_words(child: Child, user: User) -> Words:
    """Return the child's own words; guardians, parents and needs as rows of tables."""
    return {
        **_identity(child),
        **_situation(child),
        "guardians": [_guardian(row) for row in child.guardians.all()],
        "parents": [_parent(row) for row in child.parents.all()],
        "needs": [_need(row) for row in child.needs.all()],
        "notes": child.notes,
    }


def _identity(child: Child) -> Words:
    return {
        "no": child.no,
        "name": child.name,
        "sex": child.get_sex_display(),
        "birthday": child.birthday_text,
        "age": child.age,
        "idno": child.idno or child.shown_idno,
        "ethnicity": child.ethnicity,
        "place": whole_place(child.region_id),
        "address": child.address,
        "hukou": f"{child.get_hukou_type_display()} {child.hukou_place}".strip(),
        "categories": "、".join(child.all_categories),
        "registered_on": day(child.registered_on),
        "status": child.get_status_display(),
        "consent": child.get_consent_display(),
    }


def _situation(child: Child) -> Words:
    health = (child.get_health_display(), child.disability_kind, child.disability_level, child.illness)
    return {
        "health": " ".join(filter(None, map(str, health))),
        "schooling": child.get_schooling_display(),
        "school": f"{child.school} {child.grade}".strip(),
        "boarding": YES_NO[child.boarding],
        "risk": child.get_risk_display(),
        "guardianship": child.get_guardianship_display(),
        "income": child.get_income_display(),
        "aid": "、".join(_labels(child, "aid")),
    }


def _labels(child: Child, name: str) -> list[str]:
    field: Any = child._meta.get_field(name)
    labels = dict(field.base_field.flatchoices)
    return [str(labels.get(code, code)) for code in getattr(child, name)]


def _guardian(row: Guardian) -> Words:
    return {"name": row.name, "relation": row.relation, "phone": phones(row), "address": row.address}


def _parent(row: Parent) -> Words:
    return {
        "kind": row.get_kind_display(),
        "name": row.name,
        "status": row.get_status_display(),
        "idno": row.idno,
        "phone": phones(row),
        "workplace": row.workplace,
    }


def _need(row: Need) -> Words:
    return {
        "topic": row.get_topic_display(),
        "detail": row.detail,
        "raised_on": day(row.raised_on),
        "state": row.get_state_display(),
        "met": f"{day(row.met_on)} {row.met_by}".strip(),
    }


CHILD_SAMPLE: Words = {
    "no": "儿童编号", "name": "儿童姓名", "sex": "性别", "birthday": "出生日期（带农历）", "age": "年龄", "idno": "身份证号",
    "ethnicity": "民族", "place": "县、乡镇、村", "address": "详细住址", "hukou": "户籍", "categories": "儿童类别",
    "registered_on": "在册日期", "status": "在册状态", "consent": "监护人意见", "health": "健康状况",
    "schooling": "就学状况",
    "school": "学校和年级", "boarding": "是否寄宿", "risk": "风险等级", "guardianship": "监护类型", "income": "经济来源",
    "aid": "享受救助", "notes": "备注",
    "guardians": [{"name": "监护人姓名", "relation": "与儿童关系", "phone": "监护人电话", "address": "监护人住址"}],
    "parents": [{
        "kind": "父亲或母亲", "name": "父母姓名", "status": "父母状况", "idno": "父母身份证号", "phone": "父母电话",
        "workplace": "务工地",
    }],
    "needs": [{
        "topic": "需求", "detail": "需求的具体内容", "raised_on": "提出日期", "state": "需求状态", "met": "落实情况",
    }],
}  # fmt: skip
CHILD_FILE = Document(
    "child-file", "一人一档", Child, "child-file.docx", child_words, "children:detail", CHILD_SAMPLE
)
