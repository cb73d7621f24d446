"""What came of a benchmark, in a sentence for each part."""

from __future__ import annotations

from collections.abc import Iterator

from classify.background.figures import VerificationFigures
from classify.benchmark_record import BenchmarkRecord
from classify.words.figures import format_figure, format_share


def list_findings(record: BenchmarkRecord) -> Iterator[str]:
    """Yield what came of each part, or why nothing did."""
    for person, measured in record.evaluated.items():
        if measured.result is None:
            yield f"{person}: not measured. {measured.why_not}"
            continue
        full = measured.result.sets["full"]
        yield (
            f"{person} told from others by clips: accuracy {format_share(full.published.accuracy)} by the "
            "published protocol, where always giving the more frequent answer has "
            f"{format_share(full.published.majority_accuracy)}; AUC "
            f"{format_figure(full.grouped.get('clip').figures.auc)} with whole sessions and people held out."
        )
    verified = record.verification
    yield _describe(
        "Verification", verified.result.one_recording if verified.result else None, verified.why_not
    )
    if compared := record.pairs:
        yield _describe("Pairs", compared.result.figures if compared.result else None, compared.why_not)


def _describe(what: str, figures: VerificationFigures | None, why_not: str | None) -> str:
    if figures is None:
        return f"{what}: not measured. {why_not}"
    return (
        f"{what}: AUC {format_figure(figures.auc)}, equal error rate "
        f"{format_figure(figures.equal_error_rate)}, Cllr {format_figure(figures.cllr)}."
    )
