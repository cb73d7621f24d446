"""Markup that cannot be broken out of, and numbers as pages print them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from markupsafe import Markup, escape

from ground.text import printable

_VOID: Final = frozenset({"image", "line", "rect", "circle", "path", "polyline", "use"})


def show(value: object) -> object:
    """Return text with its control characters written out; anything else, markup too, as it is."""
    return printable(value) if type(value) is str else value


def tag(name: str, *children: object, **attributes: object) -> Markup:
    """Return an element; children and attributes are escaped unless they are markup.

    In attribute names an underscore stands for a hyphen, and one at the end is dropped (``class_``);
    attributes that are None are left out.
    """
    written = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), show(value))
        for key, value in attributes.items()
        if value is not None
    )
    content = Markup("").join(escape(show(child)) for child in children)
    if name in _VOID and not content:
        return Markup("<{}{}/>").format(Markup(name), written)  # noqa: S704 - names are ours
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), written, content)  # noqa: S704


def join(parts: Iterable[Markup]) -> Markup:
    """Return pieces of markup one after the other."""
    return Markup("").join(parts)


def svg(width: float, height: float, title: str, *children: object, class_: str | None = None) -> Markup:
    """Return a picture that a screen reader announces by its title."""
    return tag(
        "svg",
        tag("title", title),
        *children,
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        class_=class_,
    )


def isolate(text: str, *names: str | None) -> Markup:
    """Return a sentence with its names set apart, so that right-to-left ones do not reorder the rest."""
    known = sorted({name for name in names if name}, key=len, reverse=True)
    if not known:
        return escape(show(text))
    pattern = "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in known)
    parts, last = [], 0
    for found in re.finditer(pattern, text):
        parts += [escape(show(text[last : found.start()])), tag("bdi", found.group())]
        last = found.end()
    return join([*parts, escape(show(text[last:]))])


def format_correlation(value: float | None) -> str:
    """Return a correlation as papers print it: ``.62``, ``−.10``; a dash where missing."""
    if value is None:
        return "–"
    text = f"{abs(value):.2f}"
    return ("−" if value < 0 and float(text) else "") + (text.removeprefix("0") if text[0] == "0" else text)


def format_score(value: float | None) -> str:
    """Return a score with its sign, a dash where there is none."""
    return "–" if value is None else f"{value:+.2f}".replace("-", "−")


def format_share(value: float | None) -> str:
    """Return a share as a percentage, a dash where it is not known; 99.6 % is not called 100 %."""
    if value is None:
        return "–"
    percent = min(round(100 * value), 99) if value < 1 else 100
    return f"{max(percent, 1) if value > 0 else 0} %"
