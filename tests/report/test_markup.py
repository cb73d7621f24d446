"""Nothing from outside becomes markup, and numbers read as pages print them."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from report.charts.scales import choose_ticks
from report.markup import format_correlation, format_score, format_share, isolate, tag


class Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def parse(markup: Markup) -> Collector:
    collector = Collector()
    collector.feed(str(markup))
    collector.close()
    return collector


@given(st.text(), st.text())
def test_text_and_attributes_stay_what_they_are(text: str, value: str) -> None:
    found = parse(tag("g", text, title=value))
    assert found.tags == ["g"]
    assert found.text == "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    assert [name for name, _ in found.attributes] == ["title"]


@given(st.text(), st.lists(st.text(min_size=1), max_size=3))
def test_isolating_names_keeps_every_letter(text: str, names: list[str]) -> None:
    found = parse(isolate(text, *names))
    assert set(found.tags) <= {"bdi"}
    assert found.text == "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def test_names_are_set_apart_as_whole_words_only() -> None:
    assert isolate("a.mp4 has a cat of a", "a", "a.mp4") == (
        "<bdi>a.mp4</bdi> has <bdi>a</bdi> cat of <bdi>a</bdi>"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.623, ".62"), (-0.1, "−.10"), (1.0, "1.00"), (-0.001, ".00"), (-1.2, "−1.20"), (None, "–")],
)
def test_correlations_read_as_in_papers(value: float | None, text: str) -> None:
    assert format_correlation(value) == text


def test_scores_carry_their_sign() -> None:
    assert [format_score(value) for value in (0.5, -0.5, 0.0, None)] == ["+0.50", "−0.50", "+0.00", "–"]


def test_nearly_all_is_not_called_all_nor_little_none() -> None:
    assert [format_share(v) for v in (1.0, 0.999, 0.5, 0.001, 0.0)] == ["100 %", "99 %", "50 %", "1 %", "0 %"]


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(3, 10))
def test_ticks_are_few_rise_and_lie_inside(low: float, span: float, most: int) -> None:
    ticks = choose_ticks(low, low + span, most)
    assert len(ticks) <= most + 1
    assert ticks == sorted(set(ticks))
    assert all(low - 1e-6 * span <= tick <= low + span * (1 + 1e-6) for tick in ticks)


def test_ticks_of_a_clock_are_whole_minutes_and_their_parts() -> None:
    assert choose_ticks(300, 600, 10, clock=True) == [300, 330, 360, 390, 420, 450, 480, 510, 540, 570, 600]
