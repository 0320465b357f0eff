import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathrock.dataset.conditioning import attributes_at, conditioning_size, conditioning_vector
from mathrock.dataset.index import TooLittleMusic, split_of
from mathrock.dataset.performance import drums, velocities
from mathrock.dataset.sequences import SPLITS, Sequences, Span
from mathrock.dataset.shard_files import EmptySong
from mathrock.dataset.time_axis import grid_of
from mathrock.dataset.windows import windows_of
from mathrock.files.npy_rows import NpyRows
from mathrock.music.score import Note
from mathrock.pianoroll import encoding
from mathrock.pianoroll.attributes import ATTRIBUTES
from mathrock.pianoroll.match_model import find_matches
from mathrock.pianoroll.metrical_position import IN_BARS
from mathrock.pianoroll.planes import DRUM, ONSET, VELOCITY
from packing import pack
from splits import TEST, TRAIN, VALID, name_for

NOTES = st.lists(
    st.builds(
        lambda onset, steps, pitch, velocity: Note(onset, onset + steps, pitch, velocity),
        onset=st.integers(0, 40),
        steps=st.integers(1, 9),
        pitch=st.sampled_from([0, 35, 127]),
        velocity=st.integers(1, 127),
    )
)
NAMES = st.lists(st.text("abcdef-0123456789", min_size=1), unique=True, max_size=20)
SHARES = st.sampled_from([(0.15, 0.1), (0.5, 0.0), (0.3, 0.6)])


@pytest.fixture
def three(pack_songs, riff):
    """Songs of 100, 50 and 30 steps, one for each split, and what was packed."""
    rolls = {TRAIN: riff(100), VALID: riff(50, [70, 72]), TEST: riff(30, [40])}
    folder, summary = pack_songs(rolls, window_seconds=1, hop_seconds=0.5)
    return rolls, folder, summary


def test_songs_come_back_bit_by_bit(three):
    rolls, folder, _ = three
    for song, roll in rolls.items():
        assert np.array_equal(Sequences(folder).song(song), roll)


def test_any_stretch_comes_back(three):
    rolls, folder, _ = three
    assert np.array_equal(Sequences(folder).read(90, 10), rolls[TRAIN][90:])
    assert np.array_equal(Sequences(folder).read(107, 25), rolls[VALID][7:32])


@given(st.integers(0, 2**32 - 1))
def test_every_bit_pattern_comes_back(tmp_path_factory, seed):
    roll = np.random.default_rng(seed).random((20, 128, 2)) < 0.5
    folder = tmp_path_factory.mktemp("bits")
    encoding.save(folder / "a.npy", roll)
    pack({TRAIN: (folder / "a.npy", "none")}, folder, 16, least_seconds=1)
    assert np.array_equal(Sequences(folder).song(TRAIN), roll)


def test_a_step_costs_32_bytes_on_disk(three):
    _, folder, _ = three
    packed = np.load(folder / "steps.npy", mmap_mode="r")
    assert (packed.shape, packed.dtype) == ((180, 32), np.uint8)
    assert (folder / "steps.npy").stat().st_size - 180 * 32 <= 128


def test_nothing_but_the_artifact_is_left(three):
    names = ["bars.npy", "drums.npy", "echoes.npy", "index.json", "steps.npy", "velocities.npy"]
    assert sorted(path.name for path in three[1].iterdir()) == names


def test_rolls_stay_on_disk_until_they_are_read(three):
    sequences = Sequences(three[1])
    assert sequences._files == {}
    sequences.read(0, 10)
    assert [type(file) for file in sequences._files.values()] == [NpyRows]


def test_a_window_costs_two_numbers(three):
    windows = windows_of(Sequences(three[1]), "train")
    assert windows.nbytes == 16 * len(windows)


def test_the_summary_counts_songs_hours_and_windows(three):
    summary = three[2]
    assert [summary[split]["songs"] for split in SPLITS] == [1, 1, 1]
    assert summary["train"]["hours"] == pytest.approx(100 / 16 / 3600, abs=1e-4)
    assert [summary[split]["windows"] for split in SPLITS] == [12, 6, 3]


@given(NAMES, NAMES, SHARES, st.integers(0, 9))
def test_adding_songs_never_moves_another(songs, more, shares, seed):
    before = {song: split_of(song, *shares, seed) for song in songs}
    after = {song: split_of(song, *shares, seed) for song in [*more, *songs]}
    assert {song: after[song] for song in songs} == before
    assert set(after.values()) <= set(SPLITS)


def test_packing_more_songs_moves_none(pack_songs, riff):
    rolls = {f"song-{i}": riff(40) for i in range(12)}
    splits = {}
    for number in (6, 12):
        folder, _ = pack_songs(dict(list(rolls.items())[-number:]), folder=f"{number}")
        splits[number] = {span.song: span.split for span in Sequences(folder).spans}
    assert splits[6].items() <= splits[12].items()


def test_shares_are_kept_over_many_songs():
    splits = [split_of(f"{i}", 0.15, 0.1, 0) for i in range(4000)]
    assert splits.count("valid") / 4000 == pytest.approx(0.15, abs=0.02)
    assert splits.count("test") / 4000 == pytest.approx(0.1, abs=0.02)


def test_another_seed_splits_in_another_way():
    names = [f"{i}" for i in range(50)]
    one, other = ([split_of(name, 0.3, 0.3, seed) for name in names] for seed in (0, 1))
    assert one != other


def test_a_larger_share_takes_songs_only_from_training():
    for name in map(str, range(200)):
        if split_of(name, 0.15, 0, 0) == "valid":
            assert split_of(name, 0.3, 0, 0) == "valid"


def test_the_ends_of_songs_stand_in_for_validation(pack_songs, riff):
    other = name_for("train", number=1)
    rolls = {TRAIN: riff(100), other: riff(40), TEST: riff(30)}
    folder, _ = pack_songs(rolls, valid=0.15)
    sequences = Sequences(folder)
    assert sequences.split("train") == [
        Span(TRAIN, "none", "train", 0, 85, song_first=0),
        Span(other, "none", "train", 100, 34, song_first=100),
    ]
    held = [(span.first, span.steps, span.song_first) for span in sequences.split("valid")]
    assert held == [(85, 15, 0), (134, 6, 100)]
    assert [span.song for span in sequences.split("test")] == [TEST]
    assert np.array_equal(sequences.song(TRAIN), rolls[TRAIN])


@pytest.mark.parametrize("valid", [0.001, 0.98])
def test_however_small_or_large_the_share_both_sides_have_music(pack_songs, riff, valid):
    names = [name for i in range(999) if split_of(name := f"{i}", valid, 0, 0) == "train"]
    _, summary = pack_songs({names[0]: riff(20)}, valid=valid, test=0)
    assert summary["train"]["windows"] > 0
    assert summary["valid"]["windows"] > 0


@given(
    lengths=st.lists(st.integers(1, 70), min_size=1, max_size=6),
    window=st.integers(1, 30),
    hop=st.integers(1, 30),
    phase=st.integers(0, 30),
)
def test_windows_cover_every_step_and_never_cross_songs(lengths, window, hop, phase):
    hop = min(hop, window)
    sequences = object.__new__(Sequences)
    sequences.window_steps, sequences.hop_steps = window, hop
    starts = np.cumsum([0, *lengths]).tolist()
    sequences.spans = [
        Span(f"{i}", "none", "train", start, steps, start)
        for i, (start, steps) in enumerate(zip(starts, lengths, strict=False))
    ]
    covered = np.zeros(starts[-1], bool)
    windows = windows_of(sequences, "train", min(phase, hop))
    for first, steps in windows:
        span = sequences.span_at(first)
        assert span.first <= first
        assert first + steps <= span.first + span.steps
        assert steps == min(window, span.steps)
        covered[first : first + steps] = True
    assert covered.all()
    assert len({tuple(place) for place in windows.tolist()}) == len(windows)
    assert windows_of(sequences, "test").shape == (0, 2)


def test_a_phase_moves_the_cuts(three):
    sequences = Sequences(three[1])
    starts = [windows_of(sequences, "train", phase)[:, 0].tolist() for phase in (0, 3)]
    assert starts[0][:4] == [0, 8, 16, 24]
    assert starts[1][:4] == [0, 5, 13, 21]
    assert starts[0][-1] == starts[1][-1] == 84


def test_a_step_knows_its_span(three):
    rolls, folder, _ = three
    sequences = Sequences(folder)
    places = [0, 99, 100, 149, 150, 179]
    assert [sequences.span_at(place).song for place in places] == [
        song for song in rolls for _ in range(2)
    ]


def test_echoes_are_those_of_each_whole_song(pack_songs, riff):
    rolls = {TRAIN: riff(100), TEST: riff(30, [40])}
    sequences = Sequences(pack_songs(rolls, valid=0.2)[0])
    assert np.array_equal(sequences.echoes(0, 100), find_matches(rolls[TRAIN]))
    assert np.array_equal(sequences.echoes(105, 25), find_matches(rolls[TEST])[5:])


def test_steps_are_read_in_any_order(three):
    rolls, folder, _ = three
    places = np.array([49, 3, 3, 20])
    assert np.array_equal(Sequences(folder).read_at(100 + places), rolls[VALID][places])
    assert Sequences(folder).read_at(places[:0]).shape == (0, 128, 2)


def test_cycles_come_back(pack_songs, riff):
    folder, _ = pack_songs({TRAIN: riff(40)}, cycles=(16, 64))
    assert Sequences(folder).cycles == (16, 64)


@given(songs=st.lists(st.tuples(NOTES, NOTES), min_size=1, max_size=4), data=st.data())
def test_velocities_and_drums_come_back(tmp_path_factory, songs, data):
    folder = tmp_path_factory.mktemp("played")
    first = [Note(0, 1, 60, 1)]  # so that no song is empty
    rolls = [encoding.encode(first + notes, 1, hits) for notes, hits in songs]
    paths = {f"{i}": (folder / f"{i}.npy", "none") for i in range(len(rolls))}
    for roll, (path, _) in zip(rolls, paths.values(), strict=True):
        encoding.save(path, roll)
    splits = dict.fromkeys(paths, "train")  # so that their ends are held out
    pack(paths, folder, 1, valid=0.3, least_seconds=1, splits=splits)
    packed = Sequences(folder)
    for song, roll in zip(paths, rolls, strict=True):
        steps = len(packed.song(song))
        assert not roll[steps:, :, :DRUM].any()
        begin = data.draw(st.integers(0, steps))
        end = data.draw(st.integers(begin, steps))
        for at, until in [(0, steps), (begin, end)]:
            place = packed.song_first(song) + at, until - at
            for plane, read in ((VELOCITY, velocities), (DRUM, drums)):
                assert np.array_equal(read(packed, *place), roll[at:until, :, plane])


def test_models_see_the_same_whether_a_roll_tells_velocities_or_not(pack_songs):
    notes = [Note(at / 4, at / 4 + 0.4, 60 + at % 3, 1 + at) for at in range(99)]
    roll = encoding.encode(notes, 16)
    # Drums, before the first note, with the notes and after the last.
    beaten = encoding.encode(notes, 16, [Note(at / 4, at / 4, 36) for at in range(300)])
    kinds = {"without": roll[:, :, :2].astype(bool), "with": roll, "beaten": beaten}
    folders = [pack_songs({TRAIN: one}, folder=kind)[0] for kind, one in kinds.items()]
    for name in ("steps.npy", "echoes.npy", "index.json"):
        assert len({(folder / name).read_bytes() for folder in folders}) == 1
    assert np.load(folders[2] / "drums.npy")["step"].max() < len(roll) < len(beaten)


def test_a_note_costs_a_byte_more_and_a_hit_six(pack_songs):
    notes = [Note(at / 4, at / 4 + 0.2, 60) for at in range(100)]
    folder, _ = pack_songs({TRAIN: encoding.encode(notes, 16, notes[:70])})
    heard, hits = (np.load(folder / f"{name}.npy") for name in ("velocities", "drums"))
    assert (heard.nbytes, hits.nbytes) == (100, 70 * 6)


def test_a_roll_that_tells_no_velocities_has_none(three):
    rolls, folder, _ = three
    assert np.load(folder / "velocities.npy").size == sum(
        roll[:, :, ONSET].sum() for roll in rolls.values()
    )
    assert not velocities(Sequences(folder), 100, 50).any()
    assert not drums(Sequences(folder), 100, 50).any()


def test_drums_alone_are_an_empty_song(pack_songs, riff):
    with pytest.raises(EmptySong):
        pack_songs({TRAIN: riff(40), VALID: encoding.encode([], 16, [Note(1, 2, 36)])})


def test_splits_can_be_given(pack_songs, riff):
    given = {"a": "train", "b": "test", "c": "valid"}
    folder, _ = pack_songs({song: riff(40) for song in given}, splits=given)
    assert {span.song: span.split for span in Sequences(folder).spans} == given


def test_an_empty_song_is_named(pack_songs, riff):
    with pytest.raises(
        EmptySong, match=r"^the-gap: its roll, .*the-gap.npy, has no steps"
    ) as found:
        pack_songs({TRAIN: riff(40), "the-gap": riff(0)})
    assert len(str(found.value).splitlines()) == 1


def test_too_little_music_says_what_there_is(pack_songs, riff):
    with pytest.raises(TooLittleMusic) as caught:
        pack_songs({TRAIN: riff(100), VALID: riff(400)}, least_seconds=20)
    text = str(caught.value)
    assert "6.2 s of training music, at least one song and 20 s are needed" in text
    assert "2 (1 for train, 1 for valid, 0 for test" in text
    assert len(text.splitlines()) == 1


def test_no_songs_are_too_little_music(pack_songs):
    with pytest.raises(TooLittleMusic, match="Usable songs: 0"):
        pack_songs({})


def test_packing_twice_gives_the_same_bytes(pack_songs, riff):
    rolls = {TRAIN: riff(100), VALID: riff(50)}
    one, other = (pack_songs(rolls, folder=name)[0] for name in ("one", "other"))
    for name in sorted(path.name for path in one.iterdir()):
        assert (one / name).read_bytes() == (other / name).read_bytes()


def grid_facts(rate, bars=(), per_beat=None):
    return {"steps_per_second": rate, "steps_per_beat": per_beat, "bars": list(bars)}


@pytest.fixture
def mixed(pack_songs, riff):
    """A song on beats, one on seconds whose bars are known, and one whose are not."""
    on_beats = [[0, 0, 4, 4], [48, 2, 5, 4], [108, 4, 5, 4]]
    on_seconds = [[0.0, 0, 7, 8], [29.5, 1.75, 7, 8], [59.0, 3.5, 7, 8]]
    names = [name_for("train", number=number) for number in range(3)]
    found = [grid_facts(27.0, on_beats, 12), grid_facts(16.0, on_seconds), grid_facts(16.0)]
    grids = dict(zip(names, found, strict=True))
    rolls = {song: riff(steps) for song, steps in zip(names, (100, 50, 40), strict=True)}
    return names, *pack_songs(rolls, steps_per_second=24, grids=grids, window_seconds=1)


def test_songs_keep_their_grids(mixed):
    (beats, seconds, unknown), folder, _ = mixed
    sequences = Sequences(folder)
    assert [sequences.rate(song) for song in (beats, seconds, unknown)] == [27, 16, 16]
    assert [sequences.steps_per_beat(song) for song in (beats, seconds)] == [12, None]
    assert sequences.bars(beats).tolist() == [(0, 0, 4, 4), (48, 2, 5, 4), (108, 4, 5, 4)]
    assert sequences.bars(seconds)["step"].tolist() == [0, 29.5, 59]
    assert len(sequences.bars(unknown)) == 0
    assert [grid_of(sequences, song).seconds(48) for song in (beats, seconds)] == [2, 3]


def test_windows_are_as_many_steps_on_every_grid(mixed):
    sequences = Sequences(mixed[1])
    assert sequences.window_steps == 24
    assert set(windows_of(sequences, "train")[:, 1]) == {24}


def test_hours_are_by_each_songs_own_rate(mixed):
    _, folder, summary = mixed
    trained = {span.song: span.steps for span in Sequences(folder).split("train")}
    seconds = sum(steps / Sequences(folder).rate(song) for song, steps in trained.items())
    assert summary["train"]["hours"] == pytest.approx(seconds / 3600, abs=1e-4)


def test_the_least_music_is_by_each_songs_own_rate(pack_songs, riff):
    grids = {TRAIN: grid_facts(2.0)}
    assert pack_songs({TRAIN: riff(41)}, grids=grids, least_seconds=20)
    with pytest.raises(TooLittleMusic, match=r"19\.5 s of training music"):
        pack_songs({TRAIN: riff(39)}, grids=grids, least_seconds=20)


def test_places_are_in_the_songs_own_bars(mixed):
    (beats, seconds, unknown), folder, _ = mixed
    sequences = Sequences(folder)
    assert sequences.cycles == IN_BARS
    # Five eighths in bars of 4/4; and half a step after a line of 7/8.
    for song, bar, beat in [(beats, 30 / 48, 2.5), (seconds, 0.5 / 29.5, 0.5 / 29.5 * 3.5)]:
        angles = 2 * np.pi * np.array([bar, beat, 2 * beat, 3 * beat, 4 * beat])
        there = sequences.places(song, 30, 1)[0]
        assert there == pytest.approx([*np.cos(angles), *np.sin(angles)], abs=1e-6)
    assert not sequences.places(unknown, 0, 40).any()


def test_where_no_bars_are_known_nothing_recurs(pack_songs, riff):
    folder, _ = pack_songs({TRAIN: riff(40)}, grids={TRAIN: grid_facts(16.0)})
    sequences = Sequences(folder)
    assert sequences.cycles == ()
    assert sequences.places(TRAIN, 3, 9).shape == (9, 0)
    assert np.load(folder / "bars.npy").shape == (0,)


BARS = [[16 * n, 2 * n, 4, 4] for n in range(9)]  # 8 steps a second, so that a step is a sixteenth


@pytest.fixture
def styled(pack_songs, riff):
    """Songs of two genres, one of none and a genre that has no training song."""
    songs = [name_for("train", number=number) for number in range(3)]
    rolls = dict(zip(songs, (riff(64), riff(96, [40]), riff(32, [90])), strict=True))
    rolls |= {VALID: riff(40), TEST: riff(40, [50])}
    genres = dict(zip(songs, ("surf", "math rock", "none"), strict=True))
    genres |= {VALID: "jazz", TEST: "surf"}
    grids = {song: grid_facts(8.0, BARS) for song in rolls}
    knobs = {"window_seconds": 4, "hop_seconds": 2, "grids": grids, "genres": genres}
    return songs, Sequences(pack_songs(rolls, steps_per_second=8, **knobs)[0])


def test_genres_are_those_of_training_songs(styled):
    _, sequences = styled
    assert sequences.genres == ("math rock", "surf")
    assert sequences.densities == {"math rock": 2, "surf": 2}
    assert conditioning_size(sequences) == 2 + 4


def test_a_single_genre_is_none(pack_songs, riff):
    rolls = {TRAIN: riff(100), VALID: riff(40)}
    for genres in ({TRAIN: "surf", VALID: "jazz"}, {}):
        sequences = Sequences(pack_songs(rolls, genres=genres)[0])
        assert (sequences.genres, sequences.densities) == ((), {})


def test_what_is_usual_is_so_over_training_windows(styled):
    songs, sequences = styled
    windows = windows_of(sequences, "train")
    found = np.array([attributes_at(sequences, *window) for window in windows.tolist()])
    assert np.unique(found[:, 0]).tolist() == [2]
    assert tuple(sequences.attributes) == ATTRIBUTES
    assert sequences.attributes["density"] == (2, 0)  # it never differs
    for name, column in (("pitch", 1), ("repetition", 3)):
        mean, deviation = sequences.attributes[name]
        assert mean == pytest.approx(found[:, column].mean(), abs=1e-4)
        assert deviation == pytest.approx(found[:, column].std(), abs=1e-4)
    assert attributes_at(sequences, sequences.song_first(songs[1]), 32).tolist() == [2, 40, 0, 1]


def test_an_attribute_that_no_window_tells_has_no_deviation(pack_songs, riff):
    sequences = Sequences(pack_songs({TRAIN: riff(100), VALID: np.zeros((40, 128, 2), bool)})[0])
    assert sequences.attributes["syncopation"] == (0, 0)
    silent = pack_songs({TRAIN: np.zeros((100, 128, 2), bool)}, folder="silent", valid=0.1)[0]
    assert Sequences(silent).attributes == dict.fromkeys(ATTRIBUTES, (0, 0))


def test_a_style_is_genres_and_scores(styled):
    _, sequences = styled
    (mean, deviation), (repeats, _) = (
        sequences.attributes["pitch"],
        sequences.attributes["repetition"],
    )
    values = np.array([0, mean + deviation, np.nan, repeats], np.float32)
    told = conditioning_vector(sequences, {"surf": 0.7, "math rock": 0.3}, values)
    assert told.dtype == np.float32
    assert told == pytest.approx([0.3, 0.7, 0, 1, 0, 0], abs=1e-4)
    assert conditioning_vector(sequences, {"none": 1.0}).tolist() == [0] * 6
