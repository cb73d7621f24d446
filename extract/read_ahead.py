"""Getting the next items ready while the ones before are worked on."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterable
from typing import Final, TypeVar

Item = TypeVar("Item")

# More pictures at once are no faster, and take fresh memory again and again.
_ITEMS_AHEAD: Final = 2


def read_ahead(items: Iterable[Item]) -> Generator[Item, None, None]:
    """Yield `items`, which a thread of its own gets ready, a few at a time.

    Decoding and conversion let Python's lock go, so they run beside the networks. Close the generator when it
    is not read to its end; an error of `items` is raised where its item would have come.
    """
    ready: queue.Queue[tuple[Item | None, BaseException | None]] = queue.Queue(_ITEMS_AHEAD)
    stopped = threading.Event()

    def put(item: Item | None, error: BaseException | None = None) -> None:
        while not stopped.is_set():
            try:
                ready.put((item, error), timeout=0.1)
            except queue.Full:
                continue
            return

    def work() -> None:
        try:
            for item in items:
                put(item)
                if stopped.is_set():
                    return
            put(None)
        except BaseException as error:
            put(None, error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        while True:
            item, error = ready.get()
            if error is not None:
                raise error
            if item is None:
                return
            yield item
    finally:
        stopped.set()
        thread.join()
