"""`motionsig compare`: which way of describing and classifying holds across recordings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from motionsig.command_line import terminal
from motionsig.command_line.option_groups import AsJson, PeopleManifest
from motionsig.command_line.watching import watched

if TYPE_CHECKING:
    from classify.comparison import ConfigurationComparison
    from classify.evaluation import Comparison


_OF_ONE_PERSON: Final = ("signals", "sets", "windows", "classifiers")


def compare(
    context: typer.Context,
    data: Annotated[
        list[Path],
        typer.Argument(help="Frame tables of `motionsig extract`, or folders of them.", show_default=False),
    ],
    person: Annotated[
        str | None,
        typer.Option(
            help="The person to learn: a subject, such as id0. Without it, ways of describing anybody are "
            "compared across people.",
            show_default=False,
        ),
    ] = None,
    descriptors: Annotated[
        list[str] | None,
        typer.Option(
            help="Without --person: a way of describing recordings, such as spreads, or several whose scores "
            "are added up, such as face-pairs+spreads. Give the option once for each way.",
            show_default="each descriptor alone, all that `background` adds up, and that without each part",
        ),
    ] = None,
    signals: Annotated[
        str, typer.Option(help="With --person: which signals to compare: position, velocity, highpass.")
    ] = "position,velocity,highpass",
    sets: Annotated[
        str,
        typer.Option(
            help="With --person: which sets of pairs to compare: full, face, body, cross, voice, full+voice."
        ),
    ] = "full,face,body",
    windows: Annotated[
        str, typer.Option(help="With --person: which clip lengths to compare, as length/overlap in seconds.")
    ] = "10/5,5/2.5",
    classifiers: Annotated[
        str, typer.Option(help="With --person: which classifiers to compare: svc, linear, oneclass.")
    ] = "svc,linear,oneclass",
    manifest: PeopleManifest = None,
    as_json: AsJson = False,
) -> None:
    """Compare ways of describing motion: across people, or with --person for one of them.

    Without --person it ranks descriptors by how well they verify people across recordings, as `motionsig
    verify` does, and prints the same tables. It needs tables of many people, several of them in several
    sessions. All ways are tried on the same recordings: those in which every descriptor has numbers. So a way
    that needs the body leaves out recordings of faces alone.

    With --person it compares configurations of `motionsig train`: signals, sets of pairs, clip lengths and
    classifiers, in one table. Each configuration has a grouped evaluation. The table is ordered by the
    results inside the training parts. The first row is the best of many, so it looks better than it is. Quote
    the last row: each fold picks the configuration by its training part alone, and tests it on the part that
    it held out. A configuration without enough footage is named with the reason.

    Each configuration is trained five times, with a search of its hyperparameters each time. The 54 default
    configurations take about ten minutes on two cores for three hours of video. Four times the video takes
    ten times as long. Fewer signals, sets, windows or classifiers take less.
    """
    _refuse_options_of_the_other_way(context, across_people=person is None)
    if person is None:
        _compare_across_people(data, descriptors, manifest, as_json=as_json)
        return
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


def _refuse_options_of_the_other_way(context: typer.Context, *, across_people: bool) -> None:
    from ground.errors import InputError

    others = _OF_ONE_PERSON if across_people else ("descriptors",)
    sources = {name: context.get_parameter_source(name) for name in others}
    if given := [f"--{name}" for name, source in sources.items() if source and source.name == "COMMANDLINE"]:
        needs = "needs --person" if across_people else "cannot be used with --person"
        raise InputError(f"{given[0]} {needs}. Add the one or leave out the other.")


def _compare_across_people(
    tables: list[Path], descriptors: list[str] | None, manifest: Path | None, *, as_json: bool
) -> None:
    from motionsig.command_line.reports import show_ways
    from motionsig.use_cases.verification import COMPARED, verify

    ways = [way.split("+") for way in descriptors] if descriptors else COMPARED
    with watched() as monitor:
        summary = verify(tables, ways=ways, manifest=manifest, monitor=monitor)
    if as_json:
        terminal.emit_json(summary.model_dump(mode="json"))
    else:
        show_ways(summary)


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
