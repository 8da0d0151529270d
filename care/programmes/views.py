"""关爱项目: the list, defining and changing one, its own page with how far each place has come, beginning and ending."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aixin.access.lists import PAGE_SIZE, LazyPages
from aixin.access.models import Region
from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import acting_user, typed_text
from care.models import GoLive
from care.programmes.choices import Reach
from care.programmes.forms import ProgrammeForm, TownshipsForm, items_of
from care.programmes.making import preview
from care.programmes.models import Programme
from care.programmes.progress import by_place, total_of
from care.programmes.rights import county_of_user, decides_for_children, defines, keeps
from care.programmes.services import ProgrammeError, adopt, end, join, leave, save_programme, start
from care.programmes.shipped import examples


@allow(STAFF)
@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    """The programmes of the user's region, of those above and below it; examples for who may define one."""
    user = acting_user(request)
    found: Any = Programme.objects.visible_to(user).for_list()
    page = LazyPages(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "programmes": page.object_list,
        "defines": defines(user),
        "examples": list(examples().values()) if defines(user) else [],
    }
    return render(request, "care/programmes/list.html", context)


@allow(STAFF)
def create(request: HttpRequest) -> HttpResponse:
    """Define a programme of the user's office; it begins as a draft."""
    user = acting_user(request)
    if not defines(user):
        raise PermissionDenied
    assert user.acting_post is not None
    return _form(request, Programme(region=user.acting_post.region))


@allow(STAFF)
@require_POST
def adopt_example(request: HttpRequest) -> HttpResponse:
    """Take an example over as a draft, to be changed."""
    user = acting_user(request)
    if not defines(user):
        raise PermissionDenied
    assert user.acting_post is not None
    try:
        new = adopt(user, user.acting_post.region_id or "", typed_text(request, "key"))
    except KeyError:
        messages.info(request, "没有这个示例，请从列出的示例里选。")
        return redirect("programmes:list")
    messages.success(request, "已采用为草稿，核对、修改后再开始。")
    return redirect("programmes:edit", new.pk)


@allow(STAFF)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a programme: by the office that defined it, until it has ended."""
    found = _programme(request, pk)
    if not keeps(request.user, found):
        raise PermissionDenied
    if not (found.is_draft or found.is_running):
        messages.info(request, "项目已经结束，不能再改。")
        return redirect("programmes:detail", found.pk)
    return _form(request, found)


def _form(request: HttpRequest, programme: Programme) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form, items = ProgrammeForm(data, instance=programme), items_of(programme, data)
    if data is not None and all([form.is_valid(), items.is_valid()]):
        saved = save_programme(request.user, form, items)
        messages.success(request, "已保存。" if saved.is_draft else "已保存，还没办的按新的内容改。")
        return redirect("programmes:detail", saved.pk)
    context = {"form": form, "items": items, "programme": programme if programme.pk else None}
    return render(request, "care/programmes/form.html", context, status=422 if data is not None else 200)


def _programme(request: HttpRequest, pk: int) -> Any:
    """Return a programme within the user's sight with its items; 404 for others."""
    return get_object_or_404(Programme.objects.visible_to(request.user).with_items(), pk=pk)


@allow(STAFF)
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One programme: its items, who takes part, how far each place has come."""
    return _page(request, _programme(request, pk), None)


def _page(request: HttpRequest, found: Any, form: TownshipsForm | None) -> HttpResponse:
    user = acting_user(request)
    assert user.acting_post is not None
    own = user.acting_post.region_id or ""
    code = max(own, found.region_id, key=len)
    places = by_place(user, found, code)
    county = county_of_user(user)
    joining = next((one for one in found.joinings.all() if one.region_id == county), None)
    context = {
        "programme": found,
        "items": found.standing_items,
        "places": places,
        "total": total_of(places),
        "keeps": keeps(user, found),
        "joining": joining,
        "may_join": bool(county) and found.is_running,
        "may_choose": found.reach == Reach.CHOSEN and decides_for_children(user) and not found.is_over,
        "townships": form or (_townships(county, joining) if county and not found.is_over else None),
        **_outlook(found, county),
    }
    return render(request, "care/programmes/detail.html", context, status=422 if form else 200)


def _townships(county: str, joining: Any, data: Any = None) -> TownshipsForm:
    offered = list(Region.objects.children_of(county).values_list("code", "name"))
    return TownshipsForm(data, offered=offered, chosen=joining.townships if joining else [])


def _outlook(found: Programme, county: str) -> dict[str, Any]:
    """Return for a county that does not take part yet what would follow if it did, and whether it reminds."""
    if not county:
        return {}
    live = GoLive.objects.filter(region=county).first()
    today = timezone.localdate()
    children, duties = preview(found, county, live.started_on if live else today, today)
    return {"reminds": live is not None, "outlook": {"children": children, "duties": duties}}


@allow(STAFF)
@require_POST
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin or end a programme (the office that defined it); join or leave one (a county)."""
    found = _programme(request, pk)
    act = typed_text(request, "act")
    user, county = acting_user(request), county_of_user(request.user)
    if not (keeps(user, found) or county):
        raise PermissionDenied
    if act not in {"start", "end", "join", "leave"}:
        messages.info(request, "没有改动。")
        return redirect("programmes:detail", found.pk)
    if act in {"start", "end"} and not keeps(user, found):
        raise PermissionDenied
    if act in {"join", "leave"} and not county:
        raise PermissionDenied
    form = None
    if act in {"start", "join"} and county:
        joining = found.joinings.filter(region=county).first()
        form = _townships(county, joining, request.POST)
        if not form.is_valid():
            return _page(request, found, form)
    try:
        messages.success(request, _acted(user, found, act, county, form))
    except ProgrammeError as error:
        messages.warning(request, str(error))
    return redirect("programmes:detail", found.pk)


def _acted(user: Any, found: Programme, act: str, county: str, form: TownshipsForm | None) -> str:
    """Do what was asked and return what is said of it; raise ProgrammeError where it cannot be."""
    if act == "start":
        start(user, found, form.chosen if form else None)
        return "项目已开始，要办的事随后就会算出来。"
    if act == "end":
        end(user, found)
        return "项目已结束，没办的已收回，办过的都留着。"
    if act == "leave":
        leave(user, found, county)
        return "本县不再参加，没办的已收回，办过的都留着。"
    assert form is not None
    join(user, found, county, form.chosen)
    return "已保存本县参加的乡镇，要办的事随后就会算出来。"
