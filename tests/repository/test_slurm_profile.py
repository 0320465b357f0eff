"""profiles/slurm: it adds to profiles/default, and no rule is forgotten in it."""

import re
from pathlib import Path

import pytest
import yaml

from rule_files import IN_PROFILES, read_rules_of_profiles

ROOT = Path(__file__).resolve().parents[2]
# What is long enough, or early enough, to be a submission of its own.
TRAININGS = {f"{verb}_{model}" for verb in ("train", "try") for model in IN_PROFILES}
ALONE = {"prepare_listener", "examine_vae"} | TRAININGS


def profile(name):
    return yaml.safe_load((ROOT / "profiles" / name / "config.yaml").read_text())


def named(entries):
    return dict(entry.split("=", 1) for entry in entries)


def rules():
    """{rule: its resources, its own or those of the rule that it is made of}."""
    return {
        name: rule.parts["resources"]
        for name, rule in read_rules_of_profiles().items()
        if rule.file != "Snakefile"
    }


def test_every_rule_is_in_a_group_or_stands_alone():
    groups = named(profile("slurm")["groups"])
    assert set(groups) | ALONE == set(rules())
    assert not set(groups) & ALONE
    assert set(named(profile("slurm")["group-components"])) <= set(groups.values())


@pytest.mark.parametrize("resource", ["mem_mb", "runtime"])
def test_every_rule_gets_more_when_it_is_tried_again(resource):
    for rule, text in rules().items():
        assert f"        {resource}=per_attempt(" in text, rule


def test_what_a_group_runs_at_once_fits_a_small_node():
    limits = profile("slurm")
    memory = int(named(limits["resources"])["mem_mb"])
    for rule in named(limits["groups"]):
        asked = int(re.search(r"mem_mb=per_attempt\((\d+)\)", rules()[rule])[1])
        assert asked * limits["cores"] <= memory, rule


@pytest.mark.parametrize("file", ["profiles/slurm/config.yaml", "docs/deployment/slurm.md"])
def test_every_training_can_have_a_gpu(file):
    named = re.findall(r"^#?  +- (\w+):gpu=1", (ROOT / file).read_text(), re.MULTILINE)
    assert set(named) == TRAININGS


@pytest.mark.usefixtures("clusters")
def test_profiles_are_added_up_and_retries_are_for_clusters(monkeypatch):
    from snakemake.cli import parse_args

    monkeypatch.chdir(ROOT)
    _, here = parse_args(["--cores", "2"])
    _, there = parse_args(["--profile", "profiles/slurm"])
    for setting in profile("default"):
        name = setting.replace("-", "_")
        assert getattr(here, name) == getattr(there, name), setting
    assert not set(profile("default")) & set(profile("slurm")), "profiles/default goes first"
    assert (there.executor, there.slurm_status_command) == ("slurm", "squeue")
    assert (here.retries, there.retries) == (0, 2)
    assert there.slurm_array_jobs == here.slurm_array_jobs, "array jobs of 2.8.0 lose files"
