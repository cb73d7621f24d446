"""Libraries of the operating system that Python packages need and pip does not bring."""

from __future__ import annotations

import re
from typing import Final

_MISSING: Final = re.compile(r"(?P<library>lib[\w.+-]+): cannot open shared object file")


def describe_missing_library(error: ImportError) -> str | None:
    """Return one sentence that says which library is missing and what brings it; None for other causes.

    OpenCV's build with windows, where somebody installed that one, needs libGL and GLib; bare servers and
    containers have neither.
    """
    found = _MISSING.search(str(error))
    if found is None:
        return None
    return (
        f"The system library {found['library']} is missing. On Debian or Ubuntu: "
        "`apt-get install libgl1 libglib2.0-0`; on Fedora: `dnf install mesa-libGL glib2`."
    )
