"""Models and verdicts read for the page, in a process of its own that has the heavy libraries loaded.

So the page itself is small, starts at once, and answers while a model is being read.
"""

from __future__ import annotations

import asyncio
import hashlib
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import Any, Final

from ground.errors import InputError
from motionsig.execution.isolation import obey_parent
from motionsig.page import describing
from motionsig.page.describing import ModelSummary
from motionsig.use_cases.library.layout import Library
from motionsig.use_cases.library.records import read_record

# A page that needs longer says that it is being made, and asks again.
_PATIENCE_S: Final = 0.15


class Reader:
    """Reads models and lays out verdicts; what was read once is kept in the library's cache."""

    def __init__(self) -> None:
        self._executor: ProcessPoolExecutor | None = None
        self._running: dict[Path, Future[None]] = {}
        self._failed: dict[Path, str] = {}
        self._lock = threading.Lock()

    def start(self) -> None:
        """Load the libraries before anybody waits for them."""
        self._submit(describing.prepare)

    def close(self) -> None:
        """End the process."""
        with self._lock:
            executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)
            for process in list((getattr(executor, "_processes", None) or {}).values()):
                process.kill()

    async def describe_model(self, library: Library, model: Path) -> ModelSummary | None:
        """Return what there is to say of a model; None while it is being read.

        Raises
        ------
        InputError
            When it cannot be used, with the reason.
        """
        kept = _name_kept(library.cache_of(model.stem), model, ".json")
        if await self._make(kept, partial(describing.write_summary, model, kept)):
            return await asyncio.to_thread(read_record, ModelSummary, kept)
        return None

    async def lay_out(self, library: Library, verdict: Path, player: bool) -> str | None:
        """Return a report as a part of a page; None while it is being made.

        Raises
        ------
        InputError
            When the verdict cannot be read, with the reason.
        """
        place = library.cache_of(verdict.parent.name)
        kept = _name_kept(place, verdict, f"-{'player' if player else 'still'}.html")
        if await self._make(kept, partial(describing.write_fragment, verdict, kept, player=player)):
            return await asyncio.to_thread(kept.read_text, encoding="utf-8")
        return None

    async def _make(self, kept: Path, make: Callable[[], None]) -> bool:
        """Return whether a file of the cache is there; if not, have it made and wait for a moment."""
        if kept in self._failed:
            raise InputError(self._failed[kept])
        if kept.exists():
            return True
        future = self._running.get(kept)
        if future is None:
            future = self._running[kept] = self._submit(make)
        try:
            made = asyncio.wrap_future(future)
            # Who has stopped waiting hears of a failure at the next question, and the terminal nothing of it.
            made.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
            await asyncio.wait_for(asyncio.shield(made), _PATIENCE_S)
        except TimeoutError:
            return False
        except BrokenProcessPool:
            self._failed[kept] = "It could not be read, because the process that read it died."
        except InputError as error:
            self._failed[kept] = error.message
        except Exception as error:  # a defect is told where it is seen, and costs this page only
            self._failed[kept] = f"This is a defect of motionsig. Please report it: {error!r}"
        finally:
            if future.done():
                self._running.pop(kept, None)
        if kept in self._failed:
            raise InputError(self._failed[kept])
        return True

    def _submit(self, function: Callable[[], None]) -> Future[Any]:
        with self._lock:
            try:
                return self._start().submit(function)
            except BrokenProcessPool:  # it died over the last file, which was said
                self._executor = None
                return self._start().submit(function)

    def _start(self) -> ProcessPoolExecutor:
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                1,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(os.getpid(),),
            )
        return self._executor


def _begin(parent: int) -> None:
    obey_parent(parent)
    os.nice(3)  # the page answers first, and readings come last


def _name_kept(place: Path, path: Path, ending: str) -> Path:
    """Return where in a cache is kept what was read from a file; another one once that has changed."""
    try:
        found = path.stat()
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}.") from error
    key = f"{path}\0{found.st_mtime_ns}\0{found.st_size}\0{describing.REVISION}"
    return place / f"{hashlib.sha256(os.fsencode(key)).hexdigest()[:32]}{ending}"
