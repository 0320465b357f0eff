"""The conda environments carry the pins of requirements.txt."""

import re
from pathlib import Path

import pytest
import yaml

from rule_files import read_rules

ENVS = Path(__file__).resolve().parents[2] / "envs"


def pins_of(lock):
    return dict(re.findall(r"^([\w-]+)==(\S+)", (ENVS / lock).read_text(), re.MULTILINE))


PINS = pins_of("requirements.txt")


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
    for name, rule in read_rules().items():
        if rule.file != "Snakefile":
            [env] = re.findall(r"envs/(\w+)\.yaml", rule.parts["conda"])
            assert (ENVS / f"{env}.yaml").exists(), name


LOCKS = ("requirements", "clusters", "clouds")


@pytest.mark.parametrize("lock", [*LOCKS, "compiler"])
def test_every_pin_has_hashes(lock):
    lines = (ENVS / f"{lock}.txt").read_text().replace("\\\n", " ").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert pins != []
    for pin in pins:
        assert re.search(r"==\S+ .*--hash=sha256:[0-9a-f]{64}", pin)


@pytest.mark.parametrize("lock", LOCKS)
def test_no_pin_names_an_address(lock):
    assert "://" not in (ENVS / f"{lock}.txt").read_text()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_what_is_asked_for(lock):
    named = re.findall(
        r"^([\w-]+)(?:\[.*\])?==(\S+)", (ENVS / f"{lock}.in").read_text(), re.MULTILINE
    )
    assert len(named) > 2
    assert dict(named).items() <= pins_of(f"{lock}.txt").items()


def test_the_locks_fit_into_one_environment():
    pins = {pin for lock in LOCKS for pin in pins_of(f"{lock}.txt").items()}
    assert len(pins) == len(dict(pins)) > 200
