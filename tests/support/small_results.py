"""A folder of results as a run leaves it, made up in a moment: what the page is written from."""

import shutil
from pathlib import Path

import numpy as np
import yaml

from mathrock.config.settings import read_settings
from mathrock.files.json_files import write_json
from mathrock.files.tsv import write_rows
from mathrock.formats.midi.writer import write_score
from mathrock.generation.arranging import arrange
from mathrock.music.score import Note, Part, Score
from mathrock.pianoroll import encoding
from mathrock.pianoroll.statistics import roll_statistics
from mathrock.rendering.synthesis import SAMPLE_RATE
from mathrock.report.page import Sources, write_page
from mathrock.report.preview_mp3 import write_preview
from mathrock.report.roll_drawing import draw_file
from mathrock.songs.key_table import SongKey, write_keys
from mathrock.songs.manifest import COLUMNS
from mathrock.training import comparison_table

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "workflow/report/page"
RATE = 16  # steps a second
SNIPPET = 32  # steps
BARS = [[28.0 * bar, 1.75 * bar, 7, 8] for bar in range(5)]
SETTINGS = {"snippet_seconds": 2, "keep_snippet": False, "seed": 3, "temperature": 1, "to": "any"}
EFFECTS = {"parts": {"guitar": "clean"}, "master": None, "chains": {"clean": []}}
NATS = {"nats_per_step": {"value": 4.5, "interval": [4.0, 5.0]}, "songs": 2, "steps": 100}


def settings():
    """The repository's own config.yaml."""
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    return read_settings(config, ROOT / "workflow/schemas/config.schema.yaml")


def notes(seed, seconds, per_second=10):
    """Notes on steps, as from a model."""
    rng = np.random.default_rng(seed)
    onsets = np.sort(rng.integers(0, int(seconds * RATE) - 2, int(seconds * per_second))) / RATE
    return [
        Note(onset, onset + int(rng.integers(1, 3)) / RATE, int(rng.integers(30, 80)))
        for onset in onsets.tolist()
    ]


class SmallResults:
    """Results in `folder`; what is to be missing is deleted from it, or left out of `files`."""

    def __init__(self, folder, songs, takes=("one",), models=("chords", "lstm"), seconds=4):
        """Make them of songs {id: path}."""
        self.folder = Path(folder)
        self.page = self.folder / "report/index.html"
        self.files = {"parts": [str(path) for path in sorted(PAGE.glob("*.html.j2"))]}
        self._tone = self.folder / "tone.mp3"
        tone = 0.1 * np.sin(2 * np.pi * 440 * np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE)
        write_preview(self._tone, tone[:, None].astype(np.float32), SAMPLE_RATE)
        self._write_songs(songs)
        for model in models:
            self._write_model(model)
            for seed, take in enumerate(takes):
                self._write_take(model, take, next(iter(songs)), seed, seconds)

    def write(self, failures=(), config=None, **changes):
        """Write the page; return its text."""
        sources = Sources(
            template=str(PAGE / "index.html.j2"),
            style=str(PAGE / "page.css"),
            script=str(PAGE / "page.js"),
            workflow=str(ROOT / "docs/workflow.svg"),
            **{**self.files, **changes},
        )
        benchmarks = str(self.folder / "benchmarks")
        write_page(self.page, sources, config or settings(), benchmarks, list(failures))
        return self.page.read_text(encoding="utf-8")

    def add(self, kind, path):
        """A file of a kind of `Sources`; its folder is there."""
        path = self.folder / path
        path.parent.mkdir(parents=True, exist_ok=True)
        self.files.setdefault(kind, []).append(str(path))
        return path

    def add_experiment(self, name):
        """A table of two models with two settings from two seeds."""
        rows = [("chords", "usual", 4.5, None), ("chords", "small", 4.7, 0.2)]
        rows += [("vae", "usual", 5.0, None), ("vae", "small", 5.1, 0.1)]
        table = []
        for model, setting, nats, change in rows:
            row = {"model": model, "setting": setting, "seeds": "1 2", "scored_on": "test"}
            row |= {"is_bound": "yes" if model == "vae" else "no", "nats_per_step": nats}
            row |= {"sd": 0.1, "of_seeds": f"{nats - 0.07} {nats + 0.07}", "valid": nats}
            row |= {"valid_sd": 0.1, "beside": "usual", "songs": 3, "parameters": 12345}
            row |= {"change": change, "best_epoch": 2.5, "seconds": 60}
            if change:
                row |= {"change_low": change - 0.3, "change_high": change + 0.3}
            table.append(row)
        self._write_table("experiments", f"experiments/{name}.tsv", comparison_table.COLUMNS, table)

    def _write_table(self, kind, path, columns, rows):
        write_rows(self.add(kind, path), columns, (map(row.get, columns) for row in rows))

    def _write_songs(self, songs):
        table = []
        for number, (song, path) in enumerate(songs.items()):
            row = {"id": song, "path": path, "genre": "rock", "notes": 90 + 10 * number}
            row |= {"duration_s": 60.5 + number, "tempo_bpm": 140, "metre": "7/8"}
            table.append(row | {"status": "ok"})
        self._write_table("songs", "songs.tsv", COLUMNS, table)
        write_keys(self.add("key_table", "keys.tsv"), {song: SongKey("D major") for song in songs})
        spans = [{"song": song, "split": "train"} for song in songs]
        write_json(self.add("index", "sequences/index.json"), {"spans": spans})
        for number, song in enumerate(songs):
            for file in ("recording.mp3", "transcription.mp3"):
                shutil.copy(self._tone, self.add("song_previews", f"report/songs/{song}/{file}"))
            score = Score([Part("", notes(number, 20), 27)])
            roll = self.add("song_previews", f"report/songs/{song}/roll.svg")
            roll.write_text(draw_file(score, song, (5, 15)), encoding="utf-8")

    def _write_model(self, model):
        metrics = {
            "nats_per_step": {"train": 4.2, "valid": 4.4, "test": 4.5},
            "valid": NATS,
            "test": NATS | {"kl": 20.0, "reconstruction": 4.0, "active": 0.9},
            "floors": {"on": "test", "frequencies": NATS, "again": NATS},
            "best_epoch": 2,
            "epochs": 3,
            "seconds": 12.5,
            "parameters": 12345,
            "data": {
                split: {"songs": 2, "hours": 0.1, "windows": 3}
                for split in ("train", "valid", "test")
            },
            "made": {"settings": {"seed": 1}, "versions": {}, "inputs": {"results/a": "0" * 64}},
        }
        write_json(self.add("metrics", f"models/{model}/metrics.json"), metrics)
        history = "epoch,train,valid\n1,9,9.5\n2,6,7\n3,5,7.5\n\n"
        self.add("histories", f"models/{model}/history.csv").write_text(history)
        self.add("models", f"models/{model}/model.keras").write_bytes(bytes(5000))
        benchmark = self.folder / f"benchmarks/train_{model}.tsv"
        benchmark.parent.mkdir(exist_ok=True)
        benchmark.write_text("s\tmax_rss\n61.5\t700\n")

    def _write_take(self, model, take, song, seed, seconds):
        whole = notes([seed, len(model)], SNIPPET / RATE + seconds)
        steps = SNIPPET + round(seconds * RATE)
        roll = encoding.encode(whole, RATE)[:steps]
        roll = np.pad(roll, ((0, steps - len(roll)), (0, 0), (0, 0)))
        np.save(self.add("rolls", f"generated/{model}/{take}.npy"), roll)
        like = roll_statistics(roll, RATE)
        made = {
            "take": take,
            "song": song,
            "key": "D major",
            "scale": "D lydian",
            "steps_per_second": RATE,
            "bars": BARS,
            "snippet_steps": SNIPPET,
            "song_is_like": like,
            "take_is_like": like,
            "nats_per_step": 5.0,
            "made": {"settings": SETTINGS, "versions": {"numpy": np.__version__}, "inputs": {}},
        }
        track = {"settings": {"variation": None, **EFFECTS}}
        write_json(self.add("made", f"fx/{model}/{take}.json"), {"generated": made, "track": track})
        midi = self.add("midi", f"generated/{model}/{take}.mid")
        write_score(midi, arrange(roll, made, take, **settings()["decode"]))
        for file in ("plain.mp3", "finished.mp3"):
            target = self.add("take_previews", f"report/takes/{model}/{take}/{file}")
            shutil.copy(self._tone, target)
        shutil.copy(midi, self.add("take_previews", f"report/takes/{model}/{take}/{take}.mid"))
