"""Docstrings of the library: a stranger can decide by the first line whether to read on."""

import ast
import re
from pathlib import Path

import pytest

LIBRARY = Path(__file__).resolve().parents[2] / "workflow/scripts/mathrock"
ROOMS = sorted(path.name for path in LIBRARY.glob("[a-z]*/"))
EXEMPT = ()
LONGEST = 100
# A first line that begins so is a riddle: it names no thing (of a class) and no deed (of a
# function). A module's may say either.
NO_BEGINNINGS = {
    "What",
    "Where",
    "How",
    "Which",
    "Whether",
    "Who",
    "When",
    "That",
    "Of",
    "As",
    "It",
}
NO_DEEDS = NO_BEGINNINGS | {"A", "An", "The", "It", "One", "All", "Each", "Every", "Such", "With"}
MODULE_PATH = re.compile(r"`((?:[a-z_]+/)+[a-z_]+)`")  # such as `music/score`
DOTTED_NAME = re.compile(r"`mathrock\.([A-Za-z_.]+)`")  # such as `mathrock.music.score.Note`


def modules():
    files = [file for room in ROOMS for file in (LIBRARY / room).rglob("*.py")]
    files = [file for file in files if file.name != "__init__.py"]
    names = {file: file.relative_to(LIBRARY).as_posix() for file in files}
    return [names[file] for file in sorted(files) if not names[file].startswith(tuple(EXEMPT))]


def documented(module):
    """Yield the public things of a module and what must not begin their first lines."""
    tree = ast.parse((LIBRARY / module).read_text())
    yield "module", tree, NO_BEGINNINGS
    waiting = [("", node) for node in tree.body]
    while waiting:
        owner, node = waiting.pop(0)
        if isinstance(node, ast.ClassDef):
            yield node.name, node, NO_BEGINNINGS
            waiting += [(f"{node.name}.", inner) for inner in node.body]
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield owner + node.name, node, NO_DEEDS


@pytest.mark.parametrize("module", modules())
def test_first_lines_say_what_a_thing_does(module):
    wrong = []
    for name, node, no_beginnings in documented(module):
        lines = (ast.get_docstring(node) or "").splitlines() or [""]
        first, followed_by = lines[0], "".join(lines[1:2])
        is_good = first.endswith(".") and not followed_by and len(first) <= LONGEST
        if not is_good or first.split()[0] in no_beginnings or not first[0].isupper():
            wrong.append((name, first))
    assert wrong == []


@pytest.mark.parametrize("module", modules())
def test_modules_that_prose_names_are_there(module):
    text = (LIBRARY / module).read_text()
    assert [name for name in MODULE_PATH.findall(text) if not is_module(name)] == []
    dotted = [name.replace(".", "/") for name in DOTTED_NAME.findall(text)]
    assert [name for name in dotted if not is_module(name) and not is_module(parent(name))] == []


def is_module(name):
    return (LIBRARY / f"{name}.py").is_file()


def parent(name):
    return name.rpartition("/")[0]
