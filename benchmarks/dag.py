"""Simulated libraries of 1,000 to 100,000 songs: how soon Snakemake sees what there is to do.

The workflow is the project's own, with its listing, params, digests, rules and shards; songs are
empty files, and what a step does to a song, and every other script, is a stub that writes empty
outputs. With a job a song nothing is run: its outputs are made, `--touch` records them. In shards
the stubs are run, and those that run for a new song are counted.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import yaml

from _library import ROOT
from _measure import BenchmarkError, at_least_1, call, machine, parser, run, show, show_json

FOLDERS = 100  # that the songs lie in
PARTS = ("Snakefile", "config.yaml", "workflow", "profiles", "envs", "docs/workflow.svg")
PARTS += ("data/listener", "data/soundfont")
REAL = ("digest_shard.py", "make_shard.py")  # scripts that are no stubs
STUB = """from pathlib import Path
for path in snakemake.output:
    Path(path).touch()
"""
STEP_STUB = """from pathlib import Path
def run(job, log):
    for path in vars(job.output).values():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).touch()
    with open("steps.txt", "a") as file:
        file.write(job.params.song["id"] + "\\n")
"""
TOUCH = """import sys
from snakemake.cli import main
from snakemake.executors import touch
touch.Executor.SLEEPING_TIME = 0  # else a tenth of a second a job
main(sys.argv[1:])
"""
COLUMNS = ["songs", "jobs are", "first dry run, s", "CPU s", "MB"]
COLUMNS += [
    "nothing to do, s",
    "CPU s",
    "MB",
    "one new song, s",
    "CPU s",
    "MB",
    "jobs",
    "songs' steps",
]
NOTES = "s: of the whole process, a dry run. songs' steps: how many of how many songs then ran."


def main() -> None:
    options = parser(__doc__)
    sizes = [1000, 10_000, 100_000]
    options.add_argument("--songs", type=at_least_1, nargs="+", default=sizes, metavar="N")
    hint = "songs at most for which jobs of a song each are measured too; recording them takes long"
    options.add_argument("--most-jobs", type=int, default=1000, metavar="N", help=hint)
    hint = "how many songs share a shard"
    options.add_argument("--per-shard", type=at_least_1, default=500, metavar="N", help=hint)
    given = options.parse_args()
    facts = machine(["snakemake"])
    rows = []
    for songs in given.songs:
        ways = [0] if songs <= given.most_jobs else []
        rows += [measure(songs, shards) for shards in [*ways, -(-songs // given.per_shard)]]
    if given.json:
        show_json({"machine": facts, "rows": rows})
    else:
        show(facts, COLUMNS, [list(row.values()) for row in rows], NOTES)


def measure(songs: int, shards: int) -> dict:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make_project(folder, songs, shards)
        first, _ = snakemake(folder, "--dry-run", "--quiet", "all")
        record(folder, shards)
        idle, said = snakemake(folder, "--dry-run")
        if "Nothing to be done" not in said:
            raise BenchmarkError(f"{songs} songs, {shards} shards: something is left to be done")
        Path(folder, "data/songs/00/new song.mp3").touch()
        new, said = snakemake(folder, "--dry-run", "--quiet", "rules")
        return {
            "songs": songs,
            "jobs": f"of {shards} shards" if shards else "of a song",
            **named("first", first),
            **named("idle", idle),
            **named("new", new),
            "new_jobs": jobs_in(said),
            "new_steps": steps_of_new_song(folder) if shards else "",
        }


def named(name: str, used: dict) -> dict:
    return {f"{name}_{quantity}": round(value, 1) for quantity, value in used.items()}


def make_project(folder: Path, songs: int, shards: int) -> None:
    for part in PARTS:
        source, target = ROOT / part, folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)
    scripts = folder / "workflow/scripts"
    for script in scripts.glob("*.py"):
        if script.name not in REAL:
            script.write_text(STUB)
    for step in (scripts / "mathrock/song_rules").glob("[!_]*.py"):
        step.write_text(STEP_STUB)
    config = yaml.safe_load((folder / "config.yaml").read_text())
    (folder / "config.yaml").write_text(yaml.safe_dump(config | {"shards": shards}))
    for number in range(songs):
        path = folder / f"data/songs/{number % FOLDERS:02d}/song {number:06d}.mp3"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def record(folder: Path, shards: int) -> None:
    """Have everything done, and known to Snakemake."""
    if shards:
        snakemake(folder, "--quiet", "all")
        return
    _, summary = snakemake(folder, "--summary")
    for line in summary.splitlines()[1:]:
        path = folder / line.partition("\t")[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    touching = [sys.executable, "-c", TOUCH]
    run([*touching, *options_in(folder), "--touch", "--forceall", "--quiet", "all"])


def snakemake(folder: Path, *arguments: str) -> tuple[dict, str]:
    return run([sys.executable, "-m", "snakemake", *options_in(folder), *arguments])


def options_in(folder: Path) -> list[str]:
    profile = ["--workflow-profile", str(folder / "profiles/default")]
    place = ["--directory", str(folder), "--snakefile", str(folder / "Snakefile")]
    return [*place, *profile, "--cores", "2"]


def jobs_in(said: str) -> int:
    """How many jobs a dry run told of."""
    totals = [line.split()[1] for line in said.splitlines() if line.startswith("total ")]
    return int(totals[0]) if totals else 0


def steps_of_new_song(folder: Path) -> str:
    """Run what a new song asks for; how many steps of how many songs that was."""
    Path(folder, "steps.txt").unlink(missing_ok=True)
    snakemake(folder, "--quiet", "all")
    songs = Path(folder, "steps.txt").read_text().splitlines()
    return f"{len(songs)} of {len(set(songs))}"


if __name__ == "__main__":
    call(main)
