"""Artifacts that something broke between two runs: a copy broken off, a sync client, a crash."""

import pytest

from after_faults import PAPER, errors, finish


@pytest.mark.parametrize(
    ("artifact", "share"),
    [
        ("results/audio/lstm/one.wav", 0.5),
        (f"results/beats/{PAPER}.tsv", 0),
        ("results/report/takes/lstm/one/plain.mp3", 0),
    ],
)
def test_a_damaged_artifact_is_named_and_deleting_it_mends_all(project, artifact, share):
    path = project.path(artifact)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    told = errors(project.run(code=1))
    assert told
    line = f"Error: {artifact} is damaged or cut short: delete it and run again"
    assert all(one.startswith(line) for one in told)
    path.unlink()
    finish(project)
    assert path.read_bytes() == whole
