"""Run one command and write what it used: `python _launch.py REPORT.json CORES COMMAND...`.

A small process of its own, because Linux counts the memory of the process that starts a command
into the peak of the command. CORES is 0 for all.
"""

import json
import os
import sys
import time


def main() -> int:
    report, cores, *command = sys.argv[1:]
    if int(cores):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(cores)])
    # Installed packages are compiled; so may the project's modules be, after the first run.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - began
    used = {
        "wall_s": wall,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e6 / 1024),
    }
    with open(report, "w") as file:  # noqa: PTH123 - pathlib would cost more than all the rest
        json.dump(used, file)
    return abs(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    sys.exit(main())
