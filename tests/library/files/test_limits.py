"""The table of limits: each has one meaning, and the page of files tells it."""

import re
from pathlib import Path

from mathrock.files import limits

ROOT = Path(__file__).resolve().parents[3]
NAMES = re.findall(r"^(\w+) = ", Path(limits.__file__).read_text(), re.MULTILINE)


def test_no_limit_is_set_twice():
    assert len(NAMES) > 20
    assert len(set(NAMES)) == len(NAMES)


def test_the_page_of_files_has_the_limits():
    page = (ROOT / "docs/files.md").read_text()
    rows = re.findall(r"\| ([\d,]+) \| `(MAX_\w+)` \|", page)
    told = {name: int(number.replace(",", "")) for number, name in rows}
    assert told == {name: getattr(limits, name) for name in NAMES}
