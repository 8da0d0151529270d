"""What was raised, reported and asked says nothing of an erased person. That there was a matter, and when, stays."""

from typing import Any

from django.db.models import QuerySet

from aixin.access.erasure import Subject, erase_history
from concerns.models import Concern, Question, Report, ReportStep, Specialist

ABOUT_CHILD, BY_VOLUNTEER = "children.child", "volunteers.volunteer"
WORDS = {Concern: ("text", "result", "handed_to"), Question: ("text", "answer")}


def forget_concerns(subject: Subject) -> dict[str, int]:
    """Empty what is about this child, take the name of either out of the rest; return the counts."""
    if subject.label == ABOUT_CHILD:
        return {
            "上报的问题": _empty(subject, Concern, Concern.objects.filter(child=subject.pk)),
            "提问": _empty(subject, Question, Question.objects.filter(child=subject.pk)),
            "强制报告的文字": _empty_reports(subject),
        }
    if subject.label != BY_VOLUNTEER:
        return {}
    raised = Concern.objects.filter(raised_by__volunteer=subject.pk)
    asked = Question.objects.filter(asker__volunteer=subject.pk)
    return {
        "上报的问题中的姓名": _rename(subject, Concern, raised),
        "提问中的姓名": _rename(subject, Question, asked),
        "解答专家": Specialist.objects.filter(volunteer=subject.pk).delete()[0],
    }


def _empty(subject: Subject, model: Any, rows: QuerySet[Any]) -> int:
    pks = list(rows.values_list("pk", flat=True))
    number = model.objects.filter(pk__in=pks).update(**dict.fromkeys(WORDS[model], ""))
    _forget_history(model, pks)
    return int(number)


def _rename(subject: Subject, model: Any, rows: QuerySet[Any]) -> int:
    touched = [row for row in rows if any(subject.is_in(getattr(row, name)) for name in WORDS[model])]
    for row in touched:
        words = {
            name: subject.without(getattr(row, name))[: model._meta.get_field(name).max_length]
            for name in WORDS[model]
        }
        model.objects.filter(pk=row.pk).update(**words)
    _forget_history(model, [row.pk for row in touched])
    return len(touched)


def _forget_history(model: Any, pks: list[int]) -> None:
    if model is Concern:
        erase_history(Concern, "pgh_obj_id", pks)


def _empty_reports(subject: Subject) -> int:
    """Wipe the words of the reports about a child and end what they held back."""
    about = Report.objects.filter(child=subject.pk)
    ReportStep.objects.filter(report__in=about.values("pk")).update(text="")
    return about.update(text="", outcome="")
