"""How often regions of a person contradict each other in genuine recordings, in lip-syncs and in swaps.

    MOTIONSIG_TEST_PEOPLE=FOLDER python bench/region_warnings.py

Chimeras are put together from numbers of real recordings. A lip-sync is a recording of the enrolled person
in which the numbers of the mouth are those of somebody else's recording. In a swap all numbers are. Each
recording is enrolled, and the genuine suspects are the person's recordings of other sessions. Ratios come
from models that know neither person (`verify_footage`). Each person with several sessions weighs the same.
Brackets are 95 % of bootstrap draws over these people; "few" where all of them agree. Takes a minute.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
from support.people import find_people_or_skip, gather_people

from classify.background.footage import Footage
from classify.background.learning import FUSED, REGIONS, name_descriptors
from classify.background.verification import Verified, verify_footage
from features.descriptors.registry import name_region

Values = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
# By region, log-likelihood ratios of some suspects.
Llrs = Mapping[str, Values]
STRENGTHS: Final = (2, 3, 5, 10)
DRAWS: Final = 1000


def verify_regions(footage: Footage) -> dict[str, tuple[Verified, npt.NDArray[np.intp]]]:
    """Return by region what verification gave, and which recordings of the footage it was of."""
    verified: dict[str, tuple[Verified, npt.NDArray[np.intp]]] = {}
    for region in REGIONS:
        name = name_region(region)
        shown = [not np.isnan(values).all() for values in footage.clips[name]]
        verified[region] = verify_footage(footage.seen_by(name), [(name,)]), np.flatnonzero(shown)
    return verified


def lay_out(verified: Verified, shown: npt.NDArray[np.intp], size: int, *, bounded: bool) -> Values:
    """Return the ratios of one region, shape (recordings, recordings): enrolled, suspect; NaN where none."""
    rows = verified.trials.kinds == "recording"
    first, second = shown[verified.trials.enrolled[rows]], shown[verified.trials.suspects[rows]]
    of_trials = verified.picked_ratios.llrs if bounded else verified.picked_ratios.ranks
    table = np.full((size, size), np.nan)
    table[first, second] = table[second, first] = of_trials[rows]
    return table


def mouth_unlike(llrs: Llrs, least: float) -> Mask:
    """Return where the mouth is unlike the person while brows and lids, or the head, are like the person."""
    like = (llrs["brows and lids"] >= least) | (llrs["head"] >= least)
    return (llrs["mouth"] <= -least) & like


def any_unlike(llrs: Llrs, least: float) -> Mask:
    """Return where any region is unlike the person and any other is like the person."""
    stacked = np.stack([llrs[region] for region in REGIONS])
    like, unlike = stacked >= least, stacked <= -least
    return np.logical_and(like.any(axis=0), unlike.any(axis=0))


def only_mouth(llrs: Llrs, least: float) -> Mask:
    """Return where the mouth is unlike the person, whatever the rest does."""
    return llrs["mouth"] <= -least


RULES: Final[dict[str, Callable[[Llrs, float], Mask]]] = {
    "mouth at most 1/t, brows and lids or head at least t": mouth_unlike,
    "any region at most 1/t, any other at least t": any_unlike,
    "mouth at most 1/t": only_mouth,
}


def build_suspects(tables: Llrs, footage: Footage) -> dict[str, list[Llrs]]:
    """Return by kind of suspect, for each person with several sessions, the ratios of all suspects."""
    kinds: dict[str, list[Llrs]] = {"genuine": [], "lip-sync": [], "swap": []}
    people, sessions = footage.people, footage.sessions
    for person in [name for name, number in footage.count_sessions().items() if number > 1]:
        own, others = np.flatnonzero(people == person), np.flatnonzero(people != person)
        pairs = [(i, k) for i in own for k in own if sessions[i] != sessions[k]]
        enrolled, suspects = np.array(pairs).T
        genuine = {region: table[enrolled, suspects] for region, table in tables.items()}
        foreign = {region: table[np.ix_(enrolled, others)] for region, table in tables.items()}
        # The person's recording beside each recording of others whose mouth is put into it.
        beside = {
            region: np.broadcast_to(genuine[region][:, None], foreign[region].shape) for region in tables
        }
        kinds["genuine"].append(genuine)
        kinds["lip-sync"].append({**beside, "mouth": foreign["mouth"]})
        kinds["swap"].append({region: table[np.ix_(own, others)] for region, table in tables.items()})
    return kinds


def format_share(shares: Values) -> str:
    """Return the mean over people, with an interval over people."""
    if np.ptp(shares) == 0:
        return f"{shares.mean():.1%} [few]"
    draws = np.random.default_rng(0).integers(len(shares), size=(DRAWS, len(shares)))
    low, high = np.quantile(shares[draws].mean(axis=1), [0.025, 0.975])
    return f"{shares.mean():.1%} [{low:.1%}, {high:.1%}]"


def main() -> None:
    """Print a table for each rule, of bounded ratios and of those without bounds."""
    footage = gather_people(find_people_or_skip(), FUSED, name_descriptors()[len(FUSED) :])
    verified = verify_regions(footage)
    for bounded in (True, False):
        tables = {
            region: lay_out(*found, len(footage), bounded=bounded) for region, found in verified.items()
        }
        suspects = build_suspects(tables, footage)
        print(f"Likelihood ratios {'within' if bounded else 'without'} bounds\n")
        for rule, warns in RULES.items():
            print(f"| {rule} | genuine | lip-sync | swap |\n|---|---|---|---|")
            for strength in STRENGTHS:
                # A bound of exactly this ratio counts.
                least = np.log(strength) - 1e-9
                shares = [
                    np.array([warns(llrs, least).mean() for llrs in kind]) for kind in suspects.values()
                ]
                print(f"| t = {strength} | {' | '.join(map(format_share, shares))} |")
            print(flush=True)


if __name__ == "__main__":
    main()
