import ast
import io
import os
import tokenize
from pathlib import Path

import pytest

from mathrock.jobs.code_version import NEVER_SHOWS, code_digest, code_params, code_version

SCRIPTS = Path(__file__).resolve().parents[3] / "workflow" / "scripts"
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


@pytest.fixture
def digest_of(tmp_path):
    """Digests a module with this text in a library that has the folders of ours."""
    for module in MODULES:
        path = tmp_path / module.relative_to(SCRIPTS)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    def digest_of(text):
        script = tmp_path / "script.py"
        script.write_text(text)
        os.utime(script, ns=(0, digest_of.count))
        digest_of.count += 1
        return code_digest(script)

    digest_of.count = 0
    return digest_of


def test_imports_are_followed_through_modules_and_functions(project):
    assert list(code_version(project / "script.py")) == ["lib/a.py", "lib/b.py", "lib/c.py"]


def test_an_edit_far_away_is_noticed_and_named(project):
    before = code_version(project / "script.py")
    (project / "lib/c.py").write_text("import lib.a\nX = 1\n")
    after = code_version(project / "script.py")
    assert {name for name in after if after[name] != before[name]} == {"lib/c.py"}


def test_a_touch_and_other_files_change_nothing(project):
    before = code_version(project / "script.py")
    os.utime(project / "lib/a.py", (1, 1))
    (project / "lib/unused.py").write_text("x = 1\n")
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


CODE = '''"""What it is."""

import os
from mathrock.pianoroll.planes import ONSET, DRUM


class Thing:
    """A thing."""

    size = 2

    def grow(self, by=1):
        """Grow.

        Args:
            by: how much.
        """
        text = "# not a comment"  # a comment
        return self.size + by, ONSET, text
'''


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("What it is.", "What it was, ünd more."),
        ("A thing.", "Something\n\n    over lines."),
        ("        Args:\n            by: how much.\n        ", "        "),
        ("  # a comment", ""),
        ("\n\nclass", "\n# A comment.\nclass"),
        ("from mathrock.pianoroll.planes", "from mathrock.music.planes"),
        ("ONSET, DRUM", "DRUM, ONSET"),
        ("import ONSET, DRUM", "import (\n    ONSET,\n    DRUM,\n)"),
        ("import os\n", "import os\nfrom mathrock.jobs.log import log_to\n"),
        ("import os\n", "import os\nfrom mathrock.files import atomic\n"),
    ],
)
def test_words_and_places_do_not_count(digest_of, old, new):
    assert old in CODE
    assert digest_of(CODE.replace(old, new)) == digest_of(CODE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("size = 2", "size = 3"),
        ("# not a comment", "# another text"),
        ("by=1", "by=2"),
        ("import os", "import sys"),
        ("ONSET, DRUM", "ONSET as DRUM, DRUM as ONSET"),
        ("pianoroll.planes", "pianoroll.others"),
        ("ONSET, DRUM", "ONSET, DRUM, PITCHES"),
        ('"""A thing."""\n', '"""A thing."""\n    """Another text."""\n'),
    ],
)
def test_what_a_module_does_counts(digest_of, old, new):
    assert old in CODE
    assert digest_of(CODE.replace(old, new)) != digest_of(CODE)


def test_a_docstring_on_the_line_of_its_class_hides_nothing(digest_of):
    assert digest_of('class Öl: "Oil."\n') == digest_of('class Öl: "More."\n')
    assert digest_of('class Öl: "Oil."\n') != digest_of('class Gas: "Oil."\n')


IMPORTS = [
    "def a():\n  from mathrock.music.{} import f\ndef b():\n  from mathrock.music.{} import f\n",
    "if X:\n    from mathrock.music.{} import f\nelse:\n    from mathrock.music.{} import f\n",
    "from mathrock.music.{} import f\nfrom mathrock.music.{} import f\n",
]


@pytest.mark.parametrize("text", IMPORTS)
def test_which_of_two_imports_of_a_name_comes_first_counts(digest_of, text):
    assert digest_of(text.format("bars", "grid")) != digest_of(text.format("grid", "bars"))
    assert digest_of(text.format("bars", "grid")) == digest_of(
        text.format("bars", "grid").replace(".music.", ".pianoroll.")
    )


@pytest.mark.parametrize("prefix", ["", "f"])
def test_what_is_blank_inside_a_string_counts(digest_of, prefix):
    text = f'CHARTS = {prefix}"""one\n\ntwo  \nthree"""  # charts\n'
    assert digest_of(text) != digest_of(text.replace("\n\n", "\n"))
    assert digest_of(text) != digest_of(text.replace("two  ", "two"))
    assert digest_of(text) == digest_of(text.replace("  # charts", ""))


def test_a_blank_line_in_a_docstring_does_not_count(digest_of):
    text = 'def f():\n    """Do it.\n\n    And more.  \n    """\n    return 1\n'
    assert digest_of(text) == digest_of('def f():\n    """Do it."""\n    return 1\n')
    assert digest_of(text) == digest_of("def f():\n    return 1\n")


def test_statements_on_one_line_are_each_left_out(digest_of):
    text = "from mathrock.music.bars import a; from mathrock.music.bars import b; X = 1\n"
    assert digest_of(text) == digest_of(text.replace("mathrock.music", "mathrock.pianoroll"))
    assert digest_of(text) != digest_of(text.replace("X = 1", "X = 2"))


def test_a_module_is_read_as_python_reads_it(tmp_path):
    plain, marked, latin = (tmp_path / f"{name}.py" for name in ("plain", "marked", "latin"))
    plain.write_bytes('X = "ü"\n'.encode())
    marked.write_bytes('\ufeffX = "ü"\r\n'.encode())
    latin.write_bytes('# coding: latin-1\nX = "ü"\n'.encode("latin-1"))
    assert code_digest(plain) == code_digest(marked) == code_digest(latin)


def test_modules_of_one_name_share_a_param(project):
    for folder in ("one", "two"):
        (project / "lib" / folder).mkdir()
        (project / "lib" / folder / "same.py").write_text(f"x = '{folder}'\n")
    (project / "script.py").write_text("from lib.one import same\nfrom lib.two.same import x\n")
    params = code_params(project / "script.py")
    assert len(params["code_same"].split()) == 3
    (project / "lib/two").rename(project / "lib/three")
    (project / "script.py").write_text("from lib.one import same\nfrom lib.three.same import x\n")
    assert code_params(project / "script.py") == params


@pytest.mark.parametrize("script", ADAPTERS, ids=lambda path: path.name)
def test_every_adapter_depends_on_library_code_alone(script):
    found = code_version(script)
    assert found
    assert all(name.startswith("mathrock/") and len(digest) == 12 for name, digest in found.items())


def test_what_surrounds_a_job_is_in_no_digest():
    surrounding = [path.relative_to(SCRIPTS).as_posix() for path in MODULES]
    surrounding = [name for name in surrounding if name.startswith(NEVER_SHOWS)]
    assert len(surrounding) > 5
    found = {name for script in ADAPTERS for name in code_version(script)}
    assert not found & {*surrounding}


def test_what_is_left_out_takes_along_what_it_alone_imports(project):
    (project / "mathrock/jobs").mkdir(parents=True)
    (project / "mathrock/jobs/log.py").write_text("from lib import unused\n")
    (project / "script.py").write_text("from mathrock.jobs.log import f\nimport lib.b\n")
    assert "lib/unused.py" not in code_version(project / "script.py")
    (project / "lib/b.py").write_text("from lib import unused\n")
    assert "lib/unused.py" in code_version(project / "script.py")


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


def test_every_package_is_empty():
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
