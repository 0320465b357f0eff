"""Mutations of texts: ABC and MusicXML, and whatever is written in lines, words and numbers."""

import re
from random import Random
from xml.etree import ElementTree

from byte_mutations import ANY, EXTREMES, MOST_BYTES, repeated, wrap

TEXT_EXTREMES = [str(number) for number in EXTREMES]
TEXT_EXTREMES += ["0000999999999", "1e308", "1e-308", "NaN", "inf", "-0", "1/0", "0x7f", "", "1e9"]
TEXT_EXTREMES += ["9" * 400, "9" * 5000, "½", "٣", "²", "1-999999999", "1,2,3", " 3 ", "3+2+2"]
ENCODINGS = ("utf-16", "utf-16-be", "utf-32", "utf-8-sig", "latin-1", "cp037", "utf-7")
NUMBER = re.compile(rb"\d+(?:\.\d+)?")
TOKEN = re.compile(rb"<[^<>]*>|[A-Za-z]+|\s+|.", re.DOTALL)
NUMBER_IN_XML = re.compile(rb"(?<=>)\d+(?:\.\d+)?(?=<)|(?<=\")\d+(?:\.\d+)?(?=\")")


def put_number(random: Random, data: bytes, other: bytes) -> bytes:
    """Replace a number in a text by an extreme one; in XML, mostly one that is data."""
    places = list(NUMBER_IN_XML.finditer(data)) or list(NUMBER.finditer(data))
    if not places:
        return data
    place = random.choice(places)
    new = random.choice(TEXT_EXTREMES).encode()
    return data[: place.start()] + new + data[place.end() :]


def change_lines(random: Random, data: bytes, other: bytes) -> bytes:
    """Delete, repeat, move or exchange lines of a text."""
    lines = data.splitlines(keepends=True)
    return b"".join(_changed(random, lines, other.splitlines(keepends=True)))[:MOST_BYTES]


def change_tokens(random: Random, data: bytes, other: bytes) -> bytes:
    """Delete, repeat, move or exchange words and signs of a text."""
    tokens = TOKEN.findall(data)
    return b"".join(_changed(random, tokens, TOKEN.findall(other)))[:MOST_BYTES]


def change_encoding(random: Random, data: bytes, other: bytes) -> bytes:
    """Write a text in another encoding than it says, or say another."""
    text = data.decode("utf-8", "replace")
    if random.random() < 0.3:
        return text.replace("UTF-8", random.choice((*ENCODINGS, "x", "rot13", ""))).encode()
    return text.encode(random.choice(ENCODINGS), "replace")


def change_tree(random: Random, data: bytes, other: bytes) -> bytes:
    """Delete, repeat, move, rename or fill elements of XML, which stays well-formed."""
    try:
        root, donor = ElementTree.fromstring(data), ElementTree.fromstring(other)
    except (ElementTree.ParseError, ValueError, LookupError):
        return data
    for _ in range(random.choice((1, 1, 2, 5))):
        _change_element(random, root, random.choice((root, donor)))
    try:
        return ElementTree.tostring(root, "utf-8")[:MOST_BYTES]
    except RecursionError:  # Python can't write what is nested a thousand times
        return data


def _change_element(random: Random, root: ElementTree.Element, donor: ElementTree.Element) -> None:
    parent = random.choice([element for element in root.iter() if len(element)] or [root])
    place = random.randrange(len(parent)) if len(parent) else 0
    strange = random.choice(list(donor.iter()))
    kind = random.randrange(7)
    if kind == 0 and len(parent):
        del parent[place]
    elif kind == 1 and len(parent):
        count = random.choice((1, 1, 2, 20, 2000))
        parent[place:place] = [parent[place]] * min(count, 20_000 // sum(1 for _ in parent.iter()))
    elif kind == 2 and not any(element is parent for element in strange.iter()):
        parent.insert(place, strange)
    elif kind == 3:
        random.choice(list(root.iter())).tag = strange.tag
    elif kind == 4:
        random.choice(list(root.iter())).text = random.choice((*TEXT_EXTREMES, strange.text))
    elif kind == 5 and len(parent):
        parent[:] = random.sample(list(parent), len(parent))
    elif attributes := [element for element in root.iter() if element.attrib]:
        element = random.choice(attributes)
        name = random.choice(sorted(element.attrib))
        value = random.choice((*TEXT_EXTREMES, *strange.attrib.values(), None))
        element.attrib.pop(name)
        if value is not None:
            element.set(name, value)


def nest(random: Random, data: bytes, other: bytes) -> bytes:
    """Put an element of XML into thousands of its name, or leave such open."""
    tags = list(re.finditer(rb"<([A-Za-z-]+)>", data))
    if not tags:
        return data
    tag = random.choice(tags)
    depth = random.choice((2, 50, 3000))
    end = data.find(b"</" + tag[1] + b">", tag.end()) if random.random() < 0.8 else -1
    if end < 0:
        return repeated(random, data, *tag.span())
    return (
        data[: tag.end()]
        + tag[0] * depth
        + data[tag.end() : end]
        + b"</%s>" % tag[1] * depth
        + data[end:]
    )


def put_entity(random: Random, data: bytes, other: bytes) -> bytes:
    """Put entities into XML that unfold to much, name a file, or are unknown."""
    levels = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    doctype = (
        f'<!DOCTYPE score-partwise [<!ENTITY e0 "lol">{levels}<!ENTITY f SYSTEM "/etc/passwd">]>'
    )
    name = random.choice((b"&e9;", b"&e3;", b"&f;", b"&g;", b"&#0;", b"&#xD800;"))
    data = re.sub(rb"<!DOCTYPE[^>]*>", b"", data, count=1)
    data = re.sub(rb"(<\?xml[^>]*\?>|^)", lambda xml: xml[0] + doctype.encode(), data, count=1)
    return re.sub(rb">([^<>]+)</", b">" + name + b"</", data, count=random.choice((1, 3)))


TEXT = (
    *ANY,
    put_number,
    put_number,
    change_lines,
    change_tokens,
    change_tokens,
    change_encoding,
    wrap,
)
WELL_FORMED = (put_number,) * 10 + (change_tree,) * 20
XML = (*WELL_FORMED, *ANY, change_lines, change_tokens, change_encoding, wrap, nest, put_entity)


def _changed(random: Random, items: list, others: list) -> list:
    """Delete, repeat, move or exchange items of a list."""
    if not items:
        return others
    at, place = random.randrange(len(items)), random.randrange(len(items))
    item = items[at]
    kind = random.randrange(5)
    if kind == 0:
        return items[:at] + items[at + random.choice((1, 1, 5)) :]
    if kind == 1:
        return items[:place] + [item] * random.choice((1, 2, 10, 5000)) + items[place:]
    if kind == 2:
        return [*items[:place], random.choice(others or items), *items[place:]]
    swapped = list(items)
    swapped[at], swapped[place] = swapped[place], swapped[at]
    return swapped
