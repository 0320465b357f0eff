"""Each profile is one that Snakemake and its plug-ins take; no cloud is asked."""

import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from snakemake.cli import get_argument_parser
from snakemake_interface_executor_plugins.registry import ExecutorPluginRegistry
from snakemake_interface_storage_plugins.registry import StoragePluginRegistry

from rule_files import IN_PROFILES, read_rules_of_profiles

ROOT = Path(__file__).resolve().parents[3]
PROFILES = sorted(path.parent.name for path in (ROOT / "profiles").glob("*/config.yaml"))
CLOUDS = ["kubernetes", "aws-batch", "google-batch", "azure-batch"]
TRAININGS = [f"{verb}_{model}" for verb in ("train", "try") for model in IN_PROFILES]
NOT_IN_BUCKETS = ["shards.smk"]  # such a run is refused
SCHEMES = {"s3": "s3://", "gcs": "gs://", "azure": "az://"}


def profile(name):
    """A profile as Snakemake's own parser reads it: what its command line would hold."""
    file = ROOT / "profiles" / name / "config.yaml"
    parser = get_argument_parser(profiles=[file.parent])
    return yaml.safe_load(file.read_text()), parser


def rules(besides=()):
    """{rule: (cores, MB at the first attempt)}; a rule made of another asks for as much."""
    asked = {}
    for name, rule in read_rules_of_profiles().items():
        if rule.file not in ("Snakefile", *besides):
            memory = re.search(r"mem_mb=\D*(\d+)", rule.parts["resources"])
            asked[name] = (int(rule.parts["threads"]), int(memory[1]))
    return asked


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


# Not google-batch: its storage asks for Google's credentials first, and without them, or without a
# way to ask, ends in a traceback of Google's library.
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
    assert set(keys.get("set-resources", {})) <= set(rules())
    assert not re.search(r"(secret|password|access-key|token|-pass):", text)


@pytest.mark.parametrize("name", ["s3", *CLOUDS])
def test_a_place_has_a_page_that_says_what_was_not_tried(name):
    page = "object-storage" if name == "s3" else name
    text = (ROOT / f"docs/deployment/{page}.md").read_text()
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


@pytest.mark.parametrize("attempt", [1, 2, 3])
def test_aws_batch_gives_each_rule_no_less_memory_than_it_asks_for(attempt):
    from snakemake_executor_plugin_aws_batch.batch_job_builder import BatchJobBuilder

    warn = SimpleNamespace(warning=lambda text: None)
    builder = BatchJobBuilder(warn, None, {}, "", None, "", None)
    overwritten = profile("aws-batch")[1].parse_args([]).set_resources
    for name, (cores, first) in rules(besides=NOT_IN_BUCKETS).items():
        memory = first * attempt
        if name in overwritten:
            known = {"input": [], "rulename": name, "threads": cores, "async_run": None}
            memory = overwritten[name]["mem_mb"].evaluate(None, attempt=attempt, **known).value
        _, given = builder._validate_resources(str(cores), str(memory))
        assert int(given) >= first * attempt, name


def test_google_batch_gives_each_rule_no_less_than_it_asks_for():
    keys, _ = profile("google-batch")
    for name, (cores, memory) in rules(besides=NOT_IN_BUCKETS).items():
        given = keys["default-resources"] | keys["set-resources"].get(name, {})
        assert given["googlebatch_memory"] >= memory, name
        assert given["googlebatch_cpu_milli"] >= 1000 * cores, name


def test_the_machines_of_google_batch_can_start_containers():
    from snakemake_executor_plugin_googlebatch.executor import GoogleBatchExecutor

    _, parser = profile("google-batch")
    executor = object.__new__(GoogleBatchExecutor)
    plugin = ExecutorPluginRegistry().get_plugin("googlebatch")
    never = SimpleNamespace(is_preemptible=lambda rule: False)
    executor.workflow = SimpleNamespace(
        executor_settings=plugin.get_settings(parser.parse_args([])),
        remote_execution_settings=SimpleNamespace(preemptible_rules=never),
    )
    executor.executor_settings = executor.workflow.executor_settings
    job = SimpleNamespace(
        resources={}, rule=SimpleNamespace(name="hear_song"), is_group=lambda: False
    )
    (machine,) = executor.get_allocation_policy(job).instances
    disk, settings = machine.policy.boot_disk, executor.executor_settings
    assert settings.image_family.startswith("batch-cos")
    image = f"projects/{settings.image_project}/global/images/family/{settings.image_family}"
    assert (disk.image, disk.size_gb) == (image, settings.boot_disk_gb)


@pytest.mark.parametrize("rule", TRAININGS)
def test_a_pod_with_a_gpu_has_it_as_a_limit_as_kubernetes_wants_it(rule):
    import snakemake_executor_plugin_kubernetes as plugin

    text = (ROOT / "profiles/kubernetes/config.yaml").read_text()
    _, gpus = text.split("# set-resources:\n")
    asked = yaml.safe_load(re.sub(r"^# ", "", gpus, flags=re.MULTILINE))[rule]
    pods = []
    quiet = SimpleNamespace(debug=lambda text: None, info=lambda text: None)
    executor = SimpleNamespace(
        logger=quiet,
        format_job_exec=lambda job: "true",
        run_namespace="tests",
        namespace="default",
        container_image="image",
        persistent_volumes=[],
        secret_envvars={},
        k8s_service_account_name=None,
        k8s_cpu_scalar=0.95,
        privileged=False,
        batchapi=SimpleNamespace(create_namespaced_job=lambda place, body: pods.append(body)),
        _kubernetes_retry=lambda ask: ask(),
        report_job_submission=lambda submitted: None,
    )
    job = SimpleNamespace(resources=asked, jobid=1, attempt=1, is_containerized=False)
    plugin.Executor.run_job(executor, job)
    (container,) = pods[0].spec.template.spec.containers
    assert container.resources.limits["nvidia.com/gpu"] == "1"


def test_the_container_has_the_pins_and_no_code():
    text = (ROOT / "Containerfile").read_text().replace("\\\n", " ")
    steps = re.findall(r"^([A-Z]+) (.*)$", text, re.MULTILINE)
    bases = [what for step, what in steps if step == "FROM"]
    assert len(bases) == 1
    assert re.search(r"^python:3\.12\.\d+-slim-\w+@sha256:[0-9a-f]{64}$", bases[0])
    (copied,) = [what for step, what in steps if step == "COPY"]
    *files, target = copied.split()
    assert files == [
        "envs/install.sh",
        "envs/requirements.txt",
        "envs/compiler.txt",
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
    assert run.count("--require-hashes") == len(re.findall(r"pip (?:install|download)", run))
    (user,) = [what for step, what in steps if step == "USER"]
    assert (user, "RUN_AS=mathrock" in [what for step, what in steps if step == "ARG"]) == (
        "${RUN_AS}",
        True,
    )
