import numpy as np
import pytest

from mathrock.dataset.sequences import Sequences
from mathrock.generation.errors import TakeError
from mathrock.generation.prompt import choose_prompt, write_snippets
from mathrock.generation.snippets import choose_snippet
from mathrock.pianoroll.statistics import roll_statistics
from mathrock.songs.key_table import SongKey
from settings_of_takes import take_settings

KEYS = {"long": SongKey("C major", 0.9, "C lydian", (0, 2, 4, 6, 7, 9, 11), 1.0)}
KEYS |= {"short": SongKey()}


def settings(**changes):
    return take_settings(**{"song": "long", **changes})


@pytest.fixture
def sequences(pack_songs, riff):
    """A song that begins with a second of silence and plays for ten, and one of little more than
    one."""
    silence = np.zeros((16, 128, 2), np.bool_)
    songs = {"long": np.concatenate([silence, riff(160)]), "short": riff(20, [50])}
    return Sequences(pack_songs(songs)[0])


def test_a_prompt_is_all_that_a_take_begins_with(sequences):
    prompt = choose_prompt("x", settings(tonic="D", in_key=True), sequences, KEYS)
    assert prompt.snippet[:3] == ("long", 16, 32)
    assert prompt.target is None
    assert prompt.key == KEYS["long"]
    assert prompt.key_constraint == (KEYS["long"].pitch_classes, 2)
    assert prompt.statistics == roll_statistics(sequences.song("long"), 16)
    assert prompt.conditioning.notes_per_second == prompt.statistics["notes_per_second"]


def test_only_an_interpolation_has_a_target(sequences):
    asked = settings(path="interpolate", to="short", start=5)
    target = choose_prompt("x", asked, sequences, KEYS).target
    assert target[:3] == ("short", 0, 16)
    assert choose_prompt("x", settings(path=None), sequences, KEYS).target is None


def test_the_song_of_a_snippet_is_read_once(sequences, monkeypatch):
    read, songs = sequences.song, []
    monkeypatch.setattr(sequences, "song", lambda song: songs.append(song) or read(song))
    choose_prompt("x", settings(song="any", seed=2), sequences, KEYS)
    assert len(songs) == len(set(songs))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"song": "short", "in_key": True}, r"takes\.x\.in_key: no scale was found for short"),
        ({"blend": {"surf": 1}}, r"takes\.x\.blend: no model knows surf"),
        ({"path": "interpolate", "to": "nowhere"}, r"takes\.x\.to: nowhere could not be used"),
    ],
)
def test_a_take_that_cannot_be_made_is_not_listed(sequences, tmp_path, changes, message):
    with pytest.raises(TakeError, match=message):
        write_snippets(tmp_path / "s.tsv", {"x": settings(**changes)}, sequences, KEYS)
    assert not (tmp_path / "s.tsv").exists()


def test_what_takes_continue_is_listed(sequences, tmp_path):
    other = settings(song="any", seed=3)
    write_snippets(tmp_path / "snippets.tsv", {"x": settings(), "y": other}, sequences, KEYS)
    header, x, y, _ = (tmp_path / "snippets.tsv").read_text().splitlines()
    assert header.split("\t") == ["take", "song", "first_s", "seconds"]
    assert x.split("\t") == ["x", "long", "1.0", "1.0"]
    assert y.split("\t")[:2] == ["y", choose_snippet("y", other, sequences).song]


def test_a_take_that_does_not_fit_leaves_no_list(sequences, tmp_path):
    takes = {"x": settings(), "y": settings(start=99)}
    with pytest.raises(TakeError, match=r"takes\.y: a snippet of 1 s that starts at 99"):
        write_snippets(tmp_path / "snippets.tsv", takes, sequences, KEYS)
    assert not (tmp_path / "snippets.tsv").exists()


def bars_on_beats(metres, bpm=120, first=0):
    """Rows of bars at 12 steps a quarter note."""
    rows, step = [], first
    for numerator, denominator in metres:
        rows.append([step, step * 5 / bpm, numerator, denominator])
        step += numerator * 48 // denominator
    return [*rows, [step, step * 5 / bpm, *metres[-1]]]


@pytest.fixture
def on_beats(pack_songs, riff):
    """A song of 7/8 and 9/8 in turn, which ends within its last bar, after a bar of silence."""
    silence = np.zeros((42, 128, 2), np.bool_)
    bars = bars_on_beats([(7, 8), *[(7, 8), (9, 8)] * 4])  # 42 + 4 * 96 steps
    grid = {"steps_per_second": 24, "steps_per_beat": 12, "bars": bars}
    roll = np.concatenate([silence, riff(4 * 96 - 10)])
    return Sequences(pack_songs({"long": roll}, 24, folder="beats", grids={"long": grid})[0])


def test_on_beats_snippets_are_listed_in_seconds(on_beats, tmp_path):
    write_snippets(tmp_path / "s.tsv", {"x": settings(snippet_seconds=4)}, on_beats, KEYS)
    assert (tmp_path / "s.tsv").read_text().splitlines()[1] == "x\tlong\t1.75\t4.0"
