"""Dry runs of Snakemake in forks of one process that has imported it already.

Each dry run is still a process of its own, which reads the workflow, the settings and the library
of its own folder: only other people's packages are imported once, which is what half of a start
takes. It is for tests that look at what Snakemake says it would do, not at how it starts.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

LIMIT = 300  # seconds, for a dry run
# What Snakemake and the rules import, without the library, of which each project has its own.
PRELOADED = (
    *("snakemake.cli", "snakemake.report.html_reporter", "snakemake.storage"),
    *("chardet", "docutils.parsers.rst.directives.images", "jsonschema", "numpy", "pygments"),
    *("requests", "smart_open", "yaml", "yte"),
)


def dry_run(folder: str | Path, arguments: list[str]) -> tuple[int, str]:
    """Run `python -m snakemake` in a folder, which must start no job.

    Returns:
        Its exit status, and all that it printed.
    """
    with tempfile.NamedTemporaryFile() as output:
        server = _server(os.environ.get("PYTHONPATH", ""))
        request = {"folder": str(folder), "environment": dict(os.environ)}
        request |= {"output": output.name, "arguments": list(map(str, arguments))}
        server.stdin.write(json.dumps(request) + "\n")
        server.stdin.flush()
        status = int(server.stdout.readline())
        return status, Path(output.name).read_text()


@cache  # for the life of the test process; another path has other plug-ins of Snakemake
def _server(python_path):
    process = subprocess.Popen(
        [sys.executable, __file__],
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": python_path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(process.communicate)  # it ends when its input does
    return process


def _serve():
    """Fork a dry run for each line of the input, and answer with its exit status."""
    sys.path.remove(str(Path(__file__).parent))  # `python -m snakemake` has not got it
    for name in PRELOADED:
        importlib.import_module(name)
    gc.freeze()  # what all forks share is no garbage to look for in each
    for line in sys.stdin:
        if (process := os.fork()) == 0:
            return json.loads(line)
        _, status = os.waitpid(process, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    return None


def _become(folder, environment, output, arguments):
    """Be `python -m snakemake` in the folder. It ends as any process, with its last words."""
    os.chdir(folder)
    signal.alarm(LIMIT)  # which ends this process
    os.setsid()
    os.environ.clear()
    os.environ.update(environment | {"PYTHONDONTWRITEBYTECODE": "1"})
    workflow = importlib.import_module("snakemake.workflow")
    workflow.Workflow._rundir = str(folder)  # else the folder in which it was imported
    with open(os.devnull) as nothing, open(output, "w") as file:  # noqa: PTH123
        os.dup2(nothing.fileno(), 0)
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    sys.argv = ["snakemake", *arguments]
    sys.path.insert(0, str(folder))
    runpy.run_module("snakemake", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    request = _serve()
    if request is not None:
        _become(**request)
