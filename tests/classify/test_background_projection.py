"""The projection of a descriptor: the person counts, and what changes from recording to recording less."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from recordings import make_recordings

from classify.background.footage import Footage, gather_footage
from classify.background.projection import Groups, Projection, fit_projections
from classify.cells import average_clips

NAME = "face-pairs"


def make_footage(**changed: object) -> Footage:
    arguments = {"people": 12, "sessions": 3, "numbers": 10, "clips": 4, **changed}
    return gather_footage(make_recordings(**arguments), (NAME,))  # type: ignore[arg-type]


def change(footage: Footage, edit: object) -> Footage:
    """The same footage, each recording's numbers edited."""
    return replace(footage, clips={NAME: [edit(values.copy()) for values in footage.clips[NAME]]})  # type: ignore[operator]


def describe(footage: Footage) -> np.ndarray:
    return np.array([average_clips(values) for values in footage.clips[NAME]])


def score_all(projection: Projection, means: np.ndarray) -> np.ndarray:
    vectors = projection.embed(means)
    first, second = np.triu_indices(len(means), 1)
    return projection.score(vectors, first, second)


def test_recordings_of_one_person_score_higher_than_those_of_two() -> None:
    footage = make_footage()
    scores = score_all(fit_projections(footage)[NAME], describe(footage))
    first, second = np.triu_indices(len(footage), 1)
    same = footage.people[first] == footage.people[second]
    assert scores[same].min() > np.quantile(scores[~same], 0.99)


def test_people_who_were_not_learnt_from_are_told_apart_as_well() -> None:
    projection = fit_projections(make_footage())[NAME]
    others = make_footage(seed=1, people=6)
    scores = score_all(projection, describe(others))
    first, second = np.triu_indices(len(others), 1)
    same = others.people[first] == others.people[second]
    assert (scores[same][:, None] > scores[~same]).mean() > 0.95


def test_vectors_have_length_1_and_a_row_without_numbers_has_none() -> None:
    footage = make_footage()
    means = describe(footage)[:3]
    means[1] = np.nan
    vectors = fit_projections(footage)[NAME].embed(means)
    np.testing.assert_allclose(np.linalg.norm(vectors[[0, 2]], axis=1), 1)
    assert np.isnan(vectors[1]).all()


def test_pairs_of_a_row_without_numbers_have_no_score_and_all_others_keep_theirs() -> None:
    footage = make_footage()
    projection, means = fit_projections(footage)[NAME], describe(footage)[:4]
    whole = score_all(projection, means)
    means[3] = np.nan
    first, second = np.triu_indices(4, 1)
    scores, gone = score_all(projection, means), (first == 3) | (second == 3)
    assert np.isnan(scores[gone]).all()
    np.testing.assert_array_equal(scores[~gone], whole[~gone])


def test_a_missing_number_counts_as_the_mean() -> None:
    footage = make_footage()
    projection, (row, *_) = fit_projections(footage)[NAME], describe(footage)
    missing, mean = row.copy(), row.copy()
    missing[4], mean[4] = np.nan, projection.mean[4]
    np.testing.assert_array_equal(projection.embed(missing[None]), projection.embed(mean[None]))


def test_the_order_of_a_pair_does_not_matter() -> None:
    footage = make_footage()
    projection = fit_projections(footage)[NAME]
    vectors = projection.embed(describe(footage))
    first, second = np.triu_indices(len(footage), 1)
    np.testing.assert_array_equal(
        projection.score(vectors, first, second), projection.score(vectors, second, first)
    )


def test_scores_are_cosines_in_standard_deviations_of_the_cohorts() -> None:
    """Two cohort vectors along the axes: cosines .6 and .8 with them have mean .7 and deviation .1."""
    projection = Projection(np.zeros(2), np.ones(2), np.eye(2), np.zeros(2), np.eye(2))
    vectors = projection.embed(np.array([[3.0, 4.0], [8.0, 6.0]]))
    np.testing.assert_allclose(vectors, [[0.6, 0.8], [0.8, 0.6]])
    # The cosine of the two is .96, on both sides 2.6 deviations above the mean.
    np.testing.assert_allclose(projection.score(vectors, np.array([0]), np.array([1])), 2.6)


def test_scale_and_offset_of_a_number_do_not_matter() -> None:
    footage = make_footage()
    rng = np.random.default_rng(0)
    scale, offset = rng.uniform(0.1, 10, 10), rng.normal(0, 5, 10)
    moved = change(footage, lambda values: (values.astype(np.float64) * scale + offset).astype(np.float32))
    expected = score_all(fit_projections(footage)[NAME], describe(footage))
    np.testing.assert_allclose(
        score_all(fit_projections(moved)[NAME], describe(moved)), expected, rtol=1e-3, atol=1e-3
    )


def test_each_recording_weighs_the_same_however_many_clips_it_has() -> None:
    footage = make_footage(people=10, sessions=2)
    clips = list(footage.clips[NAME])
    clips[0] = np.tile(clips[0], (50, 1))
    longer = replace(footage, clips={NAME: clips})
    one, other = fit_projections(footage)[NAME], fit_projections(longer)[NAME]
    np.testing.assert_allclose(other.mean, one.mean, atol=1e-6)
    np.testing.assert_allclose(other.scale, one.scale, atol=1e-6)


def measure_within(projection: Projection, footage: Footage) -> np.ndarray:
    """The scatter of clips within recordings, where the projection takes them."""
    parts = [
        ((values - projection.mean) / projection.scale) @ projection.whitening
        for values in footage.clips[NAME]
    ]
    return np.mean([np.cov(part.T) for part in parts], axis=0)


def test_whitening_brings_the_scatter_of_clips_closer_to_a_sphere() -> None:
    """Nothing but clips scatters: half of the numbers ten times as much as the others."""
    rng = np.random.default_rng(0)
    noisy = np.repeat([1.0, 10.0], 5)
    footage = make_footage(people=40, sessions=1, clips=30, clip=0.0)
    footage = change(
        footage, lambda values: (values + noisy * rng.normal(0, 0.3, values.shape)).astype(np.float32)
    )
    projection = fit_projections(footage)[NAME]
    standard = Projection(projection.mean, projection.scale, np.eye(10), np.zeros(10), np.eye(10))
    before = np.linalg.eigvalsh(measure_within(standard, footage))
    after = np.linalg.eigvalsh(measure_within(projection, footage))
    assert before[-1] / before[0] > 5
    # Shrinkage by .3 leaves a part: (.7 a + .3 m) is what is made equal for each power a with mean m.
    powers = before / (0.7 * before + 0.3 * before.mean())
    np.testing.assert_allclose(np.sort(after), np.sort(powers), rtol=1e-3)


@pytest.mark.parametrize("what", ["session", "collection"])
def test_directions_in_which_sessions_or_collections_differ_count_less(what: str) -> None:
    """The first number tells as much of the person as the others, and moves with each of them."""
    rng = np.random.default_rng(0)
    footage = make_footage(people=40, sessions=4, collections=2, session=0.01, clips=10)
    names = footage.sessions if what == "session" else footage.collections
    shift = {
        name: rng.normal(0, 3) if what == "session" else 3.0 * k for k, name in enumerate(np.unique(names))
    }
    clips = [
        (values + np.eye(10, dtype=np.float32)[0] * shift[name]).astype(np.float32)
        for values, name in zip(footage.clips[NAME], names, strict=True)
    ]
    projection = fit_projections(replace(footage, clips={NAME: clips}))[NAME]
    # How far one standard deviation of each number goes.
    gains = np.linalg.norm(projection.whitening, axis=1)
    assert gains[0] < 0.75 * gains[1:].min()


def test_a_number_that_is_the_same_for_everybody_tells_nobody_apart() -> None:
    def settle(values: np.ndarray) -> np.ndarray:
        values[:, 3] = 7.0
        return values

    footage = change(make_footage(), settle)
    projection, means = fit_projections(footage)[NAME], describe(footage)[:5]
    expected = score_all(projection, means)
    means[:, 3] = [-1e6, 1e6, 7, 0, 3]
    np.testing.assert_allclose(score_all(projection, means), expected, atol=1e-6)


def test_a_number_that_nobody_has_tells_nobody_apart() -> None:
    def lose(values: np.ndarray) -> np.ndarray:
        values[:, 3] = np.nan
        return values

    footage = change(make_footage(), lose)
    projection, means = fit_projections(footage)[NAME], describe(footage)[:5]
    expected = score_all(projection, means)
    means[:, 3] = [-1e6, 1e6, 7, 0, 3]
    np.testing.assert_allclose(score_all(projection, means), expected, atol=1e-6)


def test_recordings_of_a_single_clip_still_teach_how_sessions_differ() -> None:
    """Of 20 people in 4 sessions of one clip each, the first number is the session's."""
    footage = make_footage(people=20, sessions=4, clips=1, session=0.1, clip=0.0)
    rng = np.random.default_rng(0)

    def shift(values: np.ndarray) -> np.ndarray:
        values[:, 0] += rng.normal(0, 3)
        return values

    gains = np.linalg.norm(fit_projections(change(footage, shift))[NAME].whitening, axis=1)
    assert gains[0] < 0.75 * gains[1:].min()


def test_more_numbers_than_clips_are_worked_with() -> None:
    footage = make_footage(people=6, sessions=2, clips=2, numbers=100)
    projection = fit_projections(footage)[NAME]
    assert projection.whitening.shape == (100, 23)  # 24 clips, less their mean
    assert np.isfinite(score_all(projection, describe(footage))).all()


def test_groups_are_averaged_in_their_order() -> None:
    values = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 0.0]])
    np.testing.assert_array_equal(
        Groups.of(np.array(["b", "a", "b"])).average(values), [[3.0, 4.0], [3.0, 1.0]]
    )
