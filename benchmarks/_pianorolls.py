"""Read the public sets of piano rolls of Boulanger-Lewandowski et al. (2012), frame by frame.

JSB chorales, Nottingham, MuseData and Piano-midi.de go around in two forms: the pickles of Python 2
that the authors published, and the .mat files that come with the TCN code of Bai et al. (2018).
"""

import pickle
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from textwrap import shorten

import numpy as np
from scipy.io import loadmat

SPLITS = ("train", "valid", "test")
LOWEST_PITCH = 21  # of column 0: the lowest key of a piano, in MIDI
PITCHES = 88
_HIGHEST_PITCH = LOWEST_PITCH + PITCHES - 1


class SetError(ValueError):
    """The file is no set of piano rolls; the message is one line: the file, then why."""


def read_pianorolls(path: str | Path) -> dict[str, list[np.ndarray]]:
    """Read a set of piano rolls, of which the file's ending tells the form.

    Args:
        path: a .mat file with the cell arrays traindata, validdata and testdata of 0/1 arrays
            (frames, 88); or a .pickle or .pkl file with a dictionary of train, valid and test, each
            a list of songs, a song a list of frames, a frame a list or tuple of MIDI notes. Nothing
            in a pickle is run.

    Returns:
        The songs of "train", "valid" and "test", each a bool array (frames, 88). Column 0 is
        `LOWEST_PITCH`. Frames without notes are kept.

    Raises:
        SetError: the file cannot be read, is damaged or holds something else; songs and frames are
            counted from 1.
    """
    path = Path(path)
    try:
        return _read(path)
    except SetError as error:
        raise SetError(f"{path}: {error}") from error


def _read(path: Path) -> dict[str, list[np.ndarray]]:
    if path.suffix.lower() not in _FORMS:
        raise SetError("piano rolls are read from .mat, .pickle and .pkl files only")
    load, roll_of = _FORMS[path.suffix.lower()]
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SetError(f"cannot be read: {error.strerror}") from error
    try:
        splits = load(data)
    except SetError:
        raise
    except Exception as error:  # damaged bytes make both libraries raise nearly anything
        reason = shorten(str(error) or type(error).__name__, 120)
        form = path.suffix.lower()
        raise SetError(f"no {form} file, or damaged ({reason}); download it again") from error
    return {split: _rolls(splits, split, roll_of) for split in SPLITS}


def _rolls(splits: dict, split: str, roll_of: Callable) -> list[np.ndarray]:
    if split not in splits:
        raise SetError(f"the split {split} is missing; a set has {', '.join(SPLITS)}")
    songs = splits[split]
    if not isinstance(songs, list | tuple):
        raise SetError(f"the split {split} is no list of songs")
    if not songs:
        raise SetError(f"the split {split} has no songs")
    return [roll_of(song, f"{split}, song {number}") for number, song in enumerate(songs, 1)]


def _load_mat(data: bytes) -> dict:
    """The variables of the splits that are there; cell arrays as lists of what is in the cells."""
    found = loadmat(BytesIO(data), variable_names=[f"{split}data" for split in SPLITS])
    splits = {split: found[f"{split}data"] for split in SPLITS if f"{split}data" in found}
    return {
        split: list(variable.ravel()) if variable.dtype == object else variable
        for split, variable in splits.items()
    }


def _roll_of_array(song, where: str) -> np.ndarray:
    if not isinstance(song, np.ndarray) or song.dtype.kind not in "buif":
        raise SetError(f"{where} is no array of numbers")
    if not len(song):
        raise SetError(f"{where} has no frames")
    if song.shape[1:] != (PITCHES,):
        raise SetError(f"{where} has the shape {song.shape}, not (frames, {PITCHES})")
    if not ((song == 0) | (song == 1)).all():
        raise SetError(f"{where} has values other than 0 and 1")
    return song.astype(np.bool_, order="C")  # a frame in one place; MATLAB has a pitch in one


class _PlainUnpickler(pickle.Unpickler):
    """Makes lists, tuples, dictionaries, numbers and strings, and refuses what would run code."""

    def find_class(self, module, name):
        wanted = f"{module}.{name}"[:80]
        raise SetError(
            f"refused, for it asks for {wanted!r} and a set is only lists, tuples and numbers; "
            "take the file that the authors published"
        )

    def persistent_load(self, pid):
        raise SetError(
            "refused, for it asks for an object from elsewhere and a set is complete; "
            "take the file that the authors published"
        )


def _load_pickle(data: bytes) -> dict:
    # The strings of Python 2 are bytes; in Latin 1 any of them is a text.
    splits = _PlainUnpickler(BytesIO(data), encoding="latin1").load()
    if not isinstance(splits, dict):
        raise SetError(f"holds a {type(splits).__name__}, not a dictionary of {', '.join(SPLITS)}")
    return splits


def _roll_of_notes(song, where: str) -> np.ndarray:
    if not isinstance(song, list | tuple):
        raise SetError(f"{where} is no list of frames")
    if not song:
        raise SetError(f"{where} has no frames")
    roll = np.zeros((len(song), PITCHES), np.bool_)
    for number, frame in enumerate(song, 1):
        if not isinstance(frame, list | tuple):
            raise SetError(f"{where}, frame {number} is no list of notes")
        for note in frame:
            if not isinstance(note, int):
                kind = type(note).__name__
                raise SetError(f"{where}, frame {number} has a {kind} where a note belongs")
            if not LOWEST_PITCH <= note <= _HIGHEST_PITCH:
                # Python refuses to write out numbers of thousands of digits.
                which = f"the note {note}" if abs(note) < 10**9 else "a note far"
                limits = f"{LOWEST_PITCH} to {_HIGHEST_PITCH}"
                raise SetError(f"{where}, frame {number} has {which} outside {limits}")
            roll[number - 1, note - LOWEST_PITCH] = True
    return roll


_FORMS = {
    ".mat": (_load_mat, _roll_of_array),
    ".pickle": (_load_pickle, _roll_of_notes),
    ".pkl": (_load_pickle, _roll_of_notes),
}
