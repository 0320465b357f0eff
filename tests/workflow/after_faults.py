"""What must hold after a fault: the next run finishes, and nothing of the fault is left."""

from project import Project

from faults import temporary_files

HEARD = "results/songs.tsv"  # needs all songs heard, their notes and their rolls
LISTEN = (HEARD, "--forcerun", "hear_song")
MIDI = ("results/midi/*.mid", "results/generated/*/*.mid")


def finish(project, *targets):
    """Run again as a user would, with no options; all that was printed."""
    printed = project.run(*targets)
    assert project.stale() == {}
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
