"""Names of people as hashes: a background must know whom it was learnt from, and need not name anybody."""

from __future__ import annotations

import hashlib

from ground.names import key_of_name


def hash_name(person: str) -> str:
    """Return the SHA-256 of a name, the same however it is spelled (`ground.names`)."""
    return hashlib.sha256(key_of_name(person).encode()).hexdigest()
