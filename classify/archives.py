"""What an archive of skops holds, looked at before anything in it is loaded."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from ground.errors import ModelError

_ALLOWED_LOADERS: Final = frozenset(
    {"DictNode", "ListNode", "TupleNode", "JsonNode", "ObjectNode", "NdArrayNode", "DTypeNode", "TypeNode"}
)
# A model of 100,000 support vectors has 350 MB; an archive that unpacks to more is an attack or a mistake.
_LARGEST_UNPACKED_BYTES: Final = 1 << 30
# That of a model has 20 kB; that of a background names each of its recordings, 1.2 MB for 10,000 of them.
_LARGEST_SCHEMA_BYTES: Final = 1 << 24


def check_archive(path: Path, allowed_types: frozenset[str], kind: str) -> None:
    """Check that an archive holds a fixed few types, and is no bomb.

    Parameters
    ----------
    path
        The archive.
    allowed_types
        Every type that may be in it.
    kind
        What it should be, for messages: "model", "background".

    Raises
    ------
    ModelError
        When it holds another type, or unpacks to more than a file of ours does.
    """
    with zipfile.ZipFile(path) as archive:
        if sum(member.file_size for member in archive.infolist()) > _LARGEST_UNPACKED_BYTES:
            raise ModelError(
                f"{path} unpacks to more than 1 GiB, which no {kind} of motionsig does. It was not loaded."
            )
        schema = _read_schema(archive, path, kind)
    types, loaders = zip(*_walk_nodes(schema), strict=True)
    foreign = sorted({*types} - allowed_types | {*loaders} - _ALLOWED_LOADERS)
    if foreign:
        raise ModelError(
            f"{path} holds {', '.join(foreign)}, which no {kind} of motionsig does. It was not loaded. Do "
            "not use this file unless you know who made it and why."
        )


def list_parts(path: Path) -> frozenset[str]:
    """Return the names of what an archive holds at the top, which tell a model from an enrolment.

    Raises
    ------
    ModelError
        When it describes more than a file of ours does.
    OSError, ValueError, LookupError, zipfile.BadZipFile
        When it is no archive of skops.
    """
    with zipfile.ZipFile(path) as archive:
        schema = _read_schema(archive, path, "model")
    content = schema.get("content") if isinstance(schema, dict) else None
    return frozenset(content) if isinstance(content, dict) else frozenset()


def _read_schema(archive: zipfile.ZipFile, path: Path, kind: str) -> Any:
    if archive.getinfo("schema.json").file_size > _LARGEST_SCHEMA_BYTES:
        raise ModelError(f"{path} describes more parts than a {kind} of motionsig has. It was not loaded.")
    return json.loads(archive.read("schema.json"))


def _walk_nodes(node: Any) -> Iterator[tuple[str, str]]:
    """Yield the type and the loader of every object that the archive's schema describes."""
    if isinstance(node, dict):
        if "__class__" in node or "__loader__" in node:
            yield f"{node.get('__module__')}.{node.get('__class__')}", str(node.get("__loader__"))
        for child in node.values():
            yield from _walk_nodes(child)
    elif isinstance(node, list):
        for child in node:
            yield from _walk_nodes(child)
