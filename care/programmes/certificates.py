"""Certificates as Word documents, where a programme says so, for children or volunteers who completed it."""

from typing import Any

from django.utils import timezone

from aixin.access.models import User
from aixin.exchange.documents import Document, DocumentError, Words, day
from care.models import Duty
from care.programmes.choices import Certified
from care.programmes.models import Programme
from care.programmes.progress import is_completed, is_final, tallies
from children.models import Child
from volunteers.models import Volunteer


def completed_by(row: Child | Volunteer) -> list[tuple[Programme, int]]:
    """Return the programmes that certify a child or volunteer for what is done, each with how much that is."""
    is_child = isinstance(row, Child)
    whom, by = (Certified.CHILD, "child_id") if is_child else (Certified.VOLUNTEER, "volunteer_id")
    hers = Duty.objects.filter(**{by: row.pk}, item__isnull=False)
    programmes = Programme.objects.certifying(whom).filter(items__duties__in=hers).distinct().with_items()
    found = list(programmes.order_by("first_on", "pk"))
    tallied = tallies(hers.filter(item__programme__in=found), "item__programme_id") if found else {}
    return [(one, tallied[one.pk].done) for one in found if _counts(one, tallied[one.pk])]


def _counts(programme: Any, tally: Any) -> bool:
    final = is_final(programme, programme.standing_items, timezone.localdate())
    return final and is_completed(programme, tally)


def completed_in(programme: Any, found: dict[int, Any]) -> set[int]:
    """Return those of some tallied children or volunteers who completed a programme."""
    if not is_final(programme, programme.standing_items, timezone.localdate()):
        return set()
    return {pk for pk, tally in found.items() if is_completed(programme, tally)}


def _words(row: Child | Volunteer, user: User) -> Words:
    """Return the words of all certificates of a person; raise DocumentError for who has earned none."""
    found = completed_by(row)
    if not found:
        raise DocumentError("还没有做完的项目，不能发证书。")
    return {
        "no": row.no,
        "name": row.name,
        "certificates": [
            {
                "title": programme.certificate_title or f"{programme.name}证书",
                "programme": programme.name,
                "text": programme.certificate_text,
                "first": day(programme.first_on),
                "last": day(programme.last_on),
                "done": done,
                "given_by": programme.region.name,
            }
            for programme, done in found
        ],
        "today": day(timezone.localdate()),
    }


def _offered(row: Any) -> bool:
    return bool(completed_by(row))


SAMPLE: Words = {
    "no": "编号", "name": "姓名", "today": "出具日期",
    "certificates": [{
        "title": "证书名称", "programme": "项目名称", "text": "证书上的话", "first": "项目开始日期",
        "last": "项目结束日期", "done": "做完的次数", "given_by": "开展项目的地区",
    }],
}  # fmt: skip
_FILE = "programme-certificate.docx"
OF_CHILD = Document(
    "programme-certificate", "项目证书", Child, _FILE, _words, "children:detail", SAMPLE, _offered
)
OF_VOLUNTEER = Document(
    "volunteer-programme-certificate",
    "项目证书",
    Volunteer,
    _FILE,
    _words,
    "volunteers:detail",
    SAMPLE,
    _offered,
)
