"""RDF/XML that no RDF parser reads, made such that one does: element by element, by lxml.

What is not even XML stays out: nobody knows what a document that is cut off would have said.
Entities are refused before any parser sees them, the harmless ones with the bombs.
"""

import html
import re

from lxml import etree

from graph.issues import Issue
from ingest.answer import Answer
from ingest.connectors.dcat_graph import Graph

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XHTML = "http://www.w3.org/1999/xhtml"
_RDFS_LABEL = "{http://www.w3.org/2000/01/rdf-schema#}label"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ABOUT, _RESOURCE, _DATATYPE, _NODE_ID, _ID, _PARSE_TYPE, _DESCRIPTION = (
    f"{{{RDF}}}{name}"
    for name in ("about", "resource", "datatype", "nodeID", "ID", "parseType", "Description")
)
_DEFINES_ENTITY = re.compile(rb"<!entity", re.IGNORECASE)
_CLOSED = re.compile(rb"</[\w.-]*:?RDF\s*>\s*\Z")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_REFERENCE = re.compile(
    rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->|&(?!(?:amp|lt|gt|quot|apos);)(?:#?\w+;)?", re.DOTALL
)
"""References, and the sections where an ampersand is none."""
_USED = re.compile(rb"</?([A-Za-z][\w.-]*):|\s([A-Za-z][\w.-]*):[\w.-]+\s*=")
_ROOT = re.compile(rb"<[A-Za-z][\w.-]*:?RDF\b")
_NAME = re.compile(r"[A-Za-z_][\w.-]*")


def refuse_entities(answer: Answer, body: bytes) -> None:
    """Raises ``SourceError`` for a document that defines an entity, wherever it does: the parser
    takes definitions from places where XML has none, and lets them grow without end. No document
    type is ever fetched."""
    if _DEFINES_ENTITY.search(body):
        raise answer.error("a document that defines entities, which are not read")


def is_closed(body: bytes) -> bool:
    """Whether the end tag of ``rdf:RDF`` is the last thing there is: the parser does not ask."""
    return _CLOSED.search(body, max(0, len(body) - 1000)) is not None


def repaired(answer: Answer, body: bytes, graph: Graph) -> bytes:
    """A document that follows the grammar of RDF/XML (section 7); what was done is noted in
    ``graph``, by the node that it stands in. Raises ``SourceError`` where it is no XML."""
    body = _mended_text(body, graph)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise answer.error(f"the XML is cut off or broken: {error}") from error
    _Repair(graph).document(root)
    return bytes(etree.tostring(root))


def _mended_text(body: bytes, graph: Graph) -> bytes:
    """The faults that make it no XML, where the text alone tells what was meant."""
    issues = graph.repairs[""]

    def note(key: str, count: int, what: str) -> None:
        if count:
            issues.append(Issue("shape", key, "", f"{key}: {count} {what}"))

    body, count = _CONTROL.subn(b"", body)
    note("control characters", count, "that XML has no place for; left out")
    changed = 0

    def character(found: re.Match[bytes]) -> bytes:
        nonlocal changed
        fitting = _character(found[0])
        changed += fitting != found[0]
        return fitting

    body = _REFERENCE.sub(character, body)
    note("entities", changed, "that XML does not know, or bare ampersands; read as characters")
    root = _ROOT.search(body)
    if root is None:
        return body
    used = {name.decode() for pair in _USED.findall(body) for name in pair if name}
    for name in sorted(used):
        key, namespace = f"xmlns:{name}", graph.prefixes.expand(f"{name}:x")[:-1]
        if namespace and not re.search(rf"\s{key}\s*=".encode(), body):
            declared = f' {key}="{namespace}"'.encode()
            body = body[: root.end()] + declared + body[root.end() :]
            issues.append(Issue("shape", key, "", f"{key}: not declared; read as {namespace}"))
    return body


def _character(reference: bytes) -> bytes:
    """A reference as XML can read it: a bare ampersand is one, HTML's entities are characters."""
    if reference.startswith(b"<"):
        return reference
    character = html.unescape(reference.decode())
    if reference.startswith(b"&#"):
        return reference if character and not _CONTROL.search(character.encode()) else b""
    return b"&amp;" + reference[1:] if character.startswith("&") else character.encode()


class _Repair:
    """The elements of a document, striped as RDF/XML has them: nodes, their properties, nodes …"""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def document(self, root: etree._Element) -> None:
        """Repair a whole document; its root may be one node alone."""
        if root.tag == f"{{{RDF}}}RDF":
            self._drop_text(root, "")
            for node in list(root):
                self._node(node, "")
        else:
            self._node(root, "")

    def _node(self, node: etree._Element, within: str) -> None:
        self._attributes(node, within)
        within = node.get(_ABOUT) or within
        self._drop_text(node, within)
        for element in list(node):
            self._property(element, within)

    def _property(self, element: etree._Element, within: str) -> None:
        self._attributes(element, within)
        kind, children = element.get(_PARSE_TYPE), list(element)
        if kind == "Resource":
            self._node(element, within)
            return
        if kind in ("Collection", "Literal"):
            for child in children if kind == "Collection" else ():
                self._node(child, within)
            return
        if any(etree.QName(child).namespace in (None, _XHTML) for child in children):
            self._markup(element, within)
            return
        text = (element.text or "").strip()
        if element.get(_RESOURCE) is not None and (text or children):
            self._label(element, text, within)
        elif len(children) > 1 or any(_is_property(child) for child in children):
            self._several(element, within)
        else:
            if children:
                self._drop_text(element, within)
            for child in children:
                self._node(child, within)

    def _attributes(self, element: etree._Element, within: str) -> None:
        """Attributes without a namespace, and names that are none."""
        for name, value in list(element.attrib.items()):
            bare = str(name)
            if bare.startswith("{"):
                continue
            del element.attrib[name]
            whole = {"lang": _XML_LANG, "about": _ABOUT, "resource": _RESOURCE}.get(bare)
            if whole is not None:
                element.set(whole, value)
            self._note(within, f"@{bare}", value, "an attribute without its namespace")
        for name in (_NODE_ID, _ID):
            value = element.get(name)
            if value is not None and not _NAME.fullmatch(value):
                element.set(name, "n" + re.sub(r"[^\w.-]", "_", value))
                self._note(within, "rdf:nodeID", value, "no name (XML 1.0, NCName); given another")

    def _markup(self, element: etree._Element, within: str) -> None:
        """A text with markup in it that was not escaped."""
        inner = (element.text or "") + "".join(
            etree.tostring(child, encoding="unicode") for child in element
        )
        for child in list(element):
            element.remove(child)
        element.text = re.sub(r'\sxmlns(?::\w+)?="[^"]*"', "", inner)
        self._note(within, self._key(element), "", "markup in a text, not escaped")

    def _label(self, element: etree._Element, text: str, within: str) -> None:
        """``rdf:resource`` with a text beside it: the text becomes the resource's label; and with
        nodes: they become values of their own."""
        target = str(element.attrib.pop(_RESOURCE))
        element.text = None
        for child in list(element):
            _set_apart(element, child)
            self._node(child, within)
        node = etree.SubElement(element, _DESCRIPTION, {_ABOUT: target})
        if text:
            label = etree.SubElement(node, _RDFS_LABEL)
            label.text = text
            if _XML_LANG in element.attrib:
                label.set(_XML_LANG, element.attrib.pop(_XML_LANG))
        message = "rdf:resource and a content; the text is read as the label of the resource"
        self._note(within, self._key(element), text or target, message)

    def _several(self, element: etree._Element, within: str) -> None:
        """Properties without the node that has them, or several nodes in one property."""
        children = list(element)
        self._drop_text(element, within)
        if any(map(_is_property, children)):
            element.set(_PARSE_TYPE, "Resource")
            message = "properties without a node that has them; read as of a blank one"
            self._note(within, self._key(element), "", message)
            for child in children:
                self._property(child, within)
            return
        self._note(within, self._key(element), "", f"{len(children)} nodes in one property")
        for child in children[1:]:
            _set_apart(element, child)
        for child in children:
            self._node(child, within)

    def _drop_text(self, element: etree._Element, within: str) -> None:
        """Text that stands between elements."""
        found = [element.text, *(child.tail for child in element)]
        text = " ".join(part.strip() for part in found if part and part.strip())
        if not text:
            return
        element.text = None
        for child in element:
            child.tail = None
        self._note(within, self._key(element), text, "text between elements; left out")

    def _key(self, element: etree._Element) -> str:
        name = etree.QName(element)
        return self._graph.prefixes.compact(f"{name.namespace or ''}{name.localname}")

    def _note(self, within: str, key: str, value: str, message: str) -> None:
        issues = self._graph.repairs.setdefault(within, [])
        issues.append(Issue("shape", key, value, f"{key}: {message}"))


def _is_property(element: etree._Element) -> bool:
    """Whether an element where a node belongs is a property: it has a small letter, as no class
    has, and a value, as no node has."""
    if not str(etree.QName(element).localname)[:1].islower() or element.get(_ABOUT) is not None:
        return False
    attributes = {_RESOURCE, _DATATYPE, _XML_LANG} & set(element.keys())
    return bool(attributes or (element.text or "").strip())


def _set_apart(element: etree._Element, child: etree._Element) -> None:
    """Give ``child`` a property of its own, behind the one that it shared."""
    own = etree.Element(element.tag, {})
    own.append(child)
    element.addnext(own)
