"""The same work on a Dask cluster.

Whoever can reach a Dask scheduler can run code on its workers, and the workers' answers are trusted here: use
it within a network of your own, or with TLS certificates in Dask's configuration.
"""

from __future__ import annotations

import multiprocessing
import os
import secrets
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from extract.errors import DependencyError, InputError
from pipeline.isolation import Isolated, LostCallError
from pipeline.jobs import Failure, Job, fail_lost, run_job
from pipeline.local_workers import GRACE_S, describe_death

_CONNECT_S: Final = 20
# Each worker has its next job at hand, and no more than these are handed over.
_JOBS_PER_THREAD: Final = 2


class Cluster:
    """A connection to a Dask scheduler.

    Attributes
    ----------
    client
        Dask's own.
    dashboard
        Address of the page that shows what the cluster does.
    """

    def __init__(self, client: Any) -> None:
        self.client = client
        self.dashboard: str = client.dashboard_link

    def count_threads(self) -> int:
        """Return how many jobs the workers can do at once; workers may come and go."""
        return sum(self.client.nthreads().values())

    @contextmanager
    def share(self, folder: Path) -> Iterator[ClusterWorkers]:
        """Yield workers that write into a folder, which every computer must see under the same path."""
        token = folder.absolute() / f".run-{secrets.token_hex(8)}"
        token.touch()
        workers = ClusterWorkers(self, self.client, token)
        try:
            yield workers
        finally:
            workers.cancel()
            token.unlink(missing_ok=True)


@contextmanager
def connect(address: str) -> Iterator[Cluster]:
    """Connect to a Dask scheduler, such as ``tcp://10.0.0.1:8786``.

    Raises
    ------
    DependencyError
        When Dask is missing.
    InputError
        When there is no scheduler at the address, or it has no workers.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise DependencyError(
            "Work on a cluster needs Dask: `pip install 'motion-signature[dask]'`, here and on every worker."
        ) from error
    try:
        client = Client(address, timeout=_CONNECT_S, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise InputError(
            f"No Dask scheduler answers at {address}. Start one with `dask scheduler`, and workers with "
            f"`dask worker {address} --nthreads 1`."
        ) from error
    with client:
        cluster = Cluster(client)
        if not cluster.count_threads():
            raise InputError(
                f"The scheduler at {address} has no workers. Start them with "
                f"`dask worker {address} --nthreads 1`, as many as there are processors."
            )
        yield cluster


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
    """The workers of a cluster, as `pipeline.extraction.Workers`.

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
        absolute = Job(_absolute(job.video), job.table.absolute(), job.options, job.chunks, job.frames)
        future: Future[Any] = self._executor.submit(_run_if_shared, absolute, self._token)
        return future

    def describe_death(self, error: BaseException) -> str:
        """Return the words for a job whose workers died."""
        return f"the cluster gave it up ({type(error).__name__}: {error})"

    def cancel(self) -> None:
        """Take back what is not done."""
        self._executor.shutdown(wait=False)


def _absolute(video: Any) -> Any:
    return video.absolute() if isinstance(video, Path) else video


def _run_if_shared(job: Job, token: Path) -> Any:
    """Do a job on a worker that sees the same folder, in a process of its own.

    So a decoder that crashes or hangs costs its own video: were it the worker that died, Dask would give the
    jobs beside it to others a few times, and then give them up.
    """
    if not token.exists():
        return Failure(
            f"{os.uname().nodename} does not see {token.parent}: workers write the tables themselves, so the "
            "folder must be shared by all computers of the cluster under the same path."
        )
    # A Dask worker under a nanny is a daemon, which may have no children. A nanny that kills it leaves none:
    # they end with their parent.
    multiprocessing.current_process().daemon = False
    with Isolated(job.options.limits.time_s + GRACE_S) as isolated:
        try:
            return isolated.call(run_job, job)
        except LostCallError as error:
            return fail_lost(job, describe_death(error))
