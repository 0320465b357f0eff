"""The rules as their files say them, each with what it takes over by `use rule`."""

import re
from pathlib import Path
from typing import NamedTuple

from mathrock.models.catalogue import CATALOGUE

ROOT = Path(__file__).resolve().parents[2]
VERBS = ("train", "try", "generate")
# The rules that every model has.
OF_MODELS = {f"{verb}_{model}" for verb in VERBS for model in CATALOGUE}
# The models whose rules the profiles of places name. Another model runs there without: its takes
# are submissions of their own, and it is whoever uses such a place who says how much they need.
IN_PROFILES = ("chords", "lstm", "vae")
_PART = re.compile(r"^    (\w+):", re.MULTILINE)


class Rule(NamedTuple):
    """A rule: its file's name, the rule that it is made of by `use rule`, and its parts.

    own: the parts that the rule says itself, such as {"log": "...", "docstring": "..."}.
    parts: these and what the rule that it is made of says of others.
    """

    file: str
    base: str | None
    own: dict[str, str]
    parts: dict[str, str]


def read_rules_of_profiles() -> dict[str, Rule]:
    """Read the rules that profiles have to name: all but those of models that were added."""
    named = {f"{verb}_{model}" for verb in VERBS for model in IN_PROFILES}
    return {
        name: rule for name, rule in read_rules().items() if name in named or name not in OF_MODELS
    }


def read_rules() -> dict[str, Rule]:
    """Read all rules of `Snakefile` and `workflow/rules`, by name."""
    found = {}
    for file in [ROOT / "Snakefile", *sorted((ROOT / "workflow/rules").glob("*.smk"))]:
        split = re.split(
            r"^(?:use rule (\w+) as|rule) (\w+)[^\n]*:\n((?:    .*\n|\s*\n)*)",
            file.read_text(encoding="utf-8"),
            flags=re.MULTILINE,
        )
        for base, name, text in zip(split[1::4], split[2::4], split[3::4], strict=True):
            assert name not in found, name
            found[name] = Rule(file.name, base, _parts(text), {})
    return {name: rule._replace(parts=_whole(rule, found)) for name, rule in found.items()}


def _parts(text: str) -> dict[str, str]:
    docstring, *rest = _PART.split(text)
    parts = dict(zip(rest[::2], rest[1::2], strict=True))
    return {"docstring": docstring.strip(), **parts} if docstring.strip() else parts


def _whole(rule: Rule, rules: dict[str, Rule]) -> dict[str, str]:
    """What a rule says, and what its base says of all else."""
    return {**_whole(rules[rule.base], rules), **rule.own} if rule.base else rule.own
