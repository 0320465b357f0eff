"""The catalogue's rows stand for models that there are, with settings that there are."""

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from mathrock.generation.take_settings import TakeSettings
from mathrock.models.catalogue import CATALOGUE

ROOT = Path(__file__).resolve().parents[3]
SCRIPTS = ROOT / "workflow/scripts"
SCHEMA = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text(encoding="utf-8"))


def test_the_models_of_the_catalogue_are_those_that_have_settings():
    assert CATALOGUE.keys() == SCHEMA["properties"]["models"]["properties"].keys()


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_model_has_its_files(name):
    assert (SCRIPTS / f"mathrock/models/{name}.py").is_file()
    assert (SCRIPTS / f"mathrock/models/{name}_stepper.py").is_file()
    assert (SCRIPTS / f"train_{name}.py").is_file()
    assert (SCRIPTS / f"generate_{name}.py").is_file()
    assert (ROOT / f"workflow/rules/{name}.smk").is_file()


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_model_ignores_settings_that_takes_have(name):
    assert set(CATALOGUE[name].ignores) <= SCHEMA["$defs"]["generate"].keys()
    may_be_none = {field.name for field in fields(TakeSettings) if field.default is None}
    assert set(CATALOGUE[name].ignores) <= may_be_none


def test_the_catalogue_imports_nothing():
    """Each start of Snakemake reads it."""
    found = "{name for name in sys.modules if name in ('keras', 'numpy')}"
    code = f"import sys; import mathrock.models.catalogue; sys.exit(bool({found}))"
    subprocess.run([sys.executable, "-c", code], cwd=SCRIPTS, check=True)
