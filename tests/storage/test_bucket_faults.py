"""A server that fails or does not answer in the middle of a run."""

import re
import subprocess
import time

import pytest


def run_with_fault(project, fault, times, *arguments):
    """Start a run, and let the server fail once a song is MIDI; the exit code, what was printed."""
    printed = project.path("printed.txt")
    with printed.open("w") as output:
        run = subprocess.Popen(
            project.command(*arguments), cwd=project.folder, stdout=output, stderr=output
        )
        while run.poll() is None and not project.bucket.midi():
            time.sleep(0.1)
        assert run.poll() is None, printed.read_text()
        project.bucket.fail(fault, times)
        return run.wait(), printed.read_text()


def same_midi(project, local):
    made = project.bucket.midi()
    assert made == {key: local.path(key).read_bytes() for key in made}
    return made


@pytest.mark.parametrize(("fault", "times"), [("500", 8), ("hang", 1)])
def test_a_server_that_fails_for_a_while_is_asked_again(elsewhere, local, fault, times):
    code, printed = run_with_fault(elsewhere, fault, times)
    assert code == 0, printed
    assert elsewhere.bucket.faults_left() == 0
    assert "results/generated/lstm/one.mid" in same_midi(elsewhere, local)
    assert elsewhere.stale() == {}


def test_a_server_that_goes_on_failing_ends_the_run_and_the_next_one_finishes(elsewhere, local):
    code, printed = run_with_fault(elsewhere, "500", 1_000_000, "--storage-s3-retries", "1")
    assert code == 1
    assert re.search(r"An error occurred \((500|InternalError)\) when calling the \w+", printed)
    place = f"s3://{elsewhere.bucket.name}/small"  # it broke off between two jobs, or in one
    assert f"If {place} failed or did not answer" in printed or f"are in {place}" in printed
    elsewhere.bucket.fail("500", 0)
    same_midi(elsewhere, local)  # what is there is whole
    elsewhere.run()
    assert "results/generated/lstm/one.mid" in same_midi(elsewhere, local)
    assert elsewhere.stale() == {}


def test_a_server_that_is_not_there_is_named(elsewhere):
    elsewhere.bucket.address = "http://127.0.0.1:9"  # the port of `discard`: nobody listens
    printed = elsewhere.run("--storage-s3-retries", "0", code=1)
    assert "Could not connect to the endpoint URL" in printed
    assert "http://127.0.0.1:9" in printed
