from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone

from aixin.access.lists import RosterFilter
from aixin.vocabulary import CareTopic, Sex
from children.choices import Category, NeedState, Risk, Schooling
from children.dates import years_before
from children.models import Child

# Age bands of the statistics (DOMAIN section 2), in full years.
AGE_BANDS = (("0-5", "0–5岁"), ("6-13", "6–13岁"), ("14-17", "14–17岁"))


class ChildFilter(RosterFilter):
    category = django_filters.ChoiceFilter(label="类别", choices=Category)
    schooling = django_filters.ChoiceFilter(label="学段", choices=Schooling)
    sex = django_filters.ChoiceFilter(label="性别", choices=Sex)
    age = django_filters.ChoiceFilter(label="年龄", choices=AGE_BANDS, method="filter_age")
    need = django_filters.ChoiceFilter(label="需求", choices=CareTopic, method="filter_need")
    risk = django_filters.ChoiceFilter(label="风险", choices=Risk)

    class Meta:
        model = Child
        fields = ("figure", "region", "category", "schooling", "sex", "age", "need", "risk")

    def filter_age(self, rows: QuerySet[Child], name: str, value: str) -> QuerySet[Child]:
        low, high = (int(years) for years in value.split("-"))
        today = timezone.localdate()
        return rows.filter(birth__gt=years_before(today, high + 1), birth__lte=years_before(today, low))

    def filter_need(self, rows: QuerySet[Child], name: str, value: str) -> QuerySet[Child]:
        return rows.filter(needs__topic=value, needs__state=NeedState.OPEN).distinct()

    @property
    def qs(self) -> Any:
        """Children on the roster, unless another state was chosen."""
        rows = super().qs
        return rows if self.data.get("figure") else rows.registered()
