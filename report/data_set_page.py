"""A look at a data set: what is in it, what is missing, how its clips lie, who can be told apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from markupsafe import Markup

from classify.evaluation import FoldOutcome
from classify.learning_curve import CurvePoint
from classify.training_set import is_usable, name_sources
from classify.words.movements import name_pair
from features.quality import MISSING_LIMIT, MissingSummary, summarise_missing
from features.signal_words import name_signal
from features.signature import BODY_FEATURES
from features.voice import VOICE_FEATURES
from report.charts.matrix import draw_matrix, list_features
from report.charts.plane import Figure, draw_histogram
from report.charts.scatter import MARKS, draw_scatter
from report.embedding import Embedding
from report.evaluation_figures import draw_evaluation, draw_learning_curve, list_confusion
from report.markup import format_correlation, format_share
from report.page import render_page

_NOBODY: Final = "not named"
# One matrix and one column of the table each; more would make a page that nobody reads.
_MOST_PEOPLE: Final = 24
_BINS: Final = 40
# Of pairs, in the order in which they are drawn.
_KINDS: Final = (
    "body with body", "body with face or head", "face and head", "voice with body, face or head",
    "voice with voice",
)  # fmt: skip


@dataclass(frozen=True)
class Evaluated:
    """How well one person is told from the others, or why that cannot be measured."""

    person: str | None
    outcomes: Sequence[FoldOutcome] = ()
    curve: Sequence[CurvePoint] = ()
    why_not: str | None = None


@dataclass(frozen=True)
class _Scatter:
    title: str
    picture: Markup
    legend: list[tuple[str, int, Markup]]
    neighbours: str


def render_data_set(
    name: str,
    correlations: pd.DataFrame,
    clips: pd.DataFrame,
    embedding: Embedding | None,
    evaluated: Evaluated,
    made: str,
) -> str:
    """Return the page.

    Parameters
    ----------
    name
        Of the table.
    correlations, clips
        As of `features.tables.read_labelled_table`.
    embedding
        Of the usable clips, see `select_usable`.
    evaluated
        Of one person.
    made
        When and by what, in a line.
    """
    usable = is_usable(correlations, clips)
    labels = label_clips(clips)
    kept = labels[usable]
    authentic = kept[~kept["is_fake"]]
    people = authentic["person"].value_counts()
    shown = [str(person) for person in people.index[:_MOST_PEOPLE]]
    return render_page(
        "explore.html",
        name=name,
        made=made,
        counts=_count(labels),
        kinds=_list_kinds(labels, usable),
        missing=list_missing(correlations, usable),
        distributions=_draw_distributions(correlations),
        scatters=_draw_scatters(embedding, kept) if embedding else [],
        embedding_note=embedding.note if embedding else None,
        points=_list_points(embedding, kept) if embedding else [],
        marks=MARKS,
        limit=format_share(MISSING_LIMIT),
        people=shown,
        people_left_out=len(people) - len(shown),
        **_compare_people(correlations.loc[authentic.index], authentic["person"], shown),
        features=[name_signal(feature) for feature in list_features(list(correlations.columns))],
        evaluated=evaluated,
        figures=_draw_evaluated(evaluated),
        confusion=list_confusion(evaluated.outcomes) if evaluated.outcomes else [],
    )


def label_clips(clips: pd.DataFrame) -> pd.DataFrame:
    """Return group, person, source and video of each clip, and whether it is a fake.

    A source is a recording session of one person, else the video; of fakes it is the method, whomever they
    claim to show (`classify.training_set.name_sources`). `moves` is the person, but "id0 (fake)" where a fake
    claims to show id0: nobody knows how well it moves like them.
    """
    video: pd.Series[str] = clips["video"].map(str)
    session: pd.Series[str] = clips["session"].fillna("").map(str)
    person = clips["subject"].fillna(_NOBODY).map(str)
    is_fake = clips["group"].fillna("") == "fake"
    recording = person + ", " + session.mask(session == "", video)
    return pd.DataFrame(
        {
            "group": clips["group"].fillna(_NOBODY).astype(str),
            "person": person,
            "source": recording.mask(is_fake, pd.Series(name_sources(clips, ""), clips.index)),
            "video": video,
            "is_fake": is_fake,
            "moves": person.mask(is_fake, person.map("{} (fake)".format)),
        },
        index=clips.index,
    )


def list_missing(
    correlations: pd.DataFrame, usable: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> list[tuple[str, str, str]]:
    """Return the figures that the published notebook prints, before and after the 7 % rule."""
    before = summarise_missing(correlations)
    after = summarise_missing(correlations[usable]) if usable.any() else None

    def row(what: str, write: Callable[[MissingSummary], str]) -> tuple[str, str, str]:
        return what, write(before), write(after) if after else "–"

    return [
        row("Clips", lambda found: f"{found.clips:,}"),
        row("Cells missing", lambda found: f"{found.cells_missing:.2%}"),
        row("Clips with any cell missing", lambda found: f"{found.clips_with_missing:.2%}"),
        row(
            f"Clips with more than {MISSING_LIMIT:.0%} missing ({before.limit_pairs} pairs)",
            lambda found: f"{found.clips_above_limit:.2%}",
        ),
        row("Pairs with any cell missing", lambda found: f"{found.pairs_with_missing:.2%}"),
    ]


def _count(labels: pd.DataFrame) -> dict[str, int]:
    return {
        "clips": len(labels),
        "videos": labels["video"].nunique(),
        "sources": labels["source"].nunique(),
        "people": int(labels["person"][(labels["person"] != _NOBODY) & ~labels["is_fake"]].nunique()),
    }


def _list_kinds(
    labels: pd.DataFrame, usable: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> list[tuple[str, ...]]:
    """Return a row for each person and group: clips, usable ones, videos and sources, the largest first."""
    grouped = labels.assign(usable=usable).groupby(["person", "group"], sort=False)
    table = grouped.agg(
        clips=("usable", "size"),
        usable=("usable", "sum"),
        videos=("video", "nunique"),
        sources=("source", "nunique"),
    )
    ordered = table.sort_values("clips", ascending=False, kind="stable")
    return [
        (str(person), str(group), *(f"{int(value):,}" for value in row))
        for (person, group), row in zip(ordered.index, ordered.to_numpy(), strict=True)
    ]


def _draw_distributions(correlations: pd.DataFrame) -> list[Figure]:
    values = correlations.to_numpy(dtype=np.float64)
    kinds = np.array([_name_kind(pair) for pair in correlations.columns])
    figures = []
    for what in _KINDS:
        part = values[:, kinds == what]
        part = part[np.isfinite(part)]
        if len(part):
            figures.append(_draw_values(f"Correlations, {what}", part, -1.0, 1.0, "correlation", "cells"))
    missing = np.isnan(values).mean(axis=1)
    figures.append(_draw_values("Missing pairs of each clip", missing, 0.0, 1.0, "share missing", "clips"))
    present = values[:, np.isfinite(values).any(axis=0)]
    if len(present) > 1 and present.shape[1]:
        spread = np.nanstd(present, axis=0)
        high = float(spread.max()) * 1.05 or 1.0
        figures.append(
            _draw_values("Spread of each pair", spread, 0.0, high, "standard deviation over clips", "pairs")
        )
    return figures


def _name_kind(pair: str) -> str:
    """Return which of `_KINDS` a pair of features is of."""
    features = pair.split("*")
    body, voice = (sum(one in part for one in features) for part in (BODY_FEATURES, VOICE_FEATURES))
    if voice:
        return "voice with voice" if voice == 2 else "voice with body, face or head"
    return ("face and head", "body with face or head", "body with body")[body]


def _draw_values(
    title: str,
    values: np.ndarray[tuple[int], np.dtype[np.float64]],
    low: float,
    high: float,
    label: str,
    what: str,
) -> Figure:
    counts, edges = np.histogram(values, bins=_BINS, range=(low, high))
    caption = f"{len(values):,} {what}; mean {values.mean():.3f}, standard deviation {values.std():.3f}."
    return draw_histogram(title, caption.replace("-", "−"), label, edges.tolist(), counts.tolist(), what)


def _draw_scatters(embedding: Embedding, kept: pd.DataFrame) -> list[_Scatter]:
    scatters = []
    for what, column in (("group", "group"), ("person", "moves"), ("source", "source")):
        kinds = kept[column].tolist()
        picture, legend = draw_scatter(
            embedding.points, kinds, f"Clips by {what}. The table below lists them."
        )
        values = kept[column].to_numpy()
        same = float((values[embedding.nearest] == values).mean())
        shares = kept[column].value_counts(normalize=True).to_numpy()
        scatters.append(
            _Scatter(
                f"By {what}",
                picture,
                legend,
                f"For {format_share(same)} of the clips, the nearest other clip has the same {what}. By "
                f"chance it would be {format_share(float((shares**2).sum()))}.",
            )
        )
    return scatters


def _list_points(embedding: Embedding, kept: pd.DataFrame) -> list[tuple[str, ...]]:
    labels = kept[["group", "moves", "source"]].to_numpy(dtype=str)
    return [
        (str(clip), *map(str, row), f"{x:.1f}", f"{y:.1f}")
        for clip, row, (x, y) in zip(kept.index, labels, embedding.points, strict=True)
    ]


def _compare_people(
    correlations: pd.DataFrame, person: pd.Series[str], shown: list[str]
) -> dict[str, object]:
    people, pairs = person.to_numpy(dtype=str), [str(pair) for pair in correlations.columns]
    means = {name: _average(correlations[people == name]) for name in shown}
    matrices = [
        (name, int((people == name).sum()), draw_matrix(mean, f"Mean correlations of {name}"))
        for name, mean in means.items()
    ]
    rows = [
        (
            name_pair(pair),
            [format_correlation(means[name][pair]) for name in shown],
        )
        for pair in pairs
    ]
    return {"matrices": matrices, "matrix_rows": rows}


def _average(correlations: pd.DataFrame) -> dict[str, float | None]:
    means = correlations.mean().to_numpy(dtype=np.float64)
    return {
        str(pair): None if np.isnan(mean) else float(mean)
        for pair, mean in zip(correlations.columns, means, strict=True)
    }


def _draw_evaluated(evaluated: Evaluated) -> list[Figure]:
    person = evaluated.person or _NOBODY
    figures = draw_evaluation(evaluated.outcomes, person) if evaluated.outcomes else []
    return [*figures, draw_learning_curve(evaluated.curve, person)] if evaluated.curve else figures
