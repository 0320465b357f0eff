"""The conda environments carry the pins of requirements.txt."""

import re
from pathlib import Path

import pytest
import yaml

ENVS = Path(__file__).resolve().parents[2] / "envs"
PINS = dict(re.findall(r"^([\w-]+)==(\S+)", (ENVS / "requirements.txt").read_text(), re.MULTILINE))


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
        named = re.findall(r"envs/(\w+)\.yaml", text)
        assert len(named) == len(re.findall(r"^rule ", text, re.MULTILINE))
        assert all((ENVS / f"{name}.yaml").exists() for name in named)


def test_no_pin_names_an_address():
    assert "://" not in (ENVS / "requirements.txt").read_text()
