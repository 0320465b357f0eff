"""Songs to compare with, in a copy of the built project."""

import json

import pytest
import soundfile

from mathrock.formats.midi.reader import read_score
from mathrock.rendering.mastering import loudness

TUNE = """X:1
T:Seven
M:7/8
L:1/8
Q:1/4=150
K:Em
V:1
|: e b g e' b g f | [eg]2 b2 a3 :|
V:2
|: E,,2 E,, B,, G,,3 | C,,4 D,,3 :|
"""


@pytest.fixture
def compared(project):
    folder = project.path("data/references")
    folder.mkdir(parents=True)
    (folder / "Söng's {one} 🎸.abc").write_text(TUNE, encoding="utf-8")
    (folder / "bad.musicxml").write_text("<score-partwise>")
    (folder / ".hidden.abc").write_text("")
    (folder / "notes.txt").write_text("")
    return project


def test_a_reference_is_finished_as_takes_are_and_a_bad_one_is_named(compared):
    stale = {"import_reference": 2, "render_take": 2, "apply_effects": 2, "preview_take": 2}
    shown = {"compare_takes": 1, "find_copies": 1, "write_report": 1}
    assert compared.stale() == {**stale, **shown}
    printed = compared.run()
    assert "data/references/bad.musicxml: is damaged or not XML" in printed
    assert compared.stale() == {}
    (good,) = compared.path("results/fx/references").glob("söng-s-one-*.mp3")
    samples, rate = soundfile.read(good.with_suffix(".wav"))
    assert loudness(samples, rate) == pytest.approx(-14, abs=0.3)
    made = json.loads(good.with_suffix(".json").read_text())
    assert made["generated"]["ok"]
    assert made["generated"]["facts"]["grid"]["bars"][0][2:] == [7, 8]
    score = read_score(compared.path(f"results/generated/references/{good.stem}.mid"))
    assert [(part.name, len(part.notes)) for part in score.parts] == [("Bass", 10), ("Guitar", 24)]
    page = compared.path("results/report/index.html").read_text(encoding="utf-8")
    assert "<code>data/references/bad.musicxml</code> is damaged or not XML" in page
    assert "Söng&#39;s {one} 🎸" in page
    closeness = json.loads(compared.path("results/closeness.json").read_text())
    copies = json.loads(compared.path("results/copies.json").read_text())
    assert list(closeness["references"]) == list(copies["references"]) == [good.stem]
    (bad,) = compared.path("results/generated/references").glob("bad-*.json")
    assert json.loads(bad.read_text())["reason"] == "is damaged or not XML"

    tune = next(compared.path("data/references").glob("S*.abc"))
    tune.write_text(TUNE.replace("K:Em", "K:Dm"), encoding="utf-8")
    assert compared.stale() == {**dict.fromkeys(stale, 1), **shown}
    tune.unlink()
    assert compared.stale() == shown
    compared.path("data/none").mkdir()
    compared.configure(report={"references": "data/none"})
    assert compared.stale() == shown
    compared.configure(report={"references": "data/typo"})
    printed = compared.run("--dry-run", code=1)
    assert "Error: report.references: there is no folder data/typo" in printed
