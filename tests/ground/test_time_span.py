"""A span of time: it begins before it ends, holds its start and not its end."""

from __future__ import annotations

import pydantic
import pytest

from ground.time_span import TimeSpan


@pytest.mark.parametrize(("start_s", "end_s"), [(1.0, 1.0), (2.0, 1.0), (0.0, float("inf")), (0.0, None)])
def test_a_span_that_does_not_last_is_none(start_s: float, end_s: float) -> None:
    with pytest.raises(pydantic.ValidationError):
        TimeSpan(start_s=start_s, end_s=end_s)


def test_spans_that_meet_share_no_moment() -> None:
    first, second = TimeSpan(start_s=0.0, end_s=5.0), TimeSpan(start_s=5.0, end_s=10.0)
    assert (5.0 in first, 5.0 in second) == (False, True)
    assert (0.0 in first, 4.999 in first) == (True, True)


def test_middle_and_length() -> None:
    span = TimeSpan(start_s=2.0, end_s=5.0)
    assert (span.middle_s, span.length_s) == (3.5, 3.0)
