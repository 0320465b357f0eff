"""Check a configuration file before its values are: its encoding, syntax, size and keys.

Snakemake reads the file by itself: it takes the last of two equal keys, answers a byte that is not
UTF-8 with a traceback, and follows aliases of aliases until the memory is full. So this check comes
first. It looks at YAML's nodes and builds no values.
"""

import re
from pathlib import Path

import yaml

from mathrock.config.errors import SettingsError
from mathrock.files.limits import MAX_CONFIG_BYTES, MAX_CONFIG_DEPTH, MAX_CONFIG_VALUES

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KINDS = ("bool", "float", "int", "map", "merge", "null", "seq", "str")
_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in _KINDS}
_DATE = "tag:yaml.org,2002:timestamp"
_MOST_DIGITS = 40  # Python refuses to read a number of thousands
_OCTAL = re.compile(r"[-+]?0[0-7_]+")
# Snakemake would run the Python of a file with the one, and take paths from the other.
_SNAKEMAKES_OWN = ("__use_yte__", "pathvars")


class _Refusal(Exception):
    """A fault of a file; the message comes without the file's name."""


def check_yaml(path: str | Path) -> None:
    """Check that a file of YAML, or of JSON, is one group of settings, each said once.

    Raises:
        SettingsError: it is not; the message names the file, the line and what to do.
    """
    here, path = Path.cwd(), Path(path)
    name = str(path.relative_to(here) if path.is_relative_to(here) else path)
    try:
        _check_text(_read(path))
    except OSError as error:
        raise SettingsError(f"can't be read: {error.strerror}", name) from None
    except _Refusal as refusal:
        raise SettingsError(refusal, name) from None


def _read(path: Path) -> str:
    """Read the text of a file that is no pipe, not too large, and UTF-8."""
    if not path.is_file():  # to read a pipe could take for ever
        raise _Refusal("is a folder, a pipe or a device, not a file")
    with path.open("rb") as file:
        data = file.read(MAX_CONFIG_BYTES + 1)
    if len(data) > MAX_CONFIG_BYTES:
        raise _Refusal(f"is larger than {MAX_CONFIG_BYTES:,} bytes: is it the right file?")
    if b"\0" in data:
        raise _Refusal("seems to be UTF-16, or no text at all: save it as UTF-8")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line, byte = data.count(b"\n", 0, error.start) + 1, data[error.start]
        raise _Refusal(
            f"line {line}: byte {byte:#x} is not UTF-8, the file seems to be Latin-1: save it as"
            " UTF-8"
        ) from None


def _check_text(text: str) -> None:
    """Check a text's syntax, depth and nodes."""
    try:
        depth = 0
        for event in yaml.parse(text, Loader=_Loader):  # nodes are made by recursion
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_CONFIG_DEPTH:
                raise _Refusal(f"{_line(event)} more than {MAX_CONFIG_DEPTH} groups in one another")
        loader = _Loader(text)
        root = loader.get_single_node()
        _check_root(root)
        loader.construct_document(root)
    except yaml.YAMLError as error:
        raise _Refusal(_explain(error, text)) from None
    except (ValueError, TypeError) as error:
        raise _Refusal(f"holds a value that YAML can't read: {error}") from None


def _check_root(root: yaml.Node | None) -> None:
    """Check the node of a whole file."""
    if not isinstance(root, yaml.MappingNode):
        raise _Refusal("must hold settings as `key: value`, and holds none")
    for key, _ in root.value:
        if key.value in _SNAKEMAKES_OWN:
            raise _Refusal(f"{_line(key)} {key.value} is no setting but Snakemake's own: delete it")
    _size(root, {})


def _explain(error: yaml.YAMLError, text: str) -> str:
    """Say where and why a text is not YAML."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        line = text.encode()[: error.position].count(b"\n") + 1
        return f"line {line}: has a control character, {error.character:#x}: delete it"
    line = text.split("\n")[mark.line : mark.line + 1]
    if line and re.match(r" *\t", line[0]):
        return f"line {mark.line + 1}: begins with a tab: indent with spaces"
    return f"line {mark.line + 1}: is not YAML: {error.problem}"


def _line(place: yaml.Node | yaml.Event) -> str:
    return f"line {place.start_mark.line + 1}:"


def _size(node: yaml.Node, sizes: dict[int, int | None]) -> int:
    """Count the values of a node, those of an alias once more each time.

    Args:
        sizes: those counted, by the node's identity; None while it is being counted.
    """
    if id(node) in sizes:
        if sizes[id(node)] is None:
            raise _Refusal(f"{_line(node)} an alias stands for what it stands in")
        return sizes[id(node)]
    sizes[id(node)] = None
    inside = []
    if isinstance(node, yaml.SequenceNode):
        inside = node.value
    elif isinstance(node, yaml.MappingNode):
        _check_keys(node)
        inside = [value for _, value in node.value]
    _check_tag(node)
    sizes[id(node)] = size = 1 + sum(_size(part, sizes) for part in inside)
    if size > MAX_CONFIG_VALUES:
        raise _Refusal(
            f"{_line(node)} more than {MAX_CONFIG_VALUES:,} values, with what aliases repeat: say"
            " less"
        )
    return size


def _check_keys(mapping: yaml.MappingNode) -> None:
    """Check that each key of a mapping is plain and stands there once."""
    lines = {}
    for key, _ in mapping.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _Refusal(
                f"{_line(key)} a list or a group cannot be a key: quote text with brackets"
            )
        _check_tag(key)
        name = key.tag, key.value
        if name in lines:
            raise _Refusal(
                f"{_line(key)} {key.value} stands there twice, first in {lines[name]} keep one"
            )
        lines[name] = _line(key)


def _check_tag(node: yaml.Node) -> None:
    """Check that YAML takes a node for what its writer meant."""
    if node.tag == _DATE:
        raise _Refusal(f"{_line(node)} YAML takes {node.value} for a date: write it in quotes")
    if node.tag not in _TAGS:
        raise _Refusal(f"{_line(node)} the tag {node.tag} is not allowed: leave it out")
    if node.tag.endswith((":int", ":float")) and len(node.value) > _MOST_DIGITS:
        raise _Refusal(f"{_line(node)} a number of {len(node.value)} digits is too long")
    if node.tag.endswith(":int") and _OCTAL.fullmatch(node.value):
        raise _Refusal(
            f"{_line(node)} YAML takes {node.value} for octal, {int(node.value, 8)}: write that, or"
            " leave out the first 0"
        )
