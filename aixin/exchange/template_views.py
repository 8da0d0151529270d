"""文书模板: a county sees the templates in use, fetches them, and puts its own in their place."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from aixin.access.models import User
from aixin.access.permissions import STAFF, allow
from aixin.access.regions import Level
from aixin.access.scoped import acting_user
from aixin.exchange.documents import (
    Document,
    Words,
    document_of,
    own_template,
    sample_words,
    template_bytes,
)
from aixin.exchange.word_templates import (
    TemplateRefusedError,
    back_to_standard,
    may_replace,
    replace,
    replaceable,
    tried,
)
from aixin.exchange.writing import DOCX, file_response
from aixin.web.widgets import to_choose

TRY, USE = "try", "use"


class TemplateForm(forms.Form):
    file = forms.FileField(
        label="模板文件",
        error_messages={"required": "请先选择文件。", "empty": "文件是空的，请重新选择。"},
        widget=forms.FileInput(attrs={"accept": ".docx"}),
    )
    act = forms.ChoiceField(
        label="要做什么",
        choices=to_choose(
            [(TRY, "先试填：下载填好样例的文件看看，不换模板"), (USE, "启用：以后都用这份模板")]
        ),
        error_messages={"required": "请选择先试填还是启用。"},
        widget=forms.Select(attrs={"class": "form-select"}),
    )


def _offices_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let only an office that has a template of its own for some document use a view; others are answered 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not replaceable(acting_user(request)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def _document(request: HttpRequest, key: str) -> Document:
    try:
        found = document_of(key)
    except KeyError as unknown:
        raise Http404 from unknown
    if not may_replace(acting_user(request), found):
        raise PermissionDenied
    return found


@allow(STAFF)
@_offices_only
def home(request: HttpRequest) -> HttpResponse:
    """The documents, and for each whose template is in use."""
    user = acting_user(request)
    rows = [(document, own_template(document, user)) for document in replaceable(user)]
    return render(request, "templates/list.html", {"rows": rows, "here": _here(user)})


def _here(user: User) -> str:
    """Return how an office calls its own place: 本县, 本市."""
    post = user.acting_post
    return "本市" if post is not None and post.level == Level.CITY else "本县"


@allow(STAFF)
@_offices_only
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """What may stand in a template (GET); fill one with the samples, or take the county's own (POST)."""
    user, document = acting_user(request), _document(request, key)
    form = TemplateForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data["file"].read()
        try:
            if form.cleaned_data["act"] == TRY:
                return file_response(f"{document.title}试填.docx", tried(document, data), DOCX)
            replace(user, document, data)
        except TemplateRefusedError as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, f"{document.title}已换成{_here(user)}的模板，以后都用它。")
            return redirect("templates:list")
    context = {
        "form": form,
        "here": _here(user),
        "document": document,
        "own": own_template(document, user),
        "single": list(_single(sample_words(document))),
        "repeated": list(_repeated(sample_words(document))),
    }
    return render(request, "templates/edit.html", context)


def _single(words: Words, before: str = "") -> Iterable[tuple[str, str]]:
    """Return each word that stands once, as a template writes it, with what it is."""
    for name, said in words.items():
        if isinstance(said, dict):
            yield from _single(said, f"{before}{name}.")
        elif isinstance(said, str):
            yield f"{{{{ {before}{name} }}}}", said


def _repeated(words: Words) -> Iterable[tuple[str, str, list[tuple[str, str]]]]:
    """Return what is repeated for each row: the marks before and behind, and the words between them."""
    for name, said in words.items():
        if isinstance(said, list):
            yield f"{{%tr for row in {name} %}}", "{%tr endfor %}", list(_single(said[0], "row."))


@allow(STAFF)
@_offices_only
@require_POST
def reset(request: HttpRequest, key: str) -> HttpResponse:
    """Go back to the standard template."""
    document = _document(request, key)
    back_to_standard(acting_user(request), document)
    messages.success(request, f"{document.title}已恢复为标准模板。")
    return redirect("templates:list")


@allow(STAFF)
@_offices_only
def current(request: HttpRequest, key: str) -> HttpResponse:
    """The template in use, to be changed in Word; it holds nobody's data."""
    document = _document(request, key)
    return file_response(f"{document.title}模板.docx", template_bytes(document, acting_user(request)), DOCX)
