"""The page as a program: a port, a library of its own, a process for the queue, and a server."""

from __future__ import annotations

import errno
import multiprocessing
import os
import secrets
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Final

import uvicorn

from ground.errors import InputError
from ground.files import to_path
from motionsig.page.app import make_app
from motionsig.page.settings import MOST_UPLOAD_BYTES, Settings
from motionsig.use_cases.library.files import clear_incoming
from motionsig.use_cases.library.layout import Library, open_library
from motionsig.use_cases.library.lock import hold_lane, hold_library
from motionsig.use_cases.library.queue import resume_jobs
from motionsig.use_cases.library.suspects import resume_suspects
from motionsig.use_cases.library.worker import work

_HOST: Final = "127.0.0.1"
_LOOK_EVERY_S: Final = 1.0
# Each has all libraries in memory while it works, 300 MB.
_MOST_LANES: Final = 4
# How long requests may go on that were begun when the page is ended.
_GRACE_S: Final = 1


def serve(
    folder: str | Path,
    *,
    port: int,
    folders: Sequence[str | Path] = (),
    workers: int,
    most_upload_bytes: int = MOST_UPLOAD_BYTES,
    on_ready: Callable[[str], None],
) -> None:
    """Show the page of a library until the process is asked to end.

    Parameters
    ----------
    folder
        The library; begun where the folder is new or empty.
    port
        Where; 0 for any that is free.
    folders
        In which files may be named by their path.
    workers
        How many processes read a video.
    most_upload_bytes
        How large a file may be that is sent.
    on_ready
        Called with the address to open, once the page answers there.

    Raises
    ------
    InputError
        When the folder or the port cannot be used, or another server has them.
    """
    named = tuple(_check_folder(to_path(one)) for one in folders)
    library = open_library(folder)
    token = secrets.token_urlsafe(32)
    with ExitStack() as stack:
        listening = stack.enter_context(_listen(port))
        found_port = listening.getsockname()[1]
        address = f"http://{_HOST}:{found_port}/"
        stack.enter_context(hold_library(library, address, token))
        clear_incoming(library)
        settings = Settings(library, named, most_upload_bytes)
        stack.enter_context(_Workers(library, workers))
        stack.callback(settings.reader.close)
        settings.reader.start()
        app = make_app(settings, token, found_port)
        server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,  # the address with the token would stand in it
                server_header=False,
                proxy_headers=False,
                ws="none",
                timeout_graceful_shutdown=_GRACE_S,
            ),
            lambda: on_ready(f"{address}?token={token}"),
        )
        server.run(sockets=[listening])


class _Server(uvicorn.Server):
    """A server that says when it answers."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self._on_started()


class _Workers:
    """Keeps workers at the queue: one that a hostile video ended is replaced. A context manager.

    The first one reads a video with all processes, the others with one each: many short videos are read side
    by side, and a long one is divided.
    """

    def __init__(self, library: Library, processes: int) -> None:
        self._library, self._processes = library, processes
        self._lanes = range(min(processes, _MOST_LANES))
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        for lane in self._lanes:
            with hold_lane(self._library, lane):  # until those of a page that was killed have ended
                pass
        resume_jobs(self._library)
        resume_suspects(self._library)
        self._running = [self._start(lane) for lane in self._lanes]
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        for process in self._running:
            process.kill()
        for process in self._running:
            process.join()

    def _watch(self) -> None:
        while not self._ended.wait(_LOOK_EVERY_S):
            for lane in self._lanes:
                if not self._running[lane].is_alive():
                    self._running[lane] = self._start(lane)

    def _start(self, lane: int) -> SpawnProcess:
        process = multiprocessing.get_context("spawn").Process(
            target=work,
            args=(self._library.root, os.getpid(), lane, 1 if lane else self._processes),
            name=f"motionsig queue {lane}",
        )
        process.start()
        return process


def _listen(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((_HOST, port))
        listening.listen()  # until then two programs can have a port
    except OSError as error:
        listening.close()
        why = (
            "is in use by another program"
            if error.errno == errno.EADDRINUSE
            else f"cannot be used ({error.strerror})"
        )
        raise InputError(f"Port {port} {why}. Give another with --port, or --port 0 for any.") from error
    return listening


def _check_folder(folder: Path) -> Path:
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder. Give --folder a folder with videos.")
    return folder.resolve()
