import numpy as np
import pytest

from mathrock.dataset.sequences import Sequences
from mathrock.generation.errors import TakeError
from mathrock.generation.snippets import choose_snippet
from settings_of_takes import take_settings

KNOBS = {"song": "long", "start": 0, "snippet_seconds": 1, "seed": 1}
KNOBS |= {"path": "vary", "to": "any"}


def place_of(name, knobs, sequences):
    snippet = choose_snippet(name, take_settings(**knobs), sequences)
    assert np.array_equal(snippet.roll, sequences.song(snippet.song))
    assert np.array_equal(snippet.heard, snippet.roll[snippet.first : snippet.end])
    return snippet.song, snippet.first, snippet.end


@pytest.fixture
def sequences(pack_songs, riff):
    """A song that begins with a second of silence and plays for ten, and one of little more than
    one."""
    silence = np.zeros((16, 128, 2), np.bool_)
    songs = {"long": np.concatenate([silence, riff(160)]), "short": riff(20, [50])}
    return Sequences(pack_songs(songs)[0])


@pytest.fixture
def choose(sequences):
    def choose(**knobs):
        return place_of("second-wind", {**KNOBS, **knobs}, sequences)

    return choose


@pytest.fixture
def message(choose):
    def message(**knobs):
        with pytest.raises(TakeError) as caught:
            choose(**knobs)
        assert len(str(caught.value).splitlines()) == 1
        return str(caught.value)

    return message


def test_a_snippet_is_counted_from_the_songs_first_note(choose):
    assert choose() == ("long", 16, 32)
    assert choose(start=2.5, snippet_seconds=3) == ("long", 56, 104)


def test_a_snippet_may_end_with_the_song(choose):
    assert choose(start=9) == ("long", 160, 176)


def test_a_snippet_that_does_not_fit_is_an_error_with_numbers(message):
    assert message(start=9.5) == (
        "takes.second-wind: a snippet of 1 s that starts at 9.5 s does not fit into long, which"
        " lasts 10.0 s from its first note: lower start or snippet_seconds"
    )
    assert "starts at 500 s" in message(start=500)


def test_a_song_that_could_not_be_used_is_an_error_that_lists_others(message):
    text = message(song="broken")
    assert "takes.second-wind.song: broken could not be used" in text
    assert text.endswith("choose one of long, short")


def test_any_song_is_one_that_is_long_enough(choose):
    assert {choose(song="any", start=5, seed=seed)[0] for seed in range(6)} == {"long"}


def test_any_song_is_every_song_for_some_seed(choose):
    assert {choose(song="any", seed=seed)[0] for seed in range(12)} == {"long", "short"}


def test_where_no_song_is_long_enough_the_longest_gives_what_it_has(choose):
    assert choose(song="any", start=300) == ("long", 16, 32)
    assert choose(song="any", snippet_seconds=300) == ("long", 16, 176)


def test_adding_a_song_rarely_changes_which_is_any(pack_songs, riff):
    rolls = {f"song-{i}": riff(40) for i in range(12)}
    few = Sequences(pack_songs(dict(list(rolls.items())[:11]), folder="few")[0])
    more = Sequences(pack_songs(rolls, folder="more")[0])
    same = 0
    for seed in range(60):
        knobs = {**KNOBS, "song": "any", "seed": seed}
        before, after = (place_of("x", knobs, packed)[0] for packed in (few, more))
        assert after in (before, "song-11")
        same += after == before
    assert same >= 48


def test_held_out_ends_belong_to_their_song(pack_songs, riff):
    """Snippets are of whole songs, whatever the split did to them."""
    folder, _ = pack_songs({"long": riff(160)}, valid=0.2)
    assert len(Sequences(folder).spans) == 2
    assert place_of("x", {**KNOBS, "start": 8}, Sequences(folder)) == ("long", 128, 144)


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


@pytest.mark.parametrize(
    ("start", "seconds", "first", "end"),
    [
        (0, 4, 42, 138),  # 1.75 and 2.25 s
        (0.8, 4, 42, 138),  # still nearest to the first bar
        (1, 4, 84, 180),
        (0, 0.1, 42, 84),  # at least a bar
        (0, 13, 42, 372),  # the last bar is not whole
    ],
)
def test_on_beats_a_snippet_is_whole_bars(on_beats, start, seconds, first, end):
    knobs = {**KNOBS, "start": start, "snippet_seconds": seconds}
    assert place_of("x", knobs, on_beats) == ("long", first, end)


def test_on_beats_a_snippet_that_does_not_fit_is_an_error_with_seconds(on_beats):
    for knobs in ({"start": 14}, {"start": 90}, {"snippet_seconds": 17}):
        with pytest.raises(TakeError, match=r"which lasts 15\.6 s from its first note") as caught:
            place_of("x", {**KNOBS, **{"snippet_seconds": 4}, **knobs}, on_beats)
        assert len(str(caught.value).splitlines()) == 1


def test_on_beats_as_much_as_the_longest_song_has_is_whole_bars(on_beats):
    knobs = {**KNOBS, "song": "any", "snippet_seconds": 300}
    assert place_of("x", knobs, on_beats) == ("long", 42, 372)
