"""Templates to one self-contained page: no network, no script, everything escaped."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from classify.scoring import format_clock
from report.markup import format_correlation, format_score, format_share, isolate, show


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("report"),
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


def render_page(template: str, **content: Any) -> str:
    """Return the HTML of a template of this package; text in `content` is escaped, markup is not."""
    return _environment().get_template(template).render(**content)
