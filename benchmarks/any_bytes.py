"""Change the bytes of songs in many ways: each must end in a song or in a sentence.

    .venv/bin/python benchmarks/any_bytes.py --inputs 100000 --failures FOLDER MIDI_FOLDER ...

Takes the files of all kinds below the folders, and some small ones of each kind. Each input is one
of them, changed by tests/support/mutations.py, and goes through the jobs of a song (reading it,
writing its MIDI, encoding its roll), within 10 s of a core and 500 MB. The same numbers give the
same inputs: `--first` goes on where another run stopped. With `--swollen`, an input is instead a
file in which a stretch is repeated until the file is as large as those that are read.
"""

import os
import re
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from _library import ROOT  # noqa: F401
from _limited import call_limited
from _measure import at_least_1, call, machine, parser, show, show_json, usable_cores
from mathrock.formats.readers import READERS
from mutations import MUTATIONS, mutant, swollen
from score_checks import check_song
from small_scores import small_scores

SECONDS, MEGABYTES = 10, 500
MOST_BYTES = 30_000  # of a file that is changed: of larger ones, few inputs a minute are tried
KINDS = {"MIDI": "mid", "ABC": "abc", "MusicXML": "musicxml", "MXL": "mxl", "Guitar Pro": "gp5"}
REASONS = 12  # that are shown of each kind
EVERY = 1000  # inputs, a word on how far it is


class Input(NamedTuple):
    """An input: the number that it is made from, its kind, whether it is a swollen file."""

    seed: int
    kind: str
    is_swollen: bool


def main() -> None:
    options = parser(__doc__)
    options.add_argument("folders", metavar="FOLDER", nargs="*")
    options.add_argument("--inputs", type=at_least_1, default=10_000, metavar="N")
    options.add_argument("--first", type=int, default=0, metavar="N", help="number of the first")
    options.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    options.add_argument("--largest", type=at_least_1, default=MOST_BYTES, metavar="BYTES")
    options.add_argument("--swollen", action="store_true", help="try files of the greatest size")
    options.add_argument("--jobs", type=at_least_1, default=usable_cores(), metavar="N")
    options.add_argument(
        "--failures", type=Path, metavar="FOLDER", help="write failing inputs here"
    )
    given = options.parse_args()
    facts = machine(["numpy", "mido"])
    numbers = range(given.first, given.first + given.inputs)
    inputs = [
        Input(number, given.kinds[number % len(given.kinds)], given.swollen) for number in numbers
    ]
    with tempfile.TemporaryDirectory() as scratch:
        check = partial(check_input, scratch, tuple(given.folders), given.largest)
        outcomes = call_limited(check, inputs, given.jobs, SECONDS, MEGABYTES)
        found = []
        with suppress(KeyboardInterrupt):  # what there is until then is shown
            for number, (made, outcome) in enumerate(outcomes, 1):
                found.append((made, outcome))
                if outcome.failure and given.failures:
                    data = bytes_of(made, tuple(given.folders), given.largest)
                    write_failure(given.failures, made, data, outcome.failure)
                if number % EVERY == 0:
                    print(f"{number} of {len(inputs)}", file=sys.stderr)
    failed = sorted(pair for pair in found if pair[1].failure)
    result = {"machine": facts, "kinds": [summarize(kind, found) for kind in given.kinds]}
    result["failures"] = [{**made._asdict(), "failure": out.failure} for made, out in failed]
    if given.json:
        show_json(result)
    else:
        show(facts, *table(result["kinds"]), "\n".join(notes(result)))


def check_input(scratch: str, folders: tuple[str, ...], largest: int, made: Input) -> str:
    """Make an input and run its jobs; return why it is refused, or ""."""
    path = Path(scratch, str(os.getpid()), f"a.{KINDS[made.kind]}")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(bytes_of(made, folders, largest))
    return check_song(path, KINDS[made.kind])


def bytes_of(made: Input, folders: tuple[str, ...], largest: int) -> bytes:
    """Make an input: a mutant, or a file of the greatest size that is read."""
    files = files_of(made.kind, folders, largest)
    make = swollen if made.is_swollen else mutant
    return make(made.seed, KINDS[made.kind], files)


@cache
def files_of(kind: str, folders: tuple[str, ...], largest: int) -> list[bytes]:
    """Read the files of a kind, in an order that does not depend on the disk."""
    ways = MUTATIONS[KINDS[kind]]
    endings = {ending for ending in READERS if MUTATIONS[ending] is ways}
    files = [data for ending, some in small_scores().items() if ending in endings for data in some]
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if path.suffix[1:].lower() in endings and 0 < path.stat().st_size <= largest:
                files.append(path.read_bytes())
    return files


def write_failure(folder: Path, made: Input, data: bytes, failure: str) -> None:
    """Write an input that failed, and why, into a folder of its kind."""
    name = f"{made.seed}{'-swollen' * made.is_swollen}.{KINDS[made.kind]}"
    path = folder / made.kind.replace(" ", "_").lower() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.with_suffix(".txt").write_text(failure + "\n", encoding="utf-8")


def summarize(kind: str, found: list[tuple]) -> dict:
    """Count what came of the inputs of a kind."""
    own = [(made, outcome) for made, outcome in found if made.kind == kind]
    slowest = max(own, key=lambda pair: pair[1].seconds, default=None)
    largest = max(own, key=lambda pair: pair[1].megabytes, default=None)
    reasons = Counter(re.sub(r"\d+", "N", out.value) for _, out in own if out.value)
    return {
        "kind": kind,
        "inputs": len(own),
        "songs": sum(out.value == "" for _, out in own),
        "refused": sum(reasons.values()),
        "failed": sum(bool(out.failure) for _, out in own),
        "cpu_seconds": round(sum(out.seconds for _, out in own), 1),
        "most_seconds": slowest and [round(slowest[1].seconds, 2), slowest[0].seed],
        "most_megabytes": largest and [round(largest[1].megabytes), largest[0].seed],
        "reasons": dict(reasons.most_common()),
    }


def table(kinds: list[dict]) -> tuple[list[str], list[list]]:
    names = [name for name in kinds[0] if name != "reasons"]
    rows = [[str(kind[name]) for name in names] for kind in kinds]
    return [name.replace("_", " ") for name in names], rows


def notes(result: dict):
    """Yield the reasons, most frequent first, and the failures, as lines."""
    yield "Beside the most seconds and megabytes is the input's number."
    for kind in result["kinds"]:
        yield f"\n{kind['kind']} is refused because it"
        for reason, count in list(kind["reasons"].items())[:REASONS]:
            yield f"  {count:6} {reason}"
    yield f"\n{len(result['failures'])} failures"
    for failure in result["failures"]:
        yield f"  {failure['kind']} {failure['seed']}: {failure['failure'][:200]}"


if __name__ == "__main__":
    call(main)
