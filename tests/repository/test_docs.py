"""The pictures and maps in the docs show the workflow as it is."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HELPERS = {"prepare_listener", "compose_demo_song", "record_demo_song"}
HELPERS |= {"score_transcription"}
# They do for many songs what others do for one.
SHARD_RULES = set(
    re.findall(r"^rule (\w+):", (ROOT / "workflow/rules/shards.smk").read_text(), re.MULTILINE)
)


def rules():
    files = [ROOT / "Snakefile", *(ROOT / "workflow/rules").glob("*.smk")]
    return {
        rule
        for file in files
        for rule in re.findall(r"^(?:rule|use rule \w+ as) (\w+)", file.read_text(), re.MULTILINE)
    }


def test_the_picture_shows_every_rule_between_songs_and_tracks():
    picture = (ROOT / "docs/workflow.dot").read_text()
    named = rules() - {"all"} - SHARD_RULES
    assert {rule for rule in named if re.search(rf"\b{rule}\b", picture)} == named - HELPERS


def test_contributing_maps_every_room():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    rooms = {path.name for path in (ROOT / "workflow/scripts/mathrock").glob("[a-z]*/")}
    assert {room for room in rooms if f"`{room}/`" not in text} == set()


def test_every_rule_says_what_it_does_and_leaves_a_log_and_a_benchmark():
    for file in (ROOT / "workflow/rules").glob("*.smk"):
        for rule in re.split(r"^rule ", file.read_text(), flags=re.MULTILINE)[1:]:
            name = rule.partition(":")[0]
            for part in ('"""', "log:", "benchmark:", "threads:", "mem_mb=", "message:"):
                assert part in rule, (name, part)


def test_what_the_readme_points_at_is_there():
    text = (ROOT / "README.md").read_text()
    named = re.findall(r'\]\(([^)#:]+)\)|src="([^":]+)"', text)
    assert len(named) > 3
    assert [name for pair in named for name in pair if name and not (ROOT / name).exists()] == []
