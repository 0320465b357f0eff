import json

from mathrock.songs.status import Status, read_status, write_status

STATUS = Status("a-1", "songs/ギ'a.mp3", warnings=("was cut", "is quiet"), facts={"notes": 3})


def test_a_status_comes_back(tmp_path):
    write_status(tmp_path / "a.json", STATUS)
    assert read_status(tmp_path / "a.json") == STATUS


def test_the_file_is_readable_json(tmp_path):
    write_status(tmp_path / "a.json", STATUS)
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert "ギ" in text
    assert json.loads(text)["ok"] is True


def test_failing_gives_the_reason_and_keeps_the_rest():
    bad = STATUS.failed("has no notes")
    assert (bad.ok, bad.reason, bad.facts) == (False, "has no notes", {"notes": 3})
    assert STATUS.ok


def test_facts_are_added():
    assert STATUS.with_facts(notes=4, grid=1).facts == {"notes": 4, "grid": 1}
    assert STATUS.facts == {"notes": 3}


def test_the_line_names_the_file_first():
    assert str(STATUS) == "songs/ギ'a.mp3: ok; was cut; is quiet"
    assert str(Status("a", "a.mp3").failed("is empty")) == "a.mp3: is empty"
