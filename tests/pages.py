"""What tests read of a page: errors beside a field, the number of rows that a list says it has, plain text."""

import html
import re
from typing import Any

_COUNT = re.compile(r"共 ([\d,]+) 条")
_UNSEEN = re.compile(r"另有 ([\d,]+) 条属于已出列")
_SUM = re.compile(r"合计 ([\d,]+) ")
_TAG = re.compile(r"<[^>]+>")


def text_of(fragment: str) -> str:
    """Return the text of some HTML, blanks squeezed."""
    return " ".join(html.unescape(_TAG.sub(" ", fragment)).split())


def error_beside(response: Any, field: str) -> str:
    """Return the error text that the page shows right beside a field, or an empty string."""
    page = response.content.decode()
    found = re.search(
        rf'id="(?:error_\d+_)?id_{field}(?:_error)?"[^>]*class="[^"]*invalid-feedback[^>]*>(.*?)</(?:div|span)>',
        page,
        re.DOTALL,
    )
    found = found or re.search(
        rf'class="invalid-feedback"[^>]*id="(?:error_\d+_)?id_{field}(?:_error)?"[^>]*>(.*?)</div>',
        page,
        re.DOTALL,
    )
    return text_of(found[1]) if found else ""


def rows_on(response: Any) -> int:
    """Return how many rows a list page says it has in all; an empty list has no pager and 0 rows."""
    page = response.content.decode()
    found = _COUNT.search(page)
    if found is None:
        assert 'class="row-name"' not in page, "rows without a pager"
        return 0
    return int(found[1].replace(",", ""))


def counted_on(response: Any) -> int:
    """Return how much of a figure a list page accounts for: its rows or their sum, and rows it says others may open."""
    page = response.content.decode()
    stated, unseen = (
        int(found[1].replace(",", "")) if (found := each.search(page)) else 0 for each in (_SUM, _UNSEEN)
    )
    return (stated or rows_on(response)) + unseen


def hidden_fields(page: str) -> dict[str, str]:
    """Return names and values of a page's hidden inputs."""
    found = {}
    for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found[name[1]] = html.unescape(value[1]) if value else ""
    return found
