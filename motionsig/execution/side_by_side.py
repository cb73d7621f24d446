"""Calls in processes of their own, several at once, that can be ended at any time."""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, Final

from ground.errors import MotionsigError
from motionsig.execution.isolation import Isolated, LostCallError, share_processors

_LOOK_EVERY_S: Final = 0.25


def call_side_by_side(
    function: Callable[..., object],
    calls: Sequence[tuple[Any, ...]],
    *,
    workers: int,
    limit_s: float,
    advance: Callable[[int], None],
) -> list[MotionsigError | LostCallError | None]:
    """Make calls in processes, each of which makes one call after the other.

    Parameters
    ----------
    function
        Of a module. It must leave nothing behind when its process is ended in the middle.
    calls
        The arguments of each call.
    workers
        Number of processes, at least 1.
    limit_s
        Seconds that a call may take.
    advance
        Called from this thread, several times a second, with the number of calls that are done since the last
        call. What it raises ends all processes.

    Returns
    -------
    list of Exception or None
        Why a call did not end, in the order of `calls`; None for one that did.
    """
    count = min(workers, len(calls))
    processes = [Isolated(limit_s, env=share_processors(count)) for _ in range(count)]
    idle: queue.SimpleQueue[Isolated] = queue.SimpleQueue()
    for process in processes:
        idle.put(process)

    def make(arguments: tuple[Any, ...]) -> MotionsigError | LostCallError | None:
        process = idle.get()
        try:
            process.call(function, *arguments)
        except (MotionsigError, LostCallError) as error:
            return error
        finally:
            idle.put(process)
        return None

    threads = ThreadPoolExecutor(max(len(processes), 1))  # a thread waits for each process
    try:
        futures: list[Future[MotionsigError | LostCallError | None]] = [
            threads.submit(make, arguments) for arguments in calls
        ]
        running = set(futures)
        while running:
            done, running = wait(running, timeout=_LOOK_EVERY_S, return_when=FIRST_COMPLETED)
            advance(len(done))
        return [future.result() for future in futures]
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.end()
        threads.shutdown(wait=True)
