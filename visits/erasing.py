"""What visits say in words about an erased child or volunteer. That there was a visit, when and how, stays."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet

from aixin.access.erasure import Subject, erase_history
from aixin.notify.models import Notice
from visits.models import CallBack, Visit

TEXTS = ("seen", "done", "next_step", "goods", "companions", "withdrawn_reason")
ABOUT_CHILD, BY_VOLUNTEER = "children.child", "volunteers.volunteer"


def forget_visits(subject: Subject) -> dict[str, int]:
    """Remove the words of visits of this child alone, the person's name from those of others; return the counts."""
    if subject.label not in {ABOUT_CHILD, BY_VOLUNTEER}:
        return {}
    mine = _visits_of(subject)
    alone = _alone(mine) if subject.label == ABOUT_CHILD else []
    emptied = Visit.objects.filter(pk__in=alone).update(**dict.fromkeys(TEXTS, ""))
    shared = [visit for visit in mine.exclude(pk__in=alone) if _rename(subject, visit)]
    touched = {*alone, *(visit.pk for visit in shared), *_named_before(subject, mine)}
    return {
        "走访的文字": emptied,
        "走访中的姓名": len(shared),
        "变更记录": erase_history(Visit, "pgh_obj_id", touched),
        "回访的文字": _forget_callbacks(subject),
    }


def _forget_callbacks(subject: Subject) -> int:
    """Empty what was asked and answered about a child; that somebody called stays."""
    if subject.label != ABOUT_CHILD:
        return 0
    about = CallBack.objects.filter(child=subject.pk)
    Notice.objects.filter(
        subject__in=[f"callback:{pk}" for pk in about.values_list("pk", flat=True)]
    ).delete()
    return about.update(question="", remark="")


def _visits_of(subject: Subject) -> QuerySet[Visit]:
    if subject.label == ABOUT_CHILD:
        found = Visit.objects.filter(visited__child=subject.pk)
    else:
        found = Visit.objects.filter(
            Q(volunteers=subject.pk) | Q(visited__child__pairings__volunteer=subject.pk)
        )
    return Visit.objects.filter(pk__in=found.values("pk"))


def _alone(visits: QuerySet[Visit]) -> list[int]:
    """Return the visits that reached nobody else."""
    counted = visits.annotate(reached=Count("visited", distinct=True)).filter(reached=1)
    return list(counted.values_list("pk", flat=True))


def _rename(subject: Subject, visit: Visit) -> bool:
    """Take the person's name out of a visit's words; return whether it stood there."""
    before = {name: getattr(visit, name) for name in TEXTS}
    after = {name: subject.without(text) for name, text in before.items()}
    changed = {
        name: text[: Visit._meta.get_field(name).max_length]  # type: ignore[union-attr]
        for name, text in after.items()
        if text != before[name]
    }
    if changed:
        Visit.objects.filter(pk=visit.pk).update(**changed)
    return bool(changed)


def _named_before(subject: Subject, visits: QuerySet[Visit]) -> Iterable[int]:
    """Return the visits whose earlier versions name the person."""
    events: Any = Visit.events.rel.related_model.objects  # type: ignore[attr-defined]
    earlier = events.filter(pgh_obj_id__in=visits.values("pk")).values("pgh_obj_id", *TEXTS)
    return {row["pgh_obj_id"] for row in earlier if any(subject.is_in(row[name]) for name in TEXTS)}
