import django_filters
from django.db.models import QuerySet

from aixin.access.lists import RosterFilter
from aixin.vocabulary import CareTopic
from volunteers.choices import Clearance, VolunteerKind
from volunteers.models import Volunteer


class VolunteerFilter(RosterFilter):
    kind = django_filters.ChoiceFilter(label="类别", choices=VolunteerKind)
    skill = django_filters.ChoiceFilter(label="特长", choices=CareTopic, method="filter_skill")
    clearance = django_filters.ChoiceFilter(label="准入查询", choices=Clearance)

    class Meta:
        model = Volunteer
        fields = ("figure", "region", "kind", "skill", "clearance")

    def filter_skill(self, rows: QuerySet[Volunteer], name: str, value: str) -> QuerySet[Volunteer]:
        return rows.filter(skills__contains=[value])
