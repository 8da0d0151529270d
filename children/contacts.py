"""Cells of the children's roster that say several things at once, put where each belongs."""

from aixin.exchange.drafts import Draft
from aixin.exchange.reading.contacts import FATHER, MOTHER, Contact, parse_contacts


def spread_contacts(draft: Draft) -> None:
    """Take apart the guardian's, contact's and parents' cells that hold relation, name and phone together.

    What stands in a column of its own goes before; what cannot be told with certainty stays as it was typed,
    encrypted, because there are numbers in it.
    """
    _spread_guardian(draft)
    if draft.get("parents"):
        _spread_parents(draft, draft.get("parents"))


def _spread_guardian(draft: Draft) -> None:
    persons = parse_contacts(draft.get("guardian"))
    if not persons and not draft.get("guardian"):
        persons = parse_contacts(draft.cells.get("phone"))
        if persons:
            draft.values["phone"] = None
    if not persons:
        return
    relation = draft.get("relation")
    chosen = next((one for one in persons if relation and one.relation == relation), persons[0])
    draft.values["guardian"] = chosen.name
    draft.values["relation"] = relation or chosen.relation
    _add_phones(draft, "phone", chosen.phones)
    for other in persons:
        if len(persons) > 1:
            _take_parent(draft, other)


def _spread_parents(draft: Draft, text: str) -> None:
    persons = parse_contacts(text)
    both = {_parent(one) for one in persons}
    if not persons or "" in both or len(both) < len(persons):
        typed = filter(None, [draft.get("contact_notes"), f"父母：{text}"])
        draft.values["contact_notes"] = "；".join(typed)
    else:
        for one in persons:
            _take_parent(draft, one)


def _parent(contact: Contact) -> str:
    return "father" if contact.relation in FATHER else "mother" if contact.relation in MOTHER else ""


def _take_parent(draft: Draft, contact: Contact) -> None:
    """Note a person as father or mother; another one is named in the notes, her number beside the guardian's."""
    parent = _parent(contact)
    if not parent:
        if contact.name != draft.get("guardian"):
            draft.extra_notes.append(f"{contact.relation} {contact.name}".strip())
            _add_phones(draft, "phone", contact.phones)
        return
    draft.values[f"{parent}_name"] = draft.get(f"{parent}_name") or contact.name
    _add_phones(draft, f"{parent}_phone", contact.phones)


def _add_phones(draft: Draft, key: str, phones: list[str]) -> None:
    """Add numbers behind those of the column, once each."""
    stated, rest = draft.values.get(key) or ([], "")
    draft.values[key] = (list(dict.fromkeys([*stated, *phones])), rest)
