"""What must hold after a fault: the next run finishes, and nothing of the fault is left."""

from faults import temporary_files
from project import Project

PAPER, SOENG = "paper-planets-5b887a47", "söng-1-s-1d53c3d1"  # the recordings
# All songs heard, their notes and their rolls. The first is named, too: see `rule all`.
HEARD = (
    *(f"results/activations/{song}.json" for song in (PAPER, SOENG)),
    *(f"results/midi/{song}.mid" for song in (PAPER, SOENG, "eleven-e92c7c88", "seven-9b917e69")),
    "results/songs.tsv",
)
LISTEN = (*HEARD, "--forcerun", "hear_song")
LISTEN_ONCE = (*HEARD, "--forcerun", f"results/activations/{PAPER}.json")  # to one of them
MIDI = ("results/midi/*.mid", "results/generated/*/*.mid")


def finish(project, *targets):
    """Run again as a user would, with no options; all that was printed.

    Songs heard again are heard the same, so nothing that learns from them is to be done, but the
    page that a failed run leaves. (Keras puts a time stamp into a model: what depends on it is.)
    """
    printed = project.run(*targets)
    if targets == HEARD:
        assert project.stale() in ({}, {"write_report": 1})
    else:
        assert project.stale(*targets) == {}
    assert temporary_files(project) == []
    return printed


def assert_same_midi(project, faultless):
    """The project's MIDI is, to the byte, that of one without faults."""
    for pattern in MIDI:
        expected = Project(faultless).bytes_of(pattern)
        assert expected
        assert project.bytes_of(pattern) == expected


def errors(printed):
    """The lines for the person at the terminal."""
    return [line for line in printed.splitlines() if line.startswith("Error: ")]
