"""The same work on a Dask cluster.

Whoever can reach a Dask scheduler can run code on its workers, and the workers' answers are trusted here: use
it within a network of your own, or with TLS certificates in Dask's configuration.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from extract.networks.weights import FETCH, FOLDER_VARIABLE, SHA256, read_weights
from extract.people.faces import describe_networks
from extract.people.weights import INSTALL, are_installed
from ground.errors import DependencyError, InputError
from ground.provenance import motionsig_version
from motionsig.execution.isolation import Isolated, LostCallError
from motionsig.execution.jobs import Failure, Job, fail_lost, run_job
from motionsig.execution.local_workers import GRACE_S, describe_death
from motionsig.execution.remote import remove_abandoned

_CONNECT_S: Final = 20.0
_PROTOCOLS: Final = frozenset({"tcp", "tls", "ucx", "ws", "wss"})  # Dask's
# Each worker has its next job at hand, and no more than these are handed over.
_JOBS_PER_THREAD: Final = 2
_LOOK_EVERY_S: Final = 2.0
# The token of a run is touched with every job, and no job takes so long.
_ABANDONED_AFTER_S: Final = 7 * 24 * 3600.0


class Cluster:
    """A connection to a Dask scheduler.

    Attributes
    ----------
    client
        Dask's own.
    address
        Of the scheduler.
    dashboard
        Address of the page that shows what the cluster does.
    """

    def __init__(self, client: Any, address: str) -> None:
        self.client = client
        self.address = address
        self.dashboard: str = client.dashboard_link

    def count_threads(self) -> int:
        """Return how many jobs the workers can do at once; workers may come and go.

        Raises
        ------
        InputError
            When the scheduler is gone.
        """
        if self.client.status != "running":
            raise self.lost()
        try:
            return sum(self.client.nthreads().values())
        except OSError as error:
            raise self.lost() from error

    def lost(self) -> InputError:
        """Return the error for a scheduler that does not answer any more."""
        return InputError(
            f"The scheduler at {self.address} does not answer any more. Finished work is kept. Start the "
            "scheduler and its workers again. Then run the same command to continue."
        )

    @contextmanager
    def share(self, folder: Path) -> Iterator[ClusterWorkers]:
        """Yield workers that write into a folder, which every computer must see under the same path.

        Raises
        ------
        InputError
            When nothing can be written there, some workers lack networks that find bodies and faces, or some
            tell faces apart with other networks than this computer, or not at all.
        """
        _check_networks(self.client)
        _check_recognition(self.client)
        _remove_abandoned_tokens(folder)
        token = folder.absolute() / f".run-{secrets.token_hex(8)}"
        try:
            token.touch()
        except OSError as error:
            raise InputError(
                f"Cannot write into {folder}: {error.strerror}. Choose another folder."
            ) from error
        try:
            workers = ClusterWorkers(self, self.client, token)
            try:
                yield workers
            finally:
                workers.cancel()
        finally:
            token.unlink(missing_ok=True)  # which ends the jobs that run, whatever else goes wrong


@contextmanager
def connect(address: str) -> Iterator[Cluster]:
    """Connect to a Dask scheduler, such as ``tcp://10.0.0.1:8786``.

    Raises
    ------
    DependencyError
        When Dask is missing.
    InputError
        When there is no scheduler at the address, it has no workers, or some with another version of
        motionsig, or it vanishes while the block runs.
    """
    _check_form(address)
    try:
        from distributed import Client
        from distributed.client import ClosedClientError
        from distributed.comm.core import CommClosedError
    except ImportError as error:
        raise DependencyError(
            "--cluster needs Dask. Install it here and on every worker: `pip install "
            "'motion-signature[dask]'`."
        ) from error
    # What it says of a lost scheduler is said here in a sentence.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    try:
        # A client that fails to connect otherwise than by OSError is left half made, and hangs in its end.
        asyncio.run(_knock(address))
        client = Client(address, timeout=_CONNECT_S, set_as_default=False)  # type: ignore[no-untyped-call]
    except Exception as error:
        why = str(error) or type(error).__name__
        raise InputError(
            f"No Dask scheduler answers at {address} ({why}). Start one with `dask scheduler`, and workers "
            f"with `dask worker {address} --nthreads 1`."
        ) from error
    with client:
        cluster = Cluster(client, address)
        if not cluster.count_threads():
            raise InputError(
                f"The scheduler at {address} has no workers. Start one for each processor with `dask worker "
                f"{address} --nthreads 1`."
            )
        try:
            _check_versions(client)
            yield cluster
        # Dask takes back all work when the connection breaks, and takes none after that.
        except (CancelledError, CommClosedError, ClosedClientError) as error:
            raise cluster.lost() from error


async def _knock(address: str) -> None:
    from distributed.comm.core import connect as reach
    from distributed.security import Security

    security = Security().get_connection_args("client")  # type: ignore[no-untyped-call]
    # Dask has no time limit for the answer, and what listens there may be something else.
    async with asyncio.timeout(2 * _CONNECT_S):
        comm = await reach(address, timeout=_CONNECT_S, **security)  # type: ignore[no-untyped-call]
    comm.abort()


def _check_form(address: str) -> None:
    """Refuse what can be no address before Dask tries to reach it, which takes long."""
    try:
        parts = urlsplit(address)
        usable = parts.scheme in _PROTOCOLS and parts.hostname is not None and parts.port is not None
    except ValueError:
        usable = False
    if not usable:
        raise InputError(
            f"'{address}' is not the address of a Dask scheduler. Give the address that `dask scheduler` "
            "prints, such as tcp://10.0.0.1:8786."
        )


def _check_versions(client: Any) -> None:
    if problems := _find_different(client, motionsig_version, "version"):
        raise InputError(
            f"All computers of a cluster need the same version of motionsig. This one has "
            f"{motionsig_version()}. Install it on these workers and start them again:",
            problems,
        )


def _check_networks(client: Any) -> None:
    """Refuse workers that cannot read a video: they fail at once, so most jobs would go to them."""
    lacks = {
        _describe_unable(worker, "networks", lack) if isinstance(lack, Exception) else lack
        for worker, lack in _ask(client, _find_lack)
        if lack is not None
    }
    if lacks:
        raise InputError(
            "Every computer of a cluster needs the networks that find bodies and faces. Run "
            f"`{FETCH}` on these, or set {FOLDER_VARIABLE} to a folder that all of them see, and start their "
            "workers again:",
            sorted(lacks),  # all workers of a computer say the same
        )


def _find_lack() -> str | None:
    """Return what is wrong with the networks of this computer that find bodies and faces; None if nothing."""
    try:
        for name in SHA256:
            read_weights(name)
    except DependencyError as error:
        return f"{os.uname().nodename}: {error.message}"
    return None


def _check_recognition(client: Any) -> None:
    """Refuse workers that would measure another person of a video than the other workers do."""
    if problems := _find_different(client, _name_networks, "networks"):
        raise InputError(
            f"All computers of a cluster need the same networks that tell faces apart. This one has "
            f"{_name_networks()}. Install them on all computers (`{INSTALL}`) or on none, and start the "
            "workers again:",
            problems,
        )


def _name_networks() -> str:
    """Return which networks tell faces apart on this computer."""
    return describe_networks().label if are_installed() else "none"


def _find_different(client: Any, question: Callable[[], str], what: str) -> list[str]:
    """Return a phrase for each worker that answers otherwise than this computer does."""
    ours, problems = question(), []
    for worker, theirs in _ask(client, question):
        if isinstance(theirs, Exception):
            problems.append(_describe_unable(worker, what, theirs))
        elif theirs != ours:
            problems.append(f"{worker} has {theirs}")
    return problems


def _ask(client: Any, question: Callable[[], Any]) -> Iterator[tuple[str, Any]]:
    """Yield the address of each worker and its answer, or what it raised instead."""
    for worker, answer in sorted(client.run(question, on_error="return").items()):
        if not isinstance(answer, OSError):  # it is gone
            yield worker, answer


def _describe_unable(worker: str, what: str, error: Exception) -> str:
    return f"{worker} has no {what} that works ({type(error).__name__}: {error})"


def _remove_abandoned_tokens(folder: Path) -> None:
    """Remove what runs left there that were killed; workers which still work for them end then."""
    for token in folder.glob(".run-*"):
        with suppress(OSError):  # another run removes the same
            if token.stat().st_mtime < time.time() - _ABANDONED_AFTER_S:
                token.unlink()


@contextmanager
def search_on(address: str | None) -> Iterator[None]:
    """Let the searches of training and evaluation run on a cluster while the block runs; None for here.

    Raises what `connect` raises.
    """
    import joblib

    if address is None:
        yield
        return
    with connect(address) as cluster, joblib.parallel_config(backend="dask", client=cluster.client):
        yield


class ClusterWorkers:
    """The workers of a cluster, as `motionsig.execution.dispatch.Workers`.

    The scheduler gives the jobs of a worker that died to others; a job that was given up after several
    workers died of it is a failure of its video.
    """

    reports_frames: Final = False

    def __init__(self, cluster: Cluster, client: Any, token: Path) -> None:
        self._cluster = cluster
        self._token = token
        # Not pure: the same job given again must be looked at again, because files change.
        self._executor = client.get_executor(pure=False)
        self.count = cluster.count_threads()

    @property
    def most_in_flight(self) -> int:
        """How many jobs may be handed over and not yet done."""
        return max(_JOBS_PER_THREAD * self._cluster.count_threads(), 1)

    def submit(self, job: Job) -> Future[Any]:
        """Hand over a job."""
        with suppress(OSError):  # shared storage has its moments, and the token is a week good
            self._token.touch()
        absolute = replace(job, video=_absolute(job.video), table=job.table.absolute())
        future: Future[Any] = self._executor.submit(_run_if_alike, absolute, self._token, _name_networks())
        return future

    def take_frames(self) -> int:
        """Return 0: frames are counted when a job is done."""
        return 0

    def describe_death(self, error: BaseException) -> str:
        """Return the words for a job whose workers died."""
        return f"the cluster gave up on it ({type(error).__name__}: {error})"

    def cancel(self) -> None:
        """Take back what nobody has begun; what is being done ends when the token is gone."""
        self._executor.shutdown(wait=False)


def _absolute(video: Any) -> Any:
    return video.absolute() if isinstance(video, Path) else video


def _run_if_alike(job: Job, token: Path, networks: str) -> Any:
    """Do a job on a worker that sees the same folder and has the same networks, in a process of its own.

    So a decoder that crashes or hangs costs its own video: were it the worker that died, Dask would give the
    jobs beside it to others a few times, and then give them up.
    """
    if not token.exists():
        return Failure(
            f"{os.uname().nodename} does not see {token.parent}. Workers write the tables themselves. Give "
            "a folder that all computers of the cluster share under the same path."
        )
    if isinstance(job.video, Path) and not os.path.lexists(job.video):
        return Failure(
            f"{os.uname().nodename} does not see {job.video}. Put videos where all computers of the cluster "
            "see them under the same path, or at an address such as s3://bucket/video.mp4."
        )
    # It may have come later than the others, which were asked before.
    if lack := _find_lack():
        return Failure(lack)
    if (own := _name_networks()) != networks:
        return Failure(
            f"{os.uname().nodename} has other networks that tell faces apart ({own}) than the computer that "
            f"gave it {job.video} ({networks}). Install them on all computers (`{INSTALL}`) or on none, and "
            "start the workers again."
        )
    # A Dask worker under a nanny is a daemon, which may have no children. A nanny that kills it leaves none:
    # they end with their parent.
    multiprocessing.current_process().daemon = False
    try:
        with Isolated(job.options.limits.time_s + GRACE_S) as isolated:
            return isolated.call(_run_while_wanted, job, token)
    except LostCallError as error:
        return fail_lost(job, describe_death(error))
    finally:
        remove_abandoned()


def _run_while_wanted(job: Job, token: Path) -> Any:
    """Do a job in a process that ends when nobody waits for its answer any more."""
    threading.Thread(target=_end_without, args=(token,), daemon=True).start()
    return run_job(job)


def _end_without(token: Path) -> None:
    while _may_be_there(token):
        time.sleep(_LOOK_EVERY_S)
    os._exit(1)


def _may_be_there(path: Path) -> bool:
    try:
        path.stat()
    except FileNotFoundError:
        return False
    except OSError:  # shared storage may be out of reach for a while
        pass
    return True
