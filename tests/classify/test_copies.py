"""Copies of one recording: one source of a training set, and no suspect for the model that learnt from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from frame_tables import make_table
from motion_traces import Courses, film, move
from population import make_correlations

from classify.model import Model
from classify.model_file import load_model, save_model
from classify.reasons import ReasonCode, WarningCode
from classify.scoring import judge_videos
from classify.sufficiency import ShortfallCode, count_footage, find_shortfalls
from classify.trace_files import pack_traces, unpack_traces
from classify.training_set import TrainingSet, select_training_set
from features.clips import correlate_frame_table
from features.motion_trace import TRACE_COLUMN, read_traces
from ground.errors import TrainingError

SECONDS = 35.0  # six clips
NAMES = [f"{k}_id0_pristine" for k in range(4)]


def tabulate(video: str, frames: pd.DataFrame) -> pd.DataFrame:
    """The rows of a video in a clip table."""
    return correlate_frame_table(make_table(frames, f"{video}.mp4")).block.clips


def make_clips(correlations: pd.DataFrame, copied: dict[str, pd.DataFrame] | None = None) -> pd.DataFrame:
    """The clip table of videos that each have motion of their own, but for some whose frames are given."""
    videos = list(dict.fromkeys(correlations.index.str.rpartition("_clip_").get_level_values(0)))
    filmed = {video: film(move(SECONDS, 100 + k), fps=10.0) for k, video in enumerate(videos)}
    return pd.concat([tabulate(video, frames) for video, frames in (filmed | (copied or {})).items()])


@pytest.fixture(scope="module")
def correlations() -> pd.DataFrame:
    return make_correlations({"id0": 4, "id1": 2, "id2": 2})


@pytest.fixture(scope="module")
def courses() -> Courses:
    return move(SECONDS + 3, 1)


@pytest.fixture(scope="module")
def copied(courses: Courses) -> dict[str, pd.DataFrame]:
    """One recording three times: as it is, as a messenger encodes it, and cut at its start and mirrored."""
    return {
        NAMES[0]: film(courses, fps=10.0, stop_s=SECONDS),
        NAMES[1]: film(courses, fps=10.0, stop_s=SECONDS, noise=0.3, seed=1),
        NAMES[2]: film(courses, fps=10.0, start_s=2.3, stop_s=2.3 + SECONDS, mirrored=True),
    }


def select(
    correlations: pd.DataFrame, clips: pd.DataFrame, person: str = "id0"
) -> tuple[TrainingSet, list[str]]:
    said: list[str] = []
    return select_training_set(correlations, clips.loc[correlations.index], person, said.append), said


def test_three_copies_under_different_names_are_one_source_and_named(
    correlations: pd.DataFrame, copied: dict[str, pd.DataFrame]
) -> None:
    chosen, said = select(correlations, make_clips(correlations, copied))
    assert chosen.count_sources(of_target=True) == 2
    assert set(chosen.sources[chosen.is_target]) == {NAMES[0], NAMES[3]}
    (sentence,) = said
    assert f"{NAMES[0]}.mp4 and {NAMES[1]}.mp4 and {NAMES[2]}.mp4. Each group counts as one" in sentence
    assert chosen.count_sources(of_target=False) == 2
    apart, silence = select(correlations, make_clips(correlations))
    assert (apart.count_sources(of_target=True), silence) == (4, [])


def test_copies_do_not_help_a_model_to_its_ratios(
    correlations: pd.DataFrame, copied: dict[str, pd.DataFrame]
) -> None:
    more = pd.concat([correlations, make_correlations({"id0": 1}, seed=1)])
    for frames, lacking in ((None, False), (copied, True)):
        chosen, _ = select(more, make_clips(more, frames))
        codes = {shortfall.code for shortfall in find_shortfalls(count_footage(chosen))}
        assert (ShortfallCode.TARGET_SOURCES in codes) == lacking


def test_sessions_that_share_a_recording_are_one_with_all_their_videos(
    correlations: pd.DataFrame, copied: dict[str, pd.DataFrame]
) -> None:
    clips = make_clips(correlations, {name: copied[name] for name in NAMES[:2]})
    sessions = {NAMES[0]: "monday", NAMES[1]: "tuesday", NAMES[2]: "tuesday", NAMES[3]: "friday"}
    stems = clips["video"].str.removesuffix(".mp4")
    chosen, _ = select(correlations, clips.assign(session=stems.map(sessions).fillna(stems)))
    assert set(chosen.sources[chosen.is_target]) == {"monday", "friday"}


def test_copies_of_one_session_need_no_words(
    correlations: pd.DataFrame, copied: dict[str, pd.DataFrame]
) -> None:
    clips = make_clips(correlations, copied)
    own = clips["subject"] == "id0"
    _, said = select(
        correlations,
        clips.assign(session=clips["session"].mask(own & ~clips["video"].str.startswith("3"), "x")),
    )
    assert said == []


def test_a_recording_of_the_person_under_another_persons_name_is_refused(
    correlations: pd.DataFrame, copied: dict[str, pd.DataFrame]
) -> None:
    frames = {NAMES[0]: copied[NAMES[0]], "1_id1_celeb": copied[NAMES[2]]}
    with pytest.raises(TrainingError, match=f"{NAMES[0]}.mp4 and 1_id1_celeb.mp4"):
        select(correlations, make_clips(correlations, frames))


def test_a_fake_that_moves_like_its_original_is_no_copy_of_it(copied: dict[str, pd.DataFrame]) -> None:
    table = pd.concat(
        [make_correlations({"id0": 4, "id1": 2}), make_correlations({"id0": 1}, group="fake", seed=7)]
    )
    frames = {NAMES[0]: copied[NAMES[0]], "700_id0_fake": copied[NAMES[1]]}
    chosen, said = select(table, make_clips(table, frames))
    assert (chosen.count_sources(of_target=True), said) == (4, [])
    assert "700_id0_fake.mp4" in chosen.traces, "but a suspect may be a copy of it"


@pytest.fixture
def knowing(model: Model, courses: Courses) -> Model:
    """A model that learnt from a recording, by name and by hash."""
    footage = model.card.footage.model_copy(update={"video_sha256": ("ab" * 32,)})
    learnt = tabulate("learnt", film(courses, fps=10.0))
    card = model.card.model_copy(update={"footage": footage})
    return Model(card, model.pipeline, model.usual_mean, model.usual_std, read_traces(learnt))


def judge(model: Model, frames: pd.DataFrame, **columns: object):  # type: ignore[no-untyped-def]
    clips = tabulate("suspect", frames).assign(**columns)
    suspect = make_correlations({"id0": 1}, clips=len(clips), seed=9).set_index(clips.index)
    return judge_videos(model, suspect, clips)[0]


@pytest.mark.parametrize(
    "made", [{}, {"noise": 0.3, "seed": 2}, {"start_s": 9.3}, {"mirrored": True}], ids=str
)
def test_a_copy_of_the_training_footage_is_not_judged(
    knowing: Model, courses: Courses, made: dict[str, float]
) -> None:
    video = judge(knowing, film(courses, fps=10.0, **made))  # type: ignore[arg-type]
    assert (video.label, video.log10_lr) == ("inconclusive", None)
    assert video.reason.code is ReasonCode.IN_TRAINING_FOOTAGE
    assert video.reason.copy_of is not None
    assert video.reason.copy_of.video == "learnt.mp4"
    assert video.reason.copy_of.mirrored == ("mirrored" in made)
    assert "it makes the same movements as learnt.mp4 from 0:" in video.sentence
    assert video.warnings[-1].code is WarningCode.MEASUREMENT_UNKNOWN


def test_another_recording_is_judged_and_nothing_more_is_to_be_known_of_its_footage(knowing: Model) -> None:
    video = judge(knowing, film(move(SECONDS, 5), fps=10.0))
    assert video.label == "consistent"
    assert {warning.code for warning in video.warnings} == {WarningCode.MEASUREMENT_UNKNOWN}


def test_where_copies_cannot_be_looked_for_this_is_said(knowing: Model, courses: Courses) -> None:
    blind = Model(knowing.card, knowing.pipeline, knowing.usual_mean, knowing.usual_std)
    for judged_by, columns in ((blind, {}), (knowing, {TRACE_COLUMN: np.nan})):
        video = judge(judged_by, film(courses, fps=10.0), **columns)
        assert video.label == "consistent"
        assert WarningCode.COPIES_UNKNOWN in {warning.code for warning in video.warnings}


def test_a_model_file_keeps_its_traces(knowing: Model, tmp_path: Path) -> None:
    save_model(knowing, tmp_path / "model.skops")
    (found,) = load_model(tmp_path / "model.skops").traces.items()
    assert found[0] == "learnt.mp4"
    assert np.array_equal(found[1], knowing.traces["learnt.mp4"])


def test_traces_of_another_revision_are_none_and_damaged_ones_are_refused(knowing: Model) -> None:
    packed = pack_traces(knowing.traces)
    assert unpack_traces(None) == unpack_traces({**packed, "revision": "0"}) == {}
    assert unpack_traces(pack_traces({})) == {}
    for part, value in (
        ("names", '["a", "a"]'), ("names", "[1]"), ("samples", np.array([1])), ("samples", np.array([-1])),
        ("samples", packed["samples"].astype(float)), ("values", packed["values"][:, :4]),
        ("values", packed["values"].astype(np.int16)), ("values", packed["values"].tolist()),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="fit"):
            unpack_traces({**packed, part: value})
