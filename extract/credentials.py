"""Content credentials (C2PA) of a video: who signed it, and whether it was altered since.

They are statements about the file. They say nothing of who moves in it, so no number depends on them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, Final, Literal

from ground.errors import InputError
from ground.files import refuse_special_file
from ground.records import Record

INSTALL: Final = "pip install 'motion-signature[credentials]'"
# By default the library fetches manifests from addresses in the file, and asks certificate authorities.
_OFFLINE: Final = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}
_FORMATS: Final = {
    ".avi": "video/avi", ".m4v": "video/x-m4v", ".mov": "video/quicktime", ".mp4": "video/mp4",
    ".qt": "video/quicktime",
}  # fmt: skip
# A list of certificates has less; the C2PA's own has 60 kB.
_LARGEST_LIST_BYTES: Final = 16 << 20
_LONGEST_TEXT: Final = 200
_FIRST_BOXES: Final = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"uuid", b"pnot"})
# Fragmented files have two a fragment; credentials come before the first.
_MOST_BOXES: Final = 10_000

CredentialsState = Literal["none", "elsewhere", "unreadable", "intact", "altered", "invalid"]


class Credentials(Record):
    """What the content credentials of a file say, and whether they hold.

    Attributes
    ----------
    state
        ``none``: the file holds none. ``elsewhere``: it names an address, where nobody looked.
        ``unreadable``: they are damaged. ``intact``: they hold, and the file is as it was signed.
        ``altered``: the file is another one than was signed. ``invalid``: they do not hold for other reasons.
    trusted
        Whether the signer's certificate comes from the list of trusted signers; None where there was no list.
    signer, organisation
        Names in the signer's certificate, which anybody can choose where it is not trusted.
    made_with
        The program that made the credentials, as it calls itself.
    failures
        Codes of C2PA for what does not hold.
    """

    state: CredentialsState
    trusted: bool | None = None
    signer: str | None = None
    organisation: str | None = None
    made_with: str | None = None
    failures: tuple[str, ...] = ()


def can_read_credentials() -> bool:
    """Return whether the library that reads content credentials is installed."""
    return find_spec("c2pa") is not None


def may_hold_credentials(path: Path) -> bool:
    """Return whether a file can hold content credentials; looking for that takes a millisecond.

    In MP4 and QuickTime files they lie in a box of the type ``uuid`` at the top, which few files have. Of
    other files only AVI can hold them.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(12)
            if head[:4] == b"RIFF":
                return True
            if head[4:8] not in _FIRST_BOXES:
                return False
            return any(kind == b"uuid" for kind in _walk_boxes(stream, path.stat().st_size))
    except OSError:
        return False


def _walk_boxes(stream: IO[bytes], end: int) -> Iterator[bytes]:
    """Yield the types of the boxes at the top of a file, at most `_MOST_BOXES`."""
    place = 0
    for _ in range(_MOST_BOXES):
        if place >= end:  # whatever a box claims
            return
        stream.seek(place)
        head = stream.read(16)
        if len(head) < 8:
            return
        yield head[4:8]
        size = int.from_bytes(head[:4])
        if size == 1:  # it stands behind the type
            size = int.from_bytes(head[8:16])
        if size < 8:  # 0: to the end of the file
            return
        place += size


def read_credentials(path: Path, trusted_signers: str | None = None) -> Credentials:
    """Read the content credentials of a file; nothing is asked of the network.

    It is native code that reads a file from outside, so call it in another process.

    Parameters
    ----------
    path
        A video.
    trusted_signers
        Certificates of authorities whose signers are trusted, as PEM text; None for no list.
    """
    import c2pa

    trust = {} if trusted_signers is None else {"trust": {"trust_anchors": trusted_signers}}
    context = c2pa.Context(c2pa.Settings.from_dict({**_OFFLINE, **trust}))
    try:
        with path.open("rb") as stream:
            kind = _FORMATS.get(path.suffix.lower(), "video/mp4")
            reader = c2pa.Reader.try_create(kind, stream, context=context)
            if reader is None:
                return Credentials(state="none")
            with reader:
                return _interpret(json.loads(reader.json()), has_list=trusted_signers is not None)
    except c2pa.C2paError as error:
        said = str(error)
        if said.startswith("Remote"):
            return Credentials(state="elsewhere")
        if said.startswith(("NotSupported", "UnsupportedType")):
            return Credentials(state="none")
        return Credentials(state="unreadable")
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Credentials(state="unreadable")


def read_trusted_signers(path: Path) -> str:
    """Return the text of a list of trusted signers.

    Raises
    ------
    InputError
        When there is no such file, or it holds no certificate.
    """
    refuse_special_file(path, InputError)
    try:
        if path.stat().st_size > _LARGEST_LIST_BYTES:
            raise InputError(f"{path} is too large for a list of certificates.")
        text = path.read_text(encoding="ascii")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeError:
        text = ""
    if "-----BEGIN CERTIFICATE-----" not in text:
        raise InputError(f"{path} holds no certificates. Give a PEM file, such as the C2PA trust list.")
    return text


def _interpret(store: dict[str, Any], *, has_list: bool) -> Credentials:
    manifest = store["manifests"][store["active_manifest"]]
    signature = manifest.get("signature_info") or {}
    programs = manifest.get("claim_generator_info") or [{}]
    codes = _list_codes(store.get("validation_status"))
    # Of the file itself: what went into it may have credentials of its own, which hold or not.
    own = (store.get("validation_results") or {}).get("activeManifest") or {}
    failures = tuple(code for code in codes if code != "signingCredential.untrusted")
    state: CredentialsState = "intact"
    if any(code.endswith("mismatch") for code in _list_codes(own.get("failure"))):
        state = "altered"
    elif failures or store.get("validation_state") not in ("Valid", "Trusted"):
        state = "invalid"
    return Credentials(
        state=state,
        trusted="signingCredential.trusted" in _list_codes(own.get("success")) if has_list else None,
        signer=_shorten(signature.get("common_name")),
        organisation=_shorten(signature.get("issuer")),
        made_with=_shorten(programs[0].get("name") or manifest.get("claim_generator")),
        failures=failures,
    )


def _list_codes(said: Iterable[dict[str, Any]] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(one["code"]) for one in said or ()))


def _shorten(text: object) -> str | None:
    return str(text)[:_LONGEST_TEXT] if text else None
