"""A downloaded data set to a manifest of its videos."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from features.formats import list_some
from features.layouts.layout import LaidOut, Layout, Listed, lay_out
from features.layouts.registry import find_layout
from features.manifest import MANIFEST_COLUMNS, OPTIONAL_COLUMNS, read_manifest
from ground.errors import InputError
from ground.files import to_path
from ground.names import key_of_file
from ground.rows import disarm, rearm, write_rows
from ground.text import count
from motionsig.use_cases.monitor import Monitor

_NAME: Final = "manifest.csv"


@dataclass(frozen=True)
class WrittenManifest:
    """A manifest that was made of a data set.

    Attributes
    ----------
    path
        Of the manifest.
    videos
        Folder to give to `extract`: that of the data set, or one with links to its videos under names that do
        not repeat.
    layout
        How the data set is laid out, with its citation and its licence.
    found
        Its videos and labels, and all files that were left out.
    warnings
        Sentences on names in it that are spelt in several ways, or nearly alike.
    """

    path: Path
    videos: Path
    layout: Layout
    found: LaidOut
    warnings: tuple[str, ...] = ()

    def count_by_group(self) -> list[tuple[str, int, int, int]]:
        """Return of each group its name, and how many videos, people and sessions it has."""
        rows = []
        for group in dict.fromkeys(one.label.group for one in self.found.videos):
            labels = [one.label for one in self.found.videos if one.label.group == group]
            sessions = {(label.subject, label.session or k) for k, label in enumerate(labels)}
            rows.append((group, len(labels), len({label.subject for label in labels}), len(sessions)))
        return rows

    def tell_left_out(self) -> list[str]:
        """Return sentences on what is not in the manifest: other videos, and other files."""
        sentences = []
        for paths, what, why in (
            (self.found.unfit, "video", f"no rule of the layout '{self.layout.name}' fits"),
            (self.found.others, "other file", "the ending is not that of a video"),
            (self.found.links, "link", "links to folders, into the data set and to nothing are not followed"),
        ):
            if paths:
                verb = "is" if len(paths) == 1 else "are"
                sentences.append(
                    f"{count(len(paths), what)} {verb} left out, because {why}: {list_some(paths)}."
                )
        return sentences


def manifest(
    layout: str,
    folder: str | Path,
    out: str | Path | None = None,
    *,
    monitor: Monitor | None = None,
) -> WrittenManifest:
    """Write who is in each video of a public data set, by the names of its files, as a manifest.

    Parameters
    ----------
    layout
        Name of a layout, such as ``celeb-df-v2``; `features.layouts.registry.LAYOUTS` has all of them.
    folder
        Of the data set as it was downloaded.
    out
        The manifest, which is replaced; by default ``manifest.csv`` in the folder, if there is none that says
        something else. Where it lies elsewhere, or names of videos repeat in the data set, links to the
        videos lie beside it, in a folder named after it.
    monitor
        Notices on what was left out, and whether to stop.

    Returns
    -------
    WrittenManifest
        What was written.

    Raises
    ------
    InputError
        When there is no layout of the name or no such folder, two videos would be known under one name, the
        folder has another manifest, or something cannot be written.
    TableError
        When no video fits the layout, or a name says nothing that a manifest can hold.
    StoppedError
        When the monitor says so.
    """
    monitor = monitor or Monitor()
    chosen, folder = find_layout(layout), to_path(folder)
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder. Give the folder of {chosen.title}.")
    path = folder / _NAME if out is None else to_path(out)
    links = path.parent / f"{path.stem}-videos"
    found = _without(lay_out(chosen, folder), folder, [path, links])
    monitor.check()
    _refuse_same_names(found.videos)
    is_linked = chosen.has_names or path.parent.resolve() != folder.resolve()
    paths = [_find_link(one, links) if is_linked else folder / one.path for one in found.videos]
    rows = [_list_cells(one, at, path.parent) for one, at in zip(found.videos, paths, strict=True)]
    if out is None:
        _refuse_other_manifest(path, rows)
    if is_linked:
        _link(found.videos, folder, links)
    write_rows(path, (*MANIFEST_COLUMNS, *OPTIONAL_COLUMNS), rows)
    warnings: list[str] = []
    read_manifest(path, warnings.append)
    written = WrittenManifest(path, links if is_linked else folder, chosen, found, tuple(warnings))
    for sentence in (*warnings, *written.tell_left_out()):
        monitor.notice(sentence)
    return written


def _without(found: LaidOut, folder: Path, made: Sequence[Path]) -> LaidOut:
    """Return what was found without what an earlier call made."""
    own = [os.path.relpath(path.absolute(), folder.absolute()) for path in made]

    def is_own(path: str) -> bool:
        return any(path == one or path.startswith(f"{one}/") for one in own)

    return LaidOut(
        tuple(one for one in found.videos if not is_own(one.path)),
        tuple(path for path in found.unfit if not is_own(path)),
        tuple(path for path in found.others if not is_own(path)),
        tuple(path for path in found.links if not is_own(path)),
    )


def _refuse_same_names(videos: Iterable[Listed]) -> None:
    """Raise InputError when two videos would be known under one name."""
    path_of: dict[str, str] = {}
    for one in videos:
        other = path_of.setdefault(key_of_file(one.name), one.path)
        if other != one.path:
            raise InputError(
                f"{other} and {one.path} would both be known as {one.name}. Give the folder of one data set "
                "alone, or rename one of the two."
            )


def _refuse_other_manifest(path: Path, rows: Sequence[tuple[str | None, ...]]) -> None:
    """Raise InputError where a manifest says of a video something else than the new one would.

    Somebody may have written it, or corrected it. Lines of videos that are gone are no loss.
    """
    if not path.exists():
        return
    new = {tuple(str(disarm(cell)) if cell else "" for cell in row) for row in rows}
    try:
        with path.open(newline="", encoding="utf-8") as text:
            header, *old = csv.reader(text)
    except (OSError, ValueError, csv.Error):
        header, old = [], []
    lost = (cells for cells in old if tuple(cells) not in new)
    if tuple(header) != (*MANIFEST_COLUMNS, *OPTIONAL_COLUMNS) or any(
        (path.parent / rearm(cells[0])).exists() for cells in lost if cells
    ):
        raise InputError(
            f"{path} is there already, and says something else than the names of the files. Move it away, or "
            "choose another place for the new one with -o."
        )


def _find_link(one: Listed, links: Path) -> Path:
    return links / f"{one.name}{Path(one.path).suffix}"


def _link(videos: Sequence[Listed], folder: Path, links: Path) -> None:
    """Make links to videos under the names that they are known by.

    Those that are right are kept, and those to videos that are gone are taken away.
    """
    wanted = {_find_link(one, links): (folder / one.path).resolve() for one in videos}
    try:
        links.mkdir(parents=True, exist_ok=True)
        unwanted = [path for path in links.iterdir() if path not in wanted]
        gone = [path for path in unwanted if path.is_symlink() and not path.exists()]
        others = sorted(path.name for path in unwanted if path not in gone)
        if others:
            raise InputError(
                f"{links} holds {count(len(others), 'other file')}: {list_some(others)}. Remove the folder, "
                "which holds links alone, or write the manifest elsewhere."
            )
        for link in gone:
            link.unlink()
        for link, target in wanted.items():
            if not link.is_symlink():
                link.symlink_to(target)
            elif link.readlink() != target:
                link.unlink()
                link.symlink_to(target)
    except OSError as error:
        raise InputError(
            f"Links to videos cannot be made in {links}: {error.strerror or error}. Write the manifest to "
            "another disk."
        ) from error


def _list_cells(one: Listed, at: Path, data: Path) -> tuple[str | None, ...]:
    label = one.label
    path = at.relative_to(data).as_posix()
    who_moves = (label.driver, label.driver_session)
    return (path, label.subject, label.group, label.session, label.collection, *who_moves)
