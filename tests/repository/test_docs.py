"""The pictures and maps in the docs show the workflow as it is."""

import re
from pathlib import Path

from rule_files import OF_MODELS, VERBS, read_rules

ROOT = Path(__file__).resolve().parents[2]
HELPERS = {"prepare_listener", "compose_demo_song", "record_demo_song"}
HELPERS |= {"score_transcription"}


def test_the_picture_shows_every_rule_between_songs_and_tracks():
    """The rules that every model has are one box a kind; those of shards do what others do."""
    picture = (ROOT / "docs/workflow.dot").read_text()
    rules = read_rules()
    shown = {name for name, rule in rules.items() if rule.file not in ("shards.smk", "Snakefile")}
    shown -= OF_MODELS | HELPERS
    boxes = {*VERBS, "experiments", *shown}
    assert {name for name in boxes if re.search(rf"\b{name}\b", picture)} == boxes
    drawn = {name for name in rules.keys() - {"all"} if re.search(rf"\b{name}\b", picture)}
    assert drawn <= boxes | OF_MODELS


def test_contributing_maps_every_room():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    rooms = {path.name for path in (ROOT / "workflow/scripts/mathrock").glob("[a-z]*/")}
    assert {room for room in rooms if f"`{room}/`" not in text} == set()


def test_every_rule_says_what_it_does_and_leaves_a_log_and_a_benchmark():
    """What names the rule or its files, a rule says itself; the rest it may take over."""
    for name, rule in read_rules().items():
        if rule.file != "Snakefile":
            assert {"docstring", "log", "benchmark", "message"} <= rule.own.keys(), name
            assert {"threads", "resources"} <= rule.parts.keys(), name
            assert "mem_mb=" in rule.parts["resources"], name
            for part in ("log", "benchmark"):
                assert re.search(rf"\b{name}\b", rule.own[part]), (name, part)


def test_no_two_rules_say_the_same_of_themselves():
    rules = [rule for rule in read_rules().values() if rule.file != "Snakefile"]
    for part in ("docstring", "log", "benchmark"):
        assert len({rule.own[part] for rule in rules}) == len(rules), part


def test_what_the_readme_points_at_is_there():
    text = (ROOT / "README.md").read_text()
    named = re.findall(r'\]\(([^)#:]+)\)|src="([^":]+)"', text)
    assert len(named) > 3
    assert [name for pair in named for name in pair if name and not (ROOT / name).exists()] == []
