"""The detail page that every roster uses: facts, tabs and acts registered from above."""

from typing import Any

from django.views.generic import DetailView

from aixin.access.extension import Tab, extensions_of
from aixin.access.people import name_for
from aixin.access.scoped import RecordedViewMixin, acting_user


class PersonDetail(RecordedViewMixin, DetailView):  # type: ignore[type-arg]
    """A person's page. `?tab=key` chooses one tab; the first is shown otherwise."""

    allowed_roles: frozenset[str]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, person = acting_user(self.request), self.object
        extensions = extensions_of(person._meta.label_lower)
        tabs = extensions.tabs
        shown = self._chosen(tabs)
        return {
            **super().get_context_data(**kwargs),
            "shown_name": name_for(user, person.name),
            "tabs": tabs,
            "shown_tab": shown,
            "acts": extensions.acts_for(user, person),
            **(shown.context(user, person) if shown else {}),
        }

    def _chosen(self, tabs: list[Tab]) -> Tab | None:
        wanted = self.request.GET.get("tab")
        return next((tab for tab in tabs if tab.key == wanted), tabs[0] if tabs else None)
