"""Pieces of one piece of work, side by side in threads or, where joblib is told so, on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from joblib import Parallel, delayed
from joblib.parallel import get_active_backend

Piece = TypeVar("Piece")
Result = TypeVar("Result")
OnProgress = Callable[[], None] | None


def work_side_by_side(
    work: Callable[[Piece, OnProgress], Result],
    pieces: Sequence[Piece],
    *,
    workers: int,
    on_progress: OnProgress,
    steps: int,
) -> list[Result]:
    """Return ``work(piece, on_progress)`` for every piece, in order.

    Parameters
    ----------
    work
        May write to nothing that is shared: it may run on another computer.
    pieces
        What to work on.
    workers
        Threads, which is what libsvm and NumPy let run side by side; -1 for one a processor.
    on_progress
        Called `steps` times for each piece: by `work`, or from here where `work` runs elsewhere without it.
    steps
        How often.
    """
    backend, _ = get_active_backend(prefer="threads")
    if getattr(backend, "supports_sharedmem", False):
        calls = (delayed(work)(piece, on_progress) for piece in pieces)
        done: list[Result] = Parallel(n_jobs=workers, prefer="threads")(calls)
        return done
    results = []
    calls = (delayed(work)(piece, None) for piece in pieces)
    for result in Parallel(n_jobs=workers, return_as="generator")(calls):
        results.append(result)
        for _ in range(steps if on_progress else 0):
            on_progress()  # type: ignore[misc]
    return results
