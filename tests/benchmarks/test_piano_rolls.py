import os
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.io import savemat

from _pianorolls import LOWEST_PITCH, PITCHES, SPLITS, SetError, read_pianorolls

# {"train": [[(60, 64L), ()], [[21]]], "valid": [[(108,)]], "test": [[(), (72,)]]}, as Python 2.7.18
# pickled it; Python 3 would not write these strings and longs.
SET = {"train": [[(60, 64), ()], [[21]]], "valid": [[(108,)]], "test": [[(), (72,)]]}
PYTHON_2 = [
    b"(dp1\nS'test'\np2\n(lp3\n(lp4\n(ta(I72\ntp5\naasS'train'\np6\n(lp7\n(lp8\n(I60\nL64L\ntp9\na"
    b"(taa(lp10\n(lp11\nI21\naaasS'valid'\np12\n(lp13\n(lp14\n(I108\ntp15\naas.",
    b"}q\x01(U\x04testq\x02]q\x03]q\x04()(KHtq\x05eaU\x05trainq\x06]q\x07(]q\x08((K<L64L\ntq\t)e]"
    b"q\n]q\x0bK\x15aaeU\x05validq\x0c]q\r]q\x0e(Kltq\x0faau.",
    b"\x80\x02}q\x01(U\x04testq\x02]q\x03]q\x04()KH\x85q\x05eaU\x05trainq\x06]q\x07(]q\x08(K<\x8a"
    b"\x01@\x86q\t)e]q\n]q\x0bK\x15aaeU\x05validq\x0c]q\r]q\x0eKl\x85q\x0faau.",
]
ROLL = np.eye(3, PITCHES, dtype=np.uint8)


def in_each(songs):
    return dict.fromkeys(SPLITS, songs)


def write_mat(path, songs):
    """A .mat file like those of the TCN code: cell arrays (1, songs)."""
    variables = {}
    for split, rolls in songs.items():
        variables[f"{split}data"] = cells = np.empty((1, len(rolls)), object)
        for number, roll in enumerate(rolls):
            cells[0, number] = roll
    savemat(path, variables, do_compression=True)
    return path


def write_pickle(path, value, protocol=2):
    path.write_bytes(pickle.dumps(value, protocol))
    return path


def notes_of(roll):
    return [tuple(int(note) for note in np.flatnonzero(frame) + LOWEST_PITCH) for frame in roll]


def assert_same(found, wanted):
    assert list(found) == list(SPLITS)
    for split in SPLITS:
        assert len(found[split]) == len(wanted[split])
        for roll, other in zip(found[split], wanted[split], strict=True):
            assert roll.dtype == np.bool_
            assert np.array_equal(roll, other)


def assert_refused(path, *words):
    with pytest.raises(SetError) as caught:
        read_pianorolls(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert len(message.splitlines()) == 1
    assert len(message) < len(str(path)) + 250
    for word in words:
        assert word in message


SONGS = st.lists(
    st.integers(1, 6).flatmap(lambda frames: arrays(np.bool_, (frames, PITCHES))),
    min_size=1,
    max_size=3,
)


@given(st.fixed_dictionaries(in_each(SONGS)), st.integers(0, 2))
def test_both_forms_of_a_set_come_back_equal(tmp_path_factory, songs, protocol):
    folder = tmp_path_factory.mktemp("set")
    notes = {split: [notes_of(roll) for roll in rolls] for split, rolls in songs.items()}
    assert_same(read_pianorolls(write_mat(folder / "a.mat", songs)), songs)
    assert_same(read_pianorolls(write_pickle(folder / "a.pickle", notes, protocol)), songs)


@pytest.mark.parametrize("data", PYTHON_2, ids=["protocol 0", "protocol 1", "protocol 2"])
def test_pickles_of_python_2_are_read(tmp_path, data):
    (tmp_path / "a.pkl").write_bytes(data)
    found = read_pianorolls(str(tmp_path / "a.pkl"))
    assert {split: [notes_of(roll) for roll in rolls] for split, rolls in found.items()} == {
        split: [[tuple(frame) for frame in song] for song in songs] for split, songs in SET.items()
    }


def test_frames_without_notes_stay(tmp_path):
    quiet = np.zeros((4, PITCHES))
    mat = write_mat(tmp_path / "a.MAT", in_each([quiet, quiet[:1]]))
    plain = write_pickle(tmp_path / "a.pickle", in_each([[()] * 4, [[]]]))
    for path in (mat, plain):
        assert_same(read_pianorolls(path), in_each([quiet, quiet[:1]]))


def test_columns_are_the_keys_of_a_piano(tmp_path):
    found = read_pianorolls(write_pickle(tmp_path / "a.pickle", in_each([[[21, 108]]])))
    assert np.flatnonzero(found["test"][0]).tolist() == [0, 87]


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float32, np.float64, np.bool_])
def test_numbers_of_any_kind_may_stand_for_yes_and_no(tmp_path, dtype):
    mat = write_mat(tmp_path / "a.mat", in_each([ROLL.astype(dtype)]))
    assert_same(read_pianorolls(mat), in_each([ROLL]))


class Malice:
    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_that_runs_something_is_refused_and_runs_nothing(tmp_path, protocol):
    mark = tmp_path / "mark"
    evil = {**SET, "test": [Malice(f"touch {mark}")]}
    path = write_pickle(tmp_path / "a.pickle", evil, protocol)
    assert_refused(path, "refused", "system")
    assert not mark.exists()
    pickle.loads(path.read_bytes())
    assert mark.exists()  # so it would have run


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"(S'touch mark'\nios\nsystem\n.", "'os.system'"),
        (b"(cos\nsystem\nS'touch mark'\no.", "'os.system'"),
        (b"\x8c\x05o\ns\n\n\x8c\x06system\x93.", r"'o\ns\n\n.system'"),
        (b"\x8c\xff" + b"x" * 255 + b"\x8c\x06system\x93.", "xxx'"),
        (b"Pmark\n.", "refused"),
        (b"U\x04markQ.", "refused"),
        (b"\x82\x01.", "unregistered extension"),
        (pickle.dumps(in_each([[{60}]]), 2), "set'"),
        (pickle.dumps(in_each([[{60}]]), 4), "train, song 1, frame 1"),
        (pickle.dumps(in_each([[(np.int64(60),)]]), 2), "'numpy."),
    ],
)
def test_a_pickle_makes_only_plain_values(tmp_path, monkeypatch, data, word):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.pickle").write_bytes(data)
    assert_refused(tmp_path / "a.pickle", word)
    assert [path.name for path in tmp_path.iterdir()] == ["a.pickle"]


@pytest.mark.parametrize("name", ["a.npz", "a", "a.mat.gz", "mat"])
def test_other_endings_are_refused(tmp_path, name):
    assert_refused(tmp_path / name, ".mat, .pickle and .pkl")


@pytest.mark.parametrize("name", ["a.mat", "a.pickle", "a.pkl"])
def test_what_is_not_there_or_no_file_is_refused(tmp_path, name):
    assert_refused(tmp_path / name, "cannot be read: No such file")
    (tmp_path / name).mkdir()
    assert_refused(tmp_path / name, "cannot be read: Is a directory")


@pytest.mark.parametrize("name", ["a.mat", "a.pickle"])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>\n<body>not found</body>\n</html>\n" * 20,
        b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM" + bytes(512),
        bytes(1000),
    ],
)
def test_other_content_is_refused(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    assert_refused(tmp_path / name, "file, or damaged", "download it again")


def test_the_ending_decides_the_reader(tmp_path):
    assert_refused(write_pickle(tmp_path / "a.mat", SET), "no .mat file")
    mat = write_mat(tmp_path / "b.mat", in_each([ROLL]))
    assert_refused(mat.rename(tmp_path / "b.pickle"), "no .pickle file")


@pytest.fixture(scope="module")
def good_files(tmp_path_factory):
    """The bytes of a set in each form."""
    mat = write_mat(tmp_path_factory.mktemp("good") / "a.mat", in_each([ROLL]))
    return {".mat": mat.read_bytes(), ".pickle": PYTHON_2[2]}


# Not r: with the four bytes after it, it makes Python take gigabytes for what it has to remember.
BYTES = st.integers(0, 255).filter(lambda byte: byte != ord("r"))


@given(
    st.sampled_from([".mat", ".pickle"]),
    st.lists(st.tuples(st.integers(0, 2000), BYTES), max_size=3),
    st.integers(0, 200),
)
def test_damaged_bytes_give_a_set_or_a_reason(tmp_path_factory, good_files, form, damages, cut):
    damaged = bytearray(good_files[form])
    for at, value in damages:
        damaged[at % len(damaged)] = value
    path = tmp_path_factory.mktemp("damaged") / f"a{form}"
    path.write_bytes(damaged[: len(damaged) - cut])
    try:
        found = read_pianorolls(path)
    except SetError as error:
        message = str(error)
        assert message.startswith(f"{path}: ")
        assert len(message.splitlines()) == 1
    else:
        assert {roll.shape[1] for rolls in found.values() for roll in rolls} == {PITCHES}


@pytest.mark.parametrize("split", SPLITS)
def test_each_split_is_there_and_has_songs(tmp_path, split):
    for write, ending, songs in (
        (write_mat, "mat", in_each([ROLL])),
        (write_pickle, "pickle", SET),
    ):
        empty = {**songs, split: []}
        assert_refused(write(tmp_path / f"a.{ending}", empty), f"the split {split} has no songs")
        del empty[split]
        assert_refused(write(tmp_path / f"b.{ending}", empty), f"the split {split} is missing")


def test_a_split_is_a_list_of_songs(tmp_path):
    savemat(tmp_path / "a.mat", {f"{split}data": ROLL for split in SPLITS})
    assert_refused(tmp_path / "a.mat", "the split train is no list of songs")
    assert_refused(
        write_pickle(tmp_path / "a.pickle", {**SET, "test": "60"}),
        "the split test is no list of songs",
    )


@pytest.mark.parametrize(
    ("song", "problem"),
    [
        (np.zeros((0, PITCHES)), "has no frames"),
        (np.zeros((0, 0)), "has no frames"),
        (np.zeros((3, 87)), "has the shape (3, 87), not (frames, 88)"),
        (ROLL.T, "has the shape (88, 3), not (frames, 88)"),
        (np.zeros((3, PITCHES, 2)), "has the shape (3, 88, 2)"),
        (ROLL * 2, "has values other than 0 and 1"),
        (-ROLL.astype(np.int8), "has values other than 0 and 1"),
        (np.full((3, PITCHES), np.nan), "has values other than 0 and 1"),
        (ROLL * 1j, "is no array of numbers"),
        (np.array(["x" * PITCHES]), "is no array of numbers"),
    ],
)
def test_a_song_is_an_array_of_0_and_1(tmp_path, song, problem):
    mat = write_mat(tmp_path / "a.mat", {**in_each([ROLL]), "valid": [ROLL, song]})
    assert_refused(mat, f"valid, song 2 {problem}")


@pytest.mark.parametrize(
    ("song", "problem"),
    [
        ([], " has no frames"),
        (None, " is no list of frames"),
        ({60: 61}, " is no list of frames"),
        ([[60], 60], ", frame 2 is no list of notes"),
        ([[60], "60"], ", frame 2 is no list of notes"),
        ([[60], [60, 20]], ", frame 2 has the note 20 outside 21 to 108"),
        ([[109]], ", frame 1 has the note 109 outside 21 to 108"),
        ([[-1]], ", frame 1 has the note -1 outside 21 to 108"),
        ([[10**6000]], ", frame 1 has a note far outside 21 to 108"),
        ([[60.0]], ", frame 1 has a float where a note belongs"),
        ([["60"]], ", frame 1 has a str where a note belongs"),
        ([[None]], ", frame 1 has a NoneType where a note belongs"),
        ([[(60, 64)]], ", frame 1 has a tuple where a note belongs"),
    ],
)
def test_a_song_is_a_list_of_frames_of_notes(tmp_path, song, problem):
    path = write_pickle(tmp_path / "a.pickle", {**SET, "valid": [[()], song]})
    assert_refused(path, f"valid, song 2{problem}")


@pytest.mark.parametrize("value", [[SET], None, 3])
def test_a_pickle_is_a_dictionary(tmp_path, value):
    kind = type(value).__name__
    assert_refused(write_pickle(tmp_path / "a.pickle", value), f"holds a {kind}, not a dictionary")
