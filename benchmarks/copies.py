"""Time and memory of looking for copies, beside a suffix automaton and difflib in plain Python.

Songs are made by chance: 4 minutes of riffs that come back with notes left out, 10 notes a second,
on 16 steps a second, a quarter of them held out. Ten takes of 40 s are asked about; in one stands
part of a song, moved by 4 semitones. All answers must be equal. At more songs than the first number
of --songs only the project's own way is measured.
"""

import bisect
import difflib
import itertools
import json
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

import _library  # noqa: F401
from _measure import BenchmarkError, at_least_1, call, machine, parser, run, show, show_json
from mathrock.dataset.index import split_of
from mathrock.dataset.sequences import Sequences
from mathrock.evaluation.copies import find_copies
from mathrock.evaluation.longest_runs import longest_runs, notes_of
from mathrock.files.json_files import write_json
from mathrock.pianoroll.planes import PLANES

RATE, LONG, TAKE = 16, 240 * 16, 40 * 16  # steps: of a second, a song, a take
RIFF, RIFFS, STRUCK = 4 * RATE, 8, 20  # steps, riffs of a song, places in a riff where notes begin
SCALE = [0, 2, 3, 5, 7, 8, 10]
TAKES, PLANTED, COPIED, SEMITONES = 10, 3, 160, 4  # which take has the copy; its steps
PARTIES = {
    "copies.json": "all of results/copies.json, held-out songs too",
    "runs": "the takes alone, longestruns",
    "automaton": "the same, suffix automaton in plain Python",
    "difflib": "the same, difflib.SequenceMatcher, a pair at a time",
}


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--songs", type=at_least_1, nargs="+", default=[100, 1000], metavar="N")
    options.add_argument("--party", nargs=2, help=f"one of {', '.join(PARTIES)}, and a folder")
    given = options.parse_args()
    if given.party:
        name, folder = given.party
        print(json.dumps(measure(name, Path(folder))))
        return
    facts = machine(["numpy"])
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for songs in given.songs:
            make_songs(Path(folder, str(songs)), songs)
            parties = list(PARTIES) if songs == given.songs[0] else list(PARTIES)[:2]
            found = [compare(party, Path(folder, str(songs))) for party in parties]
            if any(row["found"] != found[0]["found"] for row in found):
                raise BenchmarkError(f"answers differ: {[row['found'] for row in found]}")
            rows += [
                {"songs": songs, "way": name} | row
                for name, row in zip(parties, found, strict=True)
            ]
    if given.json:
        show_json({"machine": facts, "rows": rows})
        return
    table = [
        [
            row["songs"],
            PARTIES[row["way"]],
            *(row[name] for name in ("seconds", "peak_mb", "own_mb")),
        ]
        for row in rows
    ]
    longest = max(notes for notes, _ in rows[0]["found"])
    show(
        facts,
        ["songs", "", "seconds", "peak MB", "MB without mapped files"],
        table,
        f"All found the same, the planted copy: {longest} notes. Of {rows[0]['songs']} songs"
        f" {rows[0]['notes']} notes are searched.",
    )


def compare(party: str, folder: Path) -> dict:
    used, printed = run([sys.executable, __file__, "--party", party, folder])
    return {"peak_mb": round(used["peak_mb"])} | json.loads(printed)


def measure(party: str, folder: Path) -> dict:
    """What a party finds, [notes, song] of each take, its seconds without imports, its memory."""
    memory, done = [own_memory()], threading.Event()
    watch = threading.Thread(target=watch_memory, args=(memory, done))
    watch.start()
    began = time.perf_counter()
    found, notes = WAYS[party](folder)
    seconds = time.perf_counter() - began
    done.set()
    watch.join()
    return {
        "seconds": round(seconds, 2),
        "own_mb": round(max(memory) / 1e3) if all(memory) else None,
        "notes": notes,
        "found": found,
    }


def watch_memory(memory: list, done: threading.Event) -> None:
    while not done.wait(0.02):
        memory.append(own_memory())


def own_memory() -> int | None:
    """Resident memory in kB that no file backs, where the system tells."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return None
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))


def by_copies(folder: Path):
    files = [[str(folder / f"takes/{n}.{kind}") for n in range(TAKES)] for kind in ("npy", "json")]
    result = find_copies(folder, *files, [], [])
    found = [[track["notes"], track["song"]] for track in result["tracks"].values()]
    return found, result["training_notes"]


def by_runs(folder: Path):
    sequences = Sequences(folder)
    spans = sequences.split("train")
    counts = []
    found = longest_runs(takes_in(folder), songs_of(sequences, spans, counts))
    return [[run.notes, spans[run.song].song] for run in found], sum(counts)


def by_automaton(folder: Path):
    """Blumer et al. (1985): the automaton of all songs, through which each take goes once."""
    sequences = Sequences(folder)
    spans = sequences.split("train")
    ends, counts = [], []
    follow, link, length, first_end = [{}], [-1], [0], [-1]
    last, size = 0, 0
    for number, song in enumerate(songs_of(sequences, spans, counts)):
        for way in (*ways(song), -1 - number):  # which no take has
            now, at = len(follow), last
            follow.append({})
            link.append(0)
            length.append(length[last] + 1)
            first_end.append(size)
            while at >= 0 and way not in follow[at]:
                follow[at][way] = now
                at = link[at]
            if at >= 0:
                other = follow[at][way]
                if length[other] == length[at] + 1:
                    link[now] = other
                else:
                    twin = len(follow)
                    follow.append(follow[other].copy())
                    link.append(link[other])
                    length.append(length[at] + 1)
                    first_end.append(first_end[other])
                    while at >= 0 and follow[at].get(way) == other:
                        follow[at][way] = twin
                        at = link[at]
                    link[other] = link[now] = twin
            last, size = now, size + 1
        ends.append(size)
    found = []
    for take in takes_in(folder):
        best, at, matched = (0, 0), 0, 0
        for way in ways(take):
            while at and way not in follow[at]:
                at = link[at]
                matched = length[at]
            if way in follow[at]:
                at, matched = follow[at][way], matched + 1
            best = max(best, (matched, -first_end[at]))
        found.append([best[0] + 1, spans[bisect.bisect_right(ends, -best[1])].song])
    return found, sum(counts)


def by_difflib(folder: Path):
    sequences = Sequences(folder)
    spans = sequences.split("train")
    takes = [ways(take) for take in takes_in(folder)]
    best, counts = [[1, None] for _ in takes], []
    for span, song in zip(spans, songs_of(sequences, spans, counts), strict=True):
        matcher = difflib.SequenceMatcher(autojunk=False)
        matcher.set_seq2(ways(song))
        for take, found in zip(takes, best, strict=True):
            matcher.set_seq1(take)
            notes = matcher.find_longest_match().size + 1
            if notes > found[0]:
                found[:] = notes, span.song
    return best, sum(counts)


WAYS = dict(zip(PARTIES, (by_copies, by_runs, by_automaton, by_difflib), strict=True))


def ways(notes: np.ndarray) -> list[int]:
    """What a user would write: a number from each note to the next."""
    return [
        (other[0] - one[0]) * 1000 + other[1] - one[1] + 500
        for one, other in itertools.pairwise(notes.tolist())
    ]


def songs_of(sequences: Sequences, spans: list, counts: list):
    for span in spans:
        notes = notes_of(sequences.read(span.first, span.steps))
        counts.append(len(notes))
        yield notes


def takes_in(folder: Path) -> list[np.ndarray]:
    return [notes_of(np.load(folder / f"takes/{number}.npy")) for number in range(TAKES)]


def make_songs(folder: Path, songs: int) -> None:
    """Packed songs as `Sequences` reads them, in one file from the start, and the takes."""
    (folder / "takes").mkdir(parents=True)
    shape = (songs * LONG, 128 * len(PLANES) // 8)
    packed = np.lib.format.open_memmap(folder / "steps.npy", "w+", np.uint8, shape)
    names = [f"song-{number:06d}" for number in range(songs)]
    for number in range(songs):
        bits = np.packbits(make_song(np.random.default_rng(number), LONG).reshape(LONG, -1), axis=1)
        packed[number * LONG :][:LONG] = bits
    packed.flush()
    for name in ("echoes", "bars"):
        np.save(folder / f"{name}.npy", np.zeros(1))
    spans = [
        {"song": name, "genre": "none", "split": split_of(name, 0.15, 0.1, 0)}
        | {"first": number * LONG, "steps": LONG, "song_first": number * LONG}
        for number, name in enumerate(names)
    ]
    facts = {"shard": "", "steps_per_second": RATE, "steps_per_beat": None, "bars": [0, 0]}
    placed = {
        span["song"]: facts | {"steps": [span["first"], span["first"] + LONG]} for span in spans
    }
    index = {"planes": PLANES, "cycles": [], "genres": {}, "attributes": {}, "spans": spans}
    index |= dict.fromkeys(["window_steps", "hop_steps", "history_steps"], LONG)
    write_json(folder / "index.json", index | {"songs": placed})
    sequences = Sequences(folder)
    source = sequences.split("train")[-1]
    for number in range(TAKES):
        take = make_song(np.random.default_rng([number, 1]), TAKE)
        if number == PLANTED:
            copied = sequences.read(source.first + LONG // 2, COPIED)
            take[TAKE // 4 :][:COPIED] = np.roll(copied, SEMITONES, axis=1)
        np.save(folder / f"takes/{number}.npy", take)
        settings = {"variations": 1, "keep_snippet": False}
        made = {"take": str(number), "steps_per_second": RATE, "bars": [], "snippet_steps": 0}
        write_json(folder / f"takes/{number}.json", made | {"made": {"settings": settings}})


def make_song(rng: np.random.Generator, steps: int) -> np.ndarray:
    """Riffs of chords on a beat and a tune above, each four times, a note in ten left out."""
    tonic = 36 + rng.integers(12)
    riffs = np.zeros((RIFFS, RIFF, 128), np.bool_)
    for riff in riffs:
        places = rng.choice(RIFF // 2, STRUCK, replace=False) * 2
        tune = tonic + 24 + rng.choice(SCALE, STRUCK) + 12 * rng.integers(2, size=STRUCK)
        riff[places, tune] = True
        roots = tonic + rng.choice(SCALE, STRUCK // 2)
        for interval in (0, 7, 12):
            riff[places[::2], roots + interval] = rng.random(STRUCK // 2) < 0.8
    order = np.repeat(rng.integers(RIFFS, size=-(-steps // RIFF // 4)), 4)
    struck = riffs[order].reshape(-1, 128)[:steps]
    struck = struck & (rng.random(struck.shape) < 0.9)
    return np.stack([struck, struck], axis=-1)


if __name__ == "__main__":
    call(main)
