"""The library's rooms: what each rule depends on, and where tests lie."""

from pathlib import Path

import pytest

from mathrock.jobs.code_version import code_version
from mathrock.models.catalogue import CATALOGUE

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "workflow/scripts"
LIBRARY = SCRIPTS / "mathrock"
MOST_LINES = 55_000  # of all budgets
# At most so many lines of the library are in the digests of a rule's script. A boundary that silts
# up shows here: before a budget is raised, look whether the import is worth a rebuild.
BUDGETS = {
    "apply_effects": 800,
    "choose_snippets": 1400,
    "compare_settings": 300,
    "compare_takes": 1600,
    "compose_demo_song": 1150,
    "create_notes": 1350,
    "decode_take": 750,
    "digest_shard": 300,
    "encode_roll": 1400,
    "examine_vae": 2900,
    "find_copies": 1250,
    "find_keys": 500,
    "generate_chords": 2950,
    "generate_lstm": 2450,
    "generate_vae": 4150,
    "hear_song": 1150,
    "import_score": 4350,
    "import_reference": 4600,
    "index_sequences": 950,
    "list_songs": 300,
    "list_takes": 200,
    "make_shard": 300,
    "pack_shard": 600,
    "prepare_listener": 400,
    "preview_song": 3000,
    "preview_take": 250,
    "record_demo_song": 1600,
    "render_take": 1150,
    "score_transcription": 900,
    "track_beats": 1000,
    "train_chords": 2200,
    "train_lstm": 2000,
    "train_vae": 2950,
    "write_report": 2900,
}


def lines_of(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def budget_of(script):
    """What a script may cover; those of a model that was added as much as those of the largest."""
    return BUDGETS.get(script) or BUDGETS[f"{script.partition('_')[0]}_vae"]


def test_every_script_has_a_budget():
    scripts = {path.stem for path in SCRIPTS.glob("*.py")}
    assert (
        scripts - {f"{verb}_{model}" for verb in ("train", "generate") for model in CATALOGUE}
        <= BUDGETS.keys()
        <= scripts
    )
    assert sum(BUDGETS.values()) <= MOST_LINES


@pytest.mark.parametrize("script", sorted(path.stem for path in SCRIPTS.glob("*.py")))
def test_a_rule_depends_on_no_more_code_than_its_budget(script):
    modules = code_version(SCRIPTS / f"{script}.py")
    lines = sum(lines_of(SCRIPTS / module) for module in modules)
    assert lines <= budget_of(script)
    assert script not in BUDGETS or lines >= BUDGETS[script] * 0.7


def test_every_module_is_in_a_room():
    assert [path.name for path in LIBRARY.glob("*.py")] == ["__init__.py"]
    folders = {path.parent for path in LIBRARY.rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_tests_of_the_library_lie_as_its_modules_do():
    tests = ROOT / "tests/library"
    of_modules = [path.relative_to(tests) for path in tests.rglob("test_*.py")]
    of_modules = [path for path in of_modules if len(path.parts) > 1]
    assert len(of_modules) > 100
    modules = [path.with_name(path.name.removeprefix("test_")) for path in of_modules]
    assert [module for module in modules if not (LIBRARY / module).is_file()] == []
