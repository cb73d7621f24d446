"""What lies where in a library, so that the commands of `motionsig` read and write it too."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ground.errors import InputError
from ground.files import replace_when_complete, to_path

LIBRARY_SCHEMA: Final = 1
_MARK: Final = "library.json"
_FOLDERS: Final = ("people", "others", "models", "verdicts", "jobs")


class MissingError(InputError):
    """A person, a suspect, a job or a file that is not in the library."""


@dataclass(frozen=True)
class Library:
    """A library and the places in it.

    Attributes
    ----------
    root
        The folder. ``people/<id>/`` has ``person.json``, ``videos/`` and ``tables/``; ``others/`` the same of
        the other people; ``models/<id>.skops`` is the model of a person; ``verdicts/<id>/`` has the suspect
        and what `motionsig classify` writes; ``jobs/`` is the queue.
    """

    root: Path

    @property
    def people(self) -> Path:
        """The folders of people."""
        return self.root / "people"

    @property
    def others(self) -> Path:
        """The folder of the other people, with whom a person is compared."""
        return self.root / "others"

    @property
    def models(self) -> Path:
        """Model files, as `motionsig identify --models` takes them."""
        return self.root / "models"

    @property
    def verdicts(self) -> Path:
        """The folders of suspects."""
        return self.root / "verdicts"

    @property
    def jobs(self) -> Path:
        """The queue."""
        return self.root / "jobs"

    @property
    def incoming(self) -> Path:
        """Files that are still arriving."""
        return self.root / ".incoming"

    @property
    def cache(self) -> Path:
        """What can be made again at any time."""
        return self.root / ".cache"

    def cache_of(self, name: str) -> Path:
        """Return where lies what was made of a person or a suspect and can be made again."""
        return self.cache / name

    @property
    def background(self) -> Path:
        """What was learnt from the other people, where they are enough."""
        return self.root / "background.skops"

    @property
    def trusted_signers(self) -> Path:
        """Certificates of those whose signatures on videos are trusted, where somebody put them here."""
        return self.root / "trusted-signers.pem"

    @property
    def manifest(self) -> Path:
        """Who is in which frame table of the library."""
        return self.root / "people.csv"


def open_library(folder: str | Path) -> Library:
    """Return the library in a folder; one is begun where the folder is new or empty.

    Raises
    ------
    InputError
        When the folder holds something else, a library of another version, or cannot be written into.
    """
    root = to_path(folder).absolute()
    library, mark = Library(root), root / _MARK
    try:
        # What it will hold of people is nobody else's business; an existing folder keeps its permissions.
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        held = {path.name for path in root.iterdir() if not path.name.startswith(".")}
        if _MARK in held:
            _check_version(mark)
        elif held and not held & {*_FOLDERS}:
            raise InputError(f"{root} holds other files and is no library. Give a new or an empty folder.")
        for name in (*_FOLDERS, library.incoming.name, library.cache.name):
            (root / name).mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(f"{root} cannot be a library: {error.strerror}. Choose another folder.") from error
    if _MARK not in held:
        with replace_when_complete(mark) as partial:
            partial.write_text(json.dumps({"schema_version": LIBRARY_SCHEMA}) + "\n", encoding="utf-8")
    return library


def _check_version(mark: Path) -> None:
    try:
        version = json.loads(mark.read_bytes())["schema_version"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise InputError(f"{mark} is damaged. Give another folder, or remove this file.") from error
    if version != LIBRARY_SCHEMA:
        raise InputError(
            f"{mark.parent} is a library of another version of motionsig (schema {version}; this version "
            f"reads {LIBRARY_SCHEMA}). Use that version, or another folder."
        )


def pick(folder: Path, name: str) -> Path:
    """Return what is called `name` in a folder of the library.

    Raises
    ------
    MissingError
        When nothing is, whatever else the name may mean: ``..``, a path, a hidden file.
    """
    is_name = bool(name) and not name.startswith(".") and not {"/", "\\", "\0"} & {*name}
    path = folder / name if is_name else None
    try:
        if path is not None and path.exists():
            return path
    except OSError:  # a name that is too long
        pass
    raise MissingError(f"There is no {name!r} in {folder.name}.")
