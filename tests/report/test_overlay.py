"""The overlay keeps the suspect's own times and shows what the frame table says."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from containers import write_call
from frame_tables import make_frames, make_table
from media import write_video

from classify.lip_sync import ClipLipSync, LipSyncStatement
from classify.reasons import Reason, ReasonCode
from classify.verdict import ClipVerdict, VideoVerdict
from extract.frame_table import FrameTable
from ground.time_span import TimeSpan
from report.overlay import _describe, write_overlay

WIDTH, HEIGHT = 640, 480


REASONS = {
    "match": ReasonCode.LIKE_PERSON,
    "no match": ReasonCode.UNLIKE_PERSON,
    "insufficient evidence": ReasonCode.BETWEEN_THRESHOLDS,
}


def make_verdict(label: str = "match") -> VideoVerdict:
    clip = ClipVerdict(
        clip_name="c", span=TimeSpan(start_s=0.0, end_s=2.0), score=0.5, log10_lr=None, label=label,
        reason=Reason(code=REASONS[label]), words="", missing_share=0.0, deviations=(),
    )  # fmt: skip
    return VideoVerdict(
        video="v.mp4", sha256=None, label="inconclusive", reason=Reason(code=ReasonCode.BETWEEN_THRESHOLDS),
        sentence="", warnings=(), score=0.5, log10_lr=None, support=None, clips_scored=1, deviations=(),
        clips=(clip,),
    )  # fmt: skip


def grey(count: int, height: int = HEIGHT, width: int = WIDTH) -> list[np.ndarray]:
    return [np.full((height, width, 3), 90, np.uint8)] * count


def draw(
    folder: Path, times_ms: list[int], table: FrameTable | None = None, **more: object
) -> list[av.VideoFrame]:
    video = write_video(folder / "v.mp4", grey(len(times_ms)), times_ms=times_ms)
    table = table or make_table(make_frames(np.array(times_ms) / 1000))
    write_overlay(video, table, more.pop("verdict", make_verdict()), folder / "o.mp4", **more)
    with av.open(folder / "o.mp4") as container:
        return list(container.decode(video=0))


def difference(frame: av.VideoFrame) -> np.ndarray:
    return np.abs(frame.to_ndarray(format="rgb24").astype(int) - 90).max(axis=2)


def test_the_picture_says_of_each_clip_whether_the_mouth_fits_the_sound(tmp_path: Path) -> None:
    verdict = make_verdict()
    said = ClipLipSync(span=TimeSpan(start_s=0.0, end_s=2.0), label="does not fit", voiced_share=0.5)
    with_mouth = verdict.model_copy(
        update={"lip_sync": LipSyncStatement(label="does not fit", clips=(said,))}
    )
    pictures = []
    for one in (verdict, with_mouth):
        frames = draw(tmp_path, [0, 100, 200], verdict=one)
        pictures.append(frames[1].to_ndarray(format="rgb24").astype(int))
    assert np.abs(pictures[1] - pictures[0]).max() > 80


def test_times_of_a_variable_frame_rate_are_kept(tmp_path: Path) -> None:
    times_ms = [0, 40, 75, 300, 301, 1000, 1033, 2950]
    frames = draw(tmp_path, times_ms)
    assert [round(frame.time * 1000, 3) for frame in frames] == times_ms


def test_the_times_of_film_rates_are_exact(tmp_path: Path) -> None:
    video = write_video(tmp_path / "v.mp4", grey(30), fps=30)
    write_overlay(video, make_table(make_frames(np.arange(30) / 30)), make_verdict(), tmp_path / "o.mp4")
    with av.open(tmp_path / "o.mp4") as container:
        times = [frame.pts * frame.time_base for frame in container.decode(video=0)]
    assert [time * 30 for time in times] == list(range(30))


def test_joints_are_marked_where_the_table_has_them(tmp_path: Path) -> None:
    changed = difference(draw(tmp_path, [0, 100, 200])[1])
    for x, y in ((370, 200), (270, 200), (390, 300), (370, 380)):
        assert changed[y - 2 : y + 3, x - 2 : x + 3].max() > 80
    assert changed[220:300, 460:600].max() < 15, "where nothing was measured the picture stays"


def test_a_frame_without_a_person_shows_only_bars_and_verdict(tmp_path: Path) -> None:
    table = make_table(make_frames([0.0, 0.1, 0.2]))
    table.frames.iloc[1, 2:] = np.nan
    changed = difference(draw(tmp_path, [0, 100, 200], table)[1])
    assert changed[: HEIGHT - 40, 200:].max() < 15
    assert changed[HEIGHT - 25 :].max() > 40


def test_the_mesh_is_drawn_in_place_of_the_box(tmp_path: Path) -> None:
    points = (
        np.stack(np.meshgrid(np.arange(420, 500, 8), np.arange(60, 120, 8)), axis=-1)
        .reshape(-1, 2)
        .astype(float)
    )
    outside = np.array([[-5.0, 3.0], [1e9, 1e9], [np.nan, 1.0], [WIDTH - 1.0, HEIGHT - 1.0]])
    frames = draw(tmp_path, [0, 100], mesh_of=lambda frame: np.vstack([points, outside]) if frame else None)
    assert difference(frames[0])[56:124, 416:504].max() < 15
    assert difference(frames[1])[60, 420:500].max() > 40


@pytest.mark.parametrize("label", ["match", "no match", "insufficient evidence"])
def test_the_running_verdict_is_told_by_shape_as_well(tmp_path: Path, label: str) -> None:
    """The signs differ without their colours: the disc is filled, the ring hollow, the cross open."""
    frame = draw(tmp_path, [0, 100, 200], verdict=make_verdict(label))[1]
    sign = frame.to_ndarray(format="gray")[HEIGHT - 27 + 13 - 7 : HEIGHT - 27 + 13 + 8, 16 - 7 : 16 + 8]
    centre, side = int(sign[7, 7]), int(sign[7, 12:14].max())
    assert (centre > 80, side > 80) == {
        "match": (True, True), "no match": (True, False), "insufficient evidence": (False, True),
    }[label]  # fmt: skip


def test_a_video_that_changes_its_size_is_drawn_in_the_size_of_its_first_frame(tmp_path: Path) -> None:
    video = write_call(tmp_path / "v.webm", grey(2), grey(2, HEIGHT // 2, WIDTH // 2), grey(2, HEIGHT, 320))
    table = make_table(make_frames(np.arange(6) / 25))
    for joint in ("leftWrist", "rightWrist"):
        table.frames[[f"{joint}_x", f"{joint}_y"]] = 600.0, 300.0
    write_overlay(video, table, make_verdict(), tmp_path / "o.mp4")
    with av.open(tmp_path / "o.mp4") as container:
        frames = list(container.decode(video=0))
    assert {(frame.width, frame.height) for frame in frames} == {(WIDTH, HEIGHT)}
    assert all(difference(frame)[295:305, 595:605].max() > 60 for frame in frames[:4])
    narrow = frames[5].to_ndarray(format="rgb24")
    assert narrow[100, 400].max() < 20, "black beside a narrower picture"


def test_odd_sizes_are_cut_to_even_ones(tmp_path: Path) -> None:
    video = write_video(tmp_path / "v.mkv", grey(3, 97, 131), codec="ffv1")
    write_overlay(video, make_table(make_frames([0, 0.04, 0.08])), make_verdict(), tmp_path / "o.mp4")
    with av.open(tmp_path / "o.mp4") as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (130, 96)


def test_the_banner_tells_the_ratio_where_there_is_one_and_the_score_where_not() -> None:
    (clip,) = make_verdict().clips
    assert clip.span is not None
    assert _describe(clip.span, clip) == "clip 0:00-0:02: match, score +0.50"
    rated = clip.model_copy(update={"log10_lr": 1.0})
    assert _describe(clip.span, rated) == "clip 0:00-0:02: match, LR 10"
    unrated = clip.model_copy(update={"score": None})
    assert _describe(clip.span, unrated) == "clip 0:00-0:02: match, not scored"
