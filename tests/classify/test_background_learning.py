"""Learning a background and enrolling with it: what is learnt, what is said of it, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from backgrounds import DESCRIBED, FUSED, learn, make_few, make_people
from recordings import READING, unknown_movement

from classify.background import figures, learning
from classify.background.background import Background
from classify.background.enrolled import Enrolment, enrol
from classify.background.footage import gather_footage
from classify.background.judging import judge_recording
from classify.background.learning import FUSED as DEFAULT
from classify.background.learning import (
    WAYS,
    _describe_collections,
    learn_background,
    name_descriptors,
    plan_learning,
)
from classify.background.selection import (
    LeftOut,
    Why,
    count_left_out,
    count_still_clips,
    select_footage,
    tell_left_out,
)
from classify.reasons import ReasonCode
from extract.description import Backend
from features.descriptors.registry import DESCRIPTORS
from features.recordings import Recording
from ground.errors import ModelError, TrainingError

OTHER_READING = READING.model_copy(update={"face": Backend(name="mesh", version="9")})


@pytest.fixture(scope="module")
def background() -> Background:
    return learn(make_few())


def meet(who: int, sessions: int, **changed: object) -> list[Recording]:
    """Recordings of somebody who is in no background."""
    return make_people(who + 1, sessions, seed=7, **changed)[-sessions:]


# --- learning


def test_the_card_says_from_whom_and_names_nobody(background: Background) -> None:
    recordings = make_few()
    footage = background.card.footage
    assert (footage.people, footage.people_again) == (12, 6)
    assert (footage.recordings, footage.sessions, footage.collections) == (18, 18, 2)
    assert footage.minutes == pytest.approx(18 * 16 / 60)
    assert all(background.identities.has_video(one.sha256) for one in recordings)
    assert len(background.identities.videos) == 18
    assert background.identities.has_person("PERSON  3")
    assert not background.identities.has_person("person 12")
    assert "person 3" not in background.card.model_dump_json()


def test_what_is_fused_is_described_and_so_is_each_region(background: Background) -> None:
    card = background.card
    assert set(card.fused) <= set(FUSED)
    assert set(card.regions) == {"head", "body"}
    for region in card.regions.values():
        assert (region.verification.people, region.verification.people_again) == (12, 6)
        assert region.verification.auc.value > 0.9
    assert {one.name for one in card.descriptors} == {*card.fused, "region:head", "region:body"}
    assert {*background.projections} == {*background.spread} == {one.name for one in card.descriptors}
    assert background.projections["face-pairs"].cohort.shape[0] == 12


def test_what_is_said_of_a_region_is_the_same_whether_it_is_fused_or_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recordings = make_few(again=5, people=10, numbers=5)
    monkeypatch.setattr(learning, "REGIONS", ("head",))
    monkeypatch.setattr(learning, "_MORE", ("region:head",))
    monkeypatch.setattr(figures, "_RESAMPLES", 50)
    cards = []
    for fused in (("face-pairs",), ("face-pairs", "region:head")):
        monkeypatch.setattr(learning, "FUSED", fused)
        monkeypatch.setattr(learning, "WAYS", tuple((name,) for name in fused))
        cards.append(learn_background(recordings).card)
    apart, together = cards
    assert apart.regions == together.regions
    assert [*apart.regions] == ["head"]


def test_people_who_clearly_differ_are_verified(background: Background) -> None:
    figures = background.card.verification
    assert figures.auc.value > 0.95
    assert figures.cllr.value < 0.6
    assert background.card.notes == ()


def test_rates_are_no_finer_than_the_people_allow(background: Background) -> None:
    for thresholds in (background.card.thresholds, background.card.clip_thresholds):
        assert (thresholds.target_sources, thresholds.non_target_sources) == (6, 12)
    assert background.card.calibration.highest <= np.log(13)
    assert background.card.calibration.lowest >= -np.log(7)


def test_how_much_numbers_change_is_that_of_clips_within_recordings(background: Background) -> None:
    """Clips have deviation .5 around their recording, however few there are of each."""
    spread = background.spread["face-pairs"]
    assert np.sqrt(np.mean(spread**2)) == pytest.approx(0.5, rel=0.03)


@pytest.fixture(scope="module")
def odd() -> Background:
    """Recordings of single clips from one collection, some of them left out; the body is hardly ever seen."""
    recordings = [replace(one, collection="c") for one in make_few(clips=1)]
    for one in recordings[8:]:
        one.numbers["region:body"][:] = np.nan
    recordings.append(replace(recordings[0], sha256="a" * 64, subject=None, video="unknown.mp4"))
    recordings.append(replace(recordings[0], video="copy.mp4"))
    empty = {name: np.full_like(values, np.nan) for name, values in recordings[0].numbers.items()}
    recordings.append(
        replace(recordings[0], sha256="b" * 64, numbers=empty, face_share=np.zeros(1), video="away.mp4")
    )
    listed = [LeftOut(f"t{k}", Why.NOT_LISTED) for k in range(16)] + [LeftOut("x", "It is damaged.")]
    return learn(recordings, listed)


def test_a_region_that_few_people_show_is_left_out_with_a_note(odd: Background) -> None:
    assert list(odd.card.regions) == ["head"]
    assert "region:body" not in odd.projections
    assert "Nothing is said of the body: too few people show it in several sessions." in odd.card.notes


def test_what_was_left_out_is_counted_by_reason_and_not_named(odd: Background) -> None:
    assert odd.card.notes[0] == (
        "Not used: 20 recordings, 16 because the manifest does not list them, 1 because it could not be "
        "read, 1 because nobody says who is in it, 1 because another recording is the same file as it, 1 "
        "because too little of a face was found in each clip of it."
    )
    assert odd.card.footage.recordings == len(odd.identities.videos) == 18
    assert not any(map(odd.identities.has_video, ("a" * 64, "b" * 64)))


def test_one_collection_is_noted(odd: Background) -> None:
    assert odd.card.footage.collections == 1
    assert odd.card.notes[-1].startswith("What cameras and encoders do to the measurements was not learnt")


def test_of_recordings_of_single_clips_nobody_knows_how_much_clips_change(odd: Background) -> None:
    assert np.isnan(odd.spread["face-pairs"]).all()
    assert odd.card.verification.auc.value > 0.9


def test_unknown_collections_are_noted() -> None:
    recordings = make_few(again=5, people=10)
    made = learn([replace(one, collection=None) for one in recordings])
    assert made.card.footage.collections is None
    (note,) = made.card.notes
    assert note == (
        "What cameras and encoders do to the measurements was not learnt, because fewer than two collections "
        "with several people are named. Figures and ratios hold for footage like this one. Name collections "
        "in the manifest, and add people from others."
    )


def test_recordings_whose_collection_nobody_names_are_counted() -> None:
    recordings = make_few(again=5, people=10, numbers=2)
    recordings = [replace(one, collection=None) if k < 3 else one for k, one in enumerate(recordings)]
    notes = _describe_collections(gather_footage(recordings, DESCRIBED))
    assert notes == ["Nobody says from which collection 3 recordings are."]
    lonely = [replace(one, collection=one.subject) for one in recordings]
    (note,) = _describe_collections(gather_footage(lonely, DESCRIBED))
    assert note.startswith("What cameras and encoders"), "a collection of one person shows no camera"


def test_a_region_that_some_people_never_show_is_learnt_from_the_others() -> None:
    recordings = make_few(again=6, people=12)
    for one in recordings[-3:]:
        one.numbers["region:body"][:] = np.nan
    made = learn(recordings)
    assert made.projections["region:body"].cohort.shape[0] == 9
    assert made.projections["face-pairs"].cohort.shape[0] == 12
    assert made.card.regions["body"].calibration.people == 9


@pytest.mark.parametrize(
    ("recordings", "words"),
    [
        (make_people(12, 1), "12 people, 0 of them in several sessions"),
        (make_people(9, 2), "9 people, 9 of them in several sessions"),
        (make_few(again=4), "12 people, 4 of them in several sessions"),
        (make_people(1, 1), "1 person, 0 of them"),
    ],
)
def test_too_few_people_or_sessions_are_refused(recordings: list[Recording], words: str) -> None:
    with pytest.raises(TrainingError) as caught:
        learn(recordings)
    assert "at least 10 people are needed, 5 of them in two or more sessions" in str(caught.value)
    assert words in str(caught.value)


def test_two_videos_of_one_session_are_no_several_sessions() -> None:
    recordings = [replace(one, session="the only one") for one in make_people(12, 2)]
    with pytest.raises(TrainingError, match="12 people, 0 of them in several sessions"):
        learn(recordings)


def test_where_nothing_can_be_used_the_reasons_are_given() -> None:
    with pytest.raises(TrainingError) as caught:
        learn([replace(one, subject=None) for one in make_people(8, 1)])
    assert "8 recordings are left out, because nobody says who is in them: " in str(caught.value)
    assert "and 3 more." in str(caught.value)


def test_recordings_of_different_readers_are_refused_with_both_named() -> None:
    recordings = make_few()
    recordings[5] = replace(recordings[5], reading=OTHER_READING)
    with pytest.raises(ModelError) as caught:
        learn(recordings)
    for words in (recordings[0].video, recordings[5].video, "9 instead of"):
        assert words in str(caught.value)
    assert "background" not in str(caught.value)


def test_left_out_recordings_are_told_once_for_each_reason() -> None:
    left_out = [LeftOut(f"t{k}", Why.NOT_LISTED) for k in range(7)]
    left_out += [LeftOut("a", Why.FAKE), LeftOut("b", "b is damaged. Copy it again."), LeftOut("c", "No.")]
    assert tell_left_out(left_out) == [
        "7 recordings are left out, because the manifest does not list them: t0, t1, t2, t3, t4 and 2 more.",
        "a is left out, because what moves in a fake is not the person whom it shows.",
        "b is left out. b is damaged. Copy it again.",
        "c is left out. No.",
    ]
    assert (tell_left_out([]), count_left_out([])) == ([], [])


def test_a_recording_without_what_is_compared_is_left_out() -> None:
    recordings = make_people(11, 2)
    recordings[0].numbers["region:body"][:] = np.nan
    selected = select_footage(recordings, DESCRIBED)
    assert [(one.name, one.why) for one in selected.left_out] == [(recordings[0].video, Why.NOT_MEASURED)]
    assert select_footage(recordings, FUSED, DESCRIBED[2:]).left_out == []


def test_a_recording_that_hardly_moves_is_left_out_and_still_clips_of_others_are_counted() -> None:
    recordings = make_people(11, 2)
    recordings[0].movement.face_motion[:] = 1.25
    recordings[1].movement.observed_share[:2] = 0.25
    selected = select_footage(recordings, FUSED)
    assert [(one.name, one.why) for one in selected.left_out] == [(recordings[0].video, Why.NO_MOVEMENT)]
    assert count_still_clips(selected.recordings) == [
        "Not used: 2 clips of the other recordings, because of too few frames or too little movement."
    ]
    assert count_still_clips(recordings[2:]) == []


def test_what_is_fused_by_default_is_compared_with_each_part_left_out() -> None:
    assert WAYS[0] == DEFAULT
    assert len(WAYS) == len(set(WAYS)) == 1 + 2 * len(DEFAULT)
    assert {*name_descriptors()} <= {*DESCRIPTORS}
    steps, selected = plan_learning(make_few(again=5, people=10, numbers=2, descriptors=name_descriptors()))
    assert (steps, selected.left_out, selected.copies) == (3 * 30, [], ())


# --- enrolment


def enrol_with(background: Background, recordings: list[Recording], person: str = "ann") -> Enrolment:
    return enrol(background, "0" * 64, person, recordings, sessions_said=True)


def test_another_recording_of_the_person_is_told_from_somebody_elses(background: Background) -> None:
    ann, other = meet(0, 2), meet(1, 1)
    person = enrol_with(background, ann[:1])
    own, not_own = judge_recording(person, ann[1]), judge_recording(person, other[0])
    assert own.log10_lr is not None
    assert not_own.log10_lr is not None
    assert own.log10_lr > np.log10(4)
    assert not_own.log10_lr < -np.log10(4)
    assert [region.region for region in own.regions] == ["head", "body"]
    assert len(own.clips) == 3


def test_a_recording_of_the_enrolment_or_of_the_background_is_not_judged(background: Background) -> None:
    ann = meet(0, 1)
    person = enrol_with(background, ann)
    assert judge_recording(person, ann[0]).reason.code is ReasonCode.IN_TRAINING_FOOTAGE
    known = make_few()[3]
    assert judge_recording(person, known).reason.code is ReasonCode.IN_BACKGROUND_FOOTAGE


def test_a_suspect_of_two_people_is_not_judged_as_one(background: Background) -> None:
    ann, other = meet(0, 2, clips=8), meet(1, 1, clips=8)
    halves = {
        name: np.concatenate([ann[1].numbers[name][:4], other[0].numbers[name][4:]]) for name in DESCRIBED
    }
    verdict = judge_recording(enrol_with(background, ann[:1]), replace(ann[1], numbers=halves))
    labels = [clip.label for clip in verdict.clips]
    assert labels == ["match"] * 4 + ["no match"] * 4
    assert verdict.label == "inconclusive"


def test_clips_without_a_face_have_no_score_and_do_not_change_that_of_the_whole(
    background: Background,
) -> None:
    ann = meet(0, 2)
    person = enrol_with(background, ann[:1])
    before = person.judge(ann[1])
    numbers = {
        name: np.vstack([values, np.full((1, values.shape[1]), np.nan)])
        for name, values in ann[1].numbers.items()
    }
    longer = replace(
        ann[1], numbers=numbers, start_s=np.arange(4) * 4.0, end_s=np.arange(4) * 4.0 + 8,
        face_share=np.array([1, 1, 1, 0.1]), body_share=np.ones(4), movement=unknown_movement(4),
    )  # fmt: skip
    after = person.judge(longer)
    np.testing.assert_array_equal(after.clip_scores, [*before.clip_scores, np.nan])
    assert after.score == before.score


def test_without_any_face_nothing_is_said(background: Background) -> None:
    ann = meet(0, 2)
    numbers = {name: np.full_like(values, np.nan) for name, values in ann[1].numbers.items()}
    found = enrol_with(background, ann[:1]).judge(replace(ann[1], numbers=numbers, seconds=0.0))
    assert np.isnan(found.clip_scores).all()
    assert (found.score, found.regions) == (None, {"head": None, "body": None})


def test_a_region_that_is_not_seen_cannot_be_said(background: Background) -> None:
    ann = meet(0, 2)
    ann[1].numbers["region:body"][:] = np.nan
    found = enrol_with(background, ann[:1]).judge(ann[1])
    assert found.regions["body"] is None
    assert found.regions["head"] is not None
    assert found.score is not None


def test_a_clip_with_few_numbers_is_not_held_against_the_person(background: Background) -> None:
    ann = meet(0, 2)
    person = enrol_with(background, ann[:1])
    whole = person.judge(ann[1])
    name = background.card.fused[0]
    seen = len(DESCRIPTORS[name].numbers) // 2 - 1  # fewer than half
    ann[1].numbers[name][2, seen:] = np.nan
    found = person.judge(ann[1])
    np.testing.assert_array_equal(found.clip_scores, [*whole.clip_scores[:2], np.nan])
    clip = judge_recording(person, ann[1]).clips[2]
    assert (clip.label, clip.reason.code) == ("insufficient evidence", ReasonCode.TOO_LITTLE_MEASURED)


def test_a_region_with_few_numbers_cannot_be_said(background: Background) -> None:
    ann = meet(0, 2)
    seen = len(DESCRIPTORS["region:body"].numbers) // 2 - 1
    ann[1].numbers["region:body"][:, seen:] = np.nan
    found = enrol_with(background, ann[:1]).judge(ann[1])
    assert found.regions["body"] is None
    assert found.score is not None


def test_a_second_recording_of_a_session_changes_only_that_session(background: Background) -> None:
    """Sessions weigh alike, however many recordings each has."""
    one, other = meet(0, 2)
    again = replace(other, video="again.mp4", sha256="e" * 64)
    person = enrol_with(background, [one, other, again])
    np.testing.assert_allclose(
        person.usual_mean["spreads"], enrol_with(background, [one, other]).usual_mean["spreads"]
    )
    assert (person.card.sessions, len(person.card.recordings)) == (2, 3)
    assert person.card.seconds == 3 * 16


@pytest.mark.parametrize("name", ["person 3", "PERSON 3", " Person\u00a03 ", "pers\u200bon 3"])
def test_people_of_the_background_are_refused_in_any_spelling(background: Background, name: str) -> None:
    with pytest.raises(TrainingError, match="was learnt from a person named"):
        enrol_with(background, meet(0, 1), name)


def test_videos_of_the_background_are_refused_under_any_name(background: Background) -> None:
    known = replace(make_few()[3], video="renamed.mp4")
    with pytest.raises(TrainingError, match=r"was learnt from renamed\.mp4, so it cannot judge"):
        enrol_with(background, [*meet(0, 1), known])


def test_recordings_of_another_reader_are_refused(background: Background) -> None:
    (recording,) = meet(0, 1)
    with pytest.raises(ModelError, match=f"The background and {recording.video} were read differently"):
        enrol_with(background, [replace(recording, reading=OTHER_READING)])


def test_a_recording_without_a_face_is_refused_and_named(background: Background) -> None:
    one, other = meet(0, 2)
    other.numbers["spreads"][:] = np.nan
    with pytest.raises(TrainingError) as caught:
        enrol_with(background, [one, other])
    assert "too little of a face was measured in each clip of" in str(caught.value)
    assert other.video in str(caught.value)
    assert one.video not in str(caught.value)


def test_one_file_is_not_two_recordings(background: Background) -> None:
    (one,) = meet(0, 1)
    for name in ("copy.mp4", one.video):
        with pytest.raises(TrainingError, match=f"{one.video} and {name} are the same file"):
            enrol_with(background, [one, replace(one, video=name, session="another")])


def test_somebody_elses_recording_among_four_is_named(background: Background) -> None:
    recordings = [*meet(0, 3), *meet(1, 1)]
    card = enrol_with(background, recordings).card
    assert card.disagreeing == (recordings[3].video,)
    ratios = [recording.log10_lr for recording in card.recordings]
    assert all(ratio is not None for ratio in ratios)
    assert min(ratios, key=lambda ratio: ratio or 0) == ratios[3]


def test_recordings_that_agree_are_not_named(background: Background) -> None:
    card = enrol_with(background, meet(0, 4)).card
    assert card.disagreeing == ()
    assert all(recording.log10_lr is not None and recording.log10_lr > 0 for recording in card.recordings)


def test_ratios_of_recordings_are_told_within_the_bounds_of_the_background(background: Background) -> None:
    scale = background.card.calibration
    offsets = ("offset", "length_offset", "session_offset")
    hundredfold = {name: 100 * getattr(scale, name) for name in offsets}
    hundredfold["weights"] = tuple(100 * weight for weight in scale.weights)
    strong = scale.model_copy(update=hundredfold)
    loud = replace(background, card=background.card.model_copy(update={"calibration": strong}))
    own = [*meet(0, 3), *meet(1, 1)]
    found = {one.log10_lr for one in enrol_with(loud, own).card.recordings}
    assert found == {scale.lowest / np.log(10), scale.highest / np.log(10)}


def test_recordings_of_one_session_are_compared_with_nothing(background: Background) -> None:
    recordings = [replace(one, session="the only one") for one in meet(0, 2)]
    card = enrol_with(background, recordings).card
    assert [recording.log10_lr for recording in card.recordings] == [None, None]
    assert (card.sessions, card.disagreeing) == (1, ())
