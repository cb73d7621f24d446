"""Simulated people: what the spread says is in the numbers, and the tables are such as `correlate` writes."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from features.description import read_description
from features.quality import summarise_missing
from features.signature import FEATURES
from features.tables import read_labelled_table
from motionsig.use_cases.population_tables import write_population
from simulate.population import NULL, SEPARABLE, PopulationPlan, SimulatedVideo, Spread, simulate_population

SMALL = PopulationPlan(person_sessions=3, others=2, other_sessions=2, methods=2, videos_per_method=2, clips=6)


def spread_between(videos: list[SimulatedVideo]) -> float:
    """Mean distance of the mean correlations of different videos."""
    means = [video.correlations.mean(axis=0) for video in videos]
    return float(np.mean([np.linalg.norm(a - b) for a, b in combinations(means, 2)]))


def test_every_video_is_named_and_labelled_by_the_convention() -> None:
    videos = list(simulate_population(SMALL))
    assert [(v.stem, v.subject, v.group, v.session) for v in videos] == [
        ("0_id0_pristine", "id0", "pristine", "0_id0_pristine"),
        ("1_id0_pristine", "id0", "pristine", "1_id0_pristine"),
        ("2_id0_pristine", "id0", "pristine", "2_id0_pristine"),
        ("3_id1_celeb", "celeb_id1", "celeb", "3_id1_celeb"),
        ("4_id1_celeb", "celeb_id1", "celeb", "4_id1_celeb"),
        ("5_id2_celeb", "celeb_id2", "celeb", "5_id2_celeb"),
        ("6_id2_celeb", "celeb_id2", "celeb", "6_id2_celeb"),
        ("7_id0_fake", "id0", "fake", "method 0"),
        ("8_id0_fake", "id0", "fake", "method 0"),
        ("9_id0_fake", "id0", "fake", "method 1"),
        ("10_id0_fake", "id0", "fake", "method 1"),
    ]


def test_values_are_correlations_and_each_row_a_possible_correlation_matrix() -> None:
    (video, *_) = simulate_population(SMALL)
    first, second = np.triu_indices(30, 1)
    for row in video.correlations:
        matrix = np.eye(30)
        matrix[first, second] = matrix[second, first] = row
        assert np.linalg.eigvalsh(matrix).min() > -1e-9
    np.testing.assert_allclose(video.correlations[:, 0], -1.0)


def test_neighbouring_clips_share_half_their_frames_and_others_none() -> None:
    """So what neighbours' errors have in common is half of their variance: their correlation is 1/2."""
    plan = PopulationPlan(1, 0, methods=0, clips=400, spread=Spread(session=0.0, moment=0.0))
    (video,) = simulate_population(plan)
    errors = video.correlations[:, 1:] - video.correlations[:, 1:].mean(axis=0)
    variance = (errors**2).mean()
    assert (errors[1:] * errors[:-1]).mean() / variance == pytest.approx(0.5, abs=0.05)
    assert (errors[2:] * errors[:-2]).mean() / variance == pytest.approx(0.0, abs=0.05)


def test_without_a_spread_of_people_theirs_is_that_of_sessions() -> None:
    plan = PopulationPlan(12, 12, other_sessions=1, methods=0, clips=6, spread=NULL)
    videos = list(simulate_population(plan))
    own, others = videos[:12], videos[12:]
    assert spread_between(own) == pytest.approx(spread_between(others), rel=0.05)


def test_with_a_wide_spread_people_lie_further_apart_than_sessions() -> None:
    plan = PopulationPlan(12, 12, other_sessions=1, methods=0, clips=6, spread=SEPARABLE)
    videos = list(simulate_population(plan))
    assert spread_between(videos[12:]) > 2 * spread_between(videos[:12])


def test_the_same_seed_gives_the_same_people_and_another_one_others() -> None:
    first, again, other = (next(simulate_population(SMALL, seed)).correlations for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.1


def test_the_tables_read_back_as_those_of_correlate(tmp_path: Path) -> None:
    path = tmp_path / "correlations.csv"
    assert write_population(path, SMALL) == 11 * 6
    correlations, clips = read_labelled_table(path)
    assert len(FEATURES) == 30
    expected = np.concatenate([video.correlations for video in simulate_population(SMALL)])
    np.testing.assert_array_equal(correlations, expected)
    assert clips["session"].unique().tolist()[-2:] == ["method 0", "method 1"]
    assert clips["start_s"].tolist()[:3] == [0, 5, 10]
    measured = read_description(clips)
    assert (measured.clip_s, measured.step_s, measured.signal) == (10.0, 5.0, "position")


def test_as_much_is_missing_as_in_the_published_table(tmp_path: Path) -> None:
    plan = PopulationPlan(40, 0, methods=0, clips=50, missing=True)
    write_population(tmp_path / "correlations.csv", plan)
    summary = summarise_missing(read_labelled_table(tmp_path / "correlations.csv")[0])
    assert summary.clips_with_missing == pytest.approx(0.39, abs=0.04)
    assert summary.clips_above_limit == pytest.approx(0.11, abs=0.03)
    assert summary.cells_missing == pytest.approx(0.0397, abs=0.008)
