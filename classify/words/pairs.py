"""Figures of a list of pairs in words."""

from __future__ import annotations

from collections.abc import Iterator

from classify.background.pairs import PairFigures
from classify.words.figures import format_figure
from ground.text import count


def describe_pairs(found: PairFigures) -> Iterator[str]:
    """Yield what a list of pairs was compared by, in sentences."""
    figures = found.figures
    yield (
        f"{found.scored:,} of {found.pairs:,} listed pairs compared, of "
        f"{count(found.recordings, 'recording')} of {count(figures.people, 'person', 'people')}: "
        f"{figures.target_trials:,} of one person, {figures.non_target_trials:,} of two."
    )
    learnt = (
        "from the tables, for each pair without its people"
        if found.background_sha256 is None
        else f"from other people (background {found.background_sha256[:12]})"
    )
    yield (
        f"Learnt {learnt}. Clips of {found.clip_s:g} s every {found.step_s:g} s, described by "
        f"{', '.join(found.descriptors)}."
    )


def list_sources(found: PairFigures) -> Iterator[tuple[str, ...]]:
    """Yield the titles of a table, then the figures of the pairs between any two sources."""
    yield "pairs between", "one person", "two people", "AUC", "equal error rate", "Cllr"
    for source in found.by_source:
        one, other = (name or "nobody says" for name in source.sources)
        figures = source.figures
        shown = (
            ("-", "-", "-")
            if figures is None
            else map(format_figure, (figures.auc, figures.equal_error_rate, figures.cllr))
        )
        yield (
            one if one == other else f"{one} and {other}",
            f"{source.target_trials:,}",
            f"{source.non_target_trials:,}",
            *shown,
        )
