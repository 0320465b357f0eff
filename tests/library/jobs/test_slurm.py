"""Which jobs of a queue are those of a folder, and what is said where nobody knows. The queue is
written down here; tests/places/slurm asks a real one."""

import pytest

from mathrock.jobs import slurm

RUN = "6c01466f-6a3a-4b45-9639-62f19a1294bf"
# Tells the queue until a cancelled job has been seen twice: Slurm takes a moment to end it.
SQUEUE = """#!/bin/sh
cat "{folder}/queue"
[ ! -e "{folder}/cancelled" ] || cp "{folder}/left" "{folder}/queue"
"""
SCANCEL = '#!/bin/sh\necho "$@" >> "{folder}/cancelled"\n'


@pytest.fixture
def queue(tmp_path, monkeypatch):
    """Write down what squeue tells, before and after jobs are cancelled."""
    project = tmp_path / "songs | project"
    (project / slurm.LOGS).mkdir(parents=True)

    def write(*lines, left=(), squeue=SQUEUE):
        for name, text in {"squeue": squeue, "scancel": SCANCEL}.items():
            (tmp_path / name).write_text(text.format(folder=tmp_path))
            (tmp_path / name).chmod(0o755)
        (tmp_path / "queue").write_text("".join(f"{line}\n" for line in lines))
        (tmp_path / "left").write_text("".join(f"{line}\n" for line in left))
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        return project

    monkeypatch.setattr(slurm, "PATIENCE", 3)
    return write


def cancelled(project):
    told = project.parent / "cancelled"
    return told.read_text().split() if told.exists() else []


def test_only_jobs_that_a_run_submitted_from_this_folder_are_cancelled(queue, tmp_path):
    here, other = tmp_path / "songs | project", tmp_path / "other"
    others = [f"3|{RUN}|{other}", f"4|interactive|{here}", f"5|{RUN}.sh|{here}"]
    project = queue(f"1|{RUN}|{here}", f"2|mathrock_{RUN}|{here}", *others, left=others)
    assert slurm.end_jobs(project) == 2
    assert cancelled(project) == ["1", "2"]


def test_an_empty_queue_costs_nothing(queue):
    project = queue()
    assert slurm.end_jobs(project) == 0
    assert cancelled(project) == []


def test_a_folder_that_never_saw_slurm_is_not_asked_about(queue):
    project = queue(squeue="#!/bin/sh\nexit 1\n")
    (project / slurm.LOGS).rmdir()
    assert slurm.end_jobs(project) == 0


def test_a_machine_without_slurm_has_no_jobs(queue, tmp_path, monkeypatch):
    project = queue()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert slurm.end_jobs(project) == 0


def test_a_job_that_does_not_end_is_named(queue, tmp_path):
    line = f"7|{RUN}|{tmp_path / 'songs | project'}"
    with pytest.raises(slurm.SlurmError, match=r"do not end: 7; see squeue"):
        slurm.end_jobs(queue(line, left=[line]))


@pytest.mark.parametrize(
    ("squeue", "why"),
    [
        ("echo squeue: error: >&2\necho no controller >&2\nexit 1", "squeue: error: no controller"),
        ("exec sleep 9", "no answer within 3 s"),
    ],
)
def test_slurm_that_does_not_answer_is_no_empty_queue(queue, squeue, why):
    project = queue(squeue=f"#!/bin/sh\n{squeue}\n")
    with pytest.raises(slurm.SlurmError, match=f"but Slurm can't be asked: {why}"):
        slurm.end_jobs(project)
