"""Copies of one recording in backgrounds and enrolments: one session, and no suspect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from backgrounds import FUSED, learn, make_few, make_people
from motion_traces import make_trace

from classify.background.background import Background
from classify.background.enrolled import Enrolment, enrol
from classify.background.files import load_enrolment, save_enrolment
from classify.background.judging import judge_recording
from classify.background.selection import select_footage
from classify.reasons import ReasonCode, WarningCode
from classify.words.enrolments import list_doubts
from features.recordings import Recording
from ground.errors import TrainingError

# A recording that somebody copied: as it is, and an excerpt that another program encoded.
WHOLE, EXCERPT = make_trace(30.0, 1), make_trace(30.0, 1, start_s=9.3, fps=30.0, noise=0.2)


def with_traces(recordings: Sequence[Recording]) -> list[Recording]:
    """Give each recording motion of its own."""
    return [replace(one, trace=make_trace(20.0, 100 + k)) for k, one in enumerate(recordings)]


@pytest.fixture(scope="module")
def background() -> Background:
    first, *others = with_traces(make_few())
    return learn([replace(first, trace=WHOLE), *others])


@pytest.fixture
def ann() -> list[Recording]:
    return [
        replace(one, trace=make_trace(20.0, 200 + k), video=f"ann-{k}.mp4")
        for k, one in enumerate(make_people(13, 3, seed=7)[-3:])
    ]


def enrol_ann(background: Background, recordings: list[Recording]) -> Enrolment:
    return enrol(background, "0" * 64, "ann", recordings, sessions_said=True)


def test_sessions_of_one_recording_count_once_in_a_background() -> None:
    recordings = with_traces(make_few())
    again, once = select_footage(recordings, FUSED), None
    recordings[:2] = [
        replace(one, trace=trace) for one, trace in zip(recordings, (WHOLE, EXCERPT), strict=False)
    ]
    once = select_footage(recordings, FUSED)
    assert again.copies == ()
    assert once.copies == ((recordings[0].video, recordings[1].video),)
    sessions = once.footage.count_sessions(), again.footage.count_sessions()
    assert [sum(counts.values()) for counts in sessions] == [17, 18]


def test_a_card_counts_copies_and_names_none() -> None:
    recordings = with_traces(make_few(again=7))
    recordings[:2] = [
        replace(one, trace=trace) for one, trace in zip(recordings, (WHOLE, EXCERPT), strict=False)
    ]
    card = learn(recordings).card
    assert "2 videos are copies or excerpts of 1 recording, and count as one session each." in card.notes
    assert card.footage.people_again == 6
    assert recordings[0].video not in card.model_dump_json()


def test_recordings_of_different_people_are_not_compared() -> None:
    recordings = with_traces(make_few())
    recordings[0], recordings[2] = (replace(recordings[k], trace=WHOLE) for k in (0, 2))
    assert select_footage(recordings, FUSED).copies == ()


def test_a_copy_of_a_recording_of_the_background_cannot_be_enrolled(
    background: Background, ann: list[Recording]
) -> None:
    copied = replace(ann[1], trace=EXCERPT)
    with pytest.raises(TrainingError, match=f"same movements as {ann[1].video}: a copy"):
        enrol_ann(background, [ann[0], copied])
    assert enrol_ann(background, ann).card.copies == ()


def test_copies_that_a_person_is_enrolled_from_are_one_session_and_are_named(
    background: Background, ann: list[Recording]
) -> None:
    copied = [ann[0], ann[1], replace(ann[2], trace=ann[0].trace[20:80])]
    card = enrol_ann(background, copied).card
    assert card.copies == (("ann-0.mp4", "ann-2.mp4"),)
    assert [one.session for one in card.recordings] == [ann[0].session, ann[1].session, ann[0].session]
    assert card.sessions == 2
    assert any(
        "ann-0.mp4 and ann-2.mp4. Each group counts as one session" in line for line in list_doubts(card)
    )


def test_a_suspect_that_is_a_copy_is_not_judged(
    background: Background, ann: list[Recording], tmp_path: object
) -> None:
    save_enrolment(
        enrol_ann(background, [replace(ann[0], trace=make_trace(30.0, 2))]), tmp_path / "ann.skops"
    )  # type: ignore[operator]
    person = load_enrolment(tmp_path / "ann.skops")  # type: ignore[operator]
    for seed, code, video in (
        (2, ReasonCode.IN_TRAINING_FOOTAGE, "ann-0.mp4"),
        (1, ReasonCode.IN_BACKGROUND_FOOTAGE, None),
    ):
        verdict = judge_recording(
            person, replace(ann[1], trace=make_trace(30.0, seed, start_s=4.1, mirrored=True))
        )
        assert (verdict.label, verdict.reason.code, verdict.regions) == ("inconclusive", code, ())
        copied = verdict.reason.copy_of
        assert copied is not None
        assert (copied.video, copied.mirrored) == (video, True)
        assert copied.sha256 in {ann[0].sha256, make_few()[0].sha256}
    other = judge_recording(person, ann[2])
    assert other.reason.copy_of is None
    assert WarningCode.COPIES_UNKNOWN not in {warning.code for warning in other.warnings}


def test_an_enrolment_without_traces_says_that_copies_go_unnoticed(
    background: Background, ann: list[Recording]
) -> None:
    person = replace(enrol_ann(background, ann[:1]), traces={})
    verdict = judge_recording(person, ann[1])
    assert WarningCode.COPIES_UNKNOWN in {warning.code for warning in verdict.warnings}
