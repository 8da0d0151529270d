"""What is wrong with the forms of a page, in words: said at the top of every frame, with and without script."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm, BaseFormSet


@dataclass(frozen=True)
class Problem:
    """What a field complains of: its label, the sentence, and the id of the field where it has one."""

    label: str
    text: str
    target: str


def problems_of(context: Mapping[str, Any]) -> list[Problem]:
    """Return what the forms among a page's values complain of, each once; complaints about a whole form stand in it."""
    found = [problem for form in sent_forms(context) for problem in _of_form(form)]
    return list(dict.fromkeys(found))


def sent_forms(context: Mapping[str, Any]) -> list[BaseForm]:
    """Return the forms among a page's values that were filled in and sent."""
    return list({id(form): form for value in context.values() for form in _forms_in(value)}.values())


def _forms_in(value: Any) -> Iterator[BaseForm]:
    if isinstance(value, list | tuple):
        for part in value:
            yield from _form_or_its_own(part)
    else:
        yield from _form_or_its_own(value)


def _form_or_its_own(value: Any) -> Iterator[BaseForm]:
    """Forms by themselves, in a formset, or carried by what a registry adds to a page (`part.form`)."""
    if isinstance(value, BaseFormSet):
        yield from _bound(value.forms)
    else:
        yield from _bound([value, getattr(value, "form", None)])


def _bound(values: Iterable[Any]) -> Iterator[BaseForm]:
    return (value for value in values if isinstance(value, BaseForm) and value.is_bound)


def _of_form(form: BaseForm) -> Iterator[Problem]:
    for name, texts in form.errors.items():
        if name in form.fields and not form[name].is_hidden:
            field = form[name]
            yield Problem(str(field.label), " ".join(map(str, texts)), str(field.id_for_label or ""))
