"""The pictures and maps in the docs show the workflow as it is."""

import re
from pathlib import Path

import pytest
import yaml

from mathrock.models.catalogue import CATALOGUE
from rule_files import OF_MODELS, VERBS, read_rules

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "workflow/scripts/mathrock"
PAGES = ["README.md", "CONTRIBUTING.md", "benchmarks/RESULTS.md"]
PAGES += [
    str(path.relative_to(ROOT))
    for path in sorted([*ROOT.glob("docs/**/*.md"), *ROOT.glob("data/*/README.md")])
]
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
    rooms = {path.name for path in LIBRARY.glob("[a-z]*/")}
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


def test_the_readme_is_read_in_two_minutes():
    assert len((ROOT / "README.md").read_text().split()) <= 600


def test_the_readme_ends_with_five_links_to_pages():
    text = (ROOT / "README.md").read_text()
    links = re.findall(r"^- \[[^]]+\]\((docs/[^)]+)\)", text, re.MULTILINE)
    assert len({*links}) == 5


def test_what_the_readme_shows_is_there():
    pictures = re.findall(r'src="([^":]+)"', (ROOT / "README.md").read_text())
    assert len(pictures) > 1
    assert [name for name in pictures if not (ROOT / name).exists()] == []


def _heading_anchors(page):
    """The anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.*)", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    file, lost = ROOT / page, []
    for link in re.findall(r"\]\(([^)\s]+)\)", file.read_text()):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = file.parent / path if path else file
        if not target.exists() or (anchor and anchor not in _heading_anchors(target)):
            lost.append(link)
    assert lost == []


@pytest.mark.parametrize("page", PAGES)
def test_modules_that_a_page_names_are_there(page):
    text = (ROOT / page).read_text()
    rooms = "|".join(path.name for path in LIBRARY.glob("[a-z]*/"))
    modules = re.findall(rf"`(?:mathrock/)?((?:{rooms})/\w+(?:/\w+)*)/?`", text)
    lost = [
        name
        for name in modules
        if not (LIBRARY / f"{name}.py").exists() and not (LIBRARY / name).is_dir()
    ]
    scripts = re.findall(r"(?<![\w/.{}*-])[\w./-]+\.py\b", text)
    places = ((ROOT / page).parent, ROOT, LIBRARY.parent, LIBRARY)
    lost += [name for name in scripts if not any((place / name).exists() for place in places)]
    assert lost == []


def _keys(schema):
    """The keys of a schema's properties, at every depth."""
    for name, rule in schema.get("properties", {}).items():
        yield name
        yield from _keys(rule)
    for part in ("items", "additionalProperties"):
        if isinstance(schema.get(part), dict):
            yield from _keys(schema[part])


def test_the_page_of_settings_explains_every_key():
    schema = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text())
    text = (ROOT / "docs/settings.md").read_text()
    explained = {part for name in re.findall(r"`([\w.]+)`", text) for part in name.split(".")}
    titles = {
        word
        for title in re.findall(r"^## (.*)", text, re.MULTILINE)
        for word in re.findall(r"\w+", title)
    }
    assert {*_keys(schema)} - {*CATALOGUE} - explained - titles == set()
