"""A small project: the repository's workflow, four short songs and tiny models."""

import re
import shutil
import sys
from pathlib import Path

import numpy as np
import yaml

from dry_runs import dry_run
from mathrock.audio.writing import write_mp3, write_wav
from mathrock.demo.math_rock import compose
from mathrock.formats.midi.writer import write_score
from mathrock.music.score import Score
from mathrock.rendering.part_rendering import render_stems
from mathrock.rendering.stems import mix
from running import Run

ROOT = Path(__file__).resolve().parents[2]
CLUSTERS = ROOT / ".venv/clusters"  # what Slurm and S3 need, apart from all else
SOUNDFONT = ROOT / "data/soundfont/rock_gm_fluidr3mono.sf3"
WAY = {"model": "vae", "path": "interpolate"}
TWO = {"model": "lstm", "variations": 2, "seed": 2, "song": "eleven.mid"}  # a take's own words
DATA = ("data/soundfont", "data/listener", "data/demo.yaml", "docs/workflow.svg")
PARTS = ("Snakefile", "config.yaml", "workflow", "profiles", "envs", *DATA)


class Project:
    """A folder in which Snakemake runs as a user would run it."""

    def __init__(self, folder, *where):
        self.folder = Path(folder)
        self.where = where or ("--cores", "2")

    def path(self, name):
        return self.folder / name

    def command(self, *arguments):
        return [sys.executable, "-m", "snakemake", *self.where, *arguments]

    def run(self, *arguments, code=0):
        """Run Snakemake; return all that it printed."""
        with Run(self, *arguments) as run:
            return run.end(code)

    def stale(self, *arguments):
        """What a run would do: {rule: number of jobs}, without the target rule."""
        status, printed = dry_run(self.folder, self.command("--dry-run", *arguments)[3:])
        assert status == 0, printed
        table = printed.partition("Job stats:")[2].partition("total")[0]
        jobs = dict(re.findall(r"^(\w+) +(\d+)$", table, re.MULTILINE))
        return {rule: int(count) for rule, count in jobs.items() if rule != "all"}

    def configure(self, **changes):
        """Change keys of config.yaml, one level deep."""
        settings = yaml.safe_load(self.path("config.yaml").read_text())
        for key, value in changes.items():
            if isinstance(value, dict) and key != "takes":
                settings[key] = {**settings[key], **value}
            else:
                settings[key] = value
        self.path("config.yaml").write_text(yaml.safe_dump(settings))

    def append(self, name, text):
        with self.path(name).open("a") as file:
            file.write(text)

    def bytes_of(self, pattern):
        return {path.name: path.read_bytes() for path in sorted(self.folder.glob(pattern))}


def shorten(score, seconds, shift=0):
    """The first seconds of a score, some semitones higher."""
    parts = [
        part._replace(
            notes=[
                note._replace(pitch=note.pitch + shift * (not part.is_drum))
                for note in part.notes
                if note.offset < seconds
            ]
        )
        for part in score.parts
    ]
    return Score(parts, score.tempos, score.metres, score.title)


def play(piece, seconds, folder):
    """A few seconds of a demo piece as samples."""
    midi = folder / f"{piece}.mid"
    write_score(midi, shorten(compose(piece), seconds))
    stems, _ = render_stems(midi, SOUNDFONT)
    midi.unlink()
    sound = mix(stems)
    return sound / np.abs(sound).max()


def with_cover(path, size):
    """Put a picture of `size` bytes in front of an mp3, as in a real library."""
    synchsafe = bytes((size + 10 >> shift) & 0x7F for shift in (21, 14, 7, 0))
    frame = b"APIC" + size.to_bytes(4) + b"\0\0" + b"\0image/png\0\3\0".ljust(size, b"\xaa")
    path.write_bytes(b"ID3\3\0\0" + synchsafe + frame + path.read_bytes())


def make_songs(folder):
    """Two recordings and two MIDI files, one in a genre's folder, with names that are awkward."""
    (folder / "math rock").mkdir(parents=True)
    write_wav(folder / "Paper & {planets}.wav", play("paper-planets", 6, folder), 44100)
    write_mp3(folder / "math rock/Söng #1's.MP3", play("night-bus-home", 6, folder), 44100)
    with_cover(folder / "math rock/Söng #1's.MP3", 3_000_000)
    write_score(folder / "math rock/seven.mid", shorten(compose("seven-lanterns"), 20))
    write_score(folder / "eleven.mid", shorten(compose("eleven-steps-down"), 20))


def copy_workflow(folder):
    """The workflow without songs, as it is checked out."""
    for part in PARTS:
        source, target = ROOT / part, folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)


def make_project(folder):
    copy_workflow(folder)
    project = Project(folder)
    tiny = {"units": 8, "epochs": 2, "transpose": [-2, 2]}
    project.configure(
        models={
            "lstm": tiny,
            "chords": {**tiny, "layers": 1, "depth": 1},
            "vae": {**tiny, "latent": 6, "width": 8, "channels": 4, "seconds": 1},
        },
        sequences={"window_seconds": 4, "hop_seconds": 4, "least_seconds": 5, "seed": 3},
        generate={"snippet_seconds": 2, "seconds": 4},
        takes={
            "one": {},
            "two": {**TWO, "effects": {"guitar": "dirty"}},
            "way": WAY,
        },
    )
    return project
