import os
import time

import pytest

from mathrock.jobs.clock import LONG_AGO, repair_dates

FUTURE = time.time() + 7200
FILES = (
    ".snakemake/log/run.log", "workflow/scripts/encode_roll.py", "workflow/scripts/mathrock/a.py",
    "workflow/report/page/page.css", "results/midi/a.mid", "results/midi/b.mid", "data/songs/a.mp3",
)  # fmt: skip


@pytest.fixture
def dates(tmp_path):
    """A project of these files, dated 1 but for those from the future; the dates after settling."""

    def repair(*future):
        for name in FILES:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            date = FUTURE if name in future else 1
            os.utime(path, (date, date))
        assert repair_dates(tmp_path) == bool(future)
        return {name: (tmp_path / name).stat().st_mtime for name in FILES}

    return repair


def test_without_a_future_nothing_is_dated(dates):
    assert set(dates().values()) == {1}


def test_artifacts_come_after_scripts_and_before_what_they_are_made_of(dates):
    found = dates(FILES[0], "results/midi/a.mid", "workflow/report/page/page.css")
    script, artifact = found["workflow/scripts/encode_roll.py"], found["results/midi/a.mid"]
    assert LONG_AGO < script < artifact < found["workflow/report/page/page.css"] < time.time()
    assert found["results/midi/b.mid"] == found["workflow/scripts/mathrock/a.py"] == 1


def test_songs_keep_their_dates(dates):
    assert dates(FILES[0], "data/songs/a.mp3")["data/songs/a.mp3"] == FUTURE


def test_a_checkout_from_the_future_is_noticed_without_a_run(dates):
    assert dates("workflow/scripts/mathrock/a.py")["workflow/scripts/mathrock/a.py"] < time.time()


def test_a_project_that_is_not_there_yet(tmp_path):
    assert not repair_dates(tmp_path / "none")
