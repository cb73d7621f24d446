"""How well recordings of the same person are told from those of others, with intervals over people."""

from __future__ import annotations

from classify.metrics import Figure
from ground.records import Record


class VerificationFigures(Record):
    """Figures of trials: two recordings, of the same person or not, neither person in what was learnt.

    Attributes
    ----------
    people, people_again, recordings
        How many people, how many of them in several sessions, how many recordings.
    target_trials, non_target_trials
        How many trials of either kind.
    auc_per_person
        Mean over people, each with equal weight, of the AUC of the person's own trials against the trials of
        the person with others.
    auc, equal_error_rate, cllr, min_cllr
        Of all trials together, each person (target trials) and each pair of people (others) weighing the
        same.
    auc_within, auc_across
        As `auc`, of trials within and across collections; None where there are none, or nobody says.
    """

    people: int
    people_again: int
    recordings: int
    target_trials: int
    non_target_trials: int
    auc_per_person: Figure
    auc: Figure
    equal_error_rate: Figure
    cllr: Figure
    min_cllr: Figure
    auc_within: Figure | None
    auc_across: Figure | None
