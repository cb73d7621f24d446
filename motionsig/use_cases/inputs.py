"""What a caller names: files, one by one or by the folder, and numbers."""

from __future__ import annotations

import errno
import os
import stat
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from extract.tables_beside import is_beside
from features.formats import list_some
from features.labels import Label
from features.manifest import read_manifest
from ground.errors import InputError
from ground.files import to_path
from ground.names import key_of_name
from ground.text import count
from motionsig.execution.remote import Video, find_remote_files, is_address

# Files and folders as callers name them: one, or several.
Names = Iterable[str | Path] | str | Path


class NamedFile(Protocol):
    """A file, here or elsewhere, whose name without ending is its stem."""

    @property
    def stem(self) -> str: ...  # noqa: D102


def list_names(names: Names) -> list[str | Path]:
    """Return one name, or several, as a list.

    Raises
    ------
    InputError
        When something among them is neither text nor a path, or there is none.
    """
    if isinstance(names, str | Path):
        return [names]
    listed: list[str | Path] = []
    is_several = isinstance(names, Iterable) and not isinstance(names, bytes | Mapping)
    if is_several:
        listed = list(names)
    if not is_several or not all(isinstance(name, str | Path) for name in listed):
        raise InputError(f"Give a file as text or as a path, or several of them, not {names!r}.")
    if not listed:
        raise InputError("No file is given. Give at least one.")
    return listed


def read_labels(manifest: str | Path | None, on_warning: Callable[[str], None]) -> dict[str, Label] | None:
    """Return the labels of a manifest, see `features.manifest.read_manifest`; None where none is named."""
    return None if manifest is None else read_manifest(to_path(manifest), on_warning)


def refuse_overwriting(outputs: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Raise InputError when a file that is read is among those that would be written."""
    read = {path.resolve() for path in inputs}
    for path in outputs:
        if path.resolve() in read:
            raise InputError(f"{path} is one of the inputs and would be overwritten. Give another name.")


def check_kind(value: object, kind: type, what: str) -> None:
    """Raise InputError unless a value is of the type that a use case takes."""
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise InputError(f"{what} must be of the type {kind.__name__}, not {value!r}.")


def check_person(person: str) -> None:
    """Raise InputError unless a person is named by text."""
    if not isinstance(person, str) or not key_of_name(person):
        raise InputError(f"A person has a name, such as 'id0', not {person!r}.")


def check_workers(workers: int | None) -> None:
    """Raise InputError unless `workers` is a number of processes, or None for one a processor."""
    if workers is not None and (not isinstance(workers, int) or isinstance(workers, bool) or workers < 1):
        raise InputError(
            f"The number of workers must be 1 or more, not {workers!r}. Leave it out to use every processor."
        )


def find_files(
    names: Names,
    suffixes: Collection[str],
    kind: str,
    *,
    otherwise: Collection[str] = (),
    namesakes: bool = False,
    on_notice: Callable[[str], None] | None = None,
) -> list[Path]:
    """Return the files that `names` stand for.

    Parameters
    ----------
    names
        Files, taken whatever their ending, and folders, searched with all folders below for files with one of
        `suffixes`. Hidden files, mesh tables and tables of tracks are passed over.
    suffixes
        Endings in lower case, with the dot.
    kind
        What the files are, for messages: "video", "frame table".
    otherwise
        Endings to look for in a folder that holds no file with one of `suffixes`.
    namesakes
        Whether files of different folders may have one name.
    on_notice
        Called with a sentence on each folder that holds other files than those returned, which names them.

    Returns
    -------
    list of Path
        Sorted within each folder, each file once. Folders that may not be looked into stand at the end:
        whoever reads the files refuses them as it refuses a file, so that they are named.

    Raises
    ------
    InputError
        When a path does not exist, a folder holds no such file, or two files share a stem without
        `namesakes`: the stem names the video in every table that follows.
    """
    found: dict[Path, None] = {}
    for path in map(Path, list_names(names)):
        try:
            path.stat()
        except FileNotFoundError:
            raise InputError(f"{path} does not exist.") from None
        except (OSError, ValueError) as error:  # a null byte is a ValueError
            why = getattr(error, "strerror", None) or error
            raise InputError(f"{path} cannot be read: {why}.") from error
        matches, left_out = _search(path, suffixes, otherwise) if path.is_dir() else ([path], [])
        if not matches:
            looked_for = ", ".join(sorted({*suffixes, *otherwise}))
            raise InputError(f"{path} holds no {kind} (looked for {looked_for}).")
        if on_notice and left_out:
            on_notice(_describe_left_out(str(path), [str(file.relative_to(path)) for file in left_out], kind))
        found.update(dict.fromkeys(matches))
    if not namesakes:
        check_stems(list(found), kind)
    return list(found)


def find_videos(names: Names, on_notice: Callable[[str], None]) -> list[Video]:
    """Return the videos that paths and addresses stand for, as `find_files` does for paths.

    `on_notice` is told, too, what folders hold besides.

    Raises
    ------
    InputError
        As of `find_files`, and when nothing can be found at an address.
    DependencyError
        When fsspec, or its package for the protocol, is missing.
    """
    from extract.video import VIDEO_SUFFIXES

    words = list_names(names)
    addresses = [word for word in map(str, words) if is_address(word)]
    paths = [Path(word) for word in words if not is_address(str(word))]

    def note(folder: str, left_out: Sequence[str]) -> None:
        on_notice(_describe_left_out(folder, left_out, "video"))

    found: list[Video] = []
    if paths:
        found += find_files(paths, VIDEO_SUFFIXES, "video", on_notice=on_notice)
    found += find_remote_files(addresses, VIDEO_SUFFIXES, note)
    check_stems(found, "video")
    return found


def find_listed_videos(names: Names, on_notice: Callable[[str], None]) -> list[Path]:
    """Return the videos that paths stand for, as `find_files` does; a CSV file is a manifest of them.

    `on_notice` is told, too, what folders hold besides.

    Raises
    ------
    InputError
        As of `find_files`.
    TableError
        When a manifest breaks its contract.
    """
    from extract.video import VIDEO_SUFFIXES
    from features.manifest import list_manifest_files

    named = [
        file
        for path in map(Path, list_names(names))
        for file in (list_manifest_files(path) if path.suffix.lower() == ".csv" else [path])
    ]
    return find_files(named, VIDEO_SUFFIXES, "video", on_notice=on_notice)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _search(
    folder: Path, suffixes: Collection[str], otherwise: Collection[str]
) -> tuple[list[Path], list[Path]]:
    """Return the files in a folder that are looked for, and the others that may have been meant."""
    files: list[Path] = []
    closed: list[Path] = []
    for where, folders, names in os.walk(folder, onerror=lambda error: closed.append(Path(error.filename))):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(where, name) for name in names if not name.startswith(".")]
    files = [path for path in files if _may_be_wanted(path)]
    chosen = _choose(files, suffixes) or _choose(files, otherwise)
    return sorted(chosen) + sorted(closed), sorted(set(files).difference(chosen))


def _choose(files: Iterable[Path], suffixes: Collection[str]) -> list[Path]:
    return [path for path in files if path.suffix.lower() in suffixes]


def _describe_left_out(folder: str, left_out: Sequence[str], kind: str) -> str:
    left = "It is left out" if len(left_out) == 1 else "They are left out"
    return (
        f"{folder} holds {count(len(left_out), 'file')} whose ending is not that of a {kind}. {left}: "
        f"{list_some(left_out)}. A file that you name itself is read whatever its ending."
    )


def _may_be_wanted(path: Path) -> bool:
    # What the renderer writes beside its videos is no video that was forgotten.
    rendered = path.name.endswith((".controls.csv", ".truth.csv", ".voice.csv"))
    try:
        # Not `is_file`, which from Python 3.14 on says so too of what may not be looked at.
        is_file = stat.S_ISREG(path.stat().st_mode)
    except OSError as error:
        # In a folder that may only be listed; whoever reads it says so. A link to nothing is no file.
        is_file = error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
    return is_file and not (is_beside(path) or rendered)


def check_mesh_names(videos: Iterable[NamedFile]) -> None:
    """Raise InputError when the mesh of one video would be written to the frame table of another."""
    stems = {video.stem for video in videos}
    for stem in sorted(stems):
        if f"{stem}.mesh" in stems:
            raise InputError(
                f"--keep-mesh would write the points of {stem} and the frame table of {stem}.mesh to the "
                f"same file, {stem}.mesh.parquet. Rename one of the two videos."
            )


def check_stems(files: Iterable[NamedFile], kind: str) -> None:
    """Raise InputError when two files share a stem."""
    by_stem = defaultdict(list)
    for file in files:
        if isinstance(file, Path) and _is_folder(file):
            continue  # a closed one, which gives nothing
        by_stem[file.stem].append(file)
    clashes = [" and ".join(map(str, same)) for same in by_stem.values() if len(same) > 1]
    if clashes:
        raise InputError(
            f"Each {kind} needs its own file name, because the name identifies its clips. Rename one of: "
            f"{'; '.join(clashes)}."
        )
