"""Filling a Word template: what stands in it may name words, repeat rows and ask whether there is something; no more.

A template comes from an office and runs on the server, so everything else of the template language is refused
before it is run: calls, filters, arithmetic, and loops within loops within loops.
"""

import io
from dataclasses import dataclass
from typing import Any
from zipfile import BadZipFile

from docx.opc.exceptions import PackageNotFoundError
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

# What a template that is no Word file, or not well written, raises; SyntaxError is the XML parser's.
FAULTS = (TemplateError, PackageNotFoundError, BadZipFile, SyntaxError, ValueError, KeyError, TypeError)
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.For, nodes.If, nodes.Const,
    nodes.Compare, nodes.Operand, nodes.Not, nodes.And, nodes.Or,
)  # fmt: skip
_LOOPS = 2


@dataclass(frozen=True)
class Picture:
    """A picture that a template may name like a word: a PNG, and how wide it stands on paper."""

    png: bytes
    millimetres: int


class WordsOnly(SandboxedEnvironment):
    """The template language without what could compute or reach."""

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _refuse_all_but_words(tree, 0)
        return tree


def _refuse_all_but_words(node: nodes.Node, loops: int) -> None:
    loops += isinstance(node, nodes.For)
    line = getattr(node, "lineno", 1)
    if not isinstance(node, _ALLOWED) or loops > _LOOPS:
        raise TemplateSyntaxError(f"{type(node).__name__} is not allowed here", line)
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        raise TemplateSyntaxError("private", line)
    for child in node.iter_child_nodes():
        _refuse_all_but_words(child, loops)


def filled(source: Any, words: dict[str, Any], *, strict: bool = False) -> bytes:
    """Return a template, a path or a file, with its words filled in.

    Raises one of FAULTS; with `strict` also for a word that there is not.
    """
    extra = {"undefined": StrictUndefined} if strict else {}
    language = WordsOnly(autoescape=True, **extra)
    language.globals.clear()
    template = DocxTemplate(source)
    drawn = {name: _drawn(template, said) for name, said in words.items()}
    template.render(drawn, language, autoescape=True)
    buffer = io.BytesIO()
    template.save(buffer)
    return buffer.getvalue()


def named_in(source: Any) -> set[str]:
    """Return the words that a template names, in its text, its headers and its footers. Raises one of FAULTS."""
    return set(DocxTemplate(source).get_undeclared_template_variables(WordsOnly(autoescape=True)))


def _drawn(template: DocxTemplate, said: Any) -> Any:
    if isinstance(said, Picture):
        return InlineImage(template, io.BytesIO(said.png), width=Mm(said.millimetres))
    return said
