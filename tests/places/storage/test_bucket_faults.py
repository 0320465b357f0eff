"""A server that fails or does not answer in the middle of a run."""

import re

import pytest

TAKE = "results/generated/lstm/one.mid"  # what comes after the MIDI is not asked for


def run_with_fault(run, bucket, fault, times, code=0):
    """Let the server fail once a song is MIDI, and wait for the end; what was printed."""
    run.wait_until(bucket.midi)
    bucket.fail(fault, times)
    return run.end(code)


def same_midi(project, local):
    made = project.bucket.midi()
    assert made == {key: local.path(key).read_bytes() for key in made}
    return made


@pytest.mark.parametrize(("fault", "times"), [("hang", 1), ("500", 8)])
def test_a_server_that_fails_for_a_while_is_asked_again(elsewhere, local, start, fault, times):
    run_with_fault(start(elsewhere, TAKE), elsewhere.bucket, fault, times)
    assert elsewhere.bucket.faults_left() == 0
    assert TAKE in same_midi(elsewhere, local)
    assert elsewhere.stale(TAKE) == {}


def test_a_server_that_goes_on_failing_ends_the_run_and_the_next_finishes(elsewhere, local, start):
    run = start(elsewhere, TAKE, "--storage-s3-retries", "1")
    printed = run_with_fault(run, elsewhere.bucket, "500", 1_000_000, code=1)
    assert re.search(r"An error occurred \((500|InternalError)\) when calling the \w+", printed)
    place = f"s3://{elsewhere.bucket.name}/small"  # it broke off between two jobs, or in one
    assert f"If {place} failed or did not answer" in printed or f"are in {place}" in printed
    elsewhere.bucket.fail("500", 0)
    same_midi(elsewhere, local)  # what is there is whole
    elsewhere.run(TAKE)
    assert TAKE in same_midi(elsewhere, local)
    assert elsewhere.stale(TAKE) == {}


def test_a_server_that_is_not_there_is_named(elsewhere):
    elsewhere.bucket.address = "http://127.0.0.1:9"  # the port of `discard`: nobody listens
    printed = elsewhere.run("--storage-s3-retries", "0", code=1)
    assert "Could not connect to the endpoint URL" in printed
    assert "http://127.0.0.1:9" in printed
