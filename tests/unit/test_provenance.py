import ast
import io
import json
import os
import platform
import tokenize
from importlib.metadata import version
from pathlib import Path

import pytest

from mathrock.provenance import code_version, how_made, read_json, write_json

SCRIPTS = Path(__file__).resolve().parents[2] / "workflow" / "scripts"
MODULES = sorted((SCRIPTS / "mathrock").glob("**/*.py"))
ADAPTERS = sorted(SCRIPTS.glob("*.py"))


@pytest.fixture
def project(tmp_path):
    """A script and a little library beside it."""
    files = {
        "script.py": "import numpy\nimport os.path\nfrom lib.a import thing\n",
        "lib/__init__.py": "",
        "lib/a.py": "from lib import b\n\nthing = b\n",
        "lib/b.py": "def late():\n    import lib.c\n    return lib.c\n",
        "lib/c.py": "import lib.a  # a circle\n",
        "lib/unused.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_imports_are_followed_through_modules_and_functions(project):
    assert list(code_version(project / "script.py")) == ["lib/a.py", "lib/b.py", "lib/c.py"]


def test_what_is_left_out_takes_along_what_it_alone_imports(project):
    assert list(code_version(project / "script.py", but=["lib/b.py"])) == ["lib/a.py"]
    (project / "script.py").write_text("import lib.a, lib.c")
    assert list(code_version(project / "script.py", but=["lib/b.py"])) == ["lib/a.py", "lib/c.py"]


def test_an_edit_far_away_is_noticed_and_named(project):
    before = code_version(project / "script.py")
    (project / "lib/c.py").write_text("import lib.a  # a circle!\n")
    after = code_version(project / "script.py")
    assert {name for name in after if after[name] != before[name]} == {"lib/c.py"}


def test_a_touch_and_other_files_change_nothing(project):
    before = code_version(project / "script.py")
    os.utime(project / "lib/a.py", (1, 1))
    (project / "lib/unused.py").write_text("x = 1\n")
    (project / "script.py").write_text((project / "script.py").read_text() + "# Snakemake's task\n")
    assert code_version(project / "script.py") == before


@pytest.mark.parametrize(
    "statement", ["import lib.b", "from lib.b import late", "from lib import b"]
)
def test_every_way_to_import_counts(project, statement):
    (project / "script.py").write_text(statement)
    assert "lib/b.py" in code_version(project / "script.py")


def test_where_the_project_lies_changes_nothing(project, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "project"
    before = code_version(project / "script.py")
    project.rename(elsewhere)
    assert code_version(elsewhere / "script.py") == before


@pytest.mark.parametrize("script", ADAPTERS, ids=lambda path: path.name)
def test_every_adapter_depends_on_library_code_alone(script):
    found = code_version(script)
    assert found
    assert all(name.startswith("mathrock/") and len(digest) == 12 for name, digest in found.items())


def test_a_model_does_not_depend_on_what_comes_after_it():
    trained = code_version(SCRIPTS / "train_lstm.py")
    assert {"mathrock/lstm.py", "mathrock/training.py", "mathrock/sequences.py"} <= trained.keys()
    assert not {"mathrock/sampling.py", "mathrock/effects.py", "mathrock/stems.py"} & trained.keys()


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_modules_import_each_other_by_full_name(module):
    """What `code_version` can follow: nothing relative, by wildcard or by a name in a string."""
    for node in ast.walk(ast.parse(module.read_bytes())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            assert node.names[0].name != "*"
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            assert called not in ("import_module", "__import__")


def test_the_package_itself_is_empty():
    inits = [path for path in MODULES if path.name == "__init__.py"]
    assert {path.read_bytes() for path in inits} == {b""}


@pytest.mark.parametrize("script", ADAPTERS, ids=lambda path: path.name)
def test_an_adapter_only_connects(script):
    source = script.read_text()
    tree = ast.parse(source)
    docstring = tree.body[0].value
    kinds = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    lines = {
        token.start[0]
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type not in (*kinds, tokenize.ENDMARKER)
    }
    assert len(lines - set(range(docstring.lineno, docstring.end_lineno + 1))) <= 25
    assert not any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in ast.walk(tree))


def test_how_made_is_plain_and_complete(tmp_path):
    (tmp_path / "in").write_bytes(b"abc")
    made = how_made({"seed": 1}, [tmp_path / "in"], ["numpy"])
    assert json.loads(json.dumps(made)) == made
    assert made["settings"] == {"seed": 1}
    assert made["versions"]["numpy"] == version("numpy")
    assert made["versions"]["python"] == platform.python_version()
    assert made["inputs"] == {
        str(tmp_path / "in"): "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    }


def test_json_comes_back_and_can_be_read_by_people(tmp_path):
    values = {"song": "ギター", "steps": [1, 2.5, None, True]}
    write_json(tmp_path / "a.json", values)
    assert read_json(tmp_path / "a.json") == values
    assert "ギター" in (tmp_path / "a.json").read_text(encoding="utf-8")
