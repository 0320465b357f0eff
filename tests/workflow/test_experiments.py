"""Experiments on the real graph of jobs: only new cells run."""

import csv
import shutil
import zipfile

import pytest
import yaml

from building import copied

WIDTH = {"models": ["lstm", "vae"], "settings": {"usual": {}, "small": {"units": 4}}, "seeds": [1]}
LIBRARY = "workflow/scripts/mathrock"
TABLE = {"compare_settings": 1}


@pytest.fixture(scope="module")
def tried(built, once):
    """The built project after an experiment, two cells of it at a time, and what was printed."""

    def experiment(folder):
        project = copied(built, folder)
        project.configure(experiments={"width": WIDTH})
        project.path("output.txt").write_text(project.run("experiments", "--cores", "4"))

    folder = once("tried-project", experiment)
    return folder, (folder / "output.txt").read_text()


@pytest.fixture
def project(tried, tmp_path):
    """A copy of it that a test may change."""
    return copied(tried[0], tmp_path / "project")


def stale(project):
    """What the experiments would run, without their target rule."""
    return {rule: n for rule, n in project.stale("experiments").items() if rule != "experiments"}


def width(**changes):
    return {"width": {**WIDTH, **changes}}


def test_every_cell_has_its_own_folder(tried):
    cells = tried[0] / "results/experiments/width"
    for cell in ("lstm/usual/1", "lstm/small/1", "vae/usual/1", "vae/small/1"):
        files = {"model.keras", "history.csv", "metrics.json", "tensorboard"}
        files |= {"latents.npz"} if cell.startswith("vae") else set()
        assert {path.name for path in (cells / cell).iterdir()} == files
    assert len({path.read_bytes() for path in cells.rglob("metrics.json")}) == 4


def test_the_table_compares_them(tried):
    folder, printed = tried
    with (folder / "results/experiments/width.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert {(row["model"], row["setting"], row["change"] == "") for row in rows} == {
        *(("lstm", "usual", True), ("vae", "usual", True)),
        *(("lstm", "small", False), ("vae", "small", False)),
    }
    assert {row["model"]: row["is_bound"] for row in rows} == {"lstm": "no", "vae": "yes"}
    parameters = {(row["model"], row["setting"]): int(row["parameters"]) for row in rows}
    assert parameters["lstm", "small"] < parameters["lstm", "usual"]
    assert "width, results/experiments/width.tsv:" in printed
    assert "beside usual" in printed
    assert "lstm/small/1: epoch 2/2" in printed


def test_afterwards_there_is_nothing_to_do_but_the_page(project):
    assert project.stale("all", "experiments") == {"write_report": 1}
    project.run()
    page = project.path("results/report/index.html").read_text(encoding="utf-8")
    assert '<section id="experiments"' in page
    assert project.stale() == {}
    project.run("--report", "report.zip")
    with zipfile.ZipFile(project.path("report.zip")) as file:
        assert (
            "The models and settings of the experiment width"
            in file.read("report/report.html").decode()
        )


def test_models_for_takes_are_left_alone(built, tried):
    for model in ("lstm", "chords", "vae"):
        metrics = f"results/models/{model}/metrics.json"
        assert (built / metrics).read_bytes() == (tried[0] / metrics).read_bytes()


@pytest.mark.parametrize(
    ("experiments", "expected"),
    [
        (width(seeds=[1, 2]), {"try_lstm": 2, "try_vae": 2, **TABLE}),
        (width(settings={**WIDTH["settings"], "wild": {"dropout": 0.5}}), "each once"),
        (width(settings={"usual": {}, "small": {"units": 5}}), "each once"),
        (width(models=["lstm", "vae", "chords"]), {"try_chords": 2, **TABLE}),
        ({**width(), "again": {**WIDTH, "models": ["vae"]}}, {"try_vae": 2, **TABLE}),
        (width(settings={"usual": {}}), TABLE),
        (width(models=["vae"]), TABLE),
    ],
)
def test_only_cells_that_are_new_or_changed_run(project, experiments, expected):
    project.configure(experiments=experiments)
    assert stale(project) == (
        {"try_lstm": 1, "try_vae": 1, **TABLE} if expected == "each once" else expected
    )


def test_without_experiments_all_is_as_before(project):
    settings = yaml.safe_load(project.path("config.yaml").read_text())
    project.path("config.yaml").write_text(yaml.safe_dump({**settings, "experiments": {}}))
    assert project.stale() == {}


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("models/lstm", {"try_lstm": 2, **TABLE}),
        ("models/vae", {"try_vae": 2, **TABLE}),
        ("training/trainer", {"try_lstm": 2, "try_vae": 2, **TABLE}),
        ("training/paired_bootstrap", TABLE),
        ("config/experiments", {}),
    ],
)
def test_a_line_of_code_runs_what_it_makes(project, module, expected):
    project.append(f"{LIBRARY}/{module}.py", "\nLINE = 1\n")
    assert stale(project) == expected


def test_a_models_own_knob_runs_the_cells_that_do_not_set_it(project):
    settings = yaml.safe_load(project.path("config.yaml").read_text())["models"]["lstm"]
    project.configure(models={"lstm": {**settings, "units": 6}})
    assert stale(project) == {"try_lstm": 1, **TABLE}
    project.configure(models={"lstm": {**settings, "seed": 9}})
    assert stale(project) == {}


def test_a_cell_that_is_missing_is_made_again(project):
    shutil.rmtree(project.path("results/experiments/width/vae/small/1"))
    assert stale(project) == {"try_vae": 1, **TABLE}


def test_one_cell_can_be_asked_for(project):
    cell = "results/experiments/width/lstm/small/{}/metrics.json"
    assert project.stale(cell.format(1), cell.format(7)) == {"try_lstm": 1}


def test_what_cannot_be_is_refused_in_a_line_before_any_job(project):
    project.configure(experiments=width(settings={"deep": {"depth": 2}}))
    printed = project.run("--dry-run", code=1)
    assert "experiments.width.settings.deep.depth: unknown knob of lstm 'depth'" in printed
    assert "Traceback" not in printed
