"""Scores across people: nothing that scores a trial was learnt from either of its people."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from recordings import make_recordings

from classify.background import crossing
from classify.background.crossing import (
    assign_folds,
    count_steps,
    cross_score,
    name_sources,
    score_trials,
)
from classify.background.footage import Footage, gather_footage
from classify.background.projection import Projection, fit_projections
from classify.background.trials import lay_trials

NAME = "face-pairs"


@pytest.fixture(scope="module")
def footage() -> Footage:
    """Ten people, five of them in two sessions."""
    recordings = make_recordings(10, 2, numbers=5, clips=2)
    return gather_footage([one for k, one in enumerate(recordings) if k < 10 or k % 2 == 0], (NAME,))


def test_a_person_is_in_one_fold_and_people_with_several_sessions_are_in_all(footage: Footage) -> None:
    folds = assign_folds(footage)
    by_person = {person: {*folds[footage.people == person].tolist()} for person in footage.people}
    assert all(len(found) == 1 for found in by_person.values())
    again = [person for person, number in footage.count_sessions().items() if number > 1]
    assert sorted(min(by_person[person]) for person in again) == [0, 1, 2, 3, 4]
    assert np.bincount(folds, minlength=5).tolist() == [3, 3, 3, 3, 3]


@pytest.mark.parametrize(
    ("people", "sessions", "folds"), [(12, 1, 5), (7, 2, 7), (20, 2, 8), (151, 2, 6), (150, 2, 8)]
)
def test_folds_are_as_many_as_people_with_several_sessions_up_to_8_or_6_of_many_recordings(
    people: int, sessions: int, folds: int
) -> None:
    made = gather_footage(make_recordings(people, sessions, numbers=1, clips=1), (NAME,))
    assert len(np.unique(assign_folds(made))) == folds


def test_no_projection_that_scores_a_trial_has_seen_its_people(
    footage: Footage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scores are replaced by the number of the fit that gave them."""
    seen: list[set[str]] = []

    def fit(learnt_from: Footage) -> dict[str, Projection]:
        seen.append({*learnt_from.people.tolist()})
        return {NAME: len(seen) - 1}  # type: ignore[dict-item]

    def score(learnt: dict[str, int], sides: object, trials: object) -> object:
        return crossing.with_lengths(np.full((len(trials.kinds), 1), float(learnt[NAME])), sides, trials)  # type: ignore[arg-type, attr-defined]

    monkeypatch.setattr(crossing, "fit_projections", fit)
    monkeypatch.setattr(crossing, "score_trials", score)
    steps: list[int] = []
    sides, trials = lay_trials(footage)
    crossed = cross_score(footage, sides, trials, lambda: steps.append(1))
    assert len(steps) == len(seen) == count_steps(footage) == 30, "all sets of one to four of five folds"

    fold_of = dict(zip(footage.people.tolist(), assign_folds(footage).tolist(), strict=True))

    def check(scores: np.ndarray, besides: frozenset[int]) -> int:
        rows = np.flatnonzero(~np.isnan(scores[:, 0]))
        for row in rows:
            people = {str(sides.people[side]) for side in (trials.enrolled[row], trials.suspects[row])}
            left_out = {fold_of[person] for person in people} | besides
            # All others are learnt from: no less, which would be another background than is meant.
            assert seen[int(scores[row, 0])] == {who for who, fold in fold_of.items() if fold not in left_out}
        return len(rows)

    assert check(crossed.gather().scores, frozenset()) == len(trials.kinds)
    tried = 0
    for pair, rows in crossed.rows.items():
        tested = check(crossed.test(pair).scores, frozenset())
        assert tested == len(rows)
        tried += tested
        learnt = crossed.gather(besides=pair)
        check(learnt.scores, pair)
        # What is learnt for a pair of folds is from trials of neither.
        among = np.isin(crossed.between, list(pair)).any(axis=1)
        np.testing.assert_array_equal(np.isnan(learnt.scores[:, 0]), among)
    assert tried == len(trials.kinds), "each trial is tested once"


def test_scores_are_those_of_the_projections_without_both_folds(footage: Footage) -> None:
    sides, trials = lay_trials(footage)
    crossed = cross_score(footage, sides, trials)
    folds, scores = assign_folds(footage), crossed.gather().scores
    for pair in map(frozenset, [*combinations(range(5), 2), (2,)]):
        rows = crossed.rows[pair]
        learnt = fit_projections(footage.select(np.flatnonzero(~np.isin(folds, list(pair)))))
        expected = score_trials(learnt, sides, trials).scores[rows]
        assert len(rows)
        np.testing.assert_allclose(scores[rows], expected)


def test_one_persons_numbers_do_not_touch_what_they_are_judged_by(footage: Footage) -> None:
    """Whoever's numbers are a million times as large changes nothing in what others learnt without them."""
    person = str(footage.people[0])
    own = footage.people == person
    clips = [
        values * np.float32(1e6 if mine else 1) for values, mine in zip(footage.clips[NAME], own, strict=True)
    ]
    changed = Footage(
        {NAME: clips}, footage.people, footage.sessions, footage.collections, footage.seconds, footage.clip_s
    )
    sides, trials = lay_trials(footage)
    folds = assign_folds(footage)
    fold = int(folds[0])
    before = cross_score(footage, sides, trials)
    after = cross_score(changed, lay_trials(changed)[0], trials)
    people = sides.people
    without = (people[trials.enrolled] != person) & (people[trials.suspects] != person)
    blind = (before.between == fold).any(axis=1) & without  # judged by what was learnt without the person
    assert blind.any()
    np.testing.assert_array_equal(before.gather().scores[blind], after.gather().scores[blind])
    others = ~(before.between == fold).any(axis=1)
    assert (np.abs(before.gather().scores[others] - after.gather().scores[others]) > 1e-3).any()


def test_trials_of_the_same_two_people_are_one_source() -> None:
    footage = gather_footage(make_recordings(2, 2, numbers=2, clips=1), (NAME,))
    sides, trials = lay_trials(footage)
    sources = name_sources(sides, trials)
    assert len({*sources.tolist()}) == 3
    assert len({*sources[~trials.is_target].tolist()}) == 1


def test_joined_names_are_not_taken_for_those_of_others() -> None:
    """1 and 112 together read like 11 and 12."""
    footage = gather_footage(make_recordings(4, 1, numbers=2, clips=1), (NAME,))
    sides, trials = lay_trials(replace(footage, people=np.array(["1", "112", "11", "12"])))
    assert len({*name_sources(sides, trials).tolist()}) == 6
