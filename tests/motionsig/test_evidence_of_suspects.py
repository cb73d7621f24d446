"""Suspects that show too little, or are mirrored: from a frame table to what is said of it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from enrolments import READING, FakeEnrolment, enrol, make_background, make_card
from frame_tables import make_moving_frames, make_table, write_table
from suspects import read_here, train_model

from classify.background.card import DescriptorIdentity
from classify.background.enrolled import Judged
from classify.judge_file import Judge
from classify.model import Model
from classify.model_file import load_model
from classify.reasons import ReasonCode, WarningCode
from extract.description import ReadingDescription
from extract.frame_table import ACTION_UNITS, HEAD_ROTATION, JOINT_COLUMNS
from features.movement import BODY_NOISE
from features.recordings import Recording
from features.signature import PairSet
from motionsig.use_cases.judging import judge_table

TIMES = np.arange(300) / 10
FACE = [*ACTION_UNITS, *HEAD_ROTATION]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load_model(train_model(tmp_path_factory.mktemp("model") / "id0.skops"))


def make_suspect() -> pd.DataFrame:
    """Somebody who moves all the time, and raises the brows when the head tilts to the left."""
    frames = make_moving_frames(TIMES)
    return frames.assign(AU01_r=frames["AU02_r"] - frames["pose_Rz"])


def write(frames: pd.DataFrame, folder: Path, reading: ReadingDescription | None = None) -> Path:
    frames = frames.reset_index(drop=True).assign(frame=np.arange(len(frames)))
    return write_table(make_table(frames, "suspect.mp4", reading=reading or read_here()), folder)


def thin(frames: pd.DataFrame) -> pd.DataFrame:
    """A recorder that keeps one frame in three seconds."""
    return frames[::30]


def freeze(frames: pd.DataFrame) -> pd.DataFrame:
    """A line that hangs: the picture stays as it was after a second, and so does what is measured in it."""
    frozen = frames.copy()
    frozen.loc[10:, [*JOINT_COLUMNS, *FACE]] = frames.loc[10, [*JOINT_COLUMNS, *FACE]].to_numpy()
    return frozen


def hold(frames: pd.DataFrame) -> pd.DataFrame:
    """A converter that fills up what the recorder kept: one picture in 0.7 s, each shown seven times."""
    noise = make_moving_frames(TIMES, seed=1)[FACE] - 0.1
    held = frames.iloc[np.arange(len(frames)) // 7 * 7].reset_index(drop=True).assign(time_s=TIMES)
    held[FACE] += 0.0001 * noise
    return held


def still(frames: pd.DataFrame) -> pd.DataFrame:
    """A photograph: nothing but noise, of half of what the readers' is where it comes slowly nearer."""
    frames = frames.copy()
    frames[FACE] = 0.0003 * frames[FACE]
    return frames


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (thin, ReasonCode.FRAMES_TOO_FEW),
        (hold, ReasonCode.FRAMES_TOO_FEW),
        (freeze, ReasonCode.TOO_STILL),
        (still, ReasonCode.TOO_STILL),
    ],
)
def test_footage_without_movement_gives_no_verdict(
    change: object, code: ReasonCode, model: Model, tmp_path: Path
) -> None:
    (before,) = judge_table(write(make_suspect(), tmp_path), model)
    assert before.clips_scored == len(before.clips) == 5
    (video,) = judge_table(write(change(make_suspect()), tmp_path), model)  # type: ignore[operator]
    assert {clip.reason.code for clip in video.clips} == {code}
    assert (video.label, video.clips_scored) == ("inconclusive", 0)
    assert all(clip.span is not None for clip in video.clips)


def test_a_person_who_rests_the_arms_is_judged(model: Model, tmp_path: Path) -> None:
    """Whose body moves as little as that of the stillest people who were measured: by the readers' noise."""
    frames = make_suspect()
    joints = [name for name in JOINT_COLUMNS if name.endswith(("_x", "_y"))]
    # Shoulders are 100 px apart, so signing space is 300 px wide.
    rest = 300 * float(np.median(list(BODY_NOISE["mediapipe-pose"].values())))
    frames[joints] = frames[joints].mean() + rest * (frames[joints] - frames[joints].mean())
    (video,) = judge_table(write(frames, tmp_path), model)
    assert video.clips_scored == len(video.clips)


class TiltsLeft(FakeEnrolment):
    """A person who raises the brows when the head tilts to the right."""

    def judge(self, recording: Recording) -> Judged:
        place = PairSet("face").columns.index("AU01_r*pose_Rz")
        scores = 4.0 * np.sign(recording.numbers["face-pairs"][:, place])
        return Judged(scores, float(scores.mean()), {})


def make_enrolment() -> FakeEnrolment:
    used = ("face-pairs",)
    identities = tuple(DescriptorIdentity(name=name, revision=1) for name in used)
    made = enrol([], None, card=make_card(background=make_background(descriptors=identities, fused=used)))
    return TiltsLeft(made.card, made.background, made.usual_mean, made.traces, spread=made.spread)


def make_trained(model: Model) -> Model:
    place = PairSet().columns.index("AU01_r*pose_Rz")
    scripted = SimpleNamespace(decision_function=lambda values: 100.0 * values[:, place])
    return Model(model.card, scripted, model.usual_mean, model.usual_std, model.traces)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["trained", "enrolled"])
def test_it_is_said_that_the_mirrored_suspect_would_match(kind: str, model: Model, tmp_path: Path) -> None:
    judge: Judge = make_trained(model) if kind == "trained" else make_enrolment()
    table = write(make_suspect(), tmp_path, None if kind == "trained" else READING)
    (video,) = judge_table(table, judge)
    assert video.label == "inconsistent"
    assert [warning.code for warning in video.warnings] == [WarningCode.MIRRORED_MATCHES]
    assert video.score is not None
    assert video.score < 0, "the score is of the video as it is"
