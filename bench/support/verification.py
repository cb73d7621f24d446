"""Figures of verification as tables."""

from __future__ import annotations

from collections.abc import Iterable

from classify.background.figures import VerificationFigures
from classify.words.figures import format_figure


def print_table(title: str, rows: Iterable[tuple[str, VerificationFigures]]) -> None:
    """Print a row of figures a way."""
    print(
        f"| {title} | AUC per person | AUC of all pairs | within collections | across collections | EER "
        "| Cllr | min Cllr |\n" + "|---" * 8 + "|"
    )
    for name, found in rows:
        figures = (
            found.auc_per_person,
            found.auc,
            found.auc_within,
            found.auc_across,
            found.equal_error_rate,
            found.cllr,
            found.min_cllr,
        )
        cells = ["-" if figure is None else format_figure(figure) for figure in figures]
        print(f"| {name} | {' | '.join(cells)} |")
    print(flush=True)
