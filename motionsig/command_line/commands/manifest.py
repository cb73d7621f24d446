"""`motionsig manifest`: a downloaded data set to a manifest of its videos."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motionsig.command_line import terminal
from motionsig.command_line.option_groups import AsJson
from motionsig.command_line.watching import watched

if TYPE_CHECKING:
    from motionsig.use_cases.manifests import WrittenManifest


def _list_layouts(wanted: bool) -> None:
    if not wanted:
        return
    from features.layouts.registry import LAYOUTS

    for layout in LAYOUTS.values():
        terminal.say(f"{layout.name}: {layout.title}")
        for line in layout.tree.splitlines():
            terminal.say(f"    {line}")
        for what, words in (
            ("From", layout.source),
            ("Licence", layout.licence),
            ("Citation", layout.citation),
        ):
            terminal.say(f"  {what}: {words}")
        for note in layout.notes:
            terminal.say(f"  {note}")
        terminal.say("")
    raise typer.Exit


def manifest(
    layout: Annotated[
        str,
        typer.Argument(help="How the data set is laid out: a name that --list shows.", show_default=False),
    ],
    folder: Annotated[
        Path, typer.Argument(help="The folder of the data set, as it was downloaded.", show_default=False)
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The manifest.", show_default="manifest.csv in the folder"),
    ] = None,
    _list: Annotated[
        bool,
        typer.Option(
            "--list",
            help="Show all layouts, with what their folders look like, licence and citation, and exit.",
            callback=_list_layouts,
            is_eager=True,
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write who is in each video of a public data set, by the names of its files.

    The manifest says for each video whom it shows, in which session and, for fakes, who drives it. Other
    commands take it as --manifest. Files that do not fit the layout are counted and named. Where names of
    videos repeat in the data set, or the manifest lies elsewhere, links to the videos are made beside it.
    """
    from motionsig.use_cases.manifests import manifest as write_manifest

    with watched() as monitor:
        written = write_manifest(layout, folder, out, monitor=monitor)
    if as_json:
        terminal.emit_json(_summarise(written))
        return
    terminal.show_table(
        {"group": "left", "videos": "right", "people": "right", "sessions": "right"},
        [(group, *map(str, counts)) for group, *counts in written.count_by_group()],
    )
    for sentence in written.layout.notes:
        terminal.say(sentence)
    terminal.say(f"Licence: {written.layout.licence}.")
    terminal.say(f"Citation: {written.layout.citation}.")
    terminal.say(f"Manifest: {written.path}")
    terminal.say(f"Videos: {written.videos}")


def _summarise(written: WrittenManifest) -> dict[str, object]:
    return {
        "manifest": str(written.path),
        "videos": str(written.videos),
        "layout": written.layout.name,
        "citation": written.layout.citation,
        "licence": written.layout.licence,
        "groups": {
            group: {"videos": videos, "people": people, "sessions": sessions}
            for group, videos, people, sessions in written.count_by_group()
        },
        "videos_left_out": list(written.found.unfit),
        "other_files": list(written.found.others),
    }
