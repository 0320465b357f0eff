import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.files.tsv import read_rows
from mathrock.songs.listing import find_songs
from mathrock.songs.shards import lists
from mathrock.songs.shards.digests import write_digests
from mathrock.songs.shards.lists import COLUMNS, shard_names, shard_of, write_lists
from mathrock.songs.shards.tables import ArtifactGone, files_of, listed_files, write_table


def make_songs(folder, *names):
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text(name)


def lists_in(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


@given(st.text(min_size=1), st.integers(1, 999))
def test_a_song_has_one_shard_and_it_is_one_of_them(song, count):
    assert shard_of(song, count) == shard_of(song, count)
    assert shard_of(song, count) in shard_names(count)


def test_songs_are_shared_out_evenly():
    shards = [shard_of(f"song-{number}", 10) for number in range(5000)]
    assert all(400 < shards.count(shard) < 600 for shard in shard_names(10))


def test_every_song_is_in_one_list(tmp_path):
    make_songs(tmp_path / "songs", *(f"{number}.mid" for number in range(30)))
    songs = find_songs(tmp_path / "songs")
    write_lists(songs, 4, tmp_path)
    rows = [row for shard in shard_names(4) for row in read_rows(tmp_path / f"lists/{shard}.tsv")]
    assert sorted(row["id"] for row in rows) == sorted(song.id for song in songs)
    assert set(rows[0]) == set(COLUMNS)


def test_only_the_lists_that_differ_are_written(tmp_path):
    make_songs(tmp_path / "songs", *(f"{number}.mid" for number in range(30)))
    write_lists(find_songs(tmp_path / "songs"), 4, tmp_path)
    before = lists_in(tmp_path / "lists")
    write_lists(find_songs(tmp_path / "songs"), 4, tmp_path)
    assert lists_in(tmp_path / "lists") == before
    make_songs(tmp_path / "songs", "new.mid")
    songs = find_songs(tmp_path / "songs")
    write_lists(songs, 4, tmp_path)
    (new,) = (song for song in songs if song.path.endswith("new.mid"))
    after = lists_in(tmp_path / "lists")
    assert {name for name in after if after[name] != before[name]} == {f"{shard_of(new.id, 4)}.tsv"}


def test_a_file_that_only_got_another_time_changes_no_list(tmp_path):
    make_songs(tmp_path / "songs", "a.mid", "b.mid")
    digest(tmp_path)
    before = (tmp_path / "lists/0000.tsv").read_bytes()
    for _ in range(2):
        (tmp_path / "songs/b.mid").touch()
        digest(tmp_path)
        assert (tmp_path / "lists/0000.tsv").read_bytes() == before
    (tmp_path / "songs/b.mid").write_text("d.mib")  # as long as it was
    digest(tmp_path)
    assert (tmp_path / "lists/0000.tsv").read_bytes() != before


def test_what_was_found_the_same_is_not_read_each_time(tmp_path, monkeypatch):
    make_songs(tmp_path / "songs", "a.mid")
    digest(tmp_path)
    (tmp_path / "songs/a.mid").touch()
    digest(tmp_path)
    monkeypatch.setattr(lists, "digest_of", None)
    digest(tmp_path)


def test_an_edit_of_the_same_size_is_seen_whatever_is_known(tmp_path):
    make_songs(tmp_path / "songs", "a.mid")
    digest(tmp_path)
    before = (tmp_path / "lists/0000.tsv").read_bytes()
    (tmp_path / "digests/0000.tsv").unlink()
    (tmp_path / "songs/a.mid").write_text("d.mib")
    write_lists(find_songs(tmp_path / "songs"), 1, tmp_path)
    assert (tmp_path / "lists/0000.tsv").read_bytes() != before


def test_another_number_of_shards_forgets_the_tables(tmp_path):
    make_songs(tmp_path / "songs", *(f"{number}.mid" for number in range(9)))
    digest(tmp_path)
    for table in ("hear_song/0000.tsv", "digests/0000.tsv"):
        write_table(tmp_path / table, ["song"], [])
    write_lists(find_songs(tmp_path / "songs"), 2, tmp_path)
    assert not (tmp_path / "hear_song/0000.tsv").exists()
    assert (tmp_path / "digests/0000.tsv").exists()
    assert sorted(lists_in(tmp_path / "lists")) == ["0000.tsv", "0001.tsv"]


def test_what_is_still_to_be_made_has_no_size_and_no_time(tmp_path):
    make_songs(tmp_path / "songs", "a.mid")
    songs = find_songs(tmp_path / "songs")
    write_lists(songs, 1, tmp_path, has_versions=False)
    (row,) = read_rows(tmp_path / "lists/0000.tsv")
    assert (row["size"], row["mtime_ns"]) == ("0", "0")


def digest(tmp_path):
    write_lists(find_songs(tmp_path / "songs"), 1, tmp_path)
    songs = read_rows(tmp_path / "lists/0000.tsv")
    read = write_digests(tmp_path / "digests.tsv", songs, tmp_path / "digests/0000.tsv")
    return read, (tmp_path / "digests.tsv").read_bytes()


def test_only_what_has_another_size_or_time_is_read(tmp_path):
    make_songs(tmp_path / "songs", "a.mid", "b.mid", "c.mid")
    first = digest(tmp_path)
    assert first[0] == 3
    assert digest(tmp_path) == (0, first[1])
    (tmp_path / "songs/b.mid").touch()
    assert digest(tmp_path) == (0, first[1])  # it was read for the list
    (tmp_path / "songs/b.mid").write_text("longer than it was")
    read, digests = digest(tmp_path)
    assert read == 1
    assert digests != first[1]


def test_what_cant_be_read_has_no_digest(tmp_path):
    make_songs(tmp_path / "songs", "a.mid")
    (tmp_path / "songs/b.mid").symlink_to("nowhere.mid")
    digest(tmp_path)
    rows = read_rows(tmp_path / "digests.tsv")
    assert [bool(row["digest"]) for row in rows] == [True, False]
    assert rows[1]["problem"] == "is a link to a file that is missing"


@given(st.lists(st.tuples(st.text(), st.text()), max_size=9))
def test_tables_hold_any_text(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("table") / "a.tsv"
    rows = [[cell.encode("utf-8", "ignore").decode() for cell in row] for row in rows]
    write_table(path, ["song", "path"], rows)
    assert [list(row.values()) for row in read_rows(path)] == rows


def test_files_are_those_given_or_those_in_tables(tmp_path):
    table, roll = tmp_path / "0000.tsv", tmp_path / "a.npy"
    roll.touch()
    write_table(table, ["song", "digest", "roll"], [["a", "1", str(roll)]])
    assert dict(files_of(["rolls/b.npy"], "roll")) == {"b": "rolls/b.npy"}
    assert dict(files_of([str(table)], "roll")) == {"a": str(roll)}
    assert listed_files(["b.mp3", str(table)], ["roll"]) == ["b.mp3", str(roll)]


def test_a_listed_file_that_is_gone_is_made_anew_by_the_next_run(tmp_path):
    table = tmp_path / "0000.tsv"
    write_table(table, ["song", "digest", "roll"], [["a", "1", str(tmp_path / "a.npy")]])
    with pytest.raises(ArtifactGone, match=r"a\.npy is gone: run again"):
        dict(files_of([table], "roll"))
    assert not table.exists()


@pytest.mark.parametrize("content", [b"", b"id\tpath", bytes(100)])
def test_damaged_lists_are_written_anew(tmp_path, content):
    make_songs(tmp_path / "songs", "a.mid")
    digest(tmp_path)
    whole = (tmp_path / "lists/0000.tsv").read_bytes()
    (tmp_path / "lists/0000.tsv").write_bytes(content)
    (tmp_path / "digests/0000.tsv").write_bytes(content)
    assert digest(tmp_path)[0] == 1
    assert (tmp_path / "lists/0000.tsv").read_bytes() == whole
