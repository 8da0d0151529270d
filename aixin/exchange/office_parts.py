"""The XML parts of an Office file as a program reads them, whatever encoding and escapes they are written in."""

from typing import Any

from lxml import etree


def parse(part: bytes) -> Any:
    """Return the root of a part; entities and addresses outside are not followed. Raises lxml's XMLSyntaxError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(part, parser)


def declares_a_type(root: Any) -> bool:
    """Return whether a part declares a document type, and so perhaps entities: no office program writes one."""
    return bool(root.getroottree().docinfo.doctype)


def leads_outside(root: Any) -> bool:
    """Return whether a relationship leads out of the file."""
    return any(one.get("TargetMode", "").lower() == "external" for one in root.iter(etree.Element))
