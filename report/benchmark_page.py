"""A record of a benchmark as a page, and as a row of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classify.benchmark_record import BenchmarkRecord, PersonFigures
from classify.words.enrolments import VERIFICATION_LEGEND, list_verification
from classify.words.figures import format_figure
from classify.words.pairs import describe_pairs, list_sources
from classify.words.protocols import PROTOCOLS_LEGEND, list_protocols
from ground.descriptions import tell
from report.page import render_page

if TYPE_CHECKING:
    from classify.background.figures import VerificationFigures


@dataclass(frozen=True)
class _Table:
    """A table of a page: its titles, its rows, sentences around it, and how many columns are words."""

    title: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    words: int = 1


def render_benchmark(record: BenchmarkRecord) -> str:
    """Return the page of a record: what was measured, how, and every figure with its interval."""
    data = record.data_set
    reading = {what: words for what, words in tell(record.reading).items() if words}
    facts = {
        "videos": data.videos,
        "fakes among them": data.fakes,
        "people": data.people,
        "sessions": data.sessions,
        "videos that were read": data.read,
        "minutes": round(data.minutes),
    }
    return render_page(
        "benchmark.html",
        record=record,
        facts=facts,
        tables=[*_list_evaluations(record), *_list_verifications(record)],
        made=f"{record.created_utc}, motionsig {record.motionsig_version}",
        provenance={
            "Data set": f"{data.title} ({data.layout})",
            "Citation": data.citation,
            "Licence": data.licence,
            "From": data.source,
            "SHA-256 of the list of hashes of the videos": data.files_sha256,
            "SHA-256 of the manifest": data.manifest_sha256,
            **{what.capitalize(): words for what, words in reading.items()},
            "Versions": ", ".join(f"{name} {version}" for name, version in record.versions.items()),
            "Time of reading": f"{record.reading_s / 60:.0f} minutes",
        },
    )


def _list_evaluations(record: BenchmarkRecord) -> Iterator[_Table]:
    for person, measured in record.evaluated.items():
        title = f"{person} told from all others, clip by clip"
        if measured.result is None:
            yield _Table(title, before=(f"Not measured. {measured.why_not}",))
            continue
        rows = tuple(_list_sets(measured.result))
        chosen = f"{len(record.evaluated)} of {record.people_to_choose} people with several sessions."
        yield _Table(
            title,
            ("set", "of clips", "published protocol", "grouped protocol"),
            rows,
            before=(f"Both protocols on the same clips. Evaluated: {chosen}",),
            after=PROTOCOLS_LEGEND,
            words=2,
        )


def _list_sets(figures: PersonFigures) -> Iterator[tuple[str, ...]]:
    for name, one in figures.sets.items():
        for k, cells in enumerate(list_protocols(one.published, one.grouped)):
            yield ("" if k else f"{name} ({one.published.pairs} pairs)", *cells)


def _list_verifications(record: BenchmarkRecord) -> Iterator[_Table]:
    title = "Recordings of one person told from those of two"
    summary = record.verification.result
    if summary is None:
        yield _Table(title, before=(f"Not measured. {record.verification.why_not}",))
    else:
        columns: Mapping[str, VerificationFigures | None] = {
            "one recording": summary.one_recording,
            "one clip": summary.one_clip,
            "several sessions": summary.several_sessions,
        }
        yield _Table(
            title,
            ("enrolled against one", *(name for name, figures in columns.items() if figures)),
            tuple(_put_side_by_side([figures for figures in columns.values() if figures])),
            before=(
                (
                    f"{summary.recordings} recordings in {summary.sessions} sessions of "
                    f"{summary.one_recording.people} people, {summary.one_recording.people_again} of them in "
                    "several."
                ),
                *summary.left_out,
            ),
            after=VERIFICATION_LEGEND,
        )
    if record.pairs is None:
        return
    title = "The pairs of a list"
    found = record.pairs.result
    if found is None:
        yield _Table(title, before=(f"Not measured. {record.pairs.why_not}",))
        return
    yield _Table(
        title,
        ("figure", "value"),
        tuple(list_verification(found.figures)),
        before=(*describe_pairs(found), *found.left_out),
    )
    if found.by_source:
        columns_of, *rows = list_sources(found)
        yield _Table("The same, by source", columns_of, tuple(rows))


def _put_side_by_side(columns: Sequence[VerificationFigures]) -> Iterator[tuple[str, ...]]:
    cells = [dict(list_verification(figures)) for figures in columns]
    for title in dict.fromkeys(title for column in cells for title in column):
        yield (title, *(column.get(title, "-") for column in cells))


def list_cells(record: BenchmarkRecord) -> Iterator[tuple[str, str]]:
    """Yield the cells of a record in a table of several, with their titles; a dash where it says nothing."""
    yield "data set", record.data_set.title
    yield "motionsig", record.motionsig_version
    yield "face reader", f"{record.reading.face.name} {record.reading.face.version}"
    yield "videos", f"{record.data_set.read} of {record.data_set.videos}"
    yield "people", str(record.data_set.people)
    full = [one.result.sets["full"] for one in record.evaluated.values() if one.result]
    yield "evaluated", str(len(full)) if full else "-"
    for name, values in (
        ("published accuracy", [one.published.accuracy for one in full]),
        ("published majority", [one.published.majority_accuracy for one in full]),
        ("grouped AUC", [one.grouped.get("clip").figures.auc.value for one in full]),
    ):
        yield name, f"{sum(values) / len(values):.3f}".removeprefix("0") if values else "-"
    verified = record.verification.result
    compared = record.pairs.result if record.pairs else None
    for kind, figures in (
        ("verification", verified.one_recording if verified else None),
        ("pairs", compared.figures if compared else None),
    ):
        for what, name in (("AUC", "auc"), ("EER", "equal_error_rate"), ("Cllr", "cllr")):
            yield f"{kind} {what}", format_figure(getattr(figures, name)) if figures else "-"
