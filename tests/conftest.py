import sys
from pathlib import Path

import hypothesis
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [
    str(ROOT / folder) for folder in ("workflow/scripts", "benchmarks", "tools", "tests/support")
]

from browsing import chromium, visit  # noqa: E402, F401
from building import built, empty_project, once, project  # noqa: E402, F401
from faults import small_disk  # noqa: E402, F401
from project import CLUSTERS  # noqa: E402
from running import start  # noqa: E402, F401

sys.path.append(str(CLUSTERS))

# The same examples in every run, however slow the machine.
hypothesis.settings.register_profile("mathrock", derandomize=True, deadline=None, max_examples=60)
hypothesis.settings.load_profile("mathrock")


# A test is marked by the fixtures that start what takes long, or by its folder: see the Makefile.
MARKED_BY_FIXTURE = {
    "workflow": {"built", "empty_project", "start"},  # many runs of Snakemake
    "browser": {"chromium"},
    "places": {"clusters"},  # plug-ins, Slurm, a bucket
    "slow": {"train"},
}
MARKED_BY_FOLDER = {"places": "places", "benchmarks": "benchmarks"}
# Where the plug-ins are not installed, their tests cannot even be imported.
collect_ignore = [] if CLUSTERS.exists() else ["places/slurm", "places/storage"]


@pytest.hookimpl(tryfirst=True)  # before `-m` selects
def pytest_collection_modifyitems(items):
    """Mark tests by what they need. Move S3's tests, which are long, away from Slurm's: the worker
    that these keep busy would begin with them when all others have ended."""
    for item in items:
        for mark, fixtures in MARKED_BY_FIXTURE.items():
            if not fixtures.isdisjoint(item.fixturenames):
                item.add_marker(mark)
        room = item.path.relative_to(ROOT / "tests").parts[0]
        if room in MARKED_BY_FOLDER:
            item.add_marker(MARKED_BY_FOLDER[room])
    items.sort(key=lambda item: item.path.parent.name == "storage")


@pytest.fixture
def clusters(monkeypatch):
    """Runs of Snakemake find the plug-ins of Slurm and S3, which make each start slower."""
    if not CLUSTERS.exists():
        pytest.skip("make test-places installs the plug-ins of Slurm and S3")
    monkeypatch.setenv("PYTHONPATH", str(CLUSTERS))


@pytest.fixture(scope="session")
def snippet_wav(tmp_path_factory):
    """8 s of a demo song as a band would play it: 22.05 kHz, mono, 16 bits."""
    import soundfile
    from scipy.signal import resample_poly

    from mathrock.demo.math_rock import compose
    from mathrock.formats.midi.writer import write_score
    from mathrock.music.score import Score
    from mathrock.rendering.part_rendering import render_stems
    from mathrock.rendering.stems import mix

    folder = tmp_path_factory.mktemp("snippet")
    song = compose("paper-planets")
    parts = [part._replace(notes=[n for n in part.notes if n.onset < 7.5]) for part in song.parts]
    write_score(folder / "song.mid", Score(parts, song.tempos))
    stems, _ = render_stems(folder / "song.mid", ROOT / "data/soundfont/rock_gm_fluidr3mono.sf3")
    sound = resample_poly(mix(stems).mean(axis=1), 1, 2)[: 8 * 22050]
    soundfile.write(folder / "song.wav", 0.9 * sound / np.abs(sound).max(), 22050, "PCM_16")
    return folder / "song.wav"


@pytest.fixture(scope="session")
def snippet_samples(snippet_wav):
    """The samples of `snippet_wav`."""
    import soundfile

    return soundfile.read(snippet_wav, dtype="float32")[0]


@pytest.fixture(scope="session")
def heard(snippet_samples):
    """What Basic Pitch's own model hears in `snippet_wav`."""
    from mathrock.transcription import basic_pitch

    return basic_pitch.predict(snippet_samples)


@pytest.fixture
def without_tensorflow(monkeypatch):
    """Basic Pitch's own code can be imported, and does not take TensorFlow along."""
    monkeypatch.setitem(sys.modules, "tensorflow", None)


@pytest.fixture(scope="session")
def riff():
    """Make a roll in which `pitches` take turns, a note every 4 steps, each 3 steps long.

    It is bool (steps, 128, 2), as models see it.
    """
    from mathrock.music.score import Note
    from mathrock.pianoroll import encoding
    from mathrock.pianoroll.planes import PLANES

    def make(steps, pitches=(60, 64, 67)):
        roll = encoding.encode(
            [
                Note(at, at + 3, pitches[i % len(pitches)])
                for i, at in enumerate(range(0, steps, 4))
            ],
            1,
        )[:steps, :, : len(PLANES)].astype(np.bool_)
        return np.pad(roll, ((0, steps - len(roll)), (0, 0), (0, 0)))

    return make


@pytest.fixture
def pack_songs(tmp_path):
    """Pack {song: roll} into a folder of sequences; the folder and the summary.

    `genres` is {song: genre}, of those that are of one.
    """
    import packing
    from mathrock.pianoroll import encoding

    def pack(rolls, steps_per_second=16, folder="sequences", genres=None, **knobs):
        paths = {}
        for song, roll in rolls.items():
            paths[song] = (tmp_path / "rolls" / f"{song}.npy", (genres or {}).get(song, "none"))
            encoding.save(paths[song][0], roll)
        knobs = {"least_seconds": 1, **knobs}
        summary = packing.pack(paths, tmp_path / folder, steps_per_second, **knobs)
        return tmp_path / folder, summary

    return pack
