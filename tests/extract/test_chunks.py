"""However the work on a video is divided and interrupted, its table is the same."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from media import portrait, spoil_middle, write_video

from extract.checkpoints import Checkpoints
from extract.chunks import ChunkRange, _find_lost, choose_pictures
from extract.extraction import extract_video, read_part
from extract.extraction_options import ExtractionOptions
from extract.frame_table import FACE_COLUMNS, JOINT_COLUMNS, read_frame_table
from extract.orientation import Orientation
from extract.people.sightings import Sightings
from extract.picture import Picture
from extract.read_ahead import read_ahead
from extract.reading import FrameReadings
from ground.errors import InputError, VideoError
from ground.files import hash_file

FPS = 12
SECONDS = 2
IN_CHUNKS = ExtractionOptions(chunk_s=0.5)


def turning(frames: int, width: int = 240) -> list[np.ndarray]:
    return [portrait(width, turn_deg=8 * np.sin(k / 3)) for k in range(frames)]


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("video") / "v.mp4", turning(SECONDS * FPS), fps=FPS)


@pytest.fixture(scope="module")
def undisturbed(video: Path) -> Path:
    return extract_video(video, video.with_suffix(".parquet"), IN_CHUNKS).table


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


class Killed(BaseException):
    pass


@pytest.mark.parametrize("frames", [1, 7, 13, 23])
def test_an_interrupted_extraction_goes_on_to_the_same_bytes(
    video: Path, undisturbed: Path, tmp_path: Path, frames: int
) -> None:
    decoded = 0

    def kill() -> None:
        nonlocal decoded
        decoded += 1
        if decoded == frames:
            raise Killed

    table = tmp_path / "v.parquet"
    with pytest.raises(Killed):
        extract_video(video, table, IN_CHUNKS, on_frame=kill)
    kept = [name for name in left_in(tmp_path) if name.endswith(".npz")]
    # The decoder runs a few frames ahead of what was read.
    assert len(kept) <= frames // 6 <= len(kept) + 1
    assert not table.exists()
    extract_video(video, table, IN_CHUNKS)
    assert table.read_bytes() == undisturbed.read_bytes()
    assert left_in(tmp_path) == ["v.parquet", "v.tracks.parquet", "v.voice.parquet"], (
        "checkpoints go when the table is there"
    )


def test_parts_read_apart_in_any_order_give_the_same_bytes(
    video: Path, undisturbed: Path, tmp_path: Path
) -> None:
    table = tmp_path / "v.parquet"
    for part in (ChunkRange(3, None), ChunkRange(1, 2), ChunkRange(0, 1), ChunkRange(2, 3)):
        read_part(video, table, IN_CHUNKS, part)
    assert extract_video(video, table, IN_CHUNKS, on_frame=lambda: pytest.fail("all was read")).frames == 24
    assert table.read_bytes() == undisturbed.read_bytes()


def test_damaged_data_is_counted_the_same_however_the_work_is_divided(tmp_path: Path) -> None:
    video = spoil_middle(write_video(tmp_path / "v.mp4", turning(36), fps=FPS), 0.2)
    whole = extract_video(video, tmp_path / "whole.parquet", IN_CHUNKS)
    assert whole.describe_damage() is not None
    for part in (ChunkRange(0, 3), ChunkRange(3, None)):
        read_part(video, tmp_path / "parts.parquet", IN_CHUNKS, part)
    parts = extract_video(video, tmp_path / "parts.parquet", IN_CHUNKS)
    assert parts.metadata == whole.metadata
    assert parts.table.read_bytes() == whole.table.read_bytes()


def test_a_finished_table_is_reused_and_one_made_otherwise_is_not(
    video: Path, undisturbed: Path, tmp_path: Path
) -> None:
    table = tmp_path / "v.parquet"
    table.write_bytes(undisturbed.read_bytes())
    again = extract_video(video, table, IN_CHUNKS)
    assert again.reused
    assert (again.frames, again.body_frames, again.face_frames) == (24, 24, 24)
    assert again.read_s == pytest.approx(SECONDS)
    assert not extract_video(video, table, ExtractionOptions(chunk_s=1)).reused
    other = write_video(tmp_path / "v.mp4", turning(6, width=200), fps=FPS)
    assert not extract_video(other, table, ExtractionOptions(chunk_s=1)).reused
    table.write_bytes(b"PAR1 half a tab")
    assert not extract_video(other, table, ExtractionOptions(chunk_s=1)).reused
    assert read_frame_table(table).metadata.source.sha256 == hash_file(other)


def test_checkpoints_of_another_file_are_not_used(video: Path, tmp_path: Path) -> None:
    table = tmp_path / "v.parquet"
    read_part(video, table, IN_CHUNKS, ChunkRange())
    other = write_video(tmp_path / "v.mp4", turning(6, width=200), fps=FPS)
    assert extract_video(other, table, IN_CHUNKS).frames == 6


def test_a_checkpoint_damaged_on_the_disk_is_read_again(
    video: Path, undisturbed: Path, tmp_path: Path
) -> None:
    table = tmp_path / "v.parquet"
    read_part(video, table, IN_CHUNKS, ChunkRange())
    spoil_middle(next(tmp_path.rglob("*2.npz")), 0.5)
    with pytest.raises(InputError, match="Run the same command again"):
        extract_video(video, table, IN_CHUNKS)
    extract_video(video, table, IN_CHUNKS)
    assert table.read_bytes() == undisturbed.read_bytes()


# --- two people in view


@pytest.fixture(scope="module")
def joined_by_somebody(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person on the left; their double, who is larger, comes in from the right and stays."""

    def scene(other_x: int) -> np.ndarray:
        picture = np.full((426, 1000, 3), (150, 140, 130), np.uint8)
        picture[26:, other_x:] = portrait(400)[:, ::-1][:, : max(1000 - other_x, 0)]
        picture[146:, 25:305] = portrait(280)
        return picture

    way = [*range(1000, 600, -18), *[600] * 20]
    return write_video(tmp_path_factory.mktemp("two") / "two.mp4", map(scene, way), fps=FPS)


@pytest.mark.slow
def test_the_same_person_is_read_after_a_border_however_the_work_is_divided(joined_by_somebody: Path) -> None:
    options = ExtractionOptions(chunk_s=1.5)
    undisturbed = extract_video(joined_by_somebody, joined_by_somebody.with_suffix(".parquet"), options).table
    noses = pd.read_parquet(undisturbed)["nose_x"]
    np.testing.assert_allclose(noses, 144, atol=10)

    apart = joined_by_somebody.with_name("apart.parquet")
    for part in (ChunkRange(2, None), ChunkRange(0, 1), ChunkRange(1, 2)):
        read_part(joined_by_somebody, apart, options, part)
    kept = sorted(apart.parent.rglob("*.npz"))
    with np.load(kept[-1]) as last:
        assert last["heads"][-1, 0] > 500, "by itself the last chunk reads the larger one"
    extract_video(joined_by_somebody, apart, options)
    assert apart.read_bytes() == undisturbed.read_bytes()


@pytest.mark.slow
def test_rows_of_another_file_never_get_in_when_a_chunk_is_read_again(
    joined_by_somebody: Path, tmp_path: Path
) -> None:
    video = tmp_path / "v.mp4"
    video.write_bytes(joined_by_somebody.read_bytes())
    other = write_video(tmp_path / "other.mp4", turning(42), fps=FPS)
    with pytest.raises(InputError, match=r"v\.mp4 was changed while it was read. Run the same command again"):
        extract_video(
            video,
            tmp_path / "v.parquet",
            ExtractionOptions(chunk_s=1.5),
            on_frame=at_frame(30, lambda: other.replace(video)),
        )
    assert not (tmp_path / "v.parquet").exists()


def readings_of(noses: list[float], start: int, warm_up: int = 0) -> tuple[FrameReadings, Sightings, int]:
    """Readings of frames with a nose each; a negative one begins another scene."""
    cuts, noses = np.array(noses) < 0, list(np.abs(noses))
    rows = len(noses)
    indices = np.arange(start, start + rows)
    since_s = np.where(cuts, indices / FPS, np.nan)
    heads = np.column_stack(
        (noses, np.where(np.isnan(noses), np.nan, 200), np.where(np.isnan(noses), np.nan, 60))
    )
    joints, face = np.ones((rows, 27)), np.ones((rows, 3))
    readings = FrameReadings(
        indices, indices / FPS, joints, np.ones((rows, 2)), since_s, heads, np.zeros(rows, np.int8), face,
        np.ones((rows, 0), np.float16),
    )  # fmt: skip
    return readings, Sightings.none(), warm_up


NOBODY = float("nan")


@pytest.mark.parametrize(
    ("before", "warm_up", "own", "lost"),
    [
        ([100] * 6, [100, 100], [100] * 4, False),
        ([100] * 6, [400, 400], [400] * 4, True),
        ([100] * 6, [NOBODY, NOBODY], [NOBODY, 400, 400, 400], True),
        ([100, 100, 100, 100, NOBODY, NOBODY], [400, 400], [400] * 4, True),
        ([100, 100, 100, 100, NOBODY, NOBODY], [105, 105], [105] * 4, False),
        ([NOBODY] * 6, [400, 400], [400] * 4, False),
        ([100] * 6, [NOBODY, NOBODY], [NOBODY] * 4, False),
        ([100, 100, 100, 100, 400, 400], [400, 400], [400] * 4, False),
        # With a cut, minus, whoever is there is followed, in the chunk before as in this one.
        ([100] * 3 + [NOBODY] * 3, [NOBODY, NOBODY], [NOBODY, 400, 400, 400], True),
        ([100] * 3 + [NOBODY] * 3, [NOBODY, NOBODY], [-400, 400, 400, 400], False),
        ([100] * 5 + [-400], [100, 300], [300] * 4, True),
        ([100] * 5 + [-400], [100, 400], [400] * 4, False),
    ],
)
def test_a_chunk_is_lost_when_it_begins_with_somebody_else(
    tmp_path: Path, before: list[float], warm_up: list[float], own: list[float], lost: bool
) -> None:
    kept = Checkpoints(tmp_path / "v.parquet", "0" * 64)
    kept.save(0, *readings_of(before, 0))
    kept.save(1, *readings_of(warm_up + own, 4, len(warm_up)))
    person = _find_lost(kept, 0, 1)
    assert (person is not None) == lost
    if person is not None:
        assert person.nose[0] == abs(before[-1] if before[-1] < 0 else 100)
        assert person.time_s <= 4 / FPS, "seen before the chunk's warm-up, or as it begins"


def test_a_table_bears_the_name_that_its_video_has_now(video: Path, tmp_path: Path) -> None:
    copy, table = tmp_path / "v.mp4", tmp_path / "v.parquet"
    copy.write_bytes(video.read_bytes())
    read_part(copy, table, IN_CHUNKS, ChunkRange())
    made = extract_video(copy.rename(tmp_path / "v.mov"), table, IN_CHUNKS)
    assert made.metadata.source.name == "v.mov"


# --- two runs into one folder


def at_frame(number: int, act: Callable[[], object]) -> Callable[[], None]:
    decoded = 0

    def count() -> None:
        nonlocal decoded
        decoded += 1
        if decoded == number:
            act()

    return count


def test_a_run_that_finishes_leaves_alone_what_one_with_other_options_keeps(
    video: Path, undisturbed: Path, tmp_path: Path
) -> None:
    table = tmp_path / "v.parquet"
    other = ExtractionOptions(chunk_s=1)
    done = extract_video(
        video, table, IN_CHUNKS, on_frame=at_frame(20, lambda: extract_video(video, table, other))
    )
    assert not done.reused
    assert table.read_bytes() == undisturbed.read_bytes()
    assert left_in(tmp_path) == ["v.parquet", "v.tracks.parquet", "v.voice.parquet"]


def test_of_two_equal_runs_the_later_one_takes_the_table_of_the_earlier(
    video: Path, undisturbed: Path, tmp_path: Path
) -> None:
    table = tmp_path / "v.parquet"
    finish = at_frame(20, lambda: extract_video(video, table, IN_CHUNKS))
    assert extract_video(video, table, IN_CHUNKS, on_frame=finish).reused
    assert table.read_bytes() == undisturbed.read_bytes()
    assert left_in(tmp_path) == ["v.parquet", "v.tracks.parquet", "v.voice.parquet"]


def test_a_part_that_ends_late_leaves_nothing_for_ever(video: Path, tmp_path: Path) -> None:
    table = tmp_path / "v.parquet"
    finish = at_frame(20, lambda: extract_video(video, table, IN_CHUNKS))
    read_part(video, table, IN_CHUNKS, ChunkRange(), on_frame=finish)
    assert extract_video(video, table, IN_CHUNKS).reused
    assert left_in(tmp_path) == ["v.parquet", "v.tracks.parquet", "v.voice.parquet"]


def test_checkpoints_that_vanish_with_no_table_are_one_clear_sentence(video: Path, tmp_path: Path) -> None:
    table = tmp_path / "v.parquet"

    def remove() -> None:
        for path in tmp_path.rglob("*.npz"):
            path.unlink()

    with pytest.raises(
        InputError, match=r"were removed while they were in use.*[Rr]un the same command again"
    ):
        extract_video(video, table, IN_CHUNKS, on_frame=at_frame(20, remove))
    assert extract_video(video, table, IN_CHUNKS).frames == 24


def test_what_nobody_touched_for_a_week_goes_with_the_next_table(video: Path, tmp_path: Path) -> None:
    table = tmp_path / "v.parquet"
    read_part(video, table, ExtractionOptions(chunk_s=1), ChunkRange(0, 1))
    (abandoned,) = (tmp_path / ".v.parts").iterdir()
    for days, expected in ((6, True), (8, False)):
        then = time.time() - days * 24 * 3600
        os.utime(abandoned, (then, then))
        table.unlink(missing_ok=True)
        extract_video(video, table, IN_CHUNKS)
        assert abandoned.exists() is expected
    assert left_in(tmp_path) == ["v.parquet", "v.tracks.parquet", "v.voice.parquet"]


def test_a_second_look_for_a_person_who_is_not_there_reads_nothing(tmp_path: Path) -> None:
    video = write_video(tmp_path / "empty.mp4", [np.zeros((96, 96, 3), np.uint8)] * 8, fps=FPS)
    with pytest.raises(VideoError, match="No person"):
        extract_video(video, tmp_path / "out" / "t.parquet")
    with pytest.raises(VideoError, match="No person"):
        extract_video(video, tmp_path / "out" / "t.parquet", on_frame=lambda: pytest.fail("all was read"))


def test_chunk_borders_change_little(video: Path, undisturbed: Path, tmp_path: Path) -> None:
    whole = pd.read_parquet(extract_video(video, tmp_path / "v.parquet").table)
    chunked = pd.read_parquet(undisturbed)
    assert whole["time_s"].tolist() == chunked["time_s"].tolist()
    first = slice(0, 6)  # of the first chunk, which has nothing before it
    joints, face = list(JOINT_COLUMNS), list(FACE_COLUMNS)
    np.testing.assert_array_equal(chunked[joints][first], whole[joints][first])
    # Faces are measured against the neutral face of the whole video, to which the later chunks belong.
    np.testing.assert_allclose(chunked[face][first], whole[face][first], atol=2e-3)
    for column, most in (("nose_x", 2), ("leftShoulder_y", 2), ("AU12_r", 0.02), ("pose_Rz", 0.02)):
        assert (chunked[column] - whole[column]).abs().median() < most, column


# --- fewer frames, smaller pictures


def picture(index: int, time_s: float) -> Picture:
    return Picture(index, time_s, (2, 2), Orientation(), None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("video_fps", "sample_fps", "expected"),
    [
        (30, 10, [0, 3, 6, 9, 12]),
        (25, 10, [0, 3, 5, 8, 10, 13]),  # the first at or after 0, .1, .2 ... seconds
        (10, 10, list(range(15))),
        (10, 50, list(range(15))),
        (10, None, list(range(15))),
    ],
)
def test_the_first_frame_of_each_turn_is_read(
    video_fps: int, sample_fps: float | None, expected: list[int]
) -> None:
    pictures = [picture(k, k / video_fps) for k in range(15)]
    assert [chosen.index for chosen in choose_pictures(pictures, sample_fps)] == expected


def test_sampled_rows_keep_index_and_time_of_the_whole_video(video: Path, tmp_path: Path) -> None:
    options = ExtractionOptions(sample_fps=4, chunk_s=0.5)
    sampled = extract_video(video, tmp_path / "v.parquet", options)
    table = read_frame_table(sampled.table)
    assert table.frames["frame"].tolist() == list(range(0, 24, 3))
    np.testing.assert_allclose(table.frames["time_s"], np.arange(0, 24, 3) / FPS, atol=1e-6)
    assert table.metadata.source.frames_decoded == 24
    assert table.metadata.reading.options.sample_fps == 4
    assert (sampled.frames, sampled.describe_damage()) == (8, None)
    assert sampled.read_s == pytest.approx(SECONDS)


def test_landmarks_of_smaller_pictures_are_in_pixels_of_the_video(tmp_path: Path) -> None:
    video = write_video(tmp_path / "v.mp4", turning(8, width=480), fps=FPS)
    whole = pd.read_parquet(extract_video(video, tmp_path / "whole.parquet").table)
    small = extract_video(video, tmp_path / "small.parquet", ExtractionOptions(max_height=240))
    assert (small.metadata.source.width, small.metadata.source.height) == (480, 480)
    frames = pd.read_parquet(small.table)
    for column in ("nose_x", "leftEye_y", "leftShoulder_x", "rightShoulder_y"):
        assert (frames[column] - whole[column]).abs().median() < 10, column
    np.testing.assert_allclose(frames["face_px"], whole["face_px"], rtol=0.15)
    assert extract_video(video, tmp_path / "higher.parquet", ExtractionOptions(max_height=720)).frames == 8
    np.testing.assert_array_equal(pd.read_parquet(tmp_path / "higher.parquet"), whole)


@pytest.mark.parametrize(
    "wrong",
    [{"sample_fps": 0}, {"sample_fps": -3}, {"sample_fps": float("inf")}, {"max_height": 5}, {"chunk_s": 0}],
)
@pytest.mark.parametrize("kind", [float, str, Decimal])
def test_impossible_rates_and_heights_are_refused_however_they_are_given(
    wrong: dict[str, float], kind: Callable[[float], object]
) -> None:
    with pytest.raises(InputError, match=r"must be above 0|Give \d+ px or more"):
        ExtractionOptions(**{name: kind(value) for name, value in wrong.items()})  # type: ignore[arg-type]


@pytest.mark.parametrize("nothing", [5, None, "sample_fps=5", [("sample_fps", 5)]])
def test_what_is_no_options_at_all_is_refused_in_words(nothing: object) -> None:
    with pytest.raises(InputError, match="cannot be read with these options"):
        ExtractionOptions.model_validate(nothing)


# --- reading ahead


def test_items_read_ahead_come_in_order_and_their_error_where_it_happened() -> None:
    def items() -> object:
        yield from range(20)
        raise InputError("the twenty-first")

    got = []
    with pytest.raises(InputError, match="the twenty-first"):
        got.extend(read_ahead(items()))  # type: ignore[arg-type]
    for item in read_ahead(iter(range(20))):
        got.append(item)
    assert got[-20:] == list(range(20))


def test_a_reader_that_stops_early_ends_the_thread() -> None:
    made = []

    def items() -> object:
        for k in range(1000):
            made.append(k)
            yield k

    ahead = read_ahead(items())  # type: ignore[arg-type]
    assert next(ahead) == 0
    ahead.close()
    assert len(made) < 20
