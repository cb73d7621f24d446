"""Interviews show what their scripts say, and the truth says what they show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from ground.errors import InputError
from simulate.controls import CONTROL_NAMES
from simulate.direction import GUEST, HOST, PASSER, cast, draw_script
from simulate.interview import BOX, STILL, Interview, render_interview
from simulate.officer import OFFICER
from simulate.painting import Image
from simulate.placing import Place, Window
from simulate.portrait import ANCHORS
from simulate.script import Appearance, Kind, Script, Shot

SIZE = (320, 180)
FPS = 10.0
LEFT, RIGHT = Place.of_head(ANCHORS, 0.2, 80, 60), Place.of_head(ANCHORS, 0.2, 240, 60)
GUEST_LEFT = Appearance(GUEST, LEFT)
HOST_RIGHT = Appearance(HOST, Place.of_head(OFFICER.anchors, 0.2, 240, 60))


def script(*shots: Shot) -> Script:
    return Script(cast(), shots, FPS, size=SIZE)


def shot(*appearances: Appearance, frames: int = 10, **more: int) -> Shot:
    kind: Kind = "single" if appearances else "insert"
    return Shot(kind, frames, appearances, **more)


def show(*shots: Shot) -> tuple[list[Image], pd.DataFrame]:
    interview = Interview(script(*shots))
    return list(interview.render()), interview.tabulate()


def tell(*shots: Shot) -> pd.DataFrame:
    return Interview(script(*shots)).tabulate()


def differ(first: Image, second: Image) -> float:
    return float(np.abs(first.astype(float) - second).mean())


def test_each_shot_shows_who_is_in_it_and_where() -> None:
    frames, truth = show(shot(GUEST_LEFT), shot(GUEST_LEFT, HOST_RIGHT), shot())
    assert len(frames) == len(truth) == 30
    assert {frame.shape for frame in frames} == {(180, 320, 3)}
    assert list(truth["shot"]) == [0] * 10 + [1] * 10 + [2] * 10
    np.testing.assert_allclose(truth["time_s"], np.arange(30) / FPS)
    assert list(truth[f"{GUEST}_visible"]) == [True] * 20 + [False] * 10
    assert list(truth[f"{HOST}_visible"]) == [False] * 10 + [True] * 10 + [False] * 10
    empty, alone, both = frames[25], frames[0], frames[10]
    # The host is on the right of the second shot, and nothing else of the room has changed there.
    assert differ(alone[:, 200:280], both[:, 200:280]) > 20
    assert differ(alone[:60, :20], both[:60, :20]) == 0
    assert differ(empty, alone) > 20


def test_the_box_of_the_truth_holds_the_head() -> None:
    """Brown hair is inside the box and nowhere else above the collar."""
    frames, truth = show(shot(Appearance(GUEST, Place.of_head(ANCHORS, 0.3, 200, 80)), scenery=3))
    empty = Interview(script(shot(Appearance(GUEST, Place(0.3, 900.0, 900.0)), scenery=3)))
    background = next(empty.render())
    for frame, box in zip(frames, truth[[f"{GUEST}_{side}" for side in BOX]].to_numpy(), strict=True):
        left, top, width, height = box
        changed = (np.abs(frame.astype(int) - background).max(axis=-1) > 24)[: int(top + 0.6 * height)]
        rows, columns = np.nonzero(changed)
        assert left - 3 <= columns.min() <= left + 0.15 * width
        assert left + 0.85 * width <= columns.max() <= left + width + 3
        assert top - 3 <= rows.min() <= top + 0.1 * height


def test_motion_goes_on_from_shot_to_shot_and_jumps_by_what_is_skipped() -> None:
    _, truth = show(shot(GUEST_LEFT), shot(), shot(HOST_RIGHT), shot(GUEST_LEFT, skip=7))
    _, whole = show(shot(GUEST_LEFT, frames=47))
    own, expected = (
        table[[f"{GUEST}_{name}" for name in CONTROL_NAMES]].to_numpy() for table in (truth, whole)
    )
    np.testing.assert_array_equal(own[:30], expected[:30])
    np.testing.assert_array_equal(own[30:], expected[37:])


def test_what_the_truth_says_of_the_motion_is_what_is_rendered() -> None:
    """Two shots of one frame each in which the guest does the same are the same picture."""
    interview = Interview(script(shot(GUEST_LEFT, frames=20)))
    frames, controls = list(interview.render()), interview.tabulate().filter(like=f"{GUEST}_head")
    apart = [differ(frames[0], frame) for frame in frames[1:]]
    moved = np.abs(controls.to_numpy()[1:] - controls.to_numpy()[0]).sum(axis=1)
    assert np.corrcoef(apart, moved)[0, 1] > 0.5


def test_a_dissolve_goes_from_one_shot_to_the_next_and_is_marked() -> None:
    frames, truth = show(shot(GUEST_LEFT), shot(dissolve=4))
    before, after = frames[9], frames[19]
    share = [
        differ(frame, before) / (differ(frame, before) + differ(frame, after)) for frame in frames[10:14]
    ]
    assert share == sorted(share)
    assert share[0] < 0.3
    assert share[-1] > 0.7
    assert list(truth["dissolve"]) == [False] * 10 + [True] * 4 + [False] * 6


def test_a_photograph_does_not_move_and_is_nobody() -> None:
    wall = Window(180, 20, 300, 160)
    poster = Appearance(HOST, Place.of_head(OFFICER.anchors, 0.15, 60, 50), inside=wall, still=True)
    frames, truth = show(shot(poster, GUEST_LEFT))
    np.testing.assert_array_equal(frames[0][wall.slices], frames[9][wall.slices])
    assert differ(frames[0][:, :160], frames[9][:, :160]) > 0
    assert not truth[f"{HOST}_visible"].any()
    assert truth[f"{HOST}_left"].isna().all()
    middle = truth[f"{STILL}_left"] + truth[f"{STILL}_width"] / 2
    np.testing.assert_allclose(middle, wall.left + 60, atol=2)


def test_somebody_in_an_inset_stays_in_it() -> None:
    corner = Window(200, 60, 300, 160)
    large = Appearance(HOST, Place.of_head(OFFICER.anchors, 0.5, 50, 60), inside=corner)
    frames, truth = show(shot(GUEST_LEFT, large))
    alone, _ = show(shot(GUEST_LEFT))
    around = np.ones(frames[0].shape[:2], np.bool_)
    around[corner.top - 4 : corner.bottom + 4, corner.left - 4 : corner.right + 4] = False
    np.testing.assert_array_equal(frames[0][around], alone[0][around])
    assert truth[f"{HOST}_top"].iloc[0] < 60  # the box is that of the whole head


def test_whoever_walks_comes_by_once_and_hides_whom_they_walk_in_front_of() -> None:
    start = Place.of_head(ANCHORS, 0.2, -60, 60)
    walker = Appearance(PASSER, start, walk_px=20)
    in_front = tell(shot(GUEST_LEFT, walker, frames=30))
    left = in_front[f"{PASSER}_left"].to_numpy()
    seen = np.flatnonzero(np.isfinite(left))
    assert (np.diff(seen) == 1).all()
    assert not in_front[f"{GUEST}_visible"].all()
    assert in_front[f"{GUEST}_visible"].iloc[[0, -1]].all()
    covered = in_front[~in_front[f"{GUEST}_visible"]]
    assert (covered[f"{PASSER}_left"] < covered[f"{GUEST}_left"] + 2 * covered[f"{GUEST}_width"]).all()
    behind = tell(shot(walker, GUEST_LEFT, frames=30))
    assert behind[f"{GUEST}_visible"].all()
    assert not behind[f"{PASSER}_visible"].all()


def test_an_upright_video_has_itself_blurred_at_its_sides() -> None:
    beside = Appearance(GUEST, Place.of_head(ANCHORS, 0.15, 146, 90))
    (plain, *_), _ = show(shot(beside))
    (upright, *_), _ = show(shot(beside, upright=102))
    np.testing.assert_array_equal(upright[:, 109:211], plain[:, 109:211])
    sides = upright[:, :109]
    assert differ(sides, plain[:, :109]) > 5
    assert np.abs(np.diff(sides.astype(float), axis=1)).max() < 20


@pytest.mark.parametrize(
    ("shots", "message"),
    [
        ([], "needs a shot"),
        ([Shot("insert", 0)], "0 frames"),
        ([Shot("insert", 9, dissolve=3)], "the first one has none"),
        ([Shot("insert", 9), Shot("insert", 3, dissolve=3)], "a frame after its dissolve"),
        ([Shot("single", 9, (replace(GUEST_LEFT, name="nobody"),))], "nobody"),
    ],
    ids=str,
)
def test_what_cannot_be_filmed_is_refused(shots: list[Shot], message: str) -> None:
    with pytest.raises(InputError, match=message):
        script(*shots)


def test_two_people_of_one_name_are_refused() -> None:
    guest = cast()[0]
    with pytest.raises(InputError, match="same name"):
        Script((guest, guest), (shot(),))


def test_a_drawn_interview_has_its_length_and_is_the_same_again() -> None:
    drawn = draw_script(300, seed=4, fps=FPS, size=SIZE)
    assert drawn.frames == 3000
    assert drawn == draw_script(300, seed=4, fps=FPS, size=SIZE)
    assert drawn != draw_script(300, seed=5, fps=FPS, size=SIZE)
    kinds = {one.kind for one in draw_script(1200, fps=FPS, size=SIZE).shots}
    assert kinds == set(get_args(Kind))


def test_speakers_of_a_drawn_interview_are_wholly_in_the_picture_unless_somebody_walks_by() -> None:
    truth = Interview(draw_script(600, seed=2, fps=FPS, size=SIZE)).tabulate()
    for name in (GUEST, HOST):
        there = truth[f"{name}_left"].notna()
        assert truth[f"{name}_visible"][there & (truth["kind"] != "passer-by")].mean() > 0.97
    assert (truth[f"{GUEST}_left"].notna() & truth[f"{HOST}_left"].notna()).any()


def test_the_file_and_the_truth_beside_it_are_the_same_again(tmp_path: Path) -> None:
    filmed = script(shot(GUEST_LEFT, frames=8), shot(HOST_RIGHT, frames=6, dissolve=2))
    counted: list[None] = []
    truth = render_interview(filmed, tmp_path / "a.mp4", on_frame=lambda: counted.append(None))
    again = render_interview(filmed, tmp_path / "b.mp4")
    assert truth == tmp_path / "a.truth.csv"
    assert len(counted) == 14
    assert truth.read_bytes() == again.read_bytes()
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    read = pd.read_csv(truth, float_precision="round_trip")
    pd.testing.assert_frame_equal(read, Interview(filmed).tabulate(), check_exact=True, check_dtype=False)
