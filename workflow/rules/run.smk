"""What a run does before its first job, and what it says after its last."""

import atexit
import os

from mathrock.files import atomic
from mathrock.files.damage import DamagedFile
from mathrock.jobs import clock, log, run_lock
from mathrock.songs.shards.restamp import restamp


def unfinished_logs():
    """The logs of the jobs that are not done, with the jobs' names."""
    return {
        str(log): " ".join([job.rule.name, *job.wildcards])
        for job in workflow.dag.needrun_jobs()
        for log in job.log
    }


def take_folder():
    """Let no other run work in this folder, and clean up after one that was killed."""
    try:
        for line in run_lock.acquire(Path.cwd()):
            print(line, file=sys.stderr)
    except run_lock.FolderInUse as error:
        raise WorkflowError(str(error))
    finally:
        atexit.unregister(run_lock.name_other_run)
    atomic.sweep("results")
    if workflow.touch:  # no job runs, so the logs of those that did stay
        restamp(workflow.dag.needrun_jobs(), lambda line: print(line, file=sys.stderr))
    else:
        for log in unfinished_logs():  # what is there at the end is then of this run
            Path(log).unlink(missing_ok=True)
    present = [song.path for song in SONGS.values() if Path(song.path).exists()]
    atexit.register(print_crash, present)
    if BUCKET:
        atexit.register(say_how_to_go_on)


def say_how_to_go_on():
    """The last words of a run that broke off without any of its own, as it does where the bucket
    stops answering between two jobs."""
    print(
        f"The run broke off. If {BUCKET} failed or did not answer, see above, type the same again"
        " when it does: what is there stays, and the run goes on from it",
        file=sys.stderr,
    )


def print_crash(present):
    """The last words where Snakemake itself gives up, as when a job's input is gone."""
    for path in present:
        if not Path(path).exists():
            print(
                f"Error: {path} is gone: put it back, or run again without it",
                file=sys.stderr,
            )
    if atomic.is_full("."):
        print("Error: the disk is full: free space and run again", file=sys.stderr)


def print_failures():
    """The last words of a run that failed: each reason in a line."""
    atexit.unregister(print_crash)
    atexit.unregister(say_how_to_go_on)
    failures = log.failures(unfinished_logs())
    print("", *failures, "", sep="\n", file=sys.stderr)


def format_table(show_table, table):
    """A table for the terminal; a damaged one ends the run with a line that says so."""
    try:
        return show_table(table)
    except DamagedFile as error:
        sys.exit(f"Error: {error}")


def print_experiments():
    """What came of the experiments, a table each."""
    from mathrock.training.comparison_table import show_table

    for name, table in zip(EXPERIMENTS, map(Path, COMPARED_CELLS)):
        if table.is_file():
            print(
                f"\n{name}, {table}:\n{format_table(show_table, table)}",
                file=sys.stderr,
            )


def print_takes():
    """The final word of a run: which takes there are, what they are like, where they are."""
    from mathrock.generation.take_table import show_table

    atexit.unregister(print_crash)
    atexit.unregister(say_how_to_go_on)
    if BUCKET:
        print(f"\nAll is in {BUCKET}: copy its results/report/\n", file=sys.stderr)
        return
    table = Path("results/takes.tsv")
    if table.is_file():
        print(f"\n{format_table(show_table, table)}\n", file=sys.stderr)
    if Path("results/report/index.html").is_file():
        print("Listen and look: results/report/index.html\n", file=sys.stderr)


def write_unfinished_report(shown):
    """After a run that failed: the page with what there is, what is missing and what failed. It is
    dated long ago, so that the next run makes it anew. In a bucket nothing can be dated so.
    """
    if BUCKET:
        print(f"What there is, and the logs, are in {BUCKET}", file=sys.stderr)
        return
    from mathrock.report.page import Sources, write_page

    page = Path("results/report/index.html")
    failures = log.failures(unfinished_logs())
    try:
        write_page(page, Sources(**shown), config, "results/benchmarks", failures)
        os.utime(page, (clock.LONG_AGO, clock.LONG_AGO))
    except Exception as error:  # the failure itself is the news, not this page
        print(f"The page {page} could not be written: {error}", file=sys.stderr)
    else:
        print(f"What there is, and what is missing, is on {page}", file=sys.stderr)
