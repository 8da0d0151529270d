"""The list page that every roster uses: scope, filters as chips, columns from above, pages of twenty."""

from functools import cached_property
from typing import Any

import django_filters
import django_tables2
from django import forms
from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.safestring import SafeString
from django_filters.views import FilterView
from django_tables2 import SingleTableMixin

from aixin.access.extension import Column, Extensions, ListFilter, extensions_of
from aixin.access.models import Region
from aixin.access.people import place_for
from aixin.access.querysets import within
from aixin.access.regions import Level, is_code
from aixin.access.scoped import acting_user

PAGE_SIZE = 20
# Of the lists that are ticked and printed.
LONGEST_PAGE = 100


class RegionFilter(django_filters.ChoiceFilter):
    """Narrows a list to a region and all below it; offers the places one level below the user's."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return qs.filter(within(value)) if is_code(value or "") else qs


class AnyCodeField(django_filters.fields.ChoiceField):
    """Accepts a region code that is not among the offered ones: a drill-down may lead to any place."""

    def valid_value(self, value: Any) -> bool:
        return is_code(str(value))


RegionFilter.field_class = AnyCodeField


class FigureFilter(django_filters.ChoiceFilter):
    """Narrows a list to the rows that a figure counts."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return extensions_of(qs.model._meta.label_lower).narrow(qs, value) if value else qs


class RosterFilter(django_filters.FilterSet):
    """Filters that every roster has: the figure drilled into and the region."""

    figure = FigureFilter(label="状态", empty_label="全部")
    region = RegionFilter(label="地区", empty_label="全部")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["figure"].extra["choices"] = self._figure_choices()
        self.filters["region"].extra["choices"] = self._region_choices()
        for added in self.extensions.filters:
            self._add(added)

    @property
    def extensions(self) -> Extensions:
        return extensions_of(self._meta.model._meta.label_lower)

    def _figure_choices(self) -> list[tuple[str, str]]:
        """Return the named figures, and the counted one that a number of a report led to."""
        named = list(self.extensions.figure_choices())
        chosen = str(self.data.get("figure", "")) if self.data else ""
        counted = self.extensions.counting(chosen)
        return [*named, (counted.key, counted.label)] if counted else named

    def _add(self, added: ListFilter) -> None:
        """Add a filter that a higher app registered; one that has nothing to offer the user is not shown."""
        choices = added.choices(self.request.user)
        if not choices:
            return
        made = django_filters.ChoiceFilter(
            label=added.label,
            choices=choices,
            method=lambda rows, _, value: added.narrow(rows, value),
        )
        made.parent, made.model = self, self._meta.model
        self.filters[added.key] = made

    def _region_choices(self) -> list[tuple[str, str]]:
        post = acting_user(self.request).acting_post
        scope = post.region_id if post else None
        chosen = self.data.get("region", "") if self.data else ""
        offered = list(Region.objects.children_of(scope)) if scope else []
        if is_code(chosen) and all(region.code != chosen for region in offered):
            offered += list(Region.objects.filter(code=chosen))
        return [(region.code, region.place) for region in offered]

    @property
    def chips(self) -> list[dict[str, Any]]:
        """What the filter bar shows: one chip a filter, with its chosen label where it is active."""
        return [self._chip(name) for name in self.filters]

    def _chip(self, name: str) -> dict[str, Any]:
        bound = self.form[name]
        value = bound.value() or ""
        choices = [(str(key), str(label)) for key, label in _choices(bound.field) if key != ""]
        label = dict(choices).get(str(value), "")
        options = [
            {"label": text, "query": self._query(**{name: key}), "active": key == str(value)}
            for key, text in choices
        ]
        return {
            "name": name,
            "label": bound.label,
            "chosen": label,
            "options": options,
            "clear": self._query(**{name: ""}),
        }

    def _query(self, **changes: str) -> str:
        query = {key: self.data.get(key) for key in self.filters if self.data.get(key)}
        query.update(changes)
        return "?" + "&".join(f"{key}={value}" for key, value in query.items() if value)

    @cached_property
    def total(self) -> dict[str, Any] | None:
        """What the rows shown say together, of a figure that adds them up; None of one that counts them."""
        figure = self.extensions.figure(str(self.data.get("figure", "")))
        if figure is None or figure.sum_of is None:
            return None
        return {"number": figure.sum_of.of(self.qs), "unit": figure.sum_of.unit}

    @cached_property
    def unseen(self) -> int:
        """How many rows of a counted figure the list does not show: a township opens no child that has left."""
        post = acting_user(self.request).acting_post
        figure = self.extensions.figure(str(self.data.get("figure", "")))
        if figure is None or figure.number is None or post is None or not post.is_below_county:
            return 0
        chosen = {chip["name"]: self.data.get(chip["name"]) for chip in self.chips if chip["chosen"]}
        if chosen != {"figure": figure.key, "region": figure.place}:
            return 0
        return max(figure.number() - int(self.qs.count()), 0)

    @property
    def is_narrowed(self) -> bool:
        return any(chip["chosen"] for chip in self.chips)

    @property
    def chosen(self) -> str:
        """What the list is narrowed to, in words."""
        return "、".join(chip["chosen"] for chip in self.chips if chip["chosen"])


def _choices(field: forms.Field) -> Any:
    return getattr(field, "choices", ())


class PlaceColumn(django_tables2.Column):
    """Where a row belongs; names the county where the list spans several."""

    def __init__(self, header: str, **extra: Any) -> None:
        super().__init__(header, accessor="region", order_by=("region_id", "id"), **extra)

    def render(self, value: Region, table: Any) -> str:
        user = table.request.user
        if not hasattr(table, "county_names"):
            table.county_names = county_names_for(user)
        return place_for(user, value, table.county_names)


def county_names_for(user: Any) -> dict[str, str]:
    """Return the names of the counties in the scope of a user above county level; one query."""
    post = user.acting_post
    if post is None or post.is_county_or_below:
        return {}
    counties = Region.objects.below(post.region_id).filter(level=Level.COUNTY)
    return dict(counties.values_list("code", "name"))


class ExtensionColumn(django_tables2.Column):
    """A column that a higher app registered."""

    def __init__(self, extension: Column) -> None:
        super().__init__(extension.label, orderable=False, empty_values=())
        self.extension = extension

    def render(self, record: Any, table: Any) -> str | SafeString:
        return self.extension.cell(record, table.request.user)


class LazyPages(Paginator):  # type: ignore[type-arg]
    """Shows the last page to whoever asks for one beyond it: rows may have left while she was reading.

    The table library takes `?per_page=` from the address: a page is never longer than any of ours, nor shorter than a row.
    """

    def __init__(self, object_list: Any, per_page: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(object_list, min(max(per_page, 1), LONGEST_PAGE), *args, **kwargs)

    def validate_number(self, number: Any) -> int:
        try:
            return super().validate_number(number)
        except EmptyPage:
            return max(self.num_pages, 1)
        except PageNotAnInteger:
            return 1


class RosterList(SingleTableMixin, FilterView):
    """A scoped, filtered, paged list. Subclasses name model, table, filterset and template."""

    allowed_roles: frozenset[str]
    paginate_by = PAGE_SIZE
    paginator_class = LazyPages
    # The queryset's method that loads what a row shows; a ledger may have its own.
    reading = "for_list"

    def get_queryset(self) -> QuerySet[Any]:
        visible = self.model._default_manager.visible_to(self.request.user)
        rows: QuerySet[Any] = getattr(visible, self.reading)()
        for column in self._extensions.columns:
            rows = column.prepare(rows)
        return rows

    @property
    def _extensions(self) -> Extensions:
        return extensions_of(self.model._meta.label_lower)

    def get_table_kwargs(self) -> dict[str, Any]:
        shown = (column for column in self._extensions.columns if column.on_page)
        columns = [(column.key, ExtensionColumn(column)) for column in shown]
        return {"extra_columns": columns, "sequence": ("...", "menu")}

    def get_strict(self) -> bool:
        return False

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        if getattr(self.request, "htmx", False):
            self.template_name = "web/list_fragment.html"
        response: HttpResponse = super().render_to_response(context, **kwargs)
        return response
