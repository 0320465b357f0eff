import os
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.formats.readers import READERS
from mathrock.songs import listing
from mathrock.songs.listing import (
    NO_GENRE,
    describe_left_out,
    describe_song,
    find_songs,
    song_id,
)
from mathrock.songs.song import SCORE_FORMATS, SongsError

NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1)
PATHS = st.lists(NAMES.filter(lambda name: name not in (".", "..")), min_size=1, max_size=3)


@pytest.fixture
def folder(tmp_path):
    def make(*names):
        for name in names:
            path = tmp_path / "songs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x")
        return tmp_path / "songs"

    return make


def ids(folder):
    return {Path(song.path).relative_to(folder).as_posix(): song.id for song in find_songs(folder)}


def test_songs_are_found_at_any_depth_in_order(folder):
    place = folder("b.mp3", "a.wav", "live/deep/c.mid", "notes.txt")
    assert list(ids(place)) == ["a.wav", "b.mp3", "live/deep/c.mid"]


def test_the_first_folder_is_the_genre(folder):
    place = folder("a.mp3", "mathrock/b.mp3", "jazz/1959/c.mp3")
    genres = {Path(song.path).name: song.genre for song in find_songs(place)}
    assert genres == {"a.mp3": NO_GENRE, "b.mp3": "mathrock", "c.mp3": "jazz"}


def test_the_suffix_is_read_in_any_case(folder):
    (song,) = find_songs(folder("LOUD.MP3"))
    assert song.format == "mp3"


def test_scores_are_told_from_recordings(folder):
    names = ("a.mid", "b.MIDI", "c.flac", "d.abc", "e.gp5", "f.kar")
    assert [song.is_score for song in find_songs(folder(*names))] == [1, 1, 0, 1, 1, 1]


def test_every_score_has_a_reader():
    assert set(SCORE_FORMATS) == READERS.keys()


def test_what_is_in_no_known_format_is_counted_but_not_its_companions(folder):
    left_out = Counter()
    names = (
        "a.mp3",
        "b.sid",
        "x/c.SID",
        "d.zip",
        "cover.jpg",
        "notes.txt",
        ".hidden.sid",
        "README",
    )
    find_songs(folder(*names), left_out=left_out)
    assert describe_left_out(left_out) == "2 .sid, 1 without an ending, 1 .zip"


def test_a_control_character_in_a_name_is_a_problem_and_is_not_shown(folder):
    (song,) = find_songs(folder("a\tb\n\x1b[31m.mp3"))
    assert song.problem.startswith("has a control character")
    assert Path(song.path).name == "a\ufffdb\ufffd\ufffd[31m.mp3"


def test_two_spellings_of_a_name_are_two_songs_of_which_one_has_a_problem(folder):
    composed, decomposed = "caf\u00e9.mp3", "cafe\u0301.mp3"
    one, other, third = find_songs(folder(composed, decomposed, "x.mp3"))
    by_name = {Path(song.path).name: song for song in (one, other)}
    assert by_name[composed] == describe_song(Path(by_name[composed].path), Path(one.path).parent)
    assert "accents are stored (NFD, not NFC)" in by_name[decomposed].problem
    assert len({one.id, other.id, third.id}) == 3
    assert third.problem == ""


def test_hidden_files_and_folders_are_left_out(folder):
    assert ids(folder(".a.mp3", ".git/b.mp3", "c.mp3")).keys() == {"c.mp3"}


def test_an_id_is_the_name_and_eight_digits():
    assert song_id(Path("x/Don't Stop (Live) 2.mp3")).startswith("don-t-stop-live-2-")
    assert len(song_id(Path("a.mp3"))) == len("a-") + 8


def test_adding_songs_changes_no_id(folder):
    before = ids(folder("a.mp3", "live/b.mp3"))
    after = ids(folder("a.wav", "0.mp3", "live/a.mp3", "other/b.mp3"))
    assert {path: after[path] for path in before} == before


def test_ids_differ_by_folder_and_suffix(folder):
    place = folder("a.mp3", "a.wav", "live/a.mp3", "Live/a.mp3", "a-b.mp3", "a b.mp3", "a_b.mp3")
    assert len(set(ids(place).values())) == 7


def test_moving_the_whole_folder_changes_no_id(folder, tmp_path):
    before = ids(folder("live/a.mp3"))
    (tmp_path / "songs").rename(tmp_path / "elsewhere")
    assert ids(tmp_path / "elsewhere") == before


@pytest.mark.parametrize("name", ["Café del Mar", "ギター", "Ångström"])
def test_an_id_is_the_same_however_accents_are_spelt(name):
    spellings = [unicodedata.normalize(form, f"live/{name}.mp3") for form in ("NFC", "NFD")]
    assert song_id(Path(spellings[0])) == song_id(Path(spellings[1]))


@given(st.lists(PATHS, min_size=2, max_size=2))
def test_different_paths_have_different_ids(paths):
    one, other = (Path(*parts[:-1], f"{parts[-1]}.mp3") for parts in paths)
    equal = unicodedata.normalize("NFC", str(one)) == unicodedata.normalize("NFC", str(other))
    assert (song_id(one) == song_id(other)) == equal


@given(PATHS)
def test_an_id_is_a_safe_file_name(parts):
    found = song_id(Path(*parts[:-1], f"{parts[-1]}.mp3"))
    assert len(found.encode()) <= 140
    assert found == found.strip(".- ")
    assert not any(letter in "/\\'\"{}*?[]<>|:$&;. \n\t\0" for letter in found)
    assert all(letter.isalnum() or letter == "-" for letter in found)


@pytest.mark.parametrize(
    "name",
    ['it\'s "loud".mp3', "{song}.mp3", "a..b...mp3", "-rf.mp3", "*?[x].mp3", "$(x);.mp3", "💥.mp3"],
)
def test_names_that_shells_and_wildcards_would_trip_over(folder, name):
    (song,) = find_songs(folder(name))
    assert song.problem == ""
    assert Path(song.path).name == name


def test_a_name_without_letters_still_has_an_id():
    assert song_id(Path("!!!.mp3")).startswith("song-")


def test_a_very_long_name_gives_a_short_id(folder):
    (song,) = find_songs(folder("ä" * 120 + ".mp3"))
    assert len(song.id.encode()) <= 130


def test_a_name_in_no_encoding_has_an_id(folder):
    place = folder("good.mp3")
    Path(os.fsdecode(os.fsencode(place) + b"/bad\xff.mp3")).write_bytes(b"x")
    assert len({song.id for song in find_songs(place)}) == 2


def test_a_link_to_nowhere_is_a_song_with_a_problem(folder):
    place = folder("a.mp3")
    (place / "b.mp3").symlink_to(place / "gone.mp3")
    assert [song.problem for song in find_songs(place)] == [
        "",
        "is a link to a file that is missing",
    ]


def test_a_folder_named_like_a_song_is_a_song_with_a_problem(folder):
    place = folder("a.wav")
    (place / "x.mp3").mkdir()
    assert [song.problem for song in find_songs(place)] == ["", "is a folder, not a song"]


def test_a_named_pipe_is_a_song_with_a_problem(folder):
    place = folder("a.wav")
    os.mkfifo(place / "b.mp3")
    assert [song.problem for song in find_songs(place)] == ["", "is not a regular file"]


def test_a_folder_named_like_a_song_that_holds_songs_is_a_folder(folder):
    assert ids(folder("best.mp3/a.mp3")).keys() == {"best.mp3/a.mp3"}


def test_links_to_songs_and_folders_are_followed(folder, tmp_path):
    place = folder("a.mp3")
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "b.mp3").write_bytes(b"x")
    (place / "linked").symlink_to(tmp_path / "far")
    (place / "c.mp3").symlink_to(tmp_path / "far" / "b.mp3")
    assert ids(place).keys() == {"a.mp3", "c.mp3", "linked/b.mp3"}


def test_a_link_that_leads_back_is_not_followed_round(folder):
    place = folder("live/a.mp3")
    (place / "live" / "again").symlink_to(place)
    assert ids(place).keys() == {"live/a.mp3"}


def test_a_folder_that_cannot_be_read_is_passed_over(folder, monkeypatch):
    place = folder("a.mp3", "lost+found/b.txt")
    iterdir = Path.iterdir

    def refuse(path):
        if path.name == "lost+found":
            raise PermissionError(path)
        return iterdir(path)

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert ids(place).keys() == {"a.mp3"}


def test_an_empty_folder_has_no_songs(tmp_path):
    assert find_songs(tmp_path) == []


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(SongsError, match=r"there is no folder .*none"):
        find_songs(tmp_path / "none")


def test_equal_ids_are_an_error_that_names_both(folder, monkeypatch):
    place = folder("a.mp3", "b.mp3")
    monkeypatch.setattr(listing, "song_id", lambda relative: "same")
    with pytest.raises(SongsError, match=r"a\.mp3 and .*b\.mp3"):
        find_songs(place)


def test_a_song_can_be_described_before_it_exists(tmp_path):
    song = describe_song(tmp_path / "jazz" / "a.mp3", tmp_path)
    assert (song.genre, song.format, song.problem) == ("jazz", "mp3", "")


def test_nothing_in_the_folder_is_changed(folder):
    place = folder("a.mp3", "live/b.wav")
    look = lambda: sorted(  # noqa: E731
        (str(path), path.stat().st_mtime_ns, path.stat().st_ctime_ns) for path in place.rglob("*")
    )
    before = look()
    find_songs(place)
    assert look() == before
