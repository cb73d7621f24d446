"""Whether the published classifier tells more of a person with many recordings than an enrolment does.

    MOTIONSIG_TEST_PEOPLE=FOLDER python bench/signature_with_svc.py

For people with five or more sessions, each session is held out with a share of the other people. The rest
trains an SVC on the 435 correlations, as `motionsig train` does. The same sessions of the person enrol them
with a background of other people (`verify_footage`). Both judge the session and the other people that were
held out. Fused: logistic regression on both ratios, learnt from the other such people. As it calibrates once
more, it is compared with the enrolment alone, calibrated again in the same way. Differences: 95 % of
bootstrap draws over sessions and people. Takes about three minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from support.people import find_people_or_skip, gather_people

from classify.background.footage import Footage
from classify.background.learning import FUSED
from classify.background.verification import Verified, verify_footage
from classify.calibration import compute_cllr, weigh_sources
from classify.training import train
from classify.training_set import TrainingSet
from features.descriptors.pairs import Pairs
from features.descriptors.registry import DESCRIPTORS
from features.signature import FEATURES

Values = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
PUBLISHED: Final = Pairs("published-pairs", FEATURES)
FEWEST_SESSIONS: Final = 5
FEWEST_PEOPLE: Final = 2
# What is learnt from other people's ratios. Fusing must beat the enrolment that is calibrated again so.
CONTROL: Final = "enrolled, calibrated again"
FUSIONS: Final = {CONTROL: ("enrolled",), "fused": ("enrolled", "SVC")}
DRAWS: Final = 1000


class Scored(NamedTuple):
    """Log-likelihood ratios by way, without bounds to rank by, and bounded."""

    ranks: dict[str, Values]
    llrs: dict[str, Values]


@dataclass(frozen=True)
class Judged:
    """Recordings that were held out for one person: their sources, whose they are, and their ratios."""

    sources: npt.NDArray[np.str_]
    is_target: npt.NDArray[np.bool_]
    scored: Scored

    def draw(self, rng: np.random.Generator) -> Values:
        """Return how often each recording counts when sources of either class are drawn with replacement."""
        weights = weigh_sources(self.is_target, self.sources)[0]
        for rows in (self.is_target, ~self.is_target):
            named, places = np.unique(self.sources[rows], return_inverse=True)
            often = np.bincount(rng.integers(len(named), size=len(named)), minlength=len(named))
            weights[rows] *= often[places]
        return weights


def gather_clips(footage: Footage, person: str, rows: Indices) -> TrainingSet:
    """Return the clips of some recordings as `train` takes them."""
    sizes = [len(footage.clips[PUBLISHED.name][row]) for row in rows]
    people, sessions = np.repeat(footage.people[rows], sizes), np.repeat(footage.sessions[rows], sizes)
    return TrainingSet(
        values=np.tanh(np.concatenate([footage.clips[PUBLISHED.name][row] for row in rows]).astype(float)),
        kinds=np.where(people == person, "the person", "other people"),
        subjects=people,
        sources=np.where(people == person, sessions, people),
        videos=np.repeat(rows, sizes).astype(str),
        clips_of_video=np.repeat(sizes, sizes),
        span_s=np.full((sum(sizes), 2), np.nan),
        left_out=0,
        unlabelled=0,
        hashes=frozenset(),
    )


def hold_out(footage: Footage, person: str) -> Iterator[Indices]:
    """Yield the recordings of each session of the person, with those of a share of the other people."""
    own = np.unique(footage.sessions[footage.people == person])
    others = np.random.default_rng(0).permutation(np.unique(footage.people[footage.people != person]))
    for fold, session in enumerate(own):
        share = np.isin(footage.people, others[fold :: len(own)])
        yield np.flatnonzero(share | ((footage.people == person) & (footage.sessions == session)))


def judge_by_svc(footage: Footage, person: str, held_out: Indices) -> tuple[Values, Values]:
    """Return ratios of the recordings that were held out, without bounds and bounded."""
    learnt = train(gather_clips(footage, person, np.setdiff1d(np.arange(len(footage)), held_out)))
    clips = gather_clips(footage, person, held_out)
    scores = learnt.pipeline.decision_function(clips.values)
    means = np.array([scores[clips.videos == str(row)].mean() for row in held_out])
    calibration = learnt.video_scale.calibration
    return calibration.align(means), calibration.to_llr(means)


def judge_enrolled(
    footage: Footage, verified: Verified, held_out: Indices, session: int
) -> tuple[Values, Values]:
    """Return the same by the other sessions of the person of a recording, `session`, that was held out."""
    trials, ratios = verified.trials, verified.picked_ratios
    of_kind = trials.kinds == "sessions"
    # The other sessions are the side that is the same person's as this one.
    side = trials.enrolled[of_kind & trials.is_target & (trials.suspects == session)][0]
    rows = np.flatnonzero(of_kind & (trials.enrolled == side))
    place = dict(zip(trials.suspects[rows].tolist(), rows.tolist(), strict=True))
    chosen = [place[row] for row in held_out.tolist()]
    return ratios.ranks[chosen], ratios.llrs[chosen]


def judge(footage: Footage, verified: Verified, person: str) -> Judged:
    """Judge everything that is held out for a person, in both ways."""
    rows: list[Indices] = []
    found: dict[str, list[tuple[Values, Values]]] = {"enrolled": [], "SVC": []}
    for held_out in hold_out(footage, person):
        session = int(held_out[footage.people[held_out] == person][0])
        rows.append(held_out)
        found["enrolled"].append(judge_enrolled(footage, verified, held_out, session))
        found["SVC"].append(judge_by_svc(footage, person, held_out))
    judged = np.concatenate(rows)
    is_target = footage.people[judged] == person
    scored = Scored(
        *(
            {way: np.concatenate([each[kind] for each in parts]) for way, parts in found.items()}
            for kind in (0, 1)
        )
    )
    for ratios in scored:
        ratios["sum"] = ratios["enrolled"] + ratios["SVC"]
    return Judged(np.where(is_target, footage.sessions[judged], footage.people[judged]), is_target, scored)


def fuse(people: Sequence[Judged]) -> None:
    """Add the ratios of `FUSIONS`, weighed by what the other people teach."""
    for person in people:
        others = [other for other in people if other is not person]
        is_target = np.concatenate([other.is_target for other in others])
        weights = np.concatenate([weigh_sources(other.is_target, other.sources)[0] for other in others])
        for kind, own in zip(Scored._fields, person.scored, strict=True):
            theirs = [getattr(other.scored, kind) for other in others]
            for name, ways in FUSIONS.items():
                x = np.concatenate([_stack(each, ways) for each in theirs])
                model = LogisticRegression().fit(x, is_target, sample_weight=weights)
                own[name] = model.decision_function(_stack(own, ways))


def _stack(ratios: dict[str, Values], ways: Sequence[str]) -> Values:
    return np.column_stack([ratios[way] for way in ways])


def compute_figures(people: Sequence[Judged], weights: Sequence[Values], way: str) -> Values:
    """Return the AUC and the Cllr of a way, means over people."""
    return np.mean(
        [
            (
                roc_auc_score(one.is_target, one.scored.ranks[way], sample_weight=often),
                compute_cllr(one.scored.llrs[way], one.is_target, often),
            )
            for one, often in zip(people, weights, strict=True)
        ],
        axis=0,
    )


def main() -> None:
    """Print a row a way, and how it differs from the enrolment alone."""
    DESCRIPTORS[PUBLISHED.name] = PUBLISHED
    footage = gather_people(find_people_or_skip(), FUSED, (PUBLISHED.name,))
    verified = verify_footage(footage.only(FUSED), [FUSED])
    many = [name for name, sessions in footage.count_sessions().items() if sessions >= FEWEST_SESSIONS]
    people = [judge(footage, verified, person) for person in many]
    if len(people) < FEWEST_PEOPLE:
        print(f"Fewer than {FEWEST_PEOPLE} people have {FEWEST_SESSIONS} sessions.")
        return
    fuse(people)
    rng = np.random.default_rng(0)
    draws = [[one.draw(rng) for one in people] for _ in range(DRAWS)]
    once = [weigh_sources(one.is_target, one.sources)[0] for one in people]
    print(f"Means of {len(people)} people; differences from '{CONTROL}'\n")
    print("| way | AUC | difference | Cllr | difference |\n|---|---|---|---|---|")
    alone = np.array([compute_figures(people, weights, CONTROL) for weights in draws])
    for way in people[0].scored.ranks:
        auc, cllr = compute_figures(people, once, way)
        more = np.array([compute_figures(people, weights, way) for weights in draws]) - alone
        (auc_low, cllr_low), (auc_high, cllr_high) = np.quantile(more, [0.025, 0.975], axis=0)
        aucs, cllrs = f"[{auc_low:+.3f}, {auc_high:+.3f}]", f"[{cllr_low:+.3f}, {cllr_high:+.3f}]"
        print(f"| {way} | {auc:.3f} | {aucs} | {cllr:.3f} | {cllrs} |", flush=True)
    print()
    for name, one in zip(many, people, strict=True):
        aucs = ", ".join(
            f"{way} {roc_auc_score(one.is_target, ranks):.3f}" for way, ranks in one.scored.ranks.items()
        )
        print(f"{name}, {int(one.is_target.sum())} recordings: AUC {aucs}")


if __name__ == "__main__":
    main()
