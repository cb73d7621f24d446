"""The queue: whoever dies, the work goes on where it was, and whoever cancels is obeyed."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from ground.errors import InputError, StoppedError
from motionsig.use_cases.library import queue, suspects, worker
from motionsig.use_cases.library.layout import Library
from motionsig.use_cases.library.records import Job, JobProgress
from motionsig.use_cases.monitor import Monitor

Do = Callable[[Library, Job, int, Monitor], None]


@pytest.fixture
def do(monkeypatch: pytest.MonkeyPatch) -> Callable[[Do], None]:
    """Lets the worker do another thing."""
    return lambda function: monkeypatch.setattr(worker, "_do", function)


def add(library: Library, *names: str) -> list[Job]:
    return [queue.add_job(library, "judge", name, f"{name}.mp4") for name in names]


def states(library: Library) -> dict[str, str]:
    return {job.of: job.state for job in queue.list_jobs(library)}


def test_work_is_done_in_the_order_in_which_it_was_asked_for(
    library: Library, do: Callable[[Do], None]
) -> None:
    done: list[str] = []
    do(lambda _, job, workers, monitor: done.append(job.of))
    names = [f"s{k}" for k in range(12)]
    add(library, *names)
    while worker.work_once(library, 1):
        pass
    assert done == names
    assert set(states(library).values()) == {"done"}


def test_ten_queued_videos_go_on_after_everything_was_killed(
    library: Library, do: Callable[[Do], None]
) -> None:
    add(library, *(f"s{k}" for k in range(10)))
    killed = queue.take_next(library)  # and then everything ends, with the job begun
    assert killed is not None
    queue.resume_jobs(library)
    begun: list[tuple[str, int]] = []
    do(lambda _, job, workers, monitor: begun.append((job.of, job.attempts)))
    while worker.work_once(library, 1):
        pass
    assert begun == [(f"s{k}", 1) for k in range(10)]
    assert set(states(library).values()) == {"done"}


def test_a_job_that_ends_the_worker_again_and_again_is_given_up_and_the_others_go_on(
    library: Library, do: Callable[[Do], None]
) -> None:
    hostile, good = add(library, "hostile", "good")
    for _ in range(queue.MOST_ATTEMPTS):
        taken = queue.take_next(library)  # the worker dies, and another one starts
        assert taken is not None
        assert taken.of == "hostile"
    do(lambda *_: None)
    assert worker.work_once(library, 1)
    assert states(library) == {"hostile": "failed", "good": "done"}
    assert "ended 3 times" in (queue.read_job(library, hostile.id).message or "")
    assert queue.read_job(library, good.id).message is None


def test_suspects_are_compared_side_by_side_and_what_is_learnt_is_waited_for(library: Library) -> None:
    add(library, "s1")
    queue.add_job(library, "learn", "jane", "Jane")
    add(library, "s2", "s3")

    def take(lane: int) -> str | None:
        job = queue.take_next(library, lane)
        return job.of if job else None

    def end(of: str) -> None:
        (job,) = [one for one in queue.list_jobs(library) if one.of == of]
        queue.end_job(library, job, "done")

    assert take(0) == "s1"
    assert take(1) == "jane"
    assert take(2) is None  # s2 may need what is learnt
    end("s1")
    assert take(0) is None
    end("jane")
    assert (take(0), take(1), take(2)) == ("s2", "s3", None)


def test_a_worker_that_was_replaced_goes_on_with_its_own_job_only(library: Library) -> None:
    add(library, "s1", "s2")
    assert [queue.take_next(library, lane).of for lane in (0, 1)] == ["s1", "s2"]  # type: ignore[union-attr]
    again = queue.take_next(library, 1)
    assert again is not None
    assert (again.of, again.attempts) == ("s2", 2)


def test_an_error_costs_its_own_job_and_is_told_without_our_folders(
    library: Library, do: Callable[[Do], None]
) -> None:
    def fail(library: Library, job: Job, workers: int, monitor: Monitor) -> None:
        monitor.notice(f"{library.root}/verdicts/x is odd.")
        if job.of == "bad":
            raise InputError(f"{library.root}/verdicts/x/v.mp4 is not a video.")
        raise KeyError("defect")

    do(fail)
    bad, defect = add(library, "bad", "defect")
    while worker.work_once(library, 1):
        pass
    assert queue.read_job(library, bad.id).message == "verdicts/x/v.mp4 is not a video."
    assert queue.read_job(library, bad.id).notices == ("verdicts/x is odd.",)
    assert "defect of motionsig" in (queue.read_job(library, defect.id).message or "")


def test_what_is_cancelled_while_it_waits_is_not_begun(library: Library, do: Callable[[Do], None]) -> None:
    first, second = add(library, "first", "second")
    assert queue.cancel_job(library, first.id).state == "cancelled"
    begun: list[str] = []
    do(lambda _, job, workers, monitor: begun.append(job.of))
    while worker.work_once(library, 1):
        pass
    assert begun == ["second"]
    assert states(library) == {"first": "cancelled", "second": "done"}
    assert queue.cancel_job(library, second.id).state == "done"  # too late, and no harm


def test_what_is_cancelled_while_it_is_read_ends(
    program: TestClient, library: Library, do: Callable[[Do], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_LOOK_EVERY_S", 0.0)

    def read(library: Library, job: Job, workers: int, monitor: Monitor) -> None:
        with monitor.stage("Reading", 100, "frames") as advance:
            advance(1)
            assert program.post(f"/api/v1/jobs/{job.id}/cancel").status_code == 200
            with pytest.raises(StoppedError):
                advance(1)
            advance(1)

    do(read)
    add(library, "s")
    worker.work_once(library, 1)
    assert states(library) == {"s": "cancelled"}


def test_progress_says_speed_time_left_and_clip(
    program: TestClient, library: Library, do: Callable[[Do], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """200 frames of 1,000 in 10 s: 20 a second, 40 s left; at 20 s of 100, the clip that begins there."""
    now = [0.0]
    monkeypatch.setattr(worker.time, "monotonic", lambda: now[0])
    seen: list[JobProgress | None] = []
    shown: list[str] = []

    def read(library: Library, job: Job, workers: int, monitor: worker._JobMonitor) -> None:
        monitor.clips = (100.0, 5.0)
        with monitor.stage("Reading 1 video", 1000, "frames") as advance:
            for _ in range(10):
                now[0] += 1.0
                advance(20)
        seen.append(queue.read_progress(library, job))
        shown.append(program.get("/queue").text)

    do(read)  # type: ignore[arg-type]
    add(library, "s")
    worker.work_once(library, 1)
    (progress,) = seen
    assert progress is not None
    assert (progress.done, progress.rate, progress.left_s) == (200, 20.0, 40.0)
    assert (progress.clip, progress.clips) == (5, 19)
    assert "200 of 1,000 frames, 20 frames/s, about 40 s left, about at clip 5 of 19" in shown[0]
    assert not queue.progress_path(library, queue.list_jobs(library)[0]).exists()


def test_the_same_work_is_not_asked_for_twice(library: Library) -> None:
    assert add(library, "s")[0].id == add(library, "s")[0].id
    assert len(queue.list_jobs(library)) == 1


def test_a_damaged_job_costs_itself_only(library: Library, do: Callable[[Do], None]) -> None:
    (library.jobs / "0.json").write_text("{")
    (library.jobs / "1.json").write_text('{"id": 5}')
    add(library, "s")
    do(lambda *_: None)
    assert worker.work_once(library, 1)
    assert states(library) == {"s": "done"}


def test_a_job_that_was_deleted_while_it_was_done_stays_away(
    library: Library, do: Callable[[Do], None]
) -> None:
    do(lambda library, job, workers, monitor: queue.forget_jobs(library, job.of, queue.JUDGING))
    add(library, "s")
    worker.work_once(library, 1)
    assert list(library.jobs.iterdir()) == []


def test_asking_how_far_the_work_is_takes_little_however_much_was_done(library: Library) -> None:
    for k in range(300):
        job = Job(id=f"{k:05}", kind="judge", of=f"s{k}", name="v", state="done", created_utc="")
        write_record_fast(job, library.jobs / f"{job.id}.json")
    queue.list_jobs(library)
    begun = time.perf_counter()
    assert len(queue.list_jobs(library)) == 300
    assert time.perf_counter() - begun < 0.3


def write_record_fast(job: Job, path: Path) -> None:
    path.write_text(job.model_dump_json())


def test_what_is_deleted_is_not_begun_at_that_moment(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    (library.models / "jane.skops").write_bytes(b"")
    suspect = suspects.add_suspect(library, "v.mp4", library.root / "v.mp4", "jane")
    forget = queue.forget_jobs
    with ThreadPoolExecutor(1) as pool:
        asked: list[Future[Job | None]] = []

        def forget_while_a_worker_asks(*of: Any) -> None:
            asked.append(pool.submit(queue.take_next, library))
            assert not wait(asked, timeout=0.05).done
            forget(*of)

        monkeypatch.setattr(suspects, "forget_jobs", forget_while_a_worker_asks)
        suspects.delete_suspect(library, suspect.id)
        assert asked[0].result() is None
    assert list(library.verdicts.iterdir()) == []
