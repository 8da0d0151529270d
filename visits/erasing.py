"""What visits say in words about an erased child or volunteer. That there was a visit, when and how, stays."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet

from aixin.access.erasure import Subject, erase_history
from aixin.notify.models import Notice
from visits.models import CallAttempt, CallBack, Situation, Visit, VisitedChild, VisitPhoto
from visits.situations import renew

TEXTS = ("seen", "done", "next_step", "goods", "companions", "withdrawn_reason")
SITUATION_TEXTS = ("text", "stated_text")
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
        "三必清": _forget_situations(subject, mine),
        "回访的文字": _forget_callbacks(subject),
        "走访照片": _forget_photos(subject),
        "未打通的电话": _forget_attempts(subject),
    }


def _forget_situations(subject: Subject, visits: QuerySet[Visit]) -> int:
    """Remove what is known of a child, and the person's name from what is known of others; return how many rows."""
    links = VisitedChild.objects.filter(visit__in=visits.values("pk"))
    met = set(links.values_list("child_id", flat=True))
    removed = 0
    if subject.label == ABOUT_CHILD:
        removed, _ = Situation.objects.filter(child=subject.pk).delete()
        erase_history(Situation, "child_id", [subject.pk])
        met.discard(subject.pk)
    renew(met)
    return removed + _rename_situations(subject, Situation.objects.filter(child__in=met))


def _rename_situations(subject: Subject, rows: QuerySet[Situation]) -> int:
    named = [row for row in rows if any(subject.is_in(getattr(row, name)) for name in SITUATION_TEXTS)]
    for row in named:
        words = {name: subject.without(getattr(row, name))[:1000] for name in SITUATION_TEXTS}
        Situation.objects.filter(pk=row.pk).update(**words)
    events: Any = Situation.events.rel.related_model.objects  # type: ignore[attr-defined]
    earlier = events.filter(pgh_obj_id__in=rows.values("pk")).values("pgh_obj_id", *SITUATION_TEXTS)
    said = {e["pgh_obj_id"] for e in earlier if any(subject.is_in(e[name]) for name in SITUATION_TEXTS)}
    erase_history(Situation, "pgh_obj_id", said)
    return len(named)


def _forget_callbacks(subject: Subject) -> int:
    """Empty what was asked and answered about a child; that somebody called stays."""
    if subject.label != ABOUT_CHILD:
        return 0
    about = CallBack.objects.filter(child=subject.pk)
    Notice.objects.filter(
        subject__in=[f"callback:{pk}" for pk in about.values_list("pk", flat=True)]
    ).delete()
    return about.update(question="", remark="")


def _forget_photos(subject: Subject) -> int:
    """Remove the pictures that may show the person: all of a child's visits, of a volunteer's her own."""
    owner = "visited__child" if subject.label == ABOUT_CHILD else "volunteers"
    visits = Visit.objects.filter(**{owner: subject.pk}).values("pk")
    return VisitPhoto.objects.filter(visit__in=visits).delete()[0]


def _forget_attempts(subject: Subject) -> int:
    owner = "child" if subject.label == ABOUT_CHILD else "volunteer"
    return CallAttempt.objects.filter(**{owner: subject.pk}).delete()[0]


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
