"""Read a folder of scores of all kinds, and compare with what other readers find in them.

    .venv/bin/python benchmarks/readers.py FOLDER
    .venv/bin/python benchmarks/readers.py FOLDER --sample 100 --list files.tsv

Reads all files below FOLDER with an ending of MIDI, ABC, MusicXML or Guitar Pro, each within 10 s
of a core and 500 MB, and says why which are refused. Beside this project: symusic and pretty_midi
(MIDI), music21 and partitura (MusicXML), music21 and abc2midi (ABC), whichever are installed. Two
readers agree if they find the same pitches and drum hits within 10 ms; whether they also end the
notes together stands apart. Of a book of tunes the first is read.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from _library import ROOT  # noqa: F401
from _limited import Outcome, call_limited
from _measure import (
    BenchmarkError,
    at_least_1,
    call,
    machine,
    parser,
    show,
    show_json,
    usable_cores,
)
from _note_comparison import Comparison, compare
from _other_readers import ALL, installed, rows_of
from mathrock.files.tsv import write_rows
from mathrock.formats.errors import ScoreError
from mathrock.formats.readers import READERS, read_file

SECONDS, MEGABYTES = 10, 500
OTHERS_SECONDS, OTHERS_MEGABYTES = 60, 4000
KINDS = {"MIDI": "mid", "ABC": "abc", "MusicXML": "musicxml", "Guitar Pro": "gp5"}
OURS = "ours"
VERDICTS = ("equal", "other tempo", "other drums", "we have more", "it has more", "differ")
UNLIKE = VERDICTS[3:]
COUNTS = (*VERDICTS, "it refuses", "we refuse", "both refuse")


class Task(NamedTuple):
    """A file to read, its kind, and by which reader."""

    path: str
    kind: str
    reader: str


class Reading(NamedTuple):
    """What a reader found: notes, or None and why not; warnings."""

    notes: np.ndarray | None
    reason: str = ""
    warnings: tuple[str, ...] = ()


def main() -> None:
    options = parser(__doc__)
    options.add_argument("folder", type=Path, metavar="FOLDER")
    options.add_argument("--sample", type=at_least_1, metavar="N", help="N files of each kind")
    options.add_argument("--examples", type=at_least_1, default=5, metavar="N")
    options.add_argument("--jobs", type=at_least_1, default=usable_cores(), metavar="N")
    options.add_argument("--list", type=Path, metavar="FILE", help="write a table of all files")
    options.add_argument(
        "--without", nargs="+", choices=ALL, default=[], help="leave these readers out"
    )
    given = options.parse_args()
    files = {kind: sampled(some, given.sample) for kind, some in find(given.folder).items()}
    if not files:
        raise BenchmarkError(f"{given.folder} holds no score of any kind")
    others = {name: it for name, it in installed().items() if name not in given.without}
    facts = machine(["numpy", "mido"])
    found = dict(read_all(files, list(others), given.jobs))
    pairs = dict(comparisons(found))
    if given.list:
        write_list(given.list, found, pairs)
    result = {
        "machine": facts,
        "ours": [summarize(kind, some, found, given.examples) for kind, some in files.items()],
        "others": [
            beside(kind, name, files[kind], found, pairs, given.examples)
            for name, other in others.items()
            for kind in other.kinds
            if kind in files
        ],
    }
    if given.json:
        show_json(result)
    else:
        report(result)


def find(folder: Path) -> dict[str, list[str]]:
    """Find the scores below a folder, by kind."""
    kinds = {READERS[ending]: kind for kind, ending in KINDS.items()}
    found = defaultdict(list)
    for path in sorted(folder.rglob("*")):
        if path.suffix[1:].lower() in READERS and path.is_file():
            found[kinds[READERS[path.suffix[1:].lower()]]].append(str(path))
    return {kind: found[kind] for kind in KINDS if kind in found}


def sampled(files: list[str], count: int | None) -> list[str]:
    """Choose so many files, evenly."""
    if not count or count >= len(files):
        return files
    return [files[number * len(files) // count] for number in range(count)]


def read_all(
    files: dict[str, list[str]], others: list[str], jobs: int
) -> Iterator[tuple[Task, Outcome]]:
    """Read all files by this project, then by the others."""
    own = [Task(path, kind, OURS) for kind, some in files.items() for path in some]
    yield from call_limited(read_ours, own, jobs, SECONDS, MEGABYTES)
    theirs = [
        task._replace(reader=name)
        for name in others
        for task in own
        if task.kind in ALL[name].kinds
    ]
    yield from call_limited(read_by_other, theirs, jobs, OTHERS_SECONDS, OTHERS_MEGABYTES)


def read_ours(task: Task) -> Reading:
    """Read a file by this project."""
    try:
        score, warnings = read_file(task.path, Path(task.path).suffix[1:].lower())
    except ScoreError as error:
        return Reading(None, str(error))
    return Reading(rows_of(score), "", warnings)


def read_by_other(task: Task) -> Reading:
    """Read a file by another reader; whatever it raises is its refusal."""
    try:
        return Reading(ALL[task.reader].read(task.path))
    except Exception as error:
        return Reading(None, " ".join(f"{type(error).__name__}: {error}".split())[:200])


def reading(outcome: Outcome) -> Reading:
    """Return what a reader found; nothing if it broke a limit."""
    return outcome.value or Reading(None, outcome.failure)


def comparisons(found: dict[Task, Outcome]) -> Iterator[tuple[Task, Comparison | str]]:
    """Yield how each file compares by each other reader, or who refuses it."""
    for task, outcome in found.items():
        if task.reader != OURS:
            ours = reading(found[task._replace(reader=OURS)]).notes
            theirs = reading(outcome).notes
            if ours is not None and theirs is not None:
                yield task, compare(ours, theirs)
            elif ours is None:
                yield task, "both refuse" if theirs is None else "we refuse"
            else:
                yield task, "it refuses"


def summarize(kind: str, files: list[str], found: dict[Task, Outcome], examples: int) -> dict:
    """Count what came of the files of a kind in this project."""
    outcomes = {path: found[Task(path, kind, OURS)] for path in files}
    reasons, warnings, names = Counter(), Counter(), defaultdict(list)
    for path, outcome in outcomes.items():
        if reason := reading(outcome).reason:
            reasons[numberless(reason)] += 1
            names[numberless(reason)].append(path)
        warnings.update({numberless(warning) for warning in reading(outcome).warnings})
    slowest = max(outcomes, key=lambda path: outcomes[path].seconds)
    largest = max(outcomes, key=lambda path: outcomes[path].megabytes)
    return {
        "kind": kind,
        "files": len(files),
        "read": sum(reading(outcome).notes is not None for outcome in outcomes.values()),
        "refused": sum(reasons.values()),
        "beyond limits": sum(bool(outcome.failure) for outcome in outcomes.values()),
        "cpu s": round(sum(outcome.seconds for outcome in outcomes.values()), 1),
        "most s": [round(outcomes[slowest].seconds, 2), Path(slowest).name],
        "most MB": [round(outcomes[largest].megabytes), Path(largest).name],
        "reasons": [[count, text, names[text][:examples]] for text, count in reasons.most_common()],
        "warnings": [[count, text] for text, count in warnings.most_common(3 * examples)],
    }


def numberless(reason: str) -> str:
    """Write N for numbers and names, so that equal reasons can be counted."""
    return re.sub(r"'[^']*'|\"[^\"]*\"|\d+(?:[./]\d+)*", "N", reason)


def beside(
    kind: str,
    name: str,
    files: list[str],
    found: dict[Task, Outcome],
    pairs: dict[Task, Comparison | str],
    examples: int,
) -> dict:
    """Count how the files of a kind compare by another reader; the worst are the examples."""
    tasks = [Task(path, kind, name) for path in files]
    counts = Counter(getattr(pairs[task], "verdict", pairs[task]) for task in tasks)
    agreed = [pairs[task] for task in tasks if getattr(pairs[task], "verdict", "") == "equal"]
    differing = [task for task in tasks if getattr(pairs[task], "verdict", "") in UNLIKE]
    differing.sort(key=lambda task: pairs[task].shared)
    return {
        "kind": kind,
        "reader": name,
        **{count: counts[count] for count in COUNTS},
        "equal with ends": sum(pair.same_ends == 1 for pair in agreed),
        "cpu s": round(sum(found[task].seconds for task in tasks), 1),
        "differing": [
            [round(pairs[task].shared, 3), *sizes(found, task), task.path]
            for task in differing[:examples]
        ],
        "its reasons": Counter(
            numberless(why)
            for task in tasks
            if (why := reading(found[task]).reason) and pairs[task] == "it refuses"
        ).most_common(examples),
        "we refuse what it reads": [task.path for task in tasks if pairs[task] == "we refuse"][
            :examples
        ],
    }


def sizes(found: dict[Task, Outcome], task: Task) -> tuple[int, int]:
    """Return the number of notes of a file by this project and by another reader."""
    ours = found[task._replace(reader=OURS)]
    return len(reading(ours).notes), len(reading(found[task]).notes)


def write_list(path: Path, found: dict[Task, Outcome], pairs: dict) -> None:
    """Write a table with a row for each file and reader."""
    rows = []
    for task, outcome in sorted(found.items(), key=lambda pair: pair[0]):
        own, pair = reading(outcome), pairs.get(task, "")
        verdict = getattr(pair, "verdict", pair)
        shares = ("", "") if isinstance(pair, str) else (f"{pair[1]:.4f}", f"{pair[2]:.4f}")
        count = "" if own.notes is None else len(own.notes)
        words = " ".join("; ".join([own.reason, *own.warnings]).split())
        rows.append((*task, count, verdict, *shares, f"{outcome.seconds:.3f}", words))
    columns = ("file", "kind", "reader", "notes", "verdict", "shared", "same_ends", "cpu_s", "says")
    write_rows(path, columns, rows)


def report(result: dict) -> None:
    names = ("kind", "files", "read", "refused", "beyond limits", "cpu s", "most s", "most MB")
    rows = [[str(kind[name]) for name in names] for kind in result["ours"]]
    show(result["machine"], list(names), rows, "\n".join(reasons_of(result["ours"])))
    names = ("kind", "reader", *COUNTS, "equal with ends", "cpu s")
    if rows := [[other[name] for name in names] for other in result["others"]]:
        print()
        show(result["machine"], list(names), rows, "\n".join(differences_of(result["others"])))


def reasons_of(kinds: list[dict]) -> Iterator[str]:
    """Yield why files are refused, and what is said of those that are read, as lines."""
    for kind in kinds:
        for count, text, examples in kind["reasons"]:
            yield f"{kind['kind']}: {count} refused: {text}: {', '.join(examples)}"
        for count, text in kind["warnings"]:
            yield f"{kind['kind']}: {count} read with a warning: {text}"


def differences_of(others: list[dict]) -> Iterator[str]:
    """Yield examples of files that differ, with the share of equal notes and both counts."""
    for other in others:
        for shared, ours, theirs, path in other["differing"]:
            counts = f"{shared:.3f} of the notes, ours {ours}, its {theirs}"
            yield f"{other['kind']} by {other['reader']}: {counts}: {path}"
        for text, count in other["its reasons"]:
            yield f"{other['kind']} by {other['reader']}: it alone refuses {count}: {text}"
        for path in other["we refuse what it reads"]:
            yield f"{other['kind']} by {other['reader']}: only we refuse {path}"


if __name__ == "__main__":
    call(main)
