"""A model is added by the checklist in CONTRIBUTING.md, and makes a song."""

import re
from pathlib import Path

from mathrock.demo.math_rock import compose
from mathrock.formats.midi.reader import read_score
from mathrock.formats.midi.writer import write_score
from mathrock.models.catalogue import CATALOGUE
from project import make_project, shorten

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = "workflow/scripts/mathrock"
NAME = "echoist"
PIECES = ("seven-lanterns", "eleven-steps-down", "paper-planets")
SETTINGS = {"units": 4, "epochs": 1, "transpose": [0, 0]}
MODEL = '''"""Hears the step before and nothing else."""

import keras
from keras import ops

from mathrock.models.music_facts import MusicFacts
from mathrock.models.step_likelihood import negative_log_likelihood, targets_and_mask
from mathrock.pianoroll.planes import PITCHES


def build_model(music: MusicFacts, units: int = 8) -> keras.Model:
    """Build the model: the step before in, the step's negative log-likelihood out."""
    before = keras.Input((None, PITCHES, music.planes), name="before")
    steps = keras.Input((None, PITCHES, music.planes), name="steps")
    memory = keras.Input((1,), name="memory")
    hidden = keras.layers.Reshape((-1, PITCHES * music.planes))(before)
    hidden = keras.layers.Dense(units, activation="relu", name="hidden")(hidden)
    logits = keras.layers.Dense(PITCHES * music.planes, dtype="float32", name="notes")(hidden)
    logits = keras.layers.Reshape((-1, PITCHES, music.planes), dtype="float32")(logits)
    nats = negative_log_likelihood(logits, *targets_and_mask(steps, before))
    outputs = {"nats": nats, "memory": ops.cast(memory, "float32")}
    return keras.Model({"before": before, "steps": steps, "memory": memory}, outputs)
'''
STEPPER = '''"""The trained model one step at a time, in NumPy."""

import numpy as np

from mathrock.pianoroll.planes import PITCHES


class Stepper:
    """The trained model one step at a time."""

    is_autoregressive = False
    needs = frozenset({"before"})

    def __init__(self, model, takes=1):
        self._hidden = model.get_layer("hidden").get_weights()
        self._notes = model.get_layer("notes").get_weights()

    def advance(self, context):
        """Take in the context of the next step."""
        before = context["before"].reshape(len(context["before"]), -1)
        hidden = np.maximum(before @ self._hidden[0] + self._hidden[1], 0)
        logits = hidden @ self._notes[0] + self._notes[1]
        self._logits = logits.reshape(len(before), PITCHES, -1)

    def logits(self, yes):
        """Return the logits of the step's decisions."""
        return self._logits
'''


def checklist():
    """The files that CONTRIBUTING.md lists for a model of this name."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition("## Add a model\n")[2].partition("\n## ")[0]
    return [path.format(name=NAME) for path in re.findall(r"^\d+\. `(\S+)`", section, re.MULTILINE)]


def state_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def add_model(project):
    """Add a model to the project in the way of the checklist."""
    project.path(f"{LIBRARY}/models/{NAME}.py").write_text(MODEL)
    project.path(f"{LIBRARY}/models/{NAME}_stepper.py").write_text(STEPPER)
    catalogue = project.path(f"{LIBRARY}/models/catalogue.py")
    row = f'    "{NAME}": Model("echoist", ignores=_OF_PATHS),\n'
    catalogue.write_text(re.sub(r"(?m)^(CATALOGUE = {\n)", rf"\1{row}", catalogue.read_text()))
    for verb in ("train", "generate"):
        text = project.path(f"workflow/scripts/{verb}_lstm.py").read_text()
        project.path(f"workflow/scripts/{verb}_{NAME}.py").write_text(text.replace("lstm", NAME))
    text = project.path("workflow/rules/lstm.smk").read_text()
    project.path(f"workflow/rules/{NAME}.smk").write_text(text.replace("lstm", NAME))
    schema = project.path("workflow/schemas/config.schema.yaml")
    settings = f"""\
      {NAME}:
        <<: *model
        properties:
          <<: [*training, *crops]
          units: {{<<: *units, default: 8}}
"""
    schema.write_text(schema.read_text().replace("      lstm:\n", f"{settings}      lstm:\n", 1))
    project.configure(models={NAME: SETTINGS})
    test = project.path(f"tests/library/models/test_{NAME}.py")
    test.parent.mkdir(parents=True)
    test.write_text("")


def test_a_model_is_nine_files_and_makes_a_song(tmp_path):
    project = make_project(tmp_path / "project")
    songs = project.path("data/songs")
    songs.mkdir(parents=True)
    for piece in PIECES:
        write_score(songs / f"{piece}.mid", shorten(compose(piece), 20))
    tried = {"models": [NAME], "settings": {"usual": {}, "small": {"units": 2}}, "seeds": [1]}
    takes = {"one": {"model": NAME, "song": "eleven-steps-down.mid"}}
    before = state_of(project.folder)
    add_model(project)
    after = state_of(project.folder)
    touched = {name for name in after.keys() | before.keys() if after.get(name) != before.get(name)}
    assert touched == set(checklist())
    assert len(checklist()) <= 9

    project.configure(takes=takes, experiments={"width": tried})
    take = f"results/generated/{NAME}/one.mid"
    project.run(take)
    assert read_score(project.path(take)).pitched_notes
    assert project.stale(take) == {}
    assert project.stale("experiments")[f"try_{NAME}"] == 2
    rest = project.stale()
    assert rest["apply_effects"] == 1
    others = {f"{verb}_{model}" for verb in ("train", "generate") for model in CATALOGUE}
    assert not others & rest.keys()
