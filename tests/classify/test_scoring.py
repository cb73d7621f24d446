"""Judging: labels by thresholds, reasons where there is no score, and the video from its clips together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pydantic
import pytest
from population import PAIRS, make_correlations

from classify.evaluation import run_fold, split_for_evaluation
from classify.model import Model
from classify.reasons import Reason, ReasonCode, WarningCode
from classify.scoring import judge_videos
from classify.suspect_facts import SuspectFacts
from classify.thresholds import Thresholds
from classify.training import fit_model
from classify.training_set import select_training_set
from classify.verdict import VERDICT_SCHEMA, Verdict, VideoVerdict
from extract.damage import Damage
from features.description import READING_COLUMNS, ClipDescription
from features.tables import read_labelled_table
from ground.descriptions import unflatten
from ground.errors import ModelError, TableError
from ground.time_span import TimeSpan
from motionsig.use_cases.population_tables import write_population
from simulate.population import PopulationPlan, Spread


def clip_table(correlations: pd.DataFrame, **columns: object) -> pd.DataFrame:
    video = correlations.index.str.replace(r"_clip_\d+$", "", regex=True)
    return pd.DataFrame({"video": video, **columns}, index=correlations.index)


def with_scores(
    model: Model, scores: list[float], thresholds: tuple[float, float], fewest_clips: int = 1
) -> Model:
    """The same model with a pipeline that gives these scores, which knows the hashes of its footage."""

    class Scripted:
        def decision_function(self, values: np.ndarray) -> np.ndarray:
            return np.array(scores[: len(values)])

    low, high = thresholds
    limits = Thresholds(
        no_match_below=low, match_above=high, error_rate=0.05, target_sources=4, non_target_sources=4
    )
    of_videos = limits.model_copy(update={"fewest_clips": fewest_clips})
    footage = model.card.footage.model_copy(update={"video_sha256": ("ab" * 32,)})
    changed = {"thresholds": limits, "video_thresholds": of_videos, "footage": footage}
    card = model.card.model_copy(update=changed)
    return Model(card, Scripted(), model.usual_mean, model.usual_std)  # type: ignore[arg-type]


def test_a_new_video_of_the_person_is_consistent_and_of_another_inconsistent(model: Model) -> None:
    for people, label in (({"id0": 1}, "consistent"), ({"id4": 1}, "inconsistent")):
        suspect = make_correlations(people, seed=9)
        (video,) = judge_videos(model, suspect, clip_table(suspect))
        assert video.label == label
        assert video.clips_scored == len(video.clips) == 6
        assert video.score == pytest.approx(np.mean([clip.score for clip in video.clips]))


@pytest.mark.parametrize(
    ("score", "label", "code"),
    [
        (1.01, "match", "like-person"),
        (1.0, "insufficient evidence", "between-thresholds"),
        (-1.0, "insufficient evidence", "between-thresholds"),
        (-1.01, "no match", "unlike-person"),
    ],
)
def test_labels_change_just_beyond_the_thresholds(model: Model, score: float, label: str, code: str) -> None:
    suspect = make_correlations({"id0": 1}, clips=1)
    scripted = with_scores(model, [score], (-1.0, 1.0))
    (video,) = judge_videos(scripted, suspect, clip_table(suspect))
    assert (video.clips[0].label, video.clips[0].reason.code) == (label, code)
    assert video.reason.code == code


@pytest.mark.parametrize(
    ("scores", "label"),
    [([2, 2, 0], "consistent"), ([-2, -2, 0], "inconsistent"), ([2, -2, 0], "inconclusive")],
)
def test_the_video_is_judged_by_the_mean_of_its_clips(model: Model, scores: list[float], label: str) -> None:
    suspect = make_correlations({"id0": 1}, clips=3)
    (video,) = judge_videos(with_scores(model, scores, (-1.0, 1.0)), suspect, clip_table(suspect))
    assert video.label == label


def test_a_clip_with_too_much_missing_has_no_score_but_a_reason(model: Model) -> None:
    suspect = make_correlations({"id0": 1}, clips=2)
    suspect.iloc[1, :100] = np.nan
    clips = clip_table(
        suspect, frames=250, face_frames=[250, 50], body_frames=250, start_s=[0.0, 5.0], end_s=[10.0, np.nan]
    )
    (video,) = judge_videos(model, suspect, clips)
    scored, unscored = video.clips
    assert scored.score is not None
    assert (unscored.score, unscored.label, unscored.deviations) == (None, "insufficient evidence", ())
    assert unscored.reason == Reason(
        code=ReasonCode.PAIRS_MISSING,
        missing_share=100 / 435,
        missing_limit=0.07,
        face_share=0.2,
        body_share=1.0,
    )
    assert unscored.words == (
        "23% of the pairs are missing, and at most 7% may be (face found in 20% of the frames, body in 100%)"
    )
    assert video.clips_scored == 1
    assert video.score == scored.score
    assert (scored.span, unscored.span) == (TimeSpan(start_s=0.0, end_s=10.0), None)


def test_a_clip_that_ends_before_it_begins_is_refused_by_name(model: Model) -> None:
    suspect = make_correlations({"id0": 1}, clips=2)
    clips = clip_table(suspect, start_s=[0.0, 5.0], end_s=[10.0, 5.0])
    with pytest.raises(TableError, match=f"{suspect.index[1]} begins at 5 s and ends at 5 s"):
        judge_videos(model, suspect, clips)


def test_a_video_without_a_usable_clip_is_inconclusive(model: Model) -> None:
    suspect = make_correlations({"id0": 1}) * np.nan
    (video,) = judge_videos(model, suspect, clip_table(suspect))
    assert (video.label, video.score, video.clips_scored) == ("inconclusive", None, 0)
    assert video.reason == Reason(code=ReasonCode.NO_CLIP_SCORED)
    assert "no clip shows enough to be compared" in video.sentence


def test_few_missing_pairs_are_filled_and_scored(model: Model) -> None:
    suspect = make_correlations({"id0": 1}, clips=1)
    suspect.iloc[0, :30] = np.nan
    (video,) = judge_videos(model, suspect, clip_table(suspect))
    assert video.clips[0].score is not None
    assert video.clips[0].missing_share == pytest.approx(30 / 435)


def test_videos_of_one_table_are_judged_apart_in_order(model: Model) -> None:
    suspects = pd.concat([make_correlations({"id4": 1}, seed=9), make_correlations({"id0": 2}, seed=9)])
    videos = judge_videos(model, suspects, clip_table(suspects))
    assert [video.video for video in videos] == ["900_id4_celeb", "900_id0_pristine", "901_id0_pristine"]
    assert [video.label for video in videos] == ["inconsistent", "consistent", "consistent"]
    names = [clip.clip_name for video in videos for clip in video.clips]
    assert names == suspects.index.tolist()


def test_the_ten_pairs_furthest_from_the_usual_range_are_named(model: Model) -> None:
    suspect = pd.DataFrame([model.usual_mean], columns=PAIRS, index=["x_clip_0"])
    place = PAIRS.index("AU01_r*pose_Rz")
    suspect.iloc[0, place] += 20 * max(model.usual_std[place], 0.05)
    (video,) = judge_videos(model, suspect, clip_table(suspect))
    deviations = video.clips[0].deviations
    assert len(deviations) == 10
    assert deviations[0].pair == "AU01_r*pose_Rz"
    assert deviations[0].usual == pytest.approx(model.usual_mean[place])
    assert deviations[0].here == pytest.approx(suspect.iloc[0, place])


def test_a_suspect_measured_in_another_way_is_refused_with_every_difference(model: Model) -> None:
    cells = {
        "extraction_revision": 1, "body_backend": "pose 1", "face_backend": "mesh 1", "sample_fps": 0,
        "max_height": 0, "signal": "position", "body_coordinates": "signing", "clip_s": 10.0, "step_s": 5.0,
        "feature_set": "full",
    }  # fmt: skip
    ours = unflatten(ClipDescription, cells)
    trained = Model(
        model.card.model_copy(update={"measured": ours}), model.pipeline, model.usual_mean, model.usual_std
    )
    suspect = make_correlations({"id0": 1})
    trained.check_fits(suspect, ours, "suspect.csv")
    others = {"face_backend": "openface 2", "signal": "velocity", "clip_s": 5.0, "step_s": 2.5}
    theirs = unflatten(ClipDescription, cells | others | {"feature_set": "face", "sample_fps": 10})
    with pytest.raises(ModelError) as caught:
        trained.check_fits(suspect.iloc[:, :153], theirs, "suspect.csv")
    for words in (
        "suspect.csv",
        "openface 2 instead of mesh 1",
        "velocity",
        "5 s instead of 10 s",
        "10 frames a second instead of all",
        "153 pairs",
    ):
        assert words in str(caught.value)


def test_the_verdict_survives_json(model: Model) -> None:
    suspect = make_correlations({"id0": 1}, clips=2)
    suspect.iloc[1] = np.nan
    verdict = Verdict(
        motionsig_version="1",
        created_utc="2026-01-01T00:00:00+00:00",
        person="id0",
        model_sha256="0" * 64,
        card=model.card,
        calibrated=False,
        videos=judge_videos(model, suspect, clip_table(suspect)),
    )
    text = verdict.model_dump_json()
    assert Verdict.model_validate_json(text) == verdict
    assert "NaN" not in text


# --- calibrated models


@pytest.fixture
def suspects(tmp_path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same population as that of `calibrated_model`: its own training clips."""
    write_population(tmp_path / "c.csv", PopulationPlan(person_sessions=8, others=12, methods=0, clips=8))
    return read_labelled_table(tmp_path / "c.csv")


def test_a_calibrated_model_gives_bounded_ratios_and_their_words(
    calibrated_model: Model, suspects: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    assert calibrated_model.card.shortfalls == ()
    videos = judge_videos(calibrated_model, *suspects)
    assert len(videos) == 20
    for video in videos:
        assert video.log10_lr is not None
        assert video.support is not None
        assert -np.log10(9) - 1e-9 <= video.log10_lr <= np.log10(13) + 1e-9
        assert {"consistent": 1, "inconsistent": -1, "inconclusive": 0}[video.label] * video.log10_lr >= 0
        assert len(video.deviations) == 10
    assert [video.label for video in videos[:8]].count("inconsistent") == 0


def test_the_videos_ratio_is_not_the_product_of_its_clips(
    calibrated_model: Model, suspects: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    """A hundred copies of the same clips say no more than the clips."""
    correlations, clips = (part.iloc[:8] for part in suspects)
    (once,) = judge_videos(calibrated_model, correlations, clips)
    copies = pd.concat([correlations] * 100), pd.concat([clips] * 100)
    (often,) = judge_videos(calibrated_model, *copies)
    assert once.log10_lr == pytest.approx(often.log10_lr)


def test_an_uncalibrated_model_gives_no_ratio(model: Model) -> None:
    suspect = make_correlations({"id0": 1})
    (video,) = judge_videos(model, suspect, clip_table(suspect))
    assert (video.log10_lr, video.support, video.clips[0].log10_lr) == (None, None, None)


def test_a_calibration_that_finds_nothing_outweighs_thresholds(
    calibrated_model: Model, suspects: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    card = calibrated_model.card
    assert card.calibration is not None
    nothing = card.calibration.model_copy(update={"method": "logistic", "slope": 0.0, "intercept": 0.0})
    blind = Model(
        card.model_copy(update={"calibration": nothing, "video_calibration": nothing}),
        calibrated_model.pipeline, calibrated_model.usual_mean, calibrated_model.usual_std,
    )  # fmt: skip
    videos = judge_videos(blind, *suspects)
    assert {video.label for video in videos} == {"inconclusive"}
    assert {clip.label for video in videos for clip in video.clips} == {"insufficient evidence"}
    reasons = {clip.reason for video in videos for clip in video.clips}
    assert Reason(code=ReasonCode.RATIO_TOO_WEAK, ratio_needed=2) in reasons


def judge_with_ratio(
    model: Model, suspects: tuple[pd.DataFrame, pd.DataFrame], ratio: float, fewest_clips: int = 1
) -> VideoVerdict:
    """The verdict on eight clips that all score 2, beyond the thresholds of -1 and 1, with this ratio."""
    fixed = {"method": "logistic", "slope": 0.0, "intercept": float(np.log(ratio))}
    calibration = model.card.calibration.model_copy(update=fixed)
    of_videos = model.card.video_calibration.model_copy(update=fixed)
    card = model.card.model_copy(update={"calibration": calibration, "video_calibration": of_videos})
    calibrated = Model(card, model.pipeline, model.usual_mean, model.usual_std)
    correlations, clips = (part.iloc[:8] for part in suspects)
    scripted = with_scores(calibrated, [2.0] * 8, (-1.0, 1.0), fewest_clips)
    (video,) = judge_videos(scripted, correlations, clips.assign(sha256="cd" * 32))
    return video


@pytest.mark.parametrize(
    ("ratio", "label", "code"),
    [
        (2.01, "consistent", "like-person"),
        (1.99, "inconclusive", "ratio-too-weak"),
        (0.3, "inconclusive", "ratio-contradicts-score"),
    ],
)
def test_a_decision_takes_a_ratio_of_two_in_its_direction(
    calibrated_model: Model,
    suspects: tuple[pd.DataFrame, pd.DataFrame],
    ratio: float,
    label: str,
    code: str,
) -> None:
    video = judge_with_ratio(calibrated_model, suspects, ratio)
    assert video.label == label
    assert {clip.label for clip in video.clips} == {
        "match" if label == "consistent" else "insufficient evidence"
    }
    assert {clip.reason.code for clip in video.clips} == {video.reason.code} == {code}
    assert video.log10_lr == pytest.approx(np.log10(ratio)), "which is said whatever is decided"


def test_a_video_of_fewer_clips_than_the_calibrations_has_no_ratio(
    calibrated_model: Model, suspects: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    assert calibrated_model.card.video_thresholds.fewest_clips == 8
    assert judge_with_ratio(calibrated_model, suspects, 5.0, fewest_clips=8).label == "consistent"
    video = judge_with_ratio(calibrated_model, suspects, 5.0, fewest_clips=9)
    assert (video.label, video.log10_lr, video.support) == ("inconclusive", None, None)
    assert video.reason == Reason(code=ReasonCode.TOO_FEW_CLIPS, clips_needed=9, clips_scored=8)
    assert "the model needs at least 9 scored clips, and the video has 8" in video.sentence
    assert video.clips[0].log10_lr is not None, "a clip is as long as any other"


def test_an_uncalibrated_model_asks_for_as_many_clips(model: Model) -> None:
    """Its footage has videos of six clips: means of fewer scatter more than what its thresholds stand on."""
    assert model.card.video_calibration is None
    for clips, label in ((1, "inconclusive"), (5, "inconclusive"), (6, "consistent")):
        suspect = make_correlations({"id0": 1}, clips=clips, seed=9)
        (video,) = judge_videos(model, suspect, clip_table(suspect))
        assert video.label == label
        assert (video.reason.code is ReasonCode.TOO_FEW_CLIPS) == (clips < 6)


def test_the_models_own_table_is_known_where_no_video_has_a_hash(model: Model) -> None:
    suspect = make_correlations({"id0": 1}, seed=9)
    own, other = model.card.table_sha256, "cd" * 32
    (video,) = judge_videos(model, suspect, clip_table(suspect), table_sha256=own)
    assert (video.label, video.log10_lr) == ("inconclusive", None)
    assert video.reason == Reason(code=ReasonCode.IN_TRAINING_TABLE)
    assert "it is in the table that the model learnt from" in video.sentence
    for sha256 in (other, None):
        (video,) = judge_videos(model, suspect, clip_table(suspect), table_sha256=sha256)
        assert video.label == "consistent"
        assert video.warnings[-1].code is WarningCode.FOOTAGE_UNKNOWN
        assert "If the model learnt from this video" in video.warnings[-1].words
        assert "Nobody can check this" in video.warnings[-1].words
    hashed = model.card.footage.model_copy(update={"video_sha256": ("ab" * 32,)})
    knowing = Model(
        model.card.model_copy(update={"footage": hashed}), model.pipeline, model.usual_mean, model.usual_std
    )
    (unlearnt,) = judge_videos(knowing, suspect, clip_table(suspect, sha256=other), table_sha256=own)
    assert unlearnt.label == "consistent", "nobody said who is in it, so nothing was learnt from it"
    assert WarningCode.FOOTAGE_UNKNOWN not in {warning.code for warning in unlearnt.warnings}


def test_the_sentence_of_an_uncalibrated_model_says_so(
    model: Model, calibrated_model: Model, suspects: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    assert judge_scripted(model, [3.0]).sentence.endswith(
        "There is no likelihood ratio, because the model learnt from too little footage."
    )
    assert "too little footage" not in judge_with_ratio(calibrated_model, suspects, 5.0).sentence


def test_what_cannot_be_compared_with_the_models_footage_is_warned_of(
    model: Model, calibrated_model: Model, suspects: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    (untraced,) = judge_with_ratio(calibrated_model, suspects, 5.0).warnings
    assert untraced.code is WarningCode.COPIES_UNKNOWN, "simulated tables say nothing of movements"
    correlations, clips = suspects
    unsaid = judge_videos(calibrated_model, correlations, clips.drop(columns=[*READING_COLUMNS, "signal"]))
    unrecorded = ("extraction revision", "body reader", "face reader", "frames read", "pictures", "signal")
    assert unsaid[0].warnings[0].unrecorded == unrecorded
    assert unsaid[0].warnings[0].words.endswith(f"does not record {', '.join(unrecorded)}.")
    (video,) = judge_videos(model, correlations.iloc[:8], clips.iloc[:8])
    assert "face reader" in video.warnings[0].unrecorded, "the model's own table does not say either"


def test_reported_error_rates_are_those_of_verdicts(tmp_path: Path, calibrated_model: Model) -> None:
    """What a fold's model says of a video it has not seen is what the evaluation counts, vetoes and all."""
    plan = PopulationPlan(7, 12, methods=0, clips=9, spread=Spread(person=0.15, moment=0.4))
    write_population(tmp_path / "c.csv", plan)
    correlations, clips = read_labelled_table(tmp_path / "c.csv")
    correlations.iloc[40:45, :60] = np.nan  # most of a video of the person: too few clips of it have a score
    training = select_training_set(correlations, clips, "id0")
    reasons: set[ReasonCode] = set()
    for fold in split_for_evaluation(training):
        outcome = run_fold(training, "linear", fold, error_rate=0.2)
        assert outcome.calibrated
        scales = {
            "thresholds": outcome.clip_scale.thresholds, "calibration": outcome.clip_scale.calibration,
            "video_thresholds": outcome.video_scale.thresholds,
            "video_calibration": outcome.video_scale.calibration,
        }  # fmt: skip
        made = Model(
            calibrated_model.card.model_copy(update=scales),
            fit_model("linear", outcome.hyperparameters, training.select(fold[0])),
            calibrated_model.usual_mean, calibrated_model.usual_std,
        )  # fmt: skip
        rows = clips["video"].isin(training.videos[fold[1]]).to_numpy()
        verdicts = {one.video: one for one in judge_videos(made, correlations[rows], clips[rows])}
        numbers = {"consistent": 1, "inconsistent": -1, "inconclusive": 0}
        assert outcome.videos.decisions.tolist() == [numbers[verdicts[v].label] for v in sorted(verdicts)]
        reasons |= {one.reason.code for one in verdicts.values()}
    assert {ReasonCode.CLIPS_CONTRADICT, ReasonCode.RATIO_TOO_WEAK, ReasonCode.TOO_FEW_CLIPS} <= reasons


def test_a_verdict_of_another_schema_is_not_read(model: Model) -> None:
    verdict = Verdict(
        motionsig_version="1", created_utc="2026-01-01T00:00:00+00:00", person="id0", model_sha256="0" * 64,
        card=model.card, calibrated=False, videos=(),
    )  # fmt: skip
    for version in (VERDICT_SCHEMA - 1, VERDICT_SCHEMA + 1):
        with pytest.raises(pydantic.ValidationError, match="schema_version"):
            Verdict.model_validate({**verdict.model_dump(), "schema_version": version})


def judge_scripted(model: Model, scores: list[float], unscored: int = 0) -> VideoVerdict:
    """The verdict on a video whose clips have these scores, between thresholds of -1 and 1."""
    suspect = make_correlations({"id0": 1}, clips=len(scores) + unscored)
    suspect.iloc[len(scores) :] = np.nan
    starts = 5.0 * np.arange(len(suspect))
    clips = clip_table(suspect, start_s=starts, end_s=starts + 10)
    (video,) = judge_videos(with_scores(model, scores, (-1.0, 1.0)), suspect, clips)
    return video


def test_a_forged_passage_does_not_drown_in_genuine_footage(model: Model) -> None:
    video = judge_scripted(model, [3.0] * 20 + [-3.0] * 2)
    assert video.label == "inconclusive"
    assert video.reason == Reason(code=ReasonCode.CLIPS_CONTRADICT, clips_against=2, clips_scored=22)
    assert "contradict each other, because 2 of them" in video.sentence
    assert "20 match, 2 no match" in video.sentence
    assert "no match at 1:40-1:50, 1:45-1:55" in video.sentence


def test_as_many_contradicting_clips_as_the_error_rate_explains_are_borne_and_named(model: Model) -> None:
    video = judge_scripted(model, [3.0] * 19 + [-3.0])
    assert video.label == "consistent"
    assert "19 match, 1 no match; no match at 1:35-1:45" in video.sentence


def test_a_video_of_which_most_was_not_measured_is_not_judged_by_the_rest(model: Model) -> None:
    assert judge_scripted(model, [3.0] * 5, unscored=5).label == "consistent"
    video = judge_scripted(model, [3.0] * 5, unscored=6)
    assert video.label == "inconclusive"
    assert video.reason == Reason(code=ReasonCode.MOST_CLIPS_UNSCORED, clips=11, clips_scored=5)
    assert "6 not scored" in video.sentence


def test_a_suspect_from_the_training_footage_is_not_judged_and_damage_is_said(model: Model) -> None:
    footage = model.card.footage.model_copy(update={"video_sha256": ("ab" * 32,)})
    card = model.card.model_copy(update={"footage": footage})
    trained = Model(card, model.pipeline, model.usual_mean, model.usual_std)
    suspect = make_correlations({"id0": 1})
    clips = clip_table(suspect, sha256="ab" * 32)
    damage = Damage(name="x.mp4", frames=9, promised_frames=20)
    (video,) = judge_videos(trained, suspect, clips, SuspectFacts(damage))
    assert video.warnings[0].damage == damage
    assert "9 of 20 frames could be decoded" in video.warnings[0].words
    assert video.reason == Reason(code=ReasonCode.IN_TRAINING_FOOTAGE)
    assert video.label == "inconclusive"
    assert "it is part of the footage that the model learnt from" in video.sentence
    (other,) = judge_videos(trained, suspect, clip_table(suspect, sha256="cd" * 32))
    assert WarningCode.DAMAGED not in {warning.code for warning in other.warnings}
    assert other.label == "consistent"
