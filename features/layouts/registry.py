"""The layouts that are known, by name."""

from __future__ import annotations

from typing import Final

from features.layouts.fakes import FAKES
from features.layouts.layout import Layout
from features.layouts.people import PEOPLE
from ground.errors import InputError

LAYOUTS: Final = {layout.name: layout for layout in (*FAKES, *PEOPLE)}


def find_layout(name: str) -> Layout:
    """Return a layout by its name.

    Raises
    ------
    InputError
        When there is none of the name.
    """
    found = LAYOUTS.get(name) if isinstance(name, str) else None
    if found is None:
        raise InputError(f"There is no layout {name!r}. Use one of: {', '.join(LAYOUTS)}.")
    return found
