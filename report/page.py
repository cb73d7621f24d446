"""Templates to one self-contained page: no network, no script, everything escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from classify.words.numbers import format_clock
from ground.errors import InputError
from ground.files import replace_when_complete
from report.markup import format_correlation, format_score, format_share, isolate, show

_SUFFIXES: Final = (".html", ".htm")


def check_page_path(path: Path) -> None:
    """Raise InputError unless a path names a page: so none is written over a video, a table or a model."""
    if path.suffix.lower() not in _SUFFIXES:
        raise InputError(f"{path} must be an HTML page. Call it {path.with_suffix('.html')}.")


def write_page(page: str, path: Path) -> None:
    """Write a page; it appears under `path` only when complete.

    Raises
    ------
    InputError
        When `path` names no page, or cannot be written.
    """
    check_page_path(path)
    with replace_when_complete(path) as partial:
        partial.write_text(page, encoding="utf-8")


def make_environment(*packages: str) -> Environment:
    """Return what renders the templates of this package, and before them those of others, in the same way."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in (*packages, "report")]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=show,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        clock=format_clock, correlation=format_correlation, score=format_score, share=format_share
    )
    environment.globals["isolate"] = isolate
    return environment


@cache
def _environment() -> Environment:
    return make_environment()


def read_template(name: str) -> str:
    """Return a template of this package as it stands."""
    return (Path(__file__).with_name("templates") / name).read_text(encoding="utf-8")


def render_page(template: str, **content: Any) -> str:
    """Return the HTML of a template of this package; text in `content` is escaped, markup is not."""
    return _environment().get_template(template).render(**content)
