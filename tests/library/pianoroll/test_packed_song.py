import numpy as np
import pytest

from mathrock.dataset import index, shard_files
from mathrock.dataset.performance import drums, velocities
from mathrock.dataset.sequences import Sequences
from mathrock.dataset.windows import windows_of
from mathrock.music.score import Note
from mathrock.pianoroll import encoding, packed_song

NOTES = [Note(at / 4, at / 4 + 0.4, 60 + at % 5, 1 + at) for at in range(80)]
HITS = [Note(at / 2, at / 2, 36, 99) for at in range(60)]  # some after the last note


@pytest.fixture
def roll():
    return encoding.encode(NOTES, 16, HITS)


def test_it_ends_with_the_last_note(roll):
    packed = packed_song.pack_song(roll)
    assert len(packed.bits) == len(packed.echoes) < len(roll)
    assert len(packed.velocities) == len(NOTES)


def test_it_comes_back_from_its_file_and_from_the_rolls(roll, tmp_path):
    packed = packed_song.pack_song(roll)
    packed_song.save(tmp_path / "a.npz", packed)
    encoding.save(tmp_path / "a.npy", roll)
    for name in ("a.npz", "a.npy"):
        found = packed_song.load(tmp_path / name)
        for one, other in zip(packed, found, strict=True):
            assert np.array_equal(one, other)


def test_writing_it_twice_gives_the_same_bytes(roll, tmp_path):
    for name in ("a.npz", "b.npz"):
        packed_song.save(tmp_path / name, packed_song.pack_song(roll))
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_other_planes_are_refused(roll, tmp_path):
    packed = packed_song.pack_song(roll)
    packed_song.save(tmp_path / "a.npz", packed._replace(bits=packed.bits[:, :16]))
    with pytest.raises(ValueError, match=r"a.npz: it is not packed with 2 planes"):
        packed_song.load(tmp_path / "a.npz")
    encoding.save(tmp_path / "b.npy", roll[:, :, :3])
    with pytest.raises(ValueError, match=r"b.npy: a roll is \(steps, 128, 2\), not"):
        packed_song.load(tmp_path / "b.npy")


def facts_of(folder, paths, shards):
    """Songs written into shards in turn, and where they lie."""
    facts = {}
    for number in range(shards):
        those = dict(list(paths.items())[number::shards])
        written = shard_files.write_songs(folder / f"{number}", those, {}, 16)
        facts |= {song: {"genre": "none", "shard": f"{number}"} | f for song, f in written.items()}
    return {song: facts[song] for song in paths}


def test_what_is_read_does_not_depend_on_the_shards(tmp_path, riff):
    paths = {}
    for number in range(7):
        notes = [note._replace(pitch=note.pitch + number) for note in NOTES[number:]]
        paths[f"song-{number}"] = tmp_path / f"{number}.npy"
        encoding.save(paths[f"song-{number}"], encoding.encode(notes, 16, HITS[number:]))
    found = []
    for shards in (1, 3):
        folder = tmp_path / f"in-{shards}"
        index.write_index(folder, facts_of(folder, paths, shards), 16, 2, 1, least_seconds=1)
        found.append(Sequences(folder))
    one, three = found
    assert one.spans == three.spans
    assert one.attributes == three.attributes
    for span in one.spans:
        for read in (Sequences.read, Sequences.echoes, velocities, drums):
            place = span.first + 3, span.steps - 3
            assert np.array_equal(read(one, *place), read(three, *place))
        assert one.count_notes(span) == three.count_notes(span)
    for split in ("train", "valid"):
        assert np.array_equal(windows_of(one, split), windows_of(three, split))
