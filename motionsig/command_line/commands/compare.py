"""`motionsig compare`: which configuration of measuring and classifying holds across recordings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motionsig.command_line import terminal
from motionsig.command_line.option_groups import AsJson, VideoManifest
from motionsig.command_line.watching import watched

if TYPE_CHECKING:
    from classify.comparison import ConfigurationComparison
    from classify.evaluation import Comparison


def compare(
    data: Annotated[
        list[Path],
        typer.Argument(help="Frame tables of `motionsig extract`, or folders of them.", show_default=False),
    ],
    person: Annotated[str, typer.Option(help="The person to learn: a subject, such as id0.")],
    signals: Annotated[
        str, typer.Option(help="Which signals to compare: position, velocity, highpass.")
    ] = "position,velocity,highpass",
    sets: Annotated[
        str, typer.Option(help="Which sets of pairs to compare: full, face, body, cross.")
    ] = "full,face,body",
    windows: Annotated[
        str, typer.Option(help="Which clip lengths to compare, as length/overlap in seconds.")
    ] = "10/5,5/2.5",
    classifiers: Annotated[
        str, typer.Option(help="Which classifiers to compare: svc, linear, oneclass.")
    ] = "svc,linear,oneclass",
    manifest: VideoManifest = None,
    as_json: AsJson = False,
) -> None:
    """Compare configurations: signals, sets of pairs, clip lengths and classifiers, in one table.

    Each configuration has a grouped evaluation. The table is ordered by the results inside the training
    parts. The first row is the best of many, so it looks better than it is. Quote the last row: each fold
    picks the configuration by its training part alone, and tests it on the part that it held out. A
    configuration without enough footage is named with the reason.

    Each configuration is trained five times, with a search of its hyperparameters each time. The 54 default
    configurations take about ten minutes on two cores for three hours of video. Four times the video takes
    ten times as long. Fewer signals, sets, windows or classifiers take less.
    """
    from motionsig.use_cases.comparison import compare as compare_tables

    with watched() as monitor:
        comparison = compare_tables(
            data,
            person,
            signals=signals.split(","),
            sets=sets.split(","),
            windows=windows,
            classifiers=classifiers.split(","),
            manifest=manifest,
            monitor=monitor,
        )
    if as_json:
        terminal.emit_json(comparison.model_dump(mode="json"))
    else:
        _show(comparison)


def _show(comparison: ConfigurationComparison) -> None:
    from classify.words.figures import AUC_MEANS, BRACKETS_MEAN, CLLR_MEANS

    found = [_list_figures(one.evaluation.comparisons) for one in comparison.configurations]
    picked = _list_figures(comparison.picked_comparisons)
    titles = list(dict.fromkeys(title for figures in (*found, picked) for title in figures))
    times_picked = [str(comparison.picked.count(k) or "") for k in range(len(found))]
    rows: list[tuple[str, ...]] = []
    for k, (result, figures) in enumerate(zip(comparison.configurations, found, strict=True)):
        cells = (figures.get(title, "-") for title in titles)
        rows.append((result.signal, result.pairs, result.clip, result.classifier, *cells, times_picked[k]))
    cells = (picked.get(title, "-") for title in titles)
    rows.append(("picked in each fold", "", "", "", *cells, str(len(comparison.picked))))
    terminal.show_table(
        {
            **dict.fromkeys(("signal", "pairs", "clip", "classifier"), "left"),
            **dict.fromkeys((*titles, "picked"), "right"),
        },
        rows,
    )
    left_out: dict[str, list[str]] = {}
    for one in comparison.dropped:
        left_out.setdefault(one.reason, []).append(f"{one.signal} {one.pairs} {one.clip} {one.classifier}")
    for reason, names in left_out.items():
        terminal.say(f"Left out: {', '.join(names)}. {reason}")
    for line in (
        (
            "Quote the last row. In each fold it uses the configuration that did best in the training part "
            "alone. The rows above look better than they are, because the best of many was chosen after "
            "seeing all results. 'picked' says in how many folds each was chosen."
        ),
        (
            "AUC of clips and of videos: against everybody else. AUC, people and AUC, fakes: videos against "
            "other people, and against fakes of the person. clip: length/overlap in seconds. "
            f"{BRACKETS_MEAN}."
        ),
        f"{AUC_MEANS}. {CLLR_MEANS}.",
    ):
        terminal.say(line)


def _list_figures(comparisons: tuple[Comparison, ...]) -> dict[str, str]:
    """Return figures by the title of their column; kinds of others only where there are two."""
    from classify.words.figures import format_figure

    found = {(part.level, part.against): part.figures for part in comparisons}
    video = found["video", "everybody else"]
    cells = {
        "AUC of clips": format_figure(found["clip", "everybody else"].auc),
        "AUC of videos": format_figure(video.auc),
        "Cllr of videos": format_figure(video.cllr),
    }
    people, fakes = found.get(("video", "other people")), found.get(("video", "fakes of the person"))
    if people and fakes:
        cells |= {"AUC, people": format_figure(people.auc), "AUC, fakes": format_figure(fakes.auc)}
    return cells
