"""What the benchmarks share: whole processes measured, the machine described, results printed."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from statistics import median

from tabulate import tabulate

HERE = Path(__file__).parent


class BenchmarkError(Exception):
    """The benchmark cannot be run; the message says why in one line."""


def parser(description: str) -> argparse.ArgumentParser:
    """An argument parser with the options of every benchmark."""
    result = argparse.ArgumentParser(description=" ".join(description.split()))
    result.add_argument("--json", action="store_true", help="print one JSON object, no table")
    return result


def add_process_options(options: argparse.ArgumentParser) -> None:
    """The options of benchmarks that run whole processes."""
    options.add_argument(
        "--repeats", type=at_least_1, default=1, metavar="N", help="print medians of N runs"
    )
    options.set_defaults(cores=0)
    if hasattr(os, "sched_setaffinity"):  # not on a Mac
        hint = "keep every process on this many cores; all without it"
        options.add_argument("--cores", type=at_least_1, metavar="N", help=hint)


def at_least_1(text: str) -> int:
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return int(text)


def run(command: list, cores: int = 0) -> tuple[dict, str]:
    """Run a command to its end.

    Args:
        command: the program's path, then its arguments.
        cores: keep it on this many cores; 0: on any.

    Returns:
        Its wall-clock and CPU seconds and its peak resident memory in MB (10^6 bytes), and what it
        wrote to its standard output.

    Raises:
        BenchmarkError: it failed; the message is the last line that it wrote.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        launcher = [sys.executable, "-I", "-S", str(HERE / "_launch.py"), str(report), str(cores)]
        done = subprocess.run(
            [*launcher, *map(str, command)], capture_output=True, text=True, errors="replace"
        )
        if done.returncode:
            lines = (done.stdout + done.stderr).strip().splitlines()
            raise BenchmarkError(lines[-1] if lines else f"failed with status {done.returncode}")
        return json.loads(report.read_text()), done.stdout


def medians(runs: list[dict]) -> dict:
    """The median of each quantity over several runs of a command."""
    return {name: round(median(run[name] for run in runs), 3) for name in runs[0]}


def machine(packages: list[str], cores: int = 0) -> dict:
    """What the results depend on, without the machine's name."""
    return {
        "cores": min(cores, usable_cores()) if cores else usable_cores(),
        "cpu": _cpu(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "os": _system(),
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in packages},
        "load_average": [round(load, 2) for load in os.getloadavg()],
    }


def usable_cores() -> int:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.platform(aliased=True, terse=True)


def show(facts: dict, headers: list[str], rows: list[list], notes: str = "") -> None:
    """Print the machine, a table and what there is to know about it."""
    packages = ", ".join(f"{name} {version}" for name, version in facts["packages"].items())
    print(f"{facts['cores']} core(s) of {facts['cpu']}, {facts['memory_gb']} GB, {facts['os']}")
    print(f"Python {facts['python']}, {packages}")
    print(f"load average before: {', '.join(map(str, facts['load_average']))}\n")
    print(tabulate(rows, headers, tablefmt="github", floatfmt=".4g"))
    if notes:
        print(f"\n{notes}")


def show_json(result: dict) -> None:
    """Print the result as the one JSON object on the standard output."""
    print(json.dumps(result, indent=2))


def call(main) -> None:
    """Run a benchmark's main function; a BenchmarkError ends it with one line and status 1."""
    try:
        main()
    except BenchmarkError as error:
        sys.exit(f"Error: {error}")
