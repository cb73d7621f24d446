"""What paths of a data set's files say: declared rules, and the videos of a folder that they fit."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from features.labels import Label
from ground.errors import TableError
from ground.names import key_of_name
from ground.text import storable

# Beside a video: larger ones of public data sets have some megabytes.
_LARGEST_ANNOTATIONS: Final = 100_000_000

_Annotations = dict[str, dict[str, str]]
_ReadAnnotations = Callable[[Path], _Annotations]


@dataclass(frozen=True)
class Rule:
    """Videos of one kind: which paths they have, and what is said of them.

    The texts below are templates: ``{name}`` stands for the part of the path that the pattern calls `name`,
    or for the annotation of that name.

    Attributes
    ----------
    pattern
        Regular expression that a whole path fits, relative to the folder of the data set, with ``/``
        between its parts.
    subject, group, session, collection, driver, driver_session
        As of `features.labels.Label`; an empty session is a session of its own, and in the last three nobody
        says anything.
    name
        The name without ending under which the video is known, where names of files repeat in several
        folders; empty for the file's own.
    annotations
        Name of a JSON file in the folder of each video that says more of it, by the name of the video's file;
        empty for none.
    where
        Which annotation must have which value.
    """

    pattern: str
    subject: str
    group: str
    session: str = ""
    collection: str = ""
    driver: str = ""
    driver_session: str = ""
    name: str = ""
    annotations: str = ""
    where: Mapping[str, str] = field(default_factory=dict)

    def read(self, path: str, annotated: Mapping[str, str]) -> Listed | None:
        """Return what a path and a video's annotations say; None where the rule does not fit.

        It does not fit a video that lacks an annotation which a template names, nor one of somebody whose
        name is blank.
        """
        match = re.fullmatch(self.pattern, path)
        if match is None or any(annotated.get(name) != value for name, value in self.where.items()):
            return None
        said = {**annotated, **match.groupdict(default="")}
        try:
            subject, session, collection, driver, driver_session, name = (
                template.format_map(said)
                for template in (
                    self.subject,
                    self.session,
                    self.collection,
                    self.driver,
                    self.driver_session,
                    self.name,
                )
            )
        except KeyError:
            return None
        if not key_of_name(subject):
            return None
        label = Label(
            subject, self.group, session, collection or None, driver or None, driver_session or None
        )
        return Listed(path, name.replace("/", "_") or Path(path).stem, label)


@dataclass(frozen=True)
class Layout:
    """How a data set lies in its folder.

    Attributes
    ----------
    name
        By which it is chosen.
    title
        As its authors call it.
    citation, licence, source
        Its paper, its terms as far as we could look them up, and where to get it.
    tree
        What the folder looks like, a line a file or folder.
    rules
        The first that fits a video says who is in it.
    notes
        Sentences on what the labels mean and cannot say.
    """

    name: str
    title: str
    citation: str
    licence: str
    source: str
    tree: str
    rules: tuple[Rule, ...]
    notes: tuple[str, ...] = ()

    @property
    def has_names(self) -> bool:
        """Whether names of its files repeat, so that videos are known under others."""
        return any(rule.name for rule in self.rules)


@dataclass(frozen=True)
class Listed:
    """A video of a data set: its path in the folder, the name it is known by, and who is in it."""

    path: str
    name: str
    label: Label


@dataclass(frozen=True)
class LaidOut:
    """What the rules of a layout find in a folder.

    Attributes
    ----------
    videos
        Those that a rule fits, in the order of their paths.
    unfit
        Paths of all other videos.
    others
        Paths of files that are no videos.
    links
        Paths of links that are not followed: to folders, to what does not exist, and into the folder itself,
        whose videos would be there twice.
    """

    videos: tuple[Listed, ...]
    unfit: tuple[str, ...]
    others: tuple[str, ...]
    links: tuple[str, ...] = ()


def lay_out(layout: Layout, folder: Path) -> LaidOut:
    """Find the videos of a data set, and who is in them.

    Hidden files and folders are passed over, and links to folders are not followed. Nothing but annotations
    is read, so videos may be empty.

    Parameters
    ----------
    layout
        How the data set is laid out.
    folder
        Its folder, which exists.

    Raises
    ------
    TableError
        When a file with annotations cannot be read, or no video fits; it shows what the layout expects.
    """
    from extract.video import VIDEO_SUFFIXES

    read_beside = cache(_read_annotations)
    videos: list[Listed] = []
    unfit: list[str] = []
    others: list[str] = []
    links: list[str] = []
    whole = folder.resolve()
    for path in sorted(_walk(folder)):
        if _is_no_file_of_its_own(folder / path, whole):
            links.append(path)
        elif Path(path).suffix.lower() not in VIDEO_SUFFIXES:
            others.append(path)
        elif found := _find(layout, folder, path, read_beside):
            videos.append(found)
        else:
            unfit.append(path)
    if not videos:
        raise TableError(
            f"{folder} holds no video of {layout.title} as it is laid out by its authors. "
            f"{_describe_found(unfit, others, links)} The layout '{layout.name}' expects:",
            layout.tree.splitlines(),
        )
    return LaidOut(tuple(videos), tuple(unfit), tuple(others), tuple(links))


def _find(layout: Layout, folder: Path, path: str, read_beside: _ReadAnnotations) -> Listed | None:
    for rule in layout.rules:
        annotated: Mapping[str, str] = {}
        if rule.annotations:
            beside = (folder / path).with_name(rule.annotations)
            annotated = read_beside(beside).get(Path(path).name, {})
        if found := rule.read(path, annotated):
            return found
    return None


def _walk(folder: Path) -> Iterator[str]:
    """Yield the paths of all files, and of links to folders, that are not hidden, parted by ``/``."""
    for where, folders, names in os.walk(folder):
        linked = [name for name in folders if Path(where, name).is_symlink()]
        folders[:] = [name for name in folders if not name.startswith(".") and name not in linked]
        for name in (*names, *linked):
            if not name.startswith("."):
                yield Path(where, name).relative_to(folder).as_posix()


def _is_no_file_of_its_own(path: Path, whole: Path) -> bool:
    """Return whether a path is a link to no file, or to one that lies in the folder `whole` anyway."""
    if not path.is_symlink():
        return False
    return not path.is_file() or path.resolve().is_relative_to(whole)


def _read_annotations(path: Path) -> _Annotations:
    """Return the texts that a JSON file says of each file beside it; none where there is no such file."""
    try:
        if path.stat().st_size > _LARGEST_ANNOTATIONS:
            raise TableError(f"{path} is too large for a list of videos. Leave it out.")
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise TableError(f"{path} cannot be read as JSON ({error}). Download it again.") from error
    if not isinstance(content, dict):
        raise TableError(f"{path} holds no annotations of videos by their names. Download it again.")
    return {
        name: {key: value for key, value in said.items() if isinstance(value, str) and value.strip()}
        for name, said in content.items()
        if isinstance(said, dict)
    }


def _describe_found(unfit: list[str], others: list[str], links: list[str]) -> str:
    found = [*unfit, *others, *links]
    if not found:
        return "It is empty."
    return f"It holds, for example, {storable(found[0])}."
