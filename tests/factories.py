"""Factories of the domain's rows; everyone they make is invented."""

import datetime
from typing import Any

import factory
from django.utils import timezone
from stdnum.cn.ric import calc_check_digit

from aixin.vocabulary import Sex
from care.models import CarePolicy, GoLive
from children.choices import Category, Consent
from children.models import Child, Guardian
from pairing.choices import State
from pairing.models import Pairing
from visits.choices import Way
from visits.models import Visit, VisitedChild
from volunteers.choices import Clearance
from volunteers.models import Volunteer


def make_idno(number: int, birth: datetime.date, *, sex: str = "F", district: str = "991121") -> str:
    """Return a valid ID number of a district that does not exist; odd order numbers are male."""
    order = number * 2 % 998 + (1 if sex == "M" else 0)
    body = f"{district}{birth:%Y%m%d}{order:03d}"
    return body + calc_check_digit(f"{body}0")


class PreparedFactory(factory.django.DjangoModelFactory):
    """Creates through the model's own `prepare`, as every service does."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        row = model_class(*args, **kwargs)
        row.prepare()
        row.save()
        return row


class GuardianFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Guardian

    child = factory.SubFactory("tests.factories.ChildFactory")
    region_id = factory.LazyAttribute(lambda row: row.child.region_id)
    name = "高奶奶"
    relation = "祖母"
    phone = factory.Sequence(lambda n: f"1991{n:07d}")


class ChildFactory(PreparedFactory):
    class Meta:
        model = Child

    name = factory.Sequence(lambda n: f"童{n:04d}")
    region_id = "141121100018"
    sex = Sex.FEMALE
    birth = factory.Sequence(lambda n: datetime.date(2014, 1, 1) + datetime.timedelta(days=n % 2000))
    idno = factory.LazyAttributeSequence(lambda row, n: make_idno(n, row.birth))
    category = Category.LEFT_BEHIND
    consent = Consent.GIVEN
    registered_on = datetime.date(2026, 1, 1)

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        guardian = kwargs.pop("guardian", True)
        child = super()._create(model_class, *args, **kwargs)
        if guardian:
            GuardianFactory(child=child)
        return child


class VolunteerFactory(PreparedFactory):
    class Meta:
        model = Volunteer

    name = factory.Sequence(lambda n: f"爱心{n:04d}")
    region_id = "141121100"
    sex = Sex.FEMALE
    birth = factory.Sequence(lambda n: datetime.date(1980, 1, 1) + datetime.timedelta(days=n % 3000))
    idno = factory.LazyAttributeSequence(lambda row, n: make_idno(n, row.birth))
    phone = factory.Sequence(lambda n: f"1992{n:07d}")
    clearance = Clearance.PASSED
    cleared_on = factory.LazyFunction(lambda: timezone.localdate() - datetime.timedelta(days=30))


class PairingFactory(PreparedFactory):
    class Meta:
        model = Pairing

    child = factory.SubFactory(ChildFactory)
    volunteer = factory.SubFactory(VolunteerFactory)
    state = State.ACTIVE
    is_main = True
    started_on = factory.LazyFunction(lambda: timezone.localdate() - datetime.timedelta(days=10))


class VisitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Visit

    region_id = "141121100018"
    date = factory.LazyFunction(timezone.localdate)
    way = Way.PHONE
    seen = "孩子情绪不错。"

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        children, volunteers = kwargs.pop("children", []), kwargs.pop("volunteers", [])
        visit = super()._create(model_class, *args, **kwargs)
        VisitedChild.objects.bulk_create([VisitedChild(visit=visit, child=child) for child in children])
        visit.volunteers.set(volunteers)
        return visit


def let_remind(*counties: str) -> None:
    """Let counties remind of calls alone, since long ago: nothing that the day of the test decides."""
    since = timezone.localdate() - datetime.timedelta(days=300)
    for code in counties:
        GoLive.objects.create(region_id=code, started_on=since)
        CarePolicy.objects.create(
            region_id=code, meeting_days=0, home_days=0, school=False, birthday=False, festivals=[]
        )
