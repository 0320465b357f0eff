"""Jobs, nodes and runs that are killed on Slurm. The MIDI stays that of a run without faults, and
nothing but MIDI is asked for: what is made of it takes long and can lose no more than it does."""

import psutil
import pytest

from loopback import kill, processes_of, wait_for
from mathrock.models.catalogue import CATALOGUE
from project import Project

# What a script writes stands beside its place, whole but without its name, while the file `hold`
# is there.
STAND_STILL = """
import pathlib, time
rename = pathlib.Path.replace
def rename_later(self, target):
    while pathlib.Path("hold").exists():
        time.sleep(0.05)
    return rename(self, target)
pathlib.Path.replace = rename_later
"""
# A first attempt that needs more minutes, or more memory, than it asked for.
SLOW = """
import time
while snakemake.resources.runtime < 2:
    time.sleep(0.1)
"""
FAT = """
import time
if snakemake.resources.mem_mb < 3000:
    fat = b"1" * 1_400_000_000
    time.sleep(60)
"""
TWICE = ("2:00", "3000M")
MIDI = ("results/midi/*.mid", "results/generated/*/*.mid")


def change(project, rule, lines):
    """Put lines into the script of a rule, which makes stale what it makes."""
    script = project.path(f"workflow/scripts/{rule}.py")
    begin = "log_to(snakemake.log[0])\n"
    text = script.read_text()
    assert begin in text
    script.write_text(text.replace(begin, begin + lines))


def hold(project, rule):
    change(project, rule, STAND_STILL)
    project.path("hold").touch()


def release(project):
    project.path("hold").unlink()


def scripts_of(project):
    """The processes that run the scripts of the project's rules."""
    folder = f"{project.folder}/.snakemake/scripts/"
    found = []
    for process in psutil.process_iter():
        try:
            if any(word.startswith(folder) for word in process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def standing(project):
    """Processes that have written what they may not name yet."""
    drafts = [path.name.split(".")[-3] for path in project.path("results").rglob(".*.tmp*")]
    return [process for process in scripts_of(project) if str(process.pid) in drafts]


def midi_of(folder):
    """{path: bytes} of songs and takes; a draft that a kill -9 left begins with a dot."""
    found = [path for pattern in MIDI for path in folder.glob(pattern) if path.name[0] != "."]
    return {path.relative_to(folder): path.read_bytes() for path in found}


@pytest.fixture
def midi(built):
    """What runs are asked for: the MIDI of four songs and of five tracks."""
    paths = [str(path) for path in midi_of(built)]
    assert len(paths) == 9
    return paths


def assert_as_if_nothing_had_happened(project, built, midi):
    assert midi_of(project.folder) == midi_of(built)
    assert Project(project.folder).stale(*midi) == {}
    assert project.stale(*midi) == {}


def test_a_job_that_is_killed_is_tried_again(slurm, cluster_project, built, midi, start):
    project = cluster_project
    hold(project, "decode_take")
    run = start(project, *midi)
    kill(wait_for(lambda: standing(project)))
    release(project)
    printed = run.end()
    assert "Error in group takes" in printed
    assert "Trying to restart job" in printed
    assert [job["state"] for job in slurm.jobs_of("takes")] == ["FAILED", "COMPLETED"]
    assert_as_if_nothing_had_happened(project, built, midi)


def test_the_jobs_of_a_node_that_fails_go_on_elsewhere(slurm, cluster_project, built, midi, start):
    project = cluster_project
    hold(project, "decode_take")
    run = start(project, *midi)
    wait_for(lambda: standing(project))
    [job] = slurm.jobs("RUNNING")
    slurm.fail_node(job["node"])
    release(project)
    run.end()
    [again] = [other for other in slurm.jobs() if other["id"] == job["id"]]
    assert again["state"] == "COMPLETED"
    assert again["node"] != job["node"]
    assert_as_if_nothing_had_happened(project, built, midi)


def test_a_job_past_its_minutes_or_memory_gets_more(slurm, cluster_project, built, midi):
    project = cluster_project
    limits = {"runtime=per_attempt(240)": 1, "mem_mb=per_attempt(4000)": 1500}
    for model in CATALOGUE:
        rules = project.path(f"workflow/rules/{model}.smk")
        text = rules.read_text()
        for whole, less in limits.items():
            assert whole in text
            text = text.replace(whole, f"{whole.partition('(')[0]}({less})")
        rules.write_text(text)
    change(project, "train_vae", SLOW)
    change(project, "train_lstm", FAT)
    printed = project.run(*midi)
    assert "SLURM status is: 'TIMEOUT'" in printed
    [log] = project.path(".snakemake/slurm_logs/rule_train_lstm").rglob("*.log")
    assert "exceeded memory limit" in log.read_text()
    assert submissions(slurm, "train_vae") == [("TIMEOUT", "1:00", "1500M"), ("COMPLETED", *TWICE)]
    assert submissions(slurm, "train_lstm") == [("FAILED", "1:00", "1500M"), ("COMPLETED", *TWICE)]
    assert_as_if_nothing_had_happened(project, built, midi)


def submissions(slurm, rule):
    """What became of a rule's submissions, and what they asked for."""
    return [(job["state"], job["limit"], job["memory"]) for job in slurm.jobs_of(rule)]


def test_jobs_of_a_killed_run_are_cancelled_by_the_next(slurm, cluster_project, built, midi, start):
    project = cluster_project
    hold(project, "decode_take")
    run = start(project, *midi)
    wait_for(lambda: standing(project))
    refused = Project(project.folder).run(code=1)
    assert "is at work in this folder: wait for it or end it" in refused
    run.kill()
    [job] = slurm.jobs("RUNNING")
    assert processes_of(job["node"])
    again = start(project, *midi)
    wait_for(lambda: slurm.jobs("CANCELLED"))
    release(project)
    printed = again.end()
    assert "1 jobs on Slurm of a run that was killed were still at work: ended" in printed
    assert_as_if_nothing_had_happened(project, built, midi)


def test_without_an_answer_from_slurm_nothing_is_risked(slurm, cluster_project):
    project = cluster_project
    project.path(".snakemake/slurm_logs").mkdir()
    slurm.daemons["slurmctld"].kill()
    project.append("workflow/scripts/write_report.py", "\nLINE = 1\n")
    printed = Project(project.folder).run(code=1)
    assert "jobs of a run that was killed may still be at work, but Slurm can't be asked" in printed
