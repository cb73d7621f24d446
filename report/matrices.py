"""How all movements of a video go together, beside what is usual: rows of a table, and pictures of them."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from classify.model import ModelCard
from classify.words.movements import name_pair
from report.charts.matrix import draw_matrix
from report.evidence import Evidence, VideoEvidence


@dataclass(frozen=True)
class MatrixRow:
    """A pair of movements: its correlation here, the usual one, and the difference; None if missing."""

    pair: str
    words: str
    here: float | None
    usual: float | None
    spread: float | None
    difference: float | None


def list_correlations(
    card: ModelCard, evidence: Evidence | None, known: VideoEvidence | None
) -> list[MatrixRow]:
    """Return a row for each pair of a trained model; none where the evidence is not at hand."""
    if evidence is None or known is None:
        return []
    columns = (card.pairs, known.correlations, evidence.usual_mean, evidence.usual_std)
    return [
        MatrixRow(
            pair,
            name_pair(pair),
            here,
            usual,
            spread,
            None if here is None or usual is None else here - usual,
        )
        for pair, here, usual, spread in zip(*columns, strict=True)
    ]


def draw_matrices(rows: list[MatrixRow], person: str) -> dict[str, Markup]:
    """Return a picture of this video, of what is usual, and of the difference, by title."""
    if not rows:
        return {}
    columns = {
        "This video": ([row.here for row in rows], 1.0),
        f"Usual for {person} (mean of the training clips)": ([row.usual for row in rows], 1.0),
        f"Difference: this video minus what is usual for {person}. Filled: higher than usual. Hollow: "
        "lower. A full cell is 2": (
            [row.difference for row in rows],
            2.0,
        ),
    }
    pairs = [row.pair for row in rows]
    return {
        title: draw_matrix(
            dict(zip(pairs, values, strict=True)),
            f"{title}: correlations of all movements. The table below has the numbers.",
            most,
        )
        for title, (values, most) in columns.items()
    }
