"""The conda environments carry the pins of requirements.txt."""

import re
from pathlib import Path

import pytest
import yaml

ENVS = Path(__file__).resolve().parents[2] / "envs"


def pins_of(lock):
    return dict(re.findall(r"^([\w-]+)==(\S+)", (ENVS / lock).read_text(), re.MULTILINE))


PINS = pins_of("requirements.txt")
CLUSTERS = pins_of("clusters.txt")


def pinned(env):
    *_, packages = yaml.safe_load(env.read_text())["dependencies"]
    post_deploy = env.with_name(f"{env.stem}.post-deploy.sh")
    added = re.findall(r"[\w-]+==\S+", post_deploy.read_text()) if post_deploy.exists() else []
    return dict(package.split("==") for package in [*packages["pip"], *added])


@pytest.mark.parametrize("env", sorted(ENVS.glob("*.yaml")), ids=lambda env: env.stem)
def test_an_environment_has_the_pins_of_the_whole(env):
    pins = pinned(env)
    assert pins == {package: PINS[package] for package in pins}


def test_every_rule_names_an_environment():
    for rules in (ENVS.parent / "workflow/rules").glob("*.smk"):
        text = rules.read_text()
        text = (ENVS / "clusters.in").read_text()
    named = re.findall(r"^([\w-]+)(?:\[.*\])?==(\S+)", text, re.MULTILINE)
    assert len(named) > 8
    assert dict(named).items() <= CLUSTERS.items()
