"""Files of settings that Snakemake would take wrongly, or not survive, are refused in a line."""

import os
from itertools import pairwise

import pytest

from mathrock.config.errors import SettingsError
from mathrock.config.yaml_files import check_yaml
from mathrock.files.limits import MAX_CONFIG_BYTES, MAX_CONFIG_VALUES
from settings_files import ROOT

LETTERS = "abcdefghi"


def bomb(first, repeated):
    """Ten of nine of eight ... of the first."""
    lines = [f"a: &a {first}"]
    lines += [f"{n}: &{n} {repeated(p)}" for p, n in pairwise(LETTERS)]
    return "\n".join(lines)


@pytest.fixture
def refusal(tmp_path, monkeypatch):
    """Write a file; return the line by which it is refused, without the file's name."""
    monkeypatch.chdir(tmp_path)

    def check(text):
        data = text if isinstance(text, bytes) else text.encode()
        (tmp_path / "my.yaml").write_bytes(data)
        with pytest.raises(SettingsError) as caught:
            check_yaml(tmp_path / "my.yaml")
        line = str(caught.value)
        assert len(line.splitlines()) == 1
        assert line.startswith("my.yaml: ")
        return line.removeprefix("my.yaml: ")

    return check


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a: 1\nb: 2\na: 3\n", "line 3: a stands there twice, first in line 1: keep one"),
        ("x:\n  - {a: 1, a: 2}", "line 2: a stands there twice, first in line 2"),
        ("grid: {}\n'grid': {}\n", "line 2: grid stands there twice"),
        ('{"a": 1,\n\t"a": 2}', "line 2: a stands there twice"),
        ("a:\n\tb: 1\n", "line 2: begins with a tab: indent with spaces"),
        ("a:\n  \tb: 1\n", "line 2: begins with a tab"),
        ("a: b: c", "line 1: is not YAML: mapping values are not allowed"),
        ("a: [1, 2\nb: 3", "line 2: is not YAML: did not find expected"),
        ("a: {{b}}", "line 1: a list or a group cannot be a key"),
        ("- a\n- b\n", "must hold settings as `key: value`, and holds none"),
        ("", "must hold settings"),
        ("# all is left out\n", "must hold settings"),
        ("a: 1\n---\nb: 2\n", "line 2: is not YAML"),
        ("a: 010", "line 1: YAML takes 010 for octal, 8: write that, or leave out the first 0"),
        ("a: 2001-02-03", "line 1: YAML takes 2001-02-03 for a date: write it in quotes"),
        ("2001-99-99: {}", "line 1: YAML takes 2001-99-99 for a date"),
        (f"a: {'9' * 5000}", "line 1: a number of 5000 digits is too long"),
        ("a: !!python/name:os.system x", "line 1: the tag tag:yaml.org,2002:python/name:os.system"),
        ("a: !mine x", "line 1: the tag !mine is not allowed: leave it out"),
        ("a: !!int x", "holds a value that YAML can't read"),
        ("<<: 3", "line 1: is not YAML: expected a mapping"),
        ("a: &a [*a]", "line 1: an alias stands for what it stands in"),
        ("a: *b", "line 1: is not YAML: found undefined alias"),
        ("a: x\x07", "line 1: has a control character, 0x7: delete it"),
        ("a: 1\n__use_yte__: true", "line 2: __use_yte__ is no setting but Snakemake's own"),
        ("pathvars: 3", "line 1: pathvars is no setting but Snakemake's own: delete it"),
        ("a: " + "[" * 100_000, "line 1: more than 50 groups in one another"),
        (f"a: [{'1,' * MAX_CONFIG_VALUES}]", "line 1: more than 50,000 values"),
        ("#" * (MAX_CONFIG_BYTES + 1), "is larger than 500,000 bytes: is it the right file?"),
        ("a: Grüße".encode("utf-16"), "seems to be UTF-16, or no text at all: save it as UTF-8"),
        ("a: Grüße".encode("utf-16-be"), "seems to be UTF-16"),
        ("a: 1\n# Grüße".encode("latin-1"), "line 2: byte 0xfc is not UTF-8, the file seems to be"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(refusal, text, wanted):
    assert refusal(text).startswith(wanted)


@pytest.mark.parametrize(
    ("first", "repeated"),
    [
        ("[1, 2]", lambda name: f"[{', '.join([f'*{name}'] * 10)}]"),
        ("{x: 1}", lambda name: f"{{{', '.join(f'k{n}: *{name}' for n in range(10))}}}"),
        ("{x: 1}", lambda name: f"{{<<: [{', '.join([f'*{name}'] * 10)}]}}"),
        ("[]", lambda name: f"[{', '.join([f'*{name}'] * 20)}]"),
    ],
)
def test_aliases_of_aliases_stand_for_too_much(refusal, first, repeated):
    assert "more than 50,000 values, with what aliases repeat" in refusal(bomb(first, repeated))


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffa: 1",
        "a: 1\r\nb: 2\r\n",
        '{\n\t"a": 1}',
        "a: &a {x: 1}\nb: {<<: *a, x: 2}\nc: *a",
        "a: 089",
        "a: 1:30",
        "a: '010'",
        "a: !!str 7",
        "Größe: 日本",
        "a: |\n  one\n  two\n",
    ],
)
def test_what_is_right_passes(tmp_path, text):
    (tmp_path / "my.yaml").write_text(text, encoding="utf-8", newline="")
    check_yaml(tmp_path / "my.yaml")


def test_the_shipped_files_pass():
    for name in ("config.yaml", "data/demo.yaml"):
        check_yaml(ROOT / name)


def test_what_is_no_file_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    for path in (tmp_path, tmp_path / "pipe.yaml", "/dev/zero"):
        with pytest.raises(SettingsError, match="is a folder, a pipe or a device, not a file"):
            check_yaml(path)
