import django_filters

from aixin.access.lists import RosterFilter
from organisations.choices import OrganisationKind
from organisations.models import Organisation, Team


class TeamFilter(RosterFilter):
    class Meta:
        model = Team
        fields = ("figure", "region")


class OrganisationFilter(RosterFilter):
    kind = django_filters.ChoiceFilter(label="类别", choices=OrganisationKind)

    class Meta:
        model = Organisation
        fields = ("figure", "region", "kind")
