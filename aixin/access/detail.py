"""The detail page that every roster uses: facts, tabs and acts registered from above."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import DetailView

from aixin.access.extension import Tab, extensions_of
from aixin.access.people import name_for
from aixin.access.scoped import RecordedViewMixin, acting_user


class PersonDetail(RecordedViewMixin, DetailView):  # type: ignore[type-arg]
    """A person's page. `?tab=key` chooses one tab; the first is shown otherwise."""

    allowed_roles: frozenset[str]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the person; the page of a merged double leads to the record that it went into."""
        double = self.get_queryset().filter(pk=kwargs["pk"], merged_into__isnull=False).first()
        if double is None:
            return super().get(request, *args, **kwargs)
        messages.info(request, f"编号 {double.no} 已合并到这份档案。")
        return redirect(f"{double._meta.app_label}:detail", double.merged_into_id)

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
