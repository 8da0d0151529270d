from typing import Any

import django_filters

from aixin.access.lists import RegionFilter, RosterFilter
from aixin.access.models import Region, Role
from aixin.access.regions import Level, is_code
from aixin.access.scoped import acting_user
from aixin.accounts.models import Account
from aixin.accounts.querysets import AccountQuerySet
from aixin.accounts.rights import is_system


class PlaceFilter(RegionFilter):
    """Narrows accounts to those with a post in a region."""

    def filter(self, qs: Any, value: str) -> Any:
        return qs.in_region(value) if value and is_code(value) else qs


class AccountFilter(RosterFilter):
    region = PlaceFilter(label="地区", empty_label="全部")
    role = django_filters.ChoiceFilter(label="岗位", choices=Role, method="filter_role")

    class Meta:
        model = Account
        fields = ("figure", "region", "role")

    def _region_choices(self) -> list[tuple[str, str]]:
        """Return the places one level below; for the whole system its cities, or the counties of its one city."""
        if not is_system(acting_user(self.request)):
            return super()._region_choices()
        cities = Region.objects.filter(level=Level.CITY, retired=False)
        level = Level.CITY if cities.count() > 1 else Level.COUNTY
        shown = Region.objects.filter(level=level, retired=False) | Region.objects.filter(
            code=self.data.get("region", "")
        )
        return [(region.code, region.name) for region in shown.order_by("code")]

    def filter_role(self, rows: AccountQuerySet, name: str, value: str) -> AccountQuerySet:
        return rows.with_post(role=value)
