"""Every kind of artifact, damaged in every way, where the next job reads it."""

import keras
import numpy as np
import pytest

from mathrock.audio.writing import write_mp3, write_wav
from mathrock.files.arrays import map_array, read_array, read_arrays
from mathrock.files.damage import DamagedFile, reading
from mathrock.files.json_files import read_json, write_json
from mathrock.files.npy_rows import NpyRows, appending
from mathrock.files.tsv import read_rows, write_rows
from mathrock.files.whole import NOTHING, check_whole
from mathrock.formats.midi.writer import write_score
from mathrock.models.saved import load_model
from mathrock.music.beats import Beat, read_beats, write_beats
from mathrock.music.drum_hits import Hit, read_hits, write_hits
from mathrock.music.score import Note, Part, Score
from mathrock.pianoroll import packed_song
from mathrock.rendering.stems import read_stems, write_stems
from mathrock.report.preview_mp3 import write_preview
from mathrock.report.roll_drawing import draw_file
from mathrock.songs.key_table import SongKey, read_keys, write_keys
from mathrock.songs.status import Status, read_status, write_status
from mathrock.training import trainer
from mathrock.transcription import basic_pitch

NOISE = np.random.default_rng(0).normal(scale=0.1, size=(20_000, 2)).astype(np.float32)
ROLL = np.random.default_rng(0).integers(0, 2, (90, 128, 2), np.uint8)
SCORE = Score([Part("", [Note(0, 1, 60), Note(1, 2, 64)], 27)])
HISTORY = [{"epoch": epoch, "train": 4.5, "valid": 4.0} for epoch in (1, 2, 3)]


def write_steps(path):
    with appending(path, np.uint8, 32) as append:
        append(np.ones((50, 32)))


def write_model(path):
    keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)]).save(path)


def write_svg(path):
    path.write_text(draw_file(SCORE, "a", (0, 2)), encoding="utf-8")


KINDS = {
    "a.json": (lambda path: write_json(path, {"a": [1, {"b": "c"}]}), read_json),
    "status.json": (lambda path: write_status(path, Status("a", "a.mp3")), read_status),
    "songs.tsv": (lambda path: write_rows(path, "ab", [["1", "2"], ["3", "4"]]), read_rows),
    "none.tsv": (lambda path: write_rows(path, "ab", []), read_rows),
    "lines.tsv": (lambda path: write_rows(path, "a", [["b\n\nc\n"]], quote_all=True), read_rows),
    "beats.tsv": (lambda path: write_beats(path, [Beat(0, 1, 1, 7, 8, 99, 1, 1)] * 3), read_beats),
    "hits.tsv": (lambda path: write_hits(path, [Hit(0.5, "kick", 99)] * 3), read_hits),
    "keys.tsv": (lambda path: write_keys(path, {"a": SongKey("D major", 0.5)}), read_keys),
    "history.csv": (lambda path: trainer.write_history(path, HISTORY), trainer.read_history),
    "roll.npy": (lambda path: np.save(path, ROLL), read_array),
    "mapped.npy": (lambda path: np.save(path, ROLL), map_array),
    "steps.npy": (write_steps, NpyRows),
    "song.npy": (lambda path: np.save(path, ROLL), packed_song.load),
    "song.npz": (lambda p: packed_song.save(p, packed_song.pack_song(ROLL)), packed_song.load),
    "heard.npz": (lambda path: basic_pitch.save(path, basic_pitch.empty(9)), basic_pitch.load),
    "arrays.npz": (lambda path: np.savez(path, a=ROLL), read_arrays),
    "model.keras": (write_model, load_model),
    "stems.flac": (lambda path: write_stems(path, {"bass": NOISE}, 44100), read_stems),
    "mix.wav": (lambda path: write_wav(path, NOISE, 44100), check_whole),
    "track.mp3": (lambda path: write_mp3(path, NOISE, 44100, title="Xing"), check_whole),
    "plain.mp3": (lambda path: write_preview(path, NOISE, 44100), check_whole),
    "track.mid": (lambda path: write_score(path, SCORE), check_whole),
    "roll.svg": (write_svg, check_whole),
}
CHECKSUMMED = [name for name in KINDS if name.endswith((".npz", ".keras"))]


@pytest.fixture(scope="module")
def artifact(tmp_path_factory):
    """Make an artifact: its path, its whole content, and what reads it."""
    folder = tmp_path_factory.mktemp("artifacts")

    def make(name):
        write, read = KINDS[name]
        write(folder / name)
        read(folder / name)
        return folder / name, (folder / name).read_bytes(), read

    return make


def refuse(read, path, content):
    path.write_bytes(content)
    with pytest.raises(DamagedFile) as raised:
        read(path)
    assert str(raised.value) == f"{path} is damaged or cut short: delete it and run again"


@pytest.mark.parametrize("name", KINDS)
def test_an_artifact_that_is_empty_or_of_zeros_is_named(artifact, name):
    path, whole, read = artifact(name)
    refuse(read, path, b"")
    refuse(read, path, bytes(len(whole)))


@pytest.mark.parametrize("name", KINDS)
def test_an_artifact_that_is_cut_anywhere_is_named(artifact, name):
    path, whole, read = artifact(name)
    last = len(whole.rstrip(b"\n")) if name.endswith((".json", ".svg")) else len(whole)
    for end in {*range(1, last, -(-last // 50)), last - 1}:
        refuse(read, path, whole[:end])


@pytest.mark.parametrize("name", KINDS)
def test_an_artifact_whose_end_is_zeros_is_named(artifact, name):
    path, whole, read = artifact(name)
    if not name.endswith((".npy", ".wav", ".mp3", ".mid")):  # lengths don't tell
        refuse(read, path, whole[: len(whole) // 2].ljust(len(whole), b"\0"))


@pytest.mark.parametrize("name", CHECKSUMMED)
def test_a_changed_byte_is_noticed_where_there_are_checksums(artifact, name):
    path, whole, read = artifact(name)
    half = len(whole) // 2
    refuse(read, path, whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1 :])


@pytest.mark.parametrize("name", ["plain.mp3", "roll.svg"])
def test_what_says_that_there_is_nothing_is_whole(tmp_path, name):
    (tmp_path / name).write_bytes(NOTHING)
    check_whole(tmp_path / name)


@pytest.mark.parametrize("error", [FileNotFoundError, PermissionError, MemoryError])
def test_what_is_no_damage_is_told_as_it_is(error):
    with pytest.raises(error), reading("a.npy"):
        raise error
