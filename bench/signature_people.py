"""How well people are known in recordings of other sessions, by each descriptor and by several together.

    MOTIONSIG_TEST_PEOPLE=FOLDER python bench/signature_people.py

Two recordings, of one person or of two; nobody of a trial is in anything that its ratio was learnt from
(`verify_footage`). AUC per person, of all trials, within and across collections, equal error rate and Cllr,
with 95 % intervals over people. The first table is the one to quote: of the way that did best, each time, on
the people that the models were learnt from. Takes about three minutes.
"""

from __future__ import annotations

from typing import Final

from support.people import find_people_or_skip, gather_people
from support.verification import print_table

from classify.background.learning import FUSED, WAYS
from classify.background.verification import Way, verify_footage
from features.descriptors.pairs import Pairs
from features.descriptors.registry import DESCRIPTORS, name_region
from features.signature import FEATURES

PUBLISHED: Final = Pairs("published-pairs", FEATURES)
BODY: Final = "body-pairs"
OTHERS: Final = tuple(
    name for name in DESCRIPTORS if name not in (*FUSED, BODY, name_region("body"), PUBLISHED.name)
)
KINDS: Final = {
    "recording": "one recording",
    "clip": "one recording, judging one clip of 8 s",
    "sessions": "all other sessions of a person",
}


def name_way(way: Way) -> str:
    """Return what a way is called: its descriptor, or how it differs from the default."""
    if len(way) == 1:
        return f"`{way[0]}`"
    parts = [f"+ `{name}`" for name in way if name not in FUSED]
    parts += [f"- `{name}`" for name in FUSED if name not in way]
    return " ".join(["fused", *parts])


def main() -> None:
    """Print a table of descriptors, and one of what is enrolled and judged."""
    # The published pairs are no descriptor of the product: positions of face and body, of clips of 8 s.
    DESCRIPTORS[PUBLISHED.name] = PUBLISHED
    footage = gather_people(find_people_or_skip(), (*FUSED, *OTHERS), (BODY, PUBLISHED.name))
    print("Fused:", ", ".join(FUSED), "\n")
    picked = verify_footage(footage.only(FUSED), WAYS)
    print_table(
        "enrolled",
        [(words, picked.measure(picked.picked_ratios, kind)) for kind, words in KINDS.items()],
    )
    print("Picked:", ", ".join(f"{name_way(way)} {n} times" for way, n in picked.picked.items() if n), "\n")
    print_table("way", [(name_way(way), picked.measure(ratios)) for way, ratios in picked.ratios.items()])
    alone = [(name,) for name in OTHERS]
    more = verify_footage(footage.only((*FUSED, *OTHERS)), [*alone, *((*FUSED, name) for name in OTHERS)])
    print_table("other way", [(name_way(way), more.measure(ratios)) for way, ratios in more.ratios.items()])
    bodies = [(name, verify_footage(footage.seen_by(name), [(name,)])) for name in (BODY, PUBLISHED.name)]
    print_table("with the body", [(name, found.measure(found.picked_ratios)) for name, found in bodies])


if __name__ == "__main__":
    main()
