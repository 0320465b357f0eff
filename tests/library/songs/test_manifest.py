from mathrock.songs.manifest import COLUMNS, read_manifest, write_manifest
from mathrock.songs.song import Song
from mathrock.songs.status import Status


def song(name, path="songs/a.mp3"):
    return Song(name, path, "rock", "mp3")._asdict()


def test_a_row_for_each_song(tmp_path):
    facts = {"duration": 1.5, "sample_rate": 44100, "notes": 7, "channels": 2}
    facts |= {"grid": {"kind": "beat"}, "tempo": 139.5, "metre": "7/8", "beat_confidence": 0.93}
    facts |= {"metre_confidence": 0.8}
    good = Status("a", "songs/a.mp3", warnings=("was cut", "is quiet"), facts=facts)
    bad = Status("b", "songs/b.mp3").failed("is empty")
    songs = [song("a"), song("b", "songs/b.mp3")]
    write_manifest(tmp_path / "songs.tsv", songs, {"b": bad, "a": good}.get)
    first, second = read_manifest(tmp_path / "songs.tsv")
    assert list(first) == COLUMNS
    assert list(first.values()) == [
        *("a", "songs/a.mp3", "rock", "mp3", "1.5", "44100", "7"),
        *("beat", "139.5", "7/8", "0.93", "0.8", "ok", "", "was cut; is quiet"),
    ]
    assert [second[name] for name in ("notes", "status", "reason")] == ["", "bad", "is empty"]
    assert [second[name] for name in ("grid", "tempo_bpm", "metre", "beat_confidence")] == [""] * 4


def test_odd_paths_come_back(tmp_path):
    path = 'songs/tab\tnew\nline "quoted" ギ.mp3'
    write_manifest(tmp_path / "songs.tsv", [song("a", path)], {"a": Status("a", path)}.get)
    assert read_manifest(tmp_path / "songs.tsv")[0]["path"] == path


def test_no_songs_is_a_table_without_rows(tmp_path):
    write_manifest(tmp_path / "songs.tsv", [], {}.get)
    assert read_manifest(tmp_path / "songs.tsv") == []
