"""The document that the measurements share: each writes its own section."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "benchmarks.md"


def write_section(title: str, lines: list[str]) -> None:
    """Put a section into the document, in place of the one of that title or at the end."""
    head, *sections = DOCUMENT.read_text(encoding="utf-8").rstrip().split("\n## ")
    written = "\n".join([title, "", *lines]).rstrip() + "\n"
    by_title = {section.split("\n", 1)[0]: section.rstrip() + "\n" for section in sections}
    by_title[title] = written
    parts = [head.rstrip() + "\n", *by_title.values()]
    DOCUMENT.write_text("\n## ".join(parts), encoding="utf-8")
