"""Questions: asked without the child's name, answered by whom the county named or by the county itself."""

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from aixin.access.models import User
from aixin.access.regions import county_of, upper_bound
from aixin.access.scope import Scope, opened
from aixin.access.signals import message_settled
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.privacy.masks import mask_numbers
from children.models import Child, Guardian
from concerns.models import Question, Specialist
from concerns.services import ConcernError
from concerns.telling import office_at, tell
from volunteers.choices import State, VolunteerKind
from volunteers.models import Volunteer

# Who may be named: a qualification that answers questions.
ANSWERING_KINDS = (
    VolunteerKind.COUNSELLOR, VolunteerKind.LAWYER, VolunteerKind.JUDGE, VolunteerKind.PROSECUTOR, VolunteerKind.POLICE,
    VolunteerKind.TEACHER, VolunteerKind.TUTOR, VolunteerKind.MEDIC, VolunteerKind.SOCIAL_WORKER,
)  # fmt: skip
SHORTEST_GIVEN_NAME = 2


def without_names(user: Any, text: str) -> str:
    """Return a text in which the names of the user's children and their guardians do not stand, nor any number."""
    children = Child.objects.visible_to(user)
    words = dict.fromkeys(_names(Guardian.objects.visible_to(user)), "家长")
    words |= dict.fromkeys(_names(children), "孩子")
    words |= {name[1:]: "孩子" for name in _names(children) if len(name) > SHORTEST_GIVEN_NAME}
    for name in sorted(words, key=len, reverse=True):
        text = text.replace(name, words[name])
    return mask_numbers(text)


def _names(rows: Any) -> list[str]:
    return [name for name in rows.values_list("name", flat=True) if len(name) >= SHORTEST_GIVEN_NAME]


@transaction.atomic
def ask(user: Any, question: Question) -> bool:
    """Store a volunteer's question without names, tell who may answer, and return whether it is new."""
    place = question.child.region_id if question.child else user.acting_post.region_id
    question.asker, question.region_id = user, county_of(place)
    question.text = without_names(user, question.text)
    if Question.objects.filter(client_uuid=question.client_uuid).exists():
        return False
    Question.objects.bulk_create([question], ignore_conflicts=True)
    stored = Question.objects.filter(client_uuid=question.client_uuid, asker=user).first()
    if stored is None:
        return False
    subjects = [question.child.no] if question.child else []
    record(user, Action.CREATE, stored, subjects=subjects)
    tell(
        _who_may_answer(stored),
        stored.region_id,
        "question",
        f"question:{stored.pk}",
        title=f"有一个{stored.get_topic_display()}方面的提问，等您解答",
        link=reverse("questions:detail", args=[stored.pk]),
    )
    return True


def _who_may_answer(question: Question) -> list[User]:
    """Return the specialists of the question's topic, or the county's office where it named none."""
    code = question.region_id
    with opened(Scope(lo=code, hi=upper_bound(code))):
        named = Specialist.objects.serving().filter(region_id=code, topic=question.topic)
        users = list(User.objects.filter(is_active=True, volunteer__answering__in=named).distinct())
    return [user for user in users if user.pk != question.asker_id] or office_at(code)


@transaction.atomic
def answer(actor: Any, question: Question, text: str) -> Question:
    """Store an answer, tell whoever asked and return the question; raises ConcernError when it is answered already."""
    held: Question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if held.answered_at is not None:
        raise ConcernError("这个提问已经有人解答。")
    held.answer, held.answered_by, held.answered_at = text, actor, timezone.now()
    held.save(update_fields=["answer", "answered_by", "answered_at"])
    record(actor, Action.UPDATE, held)
    # Before the answer's own notice, whose key begins alike.
    message_settled.send(Question, key=f"question:{held.pk}")
    tell(
        [held.asker],
        held.region_id,
        "question",
        f"question:{held.pk}:answer",
        title="您的提问有了解答",
        body=mask_numbers(text)[:300],
        link=reverse("questions:detail", args=[held.pk]),
    )
    return held


def candidates(user: Any) -> Any:
    """Return the volunteers whom a county may name: qualified, of an answering kind, with an account."""
    found = Volunteer.objects.visible_to(user).standing()
    rows = found.filter(kind__in=ANSWERING_KINDS, state=State.QUALIFIED, user__isnull=False)
    return rows.order_by("kind", "initials")


@transaction.atomic
def name_specialist(actor: Any, specialist: Specialist) -> bool:
    """Let a volunteer answer questions of a topic; return False when she does already."""
    specialist.named_by, specialist.region_id = actor, actor.acting_post.region_id
    same = Specialist.objects.serving().filter(
        region=specialist.region_id, volunteer=specialist.volunteer, topic=specialist.topic
    )
    if same.exists():
        return False
    Specialist.objects.bulk_create([specialist], ignore_conflicts=True)
    stored = same.select_related("volunteer").get()
    record(actor, Action.CREATE, stored)
    return True


@transaction.atomic
def end_specialist(actor: Any, specialist: Specialist) -> Specialist:
    """Let a specialist answer no more and return her row; a second click changes nothing."""
    held: Specialist = (
        Specialist.objects.select_for_update(of=("self",)).select_related("volunteer").get(pk=specialist.pk)
    )
    if held.ended_at is None:
        held.ended_at = timezone.now()
        held.save(update_fields=["ended_at"])
        record(actor, Action.REVOKE, held)
    return held
