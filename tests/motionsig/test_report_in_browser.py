"""Reports as a reader opens them: in a real browser, on screens of two sizes, and on paper."""

from __future__ import annotations

import base64
import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest
from browser import PRINTED_WIDTH, Visit, needs_chromium, open_browser
from frame_tables import make_table
from suspects import CLIPS, classify_suspect, make_suspect_frames, read_here, train_model, write_suspect
from tracks import choose, make_track, write_tracked

import motionsig
from classify.verdict import Verdict
from report.verdict_page import Report

pytestmark = needs_chromium

HOSTILE_VIDEO = "<img src=x onerror=alert(1)>.mp4"
HOSTILE_PERSON = "</title><img src=x onerror=alert(2)> \u202e\u05de\u05e9\u05d4 \u0645\u0631\u064a\u0645"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_model(tmp_path_factory.mktemp("model") / "id0.skops")


@pytest.fixture(scope="module")
def report(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("suspect")
    video, table = write_suspect(folder)
    classify_suspect(video, table, model, folder / "verdict", report=folder / "report.html")
    return folder / "report.html"


@pytest.fixture(scope="module")
def interview(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("interview")
    tracks = [make_track(10.0 * k, 10.0 * k + 9.0, 1 + k % 7, shot=k) for k in range(10)]
    table = make_table(make_suspect_frames(), "interview.mp4", reading=read_here())
    path = write_tracked(table, folder, tracks, choose(people=7))
    motionsig.classify(path, model, folder / "verdict", report=folder / "report.html")
    return folder / "report.html"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    model = train_model(folder / "m.skops", HOSTILE_PERSON)
    video, table = write_suspect(folder, HOSTILE_VIDEO)
    classify_suspect(video, table, model, folder / "verdict", report=folder / "report.html")
    return folder / "report.html"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_it_opens_without_errors_and_asks_nothing_of_anybody(
    browser: Any, report: Path, width: int, theme: str
) -> None:
    visit = Visit(browser, report, width, theme)
    assert visit.console == []
    assert visit.requests == [report.as_uri()]
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_the_people_of_an_interview_are_shown_and_can_be_read(
    browser: Any, interview: Path, width: int, theme: str
) -> None:
    visit = Visit(browser, interview, width, theme)
    assert visit.console == []
    assert visit.requests == [interview.as_uri()]
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    lanes = visit.page.locator(".strip .lane")
    assert lanes.count() == 6
    assert lanes.first.locator("text").all_text_contents() == ["Person 1", "measured"]
    assert visit.page.locator(".strip .track title").first.text_content() == (
        "0:00–0:09, Person 1, measured, .90"
    )
    assert "One more is seen for 9 s, and only in the table below." in visit.text()
    seen = "i => i.every(one => one.getBBox().width > 20)"
    assert visit.page.locator(".strip image").evaluate_all(seen)
    cut_off = visit.page.locator(".strip").evaluate(
        "s => [...s.querySelectorAll('text')].filter(t => t.getBBox().x < 0).length"
    )
    assert cut_off == 0
    scroll = visit.page.get_by_role("group", name="People over time")
    scroll.focus()
    assert visit.page.evaluate("document.activeElement.getAttribute('aria-label')") == "People over time"


def test_the_people_are_printed_whole(browser: Any, interview: Path) -> None:
    visit = Visit(browser, interview, PRINTED_WIDTH)
    visit.page.emulate_media(media="print")
    assert visit.cut_off() == []


def test_it_needs_no_script(browser: Any, report: Path) -> None:
    with_script = Visit(browser, report).text()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    assert page.locator("body").inner_text() == with_script


def test_the_verdict_stands_on_top(browser: Any, report: Path) -> None:
    visit = Visit(browser, report)
    heading = visit.page.locator("h1")
    assert heading.inner_text() == "Inconclusive for id0"
    assert heading.bounding_box()["y"] < 300
    text = visit.text()
    for words in (
        "The verdict on suspect.mp4 is inconclusive for id0",
        "Likelihood ratio",
        "Error rates on held-out recordings",
    ):
        assert words in text


def test_the_timeline_has_a_mark_for_each_clip_told_apart_by_shape(browser: Any, report: Path) -> None:
    verdict = read_report(report).verdict
    page = Visit(browser, report).page
    kinds = {"match": ".disc", "no match": ".cross", "insufficient evidence": ".ring"}
    clips = verdict.videos[0].clips
    assert page.locator(".timeline .clip").count() == len(clips) == CLIPS
    for label, shape in kinds.items():
        scored = [clip for clip in clips if clip.label == label and clip.score is not None]
        assert page.locator(f".timeline .clip {shape}").count() == len(scored)
    unscored = [clip for clip in clips if clip.score is None]
    assert len(unscored) >= 3
    assert page.locator(".timeline .clip.unscored > text").all_text_contents() == ["?"] * len(unscored)
    titles = page.locator(".timeline .clip title").all_text_contents()
    assert titles[0].startswith("0:00–0:10: score +")
    assert page.locator(".timeline image").count() >= 5
    visible = page.evaluate(
        "[...document.querySelectorAll('.timeline image')].every(i => i.getBBox().width > 20)"
    )
    assert visible


def test_each_flagged_clip_says_what_deviates_in_words_and_plots(browser: Any, report: Path) -> None:
    flagged = [clip for clip in read_report(report).verdict.videos[0].clips if clip.label == "no match"]
    page = Visit(browser, report).page
    assert len(flagged) >= 6
    assert page.locator("section.flagged").count() == len(flagged)
    assert page.locator("section.flagged .traces").count() == 3 * len(flagged)
    first = page.locator("section.flagged").first
    assert flagged[0].deviations[0].words in first.inner_text()


def test_every_picture_has_a_name_and_numbers_behind_it(browser: Any, report: Path) -> None:
    page = Visit(browser, report).page
    nameless = page.evaluate(
        "[...document.querySelectorAll('svg:not([aria-hidden])')].filter("
        "s => s.getAttribute('role') !== 'img' || !s.querySelector(':scope > title').textContent).length"
    )
    assert nameless == 0
    assert page.locator("main img:not([alt])").count() == 0
    assert page.locator(".plots figure").count() == page.locator(".plots figure details table").count()
    assert page.locator(".matrices figure").count() == 3
    for summary in (f"All {CLIPS} clips as a table", "All 435 correlations as a table"):
        assert page.get_by_text(summary).count() == 1


def test_printing_cuts_nothing_off(browser: Any, report: Path) -> None:
    visit = Visit(browser, report, PRINTED_WIDTH)
    visit.page.emulate_media(media="print")
    assert visit.cut_off() == []
    pdf = pypdf.PdfReader(io.BytesIO(visit.page.pdf(prefer_css_page_size=True, print_background=True)))
    text = " ".join(page.extract_text() for page in pdf.pages)
    assert len(pdf.pages) > 2
    starts_s = [*range(0, 51, 5), *range(60, 91, 5)]
    assert len(starts_s) == CLIPS
    for start_s in starts_s:
        assert f"{start_s // 60}:{start_s % 60:02d}–" in text, (
            "every clip is printed, though its table is closed"
        )
    assert "but not on paper" in text
    for words in (
        "Inconclusive for",
        "What this report cannot say",
        "Where this comes from",
        "report.json",
    ):
        assert words in text


def test_the_plots_of_every_flagged_clip_are_printed(browser: Any, report: Path) -> None:
    visit = Visit(browser, report, PRINTED_WIDTH)
    visit.page.emulate_media(media="print")
    named = visit.page.locator("section.flagged .plots figcaption .key").all_text_contents()
    assert visit.page.locator("section.flagged").count() >= 7
    pdf = pypdf.PdfReader(io.BytesIO(visit.page.pdf(prefer_css_page_size=True)))
    text = "\n".join(page.extract_text() for page in pdf.pages)
    lines = [line.strip() for line in text.splitlines()]
    for feature in set(named):
        assert lines.count(feature) >= named.count(feature), "it stands above each plot, in a line of its own"


def test_hostile_names_stay_text(browser: Any, hostile: Path) -> None:
    visit = Visit(browser, hostile)
    assert visit.console == []
    assert visit.dialogs == []
    assert visit.requests == [hostile.as_uri()]
    assert visit.page.locator("script, main img").count() == 0
    text = visit.text()
    assert f"The verdict on {HOSTILE_VIDEO} is inconclusive for" in text
    assert "<img src=x onerror=alert(2)>" in text
    assert "\u202e" not in text
    assert "\\u202e" in text
    isolated = visit.page.locator("bdi").all_inner_texts()
    assert HOSTILE_VIDEO in isolated
    assert any("\u05de\u05e9\u05d4" in name for name in isolated)


def test_right_to_left_names_do_not_reorder_the_sentence(browser: Any, hostile: Path) -> None:
    """What follows a right-to-left name in the sentence lies to its right, or below."""
    lead = Visit(browser, hostile).page.locator(".lead")
    assert lead.evaluate(
        """p => {
            const name = [...p.querySelectorAll('bdi')].at(-1).getClientRects();
            const range = document.createRange(), after = [...p.childNodes].at(-1);
            range.setStart(after, 0); range.setEnd(after, 3);
            const next = range.getBoundingClientRect(), last = name[name.length - 1];
            return next.top > last.bottom - 2 || next.left >= last.right - 2;
        }"""
    )


def test_report_json_in_the_page_is_the_verdict(report: Path) -> None:
    verdict = Verdict.model_validate_json((report.parent / "verdict" / "verdict.json").read_text())
    found = read_report(report)
    assert found.verdict == verdict
    assert found.evidence is not None
    assert found.evidence.videos[0].path is None, "the page is mailed, and the reporter's folders are private"


def test_without_video_or_evidence_it_opens_and_says_so(browser: Any, report: Path, tmp_path: Path) -> None:
    shutil.copytree(report.parent / "verdict", tmp_path / "verdict")
    video = report.parent / "suspect.mp4"
    moved = video.rename(video.with_suffix(".moved"))
    try:
        page = motionsig.report(tmp_path / "verdict" / "verdict.json", tmp_path / "gone.html")
    finally:
        moved.rename(video)
    visit = Visit(browser, page)
    assert "the video is no longer at the place where it was" in visit.text()
    assert visit.page.locator(".timeline .clip").count() == CLIPS
    assert visit.page.locator(".timeline image").count() == 0

    (tmp_path / "verdict" / "evidence.json").unlink()
    visit = Visit(browser, motionsig.report(tmp_path / "verdict" / "verdict.json", page))
    assert visit.console == []
    assert "This report is incomplete." in visit.text()
    assert visit.page.locator(".timeline .clip").count() == CLIPS


def read_report(page: Path) -> Report:
    """The data inside a page."""
    content = page.read_text().split('href="data:application/json;base64,')[1].split('"')[0]
    return Report.model_validate_json(base64.b64decode(content))
