"""Mutants of files: what damage, wrong software and strangers make of the bytes of a score."""

from random import Random

from archive_mutations import ARCHIVE
from byte_mutations import GUITAR_PRO, MIDI
from text_mutations import TEXT, XML

MUTATIONS = {
    **dict.fromkeys(("mid", "midi", "kar", "rmi"), MIDI),
    "abc": TEXT,
    **dict.fromkeys(("musicxml", "xml"), XML),
    "mxl": ARCHIVE,
    **dict.fromkeys(("gp3", "gp4", "gp5", "gpx", "gp"), GUITAR_PRO),
}


def mutant(seed: int | str, ending: str, files: list[bytes]) -> bytes:
    """Change one of the files in one to four ways, always the same for a seed and an ending."""
    random = Random(f"{ending} {seed}")
    data, other = random.choice(files), random.choice(files)
    for _ in range(random.choice((1, 1, 2, 4))):
        data = random.choice(MUTATIONS[ending])(random, data, other)
    return data
