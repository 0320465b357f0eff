"""Scores of any kind are songs, and what is not taken is named."""

import shutil

from guitar_pro_songs import data_of, song_of
from mathrock.files.tsv import read_rows

TUNE = "X:1\nM:7/8\nL:1/8\nQ:1/4=120\nK:D\n|:DEF GA Bc|:|\n"
SCORE = """<score-partwise><part-list><score-part id="P1"><part-name>Lead</part-name></score-part>
</part-list><part id="P1"><measure number="1"><attributes><divisions>1</divisions></attributes>
<note><pitch><step>C</step><octave>4</octave></pitch><duration>4</duration></note></measure></part>
</score-partwise>"""


def test_scores_of_any_kind_are_songs_and_what_is_not_taken_is_named(project):
    folder = project.path("data/songs")
    (folder / "tune.abc").write_text(TUNE)
    (folder / "score.musicxml").write_text(SCORE)
    (folder / "tab.gp5").write_bytes(data_of(song_of([(4, [(6, 0)])] * 4)))
    (folder / "later.gpx").write_bytes(b"BCFZ")
    (folder / "bad.musicxml").write_text("<score-partwise>")
    (folder / "caf\u00e9.abc").write_text(TUNE)
    (folder / "cafe\u0301.abc").write_text(TUNE)
    (folder / "two\nlines.abc").write_text(TUNE)
    shutil.copy(folder / "eleven.mid", folder / "song.kar")
    for name in ("game.sid", "other.sid", "cover.jpg"):
        (folder / name).write_bytes(b"x")
    printed = project.run("results/songs.tsv")
    assert "Left out, in no format that can be read: 2 .sid: docs/files.md lists" in printed
    rows = {
        row["path"].rpartition("/")[2]: row for row in read_rows(project.path("results/songs.tsv"))
    }
    assert {name for name, row in rows.items() if row["status"] == "bad"} == {
        "later.gpx",
        "bad.musicxml",
        "cafe\u0301.abc",
        "two\ufffdlines.abc",
    }
    assert (rows["tune.abc"]["metre"], rows["tune.abc"]["notes"]) == ("7/8", "14")
    assert rows["tab.gp5"]["notes"] == "4"
    assert rows["song.kar"]["notes"] == rows["eleven.mid"]["notes"]
    assert rows["later.gpx"]["reason"].endswith("export it as gp5, MIDI or MusicXML")
    assert "stored (NFD, not NFC)" in rows["cafe\u0301.abc"]["reason"]
