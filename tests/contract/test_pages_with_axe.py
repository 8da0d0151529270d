"""Every page in Chromium, as the people who use it, and every form with an error: nothing that axe finds, no complaint.

What opens within a page and the states of a record are in `test_states_with_axe.py`.
"""

from collections.abc import Iterator

import pytest

from tests.browser.support import PHONE, Visitor
from tests.contract.browsing import Enter, submit
from tests.contract.table import pages_of
from tests.contract.world import World

pytestmark = pytest.mark.browser

# Answers that are no page: files, data, and fragments that htmx puts into one.
NO_PAGE = (
    "document", "rejected", "coverage", "health", "reveal", "conceal", "imports:audit", "audit:report_file",
    "consent_scan", "exports:progress", "imports:progress", "proposals:comparison", "imports:template", "templates:file",
    "agreement_scan", "picture", "written_file", "visits:photo", "visits:upload", "service_worker", "manifest",
    "offline_session", "asking:counts", "return_file", "workbook_file",
)  # fmt: skip
# Pages whose scripts go on loading after the page itself.
CHARTS = ("reports:", "home")
ALIKE = ("city", "official", "sysadmin", "auditor")
UNLIKE = ("home", "reports:", "children:list", "children:detail", "accounts:", "audit:")


def pages(world: World, who: str) -> Iterator[tuple[str, bool]]:
    """Yield the address of each page that the table shows to someone, and whether it goes on loading.

    Of the pages that the county's clerk sees too the others open those alone that look otherwise to them.
    """
    seen = set(pages_of("wenshui")) if who in ALIKE else set()
    for row in pages_of(who):
        if not any(word in row for word in NO_PAGE) and (row not in seen or row.startswith(UNLIKE)):
            yield world.url(row), row.startswith(CHARTS)


@pytest.mark.parametrize("who", ["wenshui", "city", "official", "sysadmin", "auditor"])
def test_pages_at_the_desk(world: World, enter: Enter, who: str) -> None:
    faults = faults_of_all(enter(who), world, who)
    assert not faults, "\n".join(faults)


def test_pages_on_a_phone(world: World, enter: Enter) -> None:
    faults = faults_of_all(enter("mama", PHONE), world, "mama")
    assert not faults, "\n".join(faults)


def faults_of_all(found: Visitor, world: World, who: str) -> list[str]:
    """Return what is wrong with any page that the table shows to someone."""
    faults = []
    for path, loads_on in pages(world, who):
        try:
            found.open(path, still=loads_on)
        except AssertionError as refused:
            faults.append(str(refused))
            continue
        faults += found.faults()
        if who == "mama" and found.overflow:
            faults.append(f"{path}: {found.overflow} px too wide")
    return faults


# Forms, and which of their filled-in fields are emptied before they are sent.
FORMS: dict[str, list[str]] = {
    "children:create": [],
    "children:edit": ["name", "guardian_name"],
    "children:leave": ["day"],
    "children:import": [],
    "children:export": [],
    "children:consent": ["given_by"],
    "children:hold": ["until"],
    "children:publish_text": ["body"],
    "apply:page": [],
    "recruitment:detail": [],
    "recruitment:page": ["heading"],
    "teams:create": [],
    "visits:draw": ["number"],
    "reports:chapter": [],
    "reports:finding": [],
    "programmes:create": ["name"],
    "programmes:child": ["reason"],
    "rounds:create": ["title"],
    "rounds:answer": ["words"],
    "organisations:create": ["name"],
    "organisations:claim": [],
    "rights:new": [],
    "rights:detail": [],
    "rights:erase": [],
    "volunteers:create": [],
    "volunteers:edit": ["name"],
    "pairings:create": ["started_on"],
    "pairings:end": ["day"],
    "asking:edit": ["name"],
    "account_change_password": [],
    "accounts:create": [],
    "accounts:succession": ["day"],
    "reports:form_edit": ["title"],
    "reports:workbook_new": [],
}


# Pages whose first form is complete as it stands: the refusal, at the end, wants a reason.
LAST_OF_THE_PAGE = {"organisations:claim"}


def test_forms_with_errors(world: World, enter: Enter) -> None:
    found, faults = enter("wenshui"), []
    for row, emptied in FORMS.items():
        found.open(world.url(row), still=False)
        for name in emptied:
            found.page.fill(f"main [name={name}]", "")
        submit(found, last=row in LAST_OF_THE_PAGE)
        if not found.page.locator("main .is-invalid, main [role=alert], main .invalid-feedback").count():
            faults.append(f"{row}: no error is shown")
        faults += found.faults()
    assert not faults, "\n".join(faults)
