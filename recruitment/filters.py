import django_filters

from aixin.access.lists import RosterFilter
from recruitment.models import Application
from volunteers.choices import VolunteerKind


class ApplicationFilter(RosterFilter):
    kind = django_filters.ChoiceFilter(label="身份", choices=VolunteerKind)

    class Meta:
        model = Application
        fields = ("figure", "region", "kind")
