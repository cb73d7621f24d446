"""Templates of the page, in the look of reports."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, StrictUndefined
from starlette.responses import HTMLResponse

from report.page import make_environment


@cache
def find_environment() -> Environment:
    """Return what renders the templates of the page and of reports."""
    environment = make_environment("motionsig.page")
    environment.undefined = StrictUndefined
    environment.filters.update(
        address=lambda name: quote(name, safe=""), when=tell_when, lasting=tell_lasting
    )
    return environment


def render(template: str, *, status: int = 200, **content: Any) -> HTMLResponse:
    """Return a page; text in `content` is escaped, markup is not."""
    return HTMLResponse(find_environment().get_template(template).render(**content), status)


def prepare_templates() -> None:
    """Compile all templates, so that nobody who opens the page waits for it."""
    environment = find_environment()
    for name in environment.list_templates():
        environment.get_template(name)
    render_style()


@cache
def render_style() -> str:
    """Return the style sheet: that of reports, and what the page adds."""
    return find_environment().get_template("page.css").render()


def tell_when(utc: str) -> str:
    """Return a time as tables show it."""
    return utc.replace("T", " ").replace("+00:00", "")[:16]


def tell_lasting(seconds: float) -> str:
    """Return about how long something lasts."""
    if seconds < 60:
        return f"{max(round(seconds), 1)} s"
    if seconds < 3600:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"
