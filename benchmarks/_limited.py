"""Call a function in worker processes, each call within limits of time and memory."""

import multiprocessing
import os
import resource
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, NamedTuple

import _library  # noqa: F401
from time_limits import Overtime, time_limit

PATIENCE = 20  # times the limit of time, on a clock: for code that no signal reaches


class Outcome(NamedTuple):
    """What came of a call: its value, or its failure; seconds of a core, and MB (10^6 bytes).

    The memory is the most that the process held during the call less what it held before.
    """

    value: Any = None
    failure: str = ""
    seconds: float = 0.0
    megabytes: float = 0.0


def call_limited(
    function: Callable, items: Iterable, jobs: int, seconds: float, megabytes: float
) -> Iterator[tuple[Any, Outcome]]:
    """Yield each item with the outcome of function(item), in the order in which they end.

    Args:
        function: of a module, so that a new process can import it. What it prints is dropped.
        jobs: the number of processes; one that fails in a way of its own is replaced.
        seconds, megabytes: of a core and of additional address space, for each call.
    """
    context = multiprocessing.get_context("spawn")
    waiting, busy, processes = iter(items), {}, {}

    def start() -> Connection:
        here, there = context.Pipe()
        worker = context.Process(target=_work, args=(there, function, seconds, megabytes))
        worker.start()
        there.close()  # else the end of the process would not end the pipe
        processes[here] = worker
        return here

    try:
        free = [start() for _ in range(jobs)]
        while True:
            while free and (item := next(waiting, None)) is not None:
                pipe = free.pop()
                pipe.send(item)
                busy[pipe] = item, time.monotonic()
            if not busy:
                return
            for pipe in wait(list(busy), 1):
                item, _ = busy.pop(pipe)
                try:
                    outcome = pipe.recv()
                except EOFError:
                    outcome = Outcome(failure=_ended(processes.pop(pipe)))
                    pipe = start()
                free.append(pipe)
                yield item, outcome
            for pipe, (_, since) in busy.items():
                if time.monotonic() - since > PATIENCE * seconds:
                    processes[pipe].kill()
    finally:
        for worker in processes.values():
            worker.kill()


def _ended(worker: multiprocessing.Process) -> str:
    worker.join()
    return f"ends its process with status {worker.exitcode}"


def _work(pipe: Connection, function: Callable, seconds: float, megabytes: float) -> None:
    """Call the function for each item that the pipe brings."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    with suppress(EOFError, KeyboardInterrupt):
        while True:
            pipe.send(_call(function, pipe.recv(), seconds, megabytes))


def _call(function: Callable, item: Any, seconds: float, megabytes: float) -> Outcome:
    before, value, failure = _start_peak(), None, ""
    began = time.process_time()
    try:
        with _memory_limit(megabytes), time_limit(seconds):
            value = function(item)
    except (Exception, Overtime) as error:
        failure = f"{type(error).__name__}: {error}"
    used = time.process_time() - began
    return Outcome(value, failure, used, max(0.0, _status("VmHWM") - before))


@contextmanager
def _memory_limit(megabytes: float) -> Iterator[None]:
    """Let the process take so much more address space in the block, and no more."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if size := _status("VmSize"):
        resource.setrlimit(resource.RLIMIT_AS, (int((size + megabytes) * 1e6), most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _start_peak() -> float:
    """Start anew to measure the most memory that is held; return what is held now."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _status(name: str) -> float:
    """Read a size of this process in MB; 0 where there is no /proc."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) * 1024 / 1e6
    return 0.0
