"""Each profile is one that Snakemake and its plug-ins take; no cloud is asked."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from snakemake.cli import get_argument_parser
from snakemake_interface_executor_plugins.registry import ExecutorPluginRegistry
from snakemake_interface_storage_plugins.registry import StoragePluginRegistry

ROOT = Path(__file__).resolve().parents[2]
PROFILES = sorted(path.parent.name for path in (ROOT / "profiles").glob("*/config.yaml"))
CLOUDS = ["kubernetes", "aws-batch", "google-batch", "azure-batch"]
SCHEMES = {"s3": "s3://", "gcs": "gs://", "azure": "az://"}


def profile(name):
    """A profile as Snakemake's own parser reads it: what its command line would hold."""
    file = ROOT / "profiles" / name / "config.yaml"
    parser = get_argument_parser(profiles=[file.parent])
    return yaml.safe_load(file.read_text()), parser


@pytest.mark.parametrize("name", PROFILES)
def test_snakemake_knows_every_key_of_a_profile(name):
    keys, parser = profile(name)
    known = {option.lstrip("-") for action in parser._actions for option in action.option_strings}
    assert {key for key in keys if key not in known} == set()
    _, unknown = parser.parse_known_args([])
    assert unknown == []


@pytest.mark.parametrize("name", CLOUDS)
def test_the_plug_in_of_a_cloud_takes_the_profile(name):
    keys, parser = profile(name)
    arguments = parser.parse_args([])
    assert arguments.executor == keys["executor"]
    plugin = ExecutorPluginRegistry().get_plugin(keys["executor"])
    settings = plugin.get_settings(arguments)
    plugin.validate_settings(settings)
    own = {key: value for key, value in keys.items() if key.startswith(f"{plugin.name}-")}
    assert own
    for key, value in own.items():
        field = key.removeprefix(f"{plugin.name}-").replace("-", "_")
        assert getattr(settings, field) == value, key
    assert plugin.common_settings.job_deploy_sources
    assert arguments.container_image == keys["container-image"]
    assert arguments.retries == 2


@pytest.mark.parametrize("name", ["s3", *CLOUDS])
def test_the_storage_of_a_profile_takes_its_prefix(name):
    keys, parser = profile(name)
    provider = keys["default-storage-provider"]
    plugin = StoragePluginRegistry().get_plugin(provider)
    settings = plugin.get_settings(parser.parse_args([])).get_settings(None)
    plugin.validate_settings(settings)
    prefix = keys["default-storage-prefix"]
    assert prefix.startswith(SCHEMES[provider])
    assert "<" in prefix  # so that a run with an unfilled profile says so
    query = f"{prefix.replace('<', '').replace('>', '').replace(' ', '-')}/results/songs.tsv"
    assert plugin.storage_provider.is_valid_query(query).valid


@pytest.mark.parametrize("name", ["s3", "kubernetes", "aws-batch", "azure-batch"])
def test_a_profile_that_is_not_filled_in_says_so(name):
    command = [sys.executable, "-m", "snakemake", "--profile", f"profiles/{name}"]
    done = subprocess.run(
        [*command, "--cores", "1", "--config", "songs=data/demo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    *_, last = done.stderr.strip().splitlines()
    assert last.startswith("Error: default-storage-prefix: ")
    assert last.endswith("put yours in place of <...>")


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_names_rules_that_there_are_and_no_keys(name):
    text = (ROOT / "profiles" / name / "config.yaml").read_text()
    keys = yaml.safe_load(text)
    rules = {
        rule
        for file in (ROOT / "workflow/rules").glob("*.smk")
        for rule in re.findall(r"^rule (\w+):", file.read_text(), re.MULTILINE)
    }
    assert set(keys.get("set-resources", {})) <= rules
    assert not re.search(r"(secret|password|access-key|token|-pass):", text)


@pytest.mark.parametrize("name", ["s3", *CLOUDS])
def test_a_place_has_a_page_that_says_what_was_not_tried(name):
    page = "object-storage" if name == "s3" else name
    text = (ROOT / f"docs/places/{page}.md").read_text()
    assert f"profiles/{name}" in text
    assert "not tried" in " ".join(text.split())


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_all_that_git_tracks_is_small_enough_to_travel_with_a_job():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    sizes = {path: (ROOT / path).stat().st_size for path in listed.split("\0") if path}
    assert {"data/listener/rhythm.npz", "docs/workflow.svg"} < sizes.keys()
    assert [path for path, size in sizes.items() if size >= 10_000_000] == []


def test_aws_batch_gives_each_rule_no_less_memory_than_it_asks_for():
    from snakemake_executor_plugin_aws_batch.constant import VALID_RESOURCES_MAPPING as SIZES

    overwritten = profile("aws-batch")[0]["set-resources"]
    for file in (ROOT / "workflow/rules").glob("*.smk"):
        for rule in re.split(r"^rule ", file.read_text(), flags=re.MULTILINE)[1:]:
            name = rule.partition(":")[0]
            threads = int(re.search(r"threads: (\d+)", rule)[1])
            asked = int(re.search(r"mem_mb=\D*(\d+)", rule)[1])
            least = min(size for size, cores in SIZES.items() if threads in cores)
            own = overwritten.get(name, {}).get("mem_mb")
            given = own if own in SIZES and threads in SIZES[own] else least
            assert given >= asked, name


def test_the_container_has_the_pins_and_no_code():
    text = (ROOT / "Containerfile").read_text().replace("\\\n", " ")
    steps = re.findall(r"^([A-Z]+) (.*)$", text, re.MULTILINE)
    bases = [what for step, what in steps if step == "FROM"]
    assert len(bases) == 1
    assert re.search(r"/python:3\.12\.\d+-slim-\w+$", bases[0])  # a version, not `latest`
    (copied,) = [what for step, what in steps if step == "COPY"]
    *files, target = copied.split()
    assert files == [
        "envs/install.sh",
        "envs/requirements.txt",
        "envs/clusters.txt",
        "envs/clouds.txt",
    ]
    assert all((ROOT / file).is_file() for file in files)
    run = " ".join(what for step, what in steps if step == "RUN")
    assert f"sh {target}install.sh python" in run
    assert f"--requirement {target}clusters.txt --requirement {target}clouds.txt" in run
    # No package is installed but by these files.
    assert re.findall(r"pip (?:install|download) (.*?)(?:&&|$)", run) != []
    assert "==" not in run
