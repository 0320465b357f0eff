"""No byte of a song's file can stop a run: mutants of small files end in a song or a sentence.

`benchmarks/any_bytes.py` tries 100,000 mutants of real files.
"""

import pytest

from mathrock.files.limits import MAX_PARTS
from mathrock.formats.readers import READERS, read_file
from midi_bytes import END, NOTES, midi_of
from mutations import MUTATIONS, mutant
from score_checks import check_song
from small_scores import small_scores
from time_limits import Overtime, time_limit

# The others are read as one of these.
MUTANTS = {"mid": 600, "abc": 500, "musicxml": 400, "mxl": 200, "gp3": 100, "gp4": 100, "gp5": 100}
BATCHES = 4
SECONDS = 10  # of a core, for each


@pytest.fixture(scope="module")
def files():
    return small_scores()


@pytest.mark.parametrize("ending", MUTANTS)
def test_what_mutants_are_made_of_is_a_song(tmp_path, files, ending):
    path = tmp_path / f"a.{ending}"
    for data in files[ending]:
        path.write_bytes(data)
        assert check_song(path, ending) == ""


@pytest.mark.parametrize("batch", range(BATCHES))
@pytest.mark.parametrize("ending", MUTANTS)
def test_mutants_end_in_a_song_or_a_sentence(tmp_path, files, ending, batch):
    path, wrong, songs = tmp_path / f"a.{ending}", {}, 0
    for seed in range(batch, MUTANTS[ending], BATCHES):
        path.write_bytes(mutant(seed, ending, files[ending]))
        try:
            with time_limit(SECONDS):
                songs += check_song(path, ending) == ""
        except (Exception, Overtime) as error:
            wrong[seed] = f"{type(error).__name__}: {error}"
    assert wrong == {}  # by seed: see `mutant`
    assert songs > 0.1 * MUTANTS[ending] / BATCHES  # the mutants reach behind the first checks


def test_each_kind_of_file_is_mutated():
    assert MUTATIONS.keys() == READERS.keys()


def test_mutants_are_the_same_in_every_run(files):
    for ending in MUTANTS:
        first, again, other = (mutant(seed, ending, files[ending]) for seed in (1, 1, 2))
        assert first == again != other


@pytest.mark.parametrize("ending", READERS)
@pytest.mark.parametrize("data", [b"", b"\0", b"\n", b"\xff" * 9, b"MThd", b"X:", b"<", b"PK\3\4"])
def test_stubs_of_files_are_refused(tmp_path, ending, data):
    path = tmp_path / f"a.{ending}"
    path.write_bytes(data)
    assert check_song(path, ending)


def test_midi_of_more_parts_than_a_score_may_have_is_read(tmp_path):
    path = tmp_path / "a.mid"
    path.write_bytes(midi_of(*(b"\0\xc0" + bytes([number]) + NOTES + END for number in range(128))))
    score, _ = read_file(path, "mid")
    assert len(score.parts) <= MAX_PARTS
    assert len(score.pitched_notes) == 256
