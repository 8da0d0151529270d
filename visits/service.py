"""服务记录: what a volunteer has done, counted from her visits, for herself and for the 服务证明 (a Word document).

The national rules on volunteer records ask for content, time and hours as they were; hours are counted from what was
recorded, and what has no time recorded is said to have none. No child is named.
"""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Max, Min, Q, Sum
from django.db.models.functions import ExtractYear
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from aixin.access.models import Role, User
from aixin.access.permissions import allow
from aixin.access.scoped import acting_user
from aixin.exchange.documents import Document, DocumentError, Words, day, whole_place
from pairing.models import Pairing
from visits.choices import Way
from visits.models import Visit
from volunteers.models import Volunteer

# In a column of hours.
NO_TIME = "–"


@dataclass(frozen=True)
class Year:
    """What was done in one year: visits (次), minutes recorded, and visits without a time."""

    year: int
    visits: int
    minutes: int
    untimed: int

    @property
    def hours(self) -> str:
        """Hours recorded, or nothing where no time was noted."""
        return hours_text(self.minutes) if self.minutes else ""


@dataclass(frozen=True)
class Record:
    """All that was done: by year and by way, since when, and for how many children (人)."""

    years: list[Year]
    ways: list[tuple[str, int]]
    first: datetime.date | None
    last: datetime.date | None
    children: int

    @property
    def visits(self) -> int:
        return sum(year.visits for year in self.years)

    @property
    def untimed(self) -> int:
        return sum(year.untimed for year in self.years)

    @property
    def hours(self) -> str:
        """Hours recorded, or nothing where no time was ever noted."""
        minutes = sum(year.minutes for year in self.years)
        return hours_text(minutes) if minutes else ""


def hours_text(minutes: int) -> str:
    """Return hours with one decimal, rounded down: a record never says more than was done."""
    return f"{minutes // 6 / 10:.1f}"


def record_of(volunteer: Volunteer) -> Record:
    """Return a volunteer's service from her visits that count, in four queries."""
    visits = Visit.objects.standing().filter(volunteers=volunteer)
    by_year = (
        visits.annotate(year=ExtractYear("date"))
        .order_by()
        .values("year")
        .annotate(
            visits=Count("pk"), timed=Sum("minutes", default=0), untimed=Count("pk", filter=Q(minutes=None))
        )
        .order_by("year")
    )
    by_way = visits.order_by().values("way").annotate(number=Count("pk")).order_by("-number", "way")
    span = visits.aggregate(first=Min("date"), last=Max("date"))
    return Record(
        [Year(row["year"], row["visits"], row["timed"], row["untimed"]) for row in by_year],
        [(str(Way(row["way"]).label), row["number"]) for row in by_way],
        span["first"],
        span["last"],
        visits.aggregate(number=Count("visited__child", distinct=True))["number"],
    )


@allow(frozenset({Role.VOLUNTEER}))
def my_service(request: HttpRequest) -> HttpResponse:
    """我的服务记录: for the volunteer herself."""
    volunteer = get_object_or_404(Volunteer, user=acting_user(request))
    return render(request, "visits/service_phone.html", {"record": record_of(volunteer)})


def service_words(volunteer: Volunteer, user: User) -> Words:
    """Return the words of a 服务证明; raise DocumentError for who has nothing on record."""
    found = record_of(volunteer)
    if not found.visits:
        raise DocumentError("还没有服务记录，不能出具服务证明。")
    active = Pairing.objects.active().filter(volunteer=volunteer)
    return {
        "no": volunteer.no,
        "name": volunteer.name,
        "sex": volunteer.get_sex_display(),
        "idno": volunteer.idno,
        "unit": f"{volunteer.unit} {volunteer.duty}".strip(),
        "place": whole_place(volunteer.region_id),
        "first": day(found.first),
        "last": day(found.last),
        "visits": found.visits,
        "hours": found.hours or NO_TIME,
        "lasting": f"累计服务时长{found.hours}小时，" if found.hours else "",
        "untimed": found.untimed,
        "children": found.children,
        "pairs": active.count(),
        "ways": "、".join(f"{way} {number} 次" for way, number in found.ways),
        "years": [
            {
                "year": f"{year.year}年",
                "visits": year.visits,
                "hours": year.hours or NO_TIME,
                "untimed": year.untimed,
            }
            for year in found.years
        ],
        "today": day(timezone.localdate()),
    }


def why_no_record(volunteer: Volunteer) -> str:
    """Return why a volunteer has no 服务证明 yet, nothing where she can have one."""
    served = Visit.objects.standing().filter(volunteers=volunteer).exists()
    return "" if served else "还没有服务记录"


SERVICE_SAMPLE: Words = {
    "no": "爱心妈妈编号", "name": "姓名", "sex": "性别", "idno": "身份证号", "unit": "单位职务", "place": "所在地",
    "first": "第一次服务的日期", "last": "最近一次服务的日期", "visits": "服务次数", "hours": "服务小时数",
    "lasting": "累计服务时长（没有登记用时的，整句不写）", "untimed": "没有登记用时的次数",
    "children": "关爱过的孩子数", "pairs": "现在结对的孩子数", "ways": "各种方式的次数",
    "years": [{"year": "年份", "visits": "服务次数", "hours": "服务小时数", "untimed": "没有登记用时的次数"}],
    "today": "出具日期",
}  # fmt: skip
SERVICE_RECORD = Document(
    "service-record",
    "服务证明",
    Volunteer,
    "service-record.docx",
    service_words,
    "volunteers:detail",
    SERVICE_SAMPLE,
    why_not=why_no_record,
)
