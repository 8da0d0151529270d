"""服务记录: counted from visits that count, hours only from recorded time, no child named."""

import datetime

from django.utils import timezone

from aixin.exchange.documents import filled_in
from tests.cast import Cast
from tests.conftest import Session
from tests.exchange.exports import document_text
from tests.factories import VisitFactory
from visits.models import Visit
from visits.service import SERVICE_RECORD, hours_text, record_of, service_words


def visit(cast: Cast, day: datetime.date, minutes: int | None) -> Visit:
    made: Visit = VisitFactory(
        recorded_by=cast.mama,
        region_id=cast.child.region_id,
        children=[cast.child],
        volunteers=[cast.volunteer],
        date=day,
        minutes=minutes,
    )
    return made


def test_years_hours_and_what_has_no_time(cast: Cast) -> None:
    Visit.objects.all().delete()
    visit(cast, datetime.date(2025, 3, 1), 50)
    visit(cast, datetime.date(2026, 3, 1), 45)
    visit(cast, datetime.date(2026, 4, 1), None)
    gone = visit(cast, datetime.date(2026, 5, 1), 600)
    Visit.objects.filter(pk=gone.pk).update(withdrawn_at=timezone.now())
    found = record_of(cast.volunteer)
    assert [(year.year, year.visits, year.hours, year.untimed) for year in found.years] == [
        (2025, 1, "0.8", 0),
        (2026, 2, "0.7", 1),
    ]
    assert (found.visits, found.hours, found.children) == (3, "1.5", 1)


def test_hours_never_say_more_than_was_done() -> None:
    assert [hours_text(minutes) for minutes in (0, 5, 59, 60, 61)] == ["0.0", "0.0", "0.9", "1.0", "1.0"]


def test_the_document_names_no_child(cast: Cast, as_user: Session) -> None:
    words = service_words(cast.volunteer, cast.wenshui)
    assert cast.child.name not in str(words)
    answer = as_user(cast.wenshui).get(f"/documents/service-record/{cast.volunteer.pk}/")
    assert answer.status_code == 200
    assert as_user(cast.xingxian).get(f"/documents/service-record/{cast.volunteer.pk}/").status_code == 404


def test_without_a_time_noted_the_document_leaves_hours_out(cast: Cast) -> None:
    Visit.objects.all().delete()
    visit(cast, timezone.localdate(), None)
    untimed = document_text(filled_in(SERVICE_RECORD, cast.volunteer, cast.wenshui))
    assert "累计服务时长" not in untimed
    assert "0.0" not in untimed
    visit(cast, timezone.localdate(), 60)
    assert "累计服务时长1.0小时" in document_text(filled_in(SERVICE_RECORD, cast.volunteer, cast.wenshui))


def test_she_sees_her_own(cast: Cast, as_user: Session) -> None:
    visit(cast, timezone.localdate(), 30)
    page = as_user(cast.mama).get("/visits/service/").content.decode()
    assert "0.5 小时" in page
    assert "小时" in page
    assert cast.child.name not in page
