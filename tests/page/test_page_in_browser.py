"""The page as its users have it: in a browser, from the first visit to the last verdict."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import psutil
import pytest
from browser import Visit, needs_chromium, open_browser
from frame_tables import make_moving_frames, make_table, write_table
from media import marked_frames, write_video
from suspects import FPS, keep_table, read_here, train_model, write_suspect
from test_page_serving import ask, served

from extract.frame_table import ACTION_UNITS, HEAD_ROTATION
from ground.files import hash_file
from motionsig.use_cases.library import people, suspects, worker
from motionsig.use_cases.library.layout import Library, open_library
from motionsig.use_cases.library.records import write_record

pytestmark = [needs_chromium, pytest.mark.slow]

SECONDS = 30
PICTURES = marked_frames(SECONDS * FPS)


def make_motion(seed: int, *, own: bool) -> pd.DataFrame:
    """Movements that are independent of each other; those of others' faces are not."""
    frames = make_moving_frames(np.arange(SECONDS * FPS) / FPS, seed)
    if not own:
        face = [*ACTION_UNITS, *HEAD_ROTATION]
        common = np.random.default_rng(seed).normal(size=(len(frames), 1))
        frames[face] = common + 0.2 * frames[face].to_numpy()
    return frames


def record(folder: Path, name: str, seed: int, *, own: bool) -> tuple[Path, Path]:
    """Write a video, and the frame table that says that it was read here already."""
    video = write_video(folder / name, PICTURES, fps=FPS)
    with video.open("ab") as stream:  # each is another file
        stream.write(b"\0\0\0\x0cfree" + seed.to_bytes(4))
    height, width = PICTURES[0].shape[:2]
    table = make_table(
        make_motion(seed, own=own),
        name,
        sha256=hash_file(video),
        reading=read_here(),
        width=width,
        height=height,
    )
    return video, write_table(table, folder)


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Videos of a person, of others, and two suspects, each with its frame table beside it."""
    folder = tmp_path_factory.mktemp("footage")
    for k in range(4):
        record(folder, f"own{k}.mp4", k, own=True)
        record(folder, f"{k}_id{k + 1}_celeb.mp4", 10 + k, own=False)
    record(folder, "genuine.mp4", 20, own=True)
    record(folder, "driven.mp4", 21, own=False)
    return folder


@pytest.fixture
def served_library(tmp_path: Path, footage: Path) -> Iterator[tuple[Library, str, int]]:
    library = open_library(tmp_path / "library")
    with served(library.root) as (process, address):
        yield library, address, process.pid


def put_tables(library: Library, footage: Path) -> None:
    """Put beside each video that was sent the frame table that was made of it before."""
    for video in library.root.rglob("*.mp4"):
        table = footage / f"{video.stem}.parquet"
        if table.exists():
            keep_table(
                table, video.parent.with_name("tables") if video.parent.name == "videos" else video.parent
            )


def test_from_the_first_visit_to_the_last_verdict(
    served_library: tuple[Library, str, int], footage: Path
) -> None:
    library, address, server = served_library
    said: list[str] = []
    asked: list[str] = []
    with open_browser() as chromium:
        page = chromium.new_context(accept_downloads=True).new_page()
        page.set_default_timeout(90_000)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        page.wait_for_selector("text=Before the first verdict")
        assert "token" not in page.url

        # Other people, whose files are named by the convention; then a person, by name.
        page.click("nav >> text=Other people")
        with held(server):
            send(page, footage, [f"{k}_id{k + 1}_celeb.mp4" for k in range(4)])
            page.wait_for_selector("text=of 4 people")
            put_tables(library, footage)
            page.click("nav >> text=/^People$/")
            page.fill("#name", "Jane Doe")
            page.click("button >> text=Enrol")
            page.wait_for_selector("h1 >> text=Jane Doe")
            send(page, footage, [f"own{k}.mp4" for k in range(4)])
            page.wait_for_selector("td >> text=own3.mp4")
            put_tables(library, footage)
        page.wait_for_selector("text=How it does on held-out recordings")
        assert "Still needed for likelihood ratios" in page.inner_text("main")

        # What a verdict does not say stands there before the first one.
        page.click("nav >> text=Suspects")
        page.wait_for_selector("text=“Consistent” does not mean authentic")
        with held(server):
            drop(page, [footage / "genuine.mp4", footage / "driven.mp4"])
            page.wait_for_selector(".queue >> text=driven.mp4")
            page.wait_for_selector(".queue >> text=waiting")
            put_tables(library, footage)
        page.wait_for_selector(".entries .answer .cross")
        page.wait_for_selector(".entries .answer .disc")

        page.click(".entries >> text=driven.mp4")
        page.wait_for_selector("h1 >> text=Inconsistent with Jane Doe")
        play_a_clip(page)
        with page.expect_download() as download:
            page.click("text=Everything (ZIP)")
        assert download.value.suggested_filename == "driven-motionsig.zip"
        assert Path(download.value.path()).stat().st_size > 10_000
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280

        page.click("text=Delete this suspect for good")
        page.click("text=Delete for good >> visible=true")
        page.wait_for_selector("h1 >> text=All suspects")
        assert "driven.mp4" not in page.inner_text("main")
        page.click("text=genuine.mp4")
        page.wait_for_selector("h1 >> text=Consistent with Jane Doe")
    assert said == []
    assert all(url.startswith((address.split("?")[0], "data:", "blob:")) for url in asked)
    assert len(ask(address, "api/v1/suspects")["suspects"]) == 1


def send(page: Any, footage: Path, names: list[str]) -> None:
    page.set_input_files("input[type=file]", [footage / name for name in names])


def drop(page: Any, files: list[Path]) -> None:
    """Drop files onto the page, as a hand does."""
    contents = [{"name": file.name, "bytes": list(file.read_bytes())} for file in files]
    transfer = page.evaluate_handle(
        """files => {
            const transfer = new DataTransfer();
            for (const one of files) {
                transfer.items.add(new File([new Uint8Array(one.bytes)], one.name, { type: "video/mp4" }));
            }
            return transfer;
        }""",
        contents,
    )
    page.dispatch_event("[data-drop]", "dragover", {"dataTransfer": transfer})
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": transfer})


def play_a_clip(page: Any) -> None:
    """Press a clip in the list, then one in the timeline; its reasons stand beside it."""
    page.wait_for_function("document.querySelector('video').readyState >= 1")
    clips = page.locator("[data-clip]")
    clips.nth(2).focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('video').currentTime >= 10")
    assert clips.nth(2).get_attribute("aria-pressed") == "true"
    shown = page.locator(".panels > div:visible")
    assert shown.count() == 1
    assert re.match(r"0:10–0:20: no match", shown.inner_text())
    assert "r = " in shown.inner_text()
    page.locator(".timeline .clip").nth(0).dispatch_event("click")
    page.wait_for_function("document.querySelector('video').currentTime < 10")
    assert clips.nth(0).get_attribute("aria-pressed") == "true"


@contextmanager
def held(server: int) -> Iterator[None]:
    """Let no job begin while the block runs: so that tables can be put to where a run finds them."""
    until = time.monotonic() + 30
    page = psutil.Process(server)
    of_workers = min(page.nice() + 5, 19)
    while not (workers := [one for one in page.children() if one.nice() == of_workers]):
        assert time.monotonic() < until
        time.sleep(0.05)
    (worker,) = workers  # the page was started with one
    worker.suspend()
    try:
        yield
    finally:
        worker.resume()


def test_everything_can_be_read_on_every_screen_and_asks_nothing_of_anybody(tmp_path: Path) -> None:
    library = open_library(tmp_path / "library")
    train_model(library.models / "id0.skops")
    people.add_person(library, "Somebody whose name is long, longer than a narrow screen is wide")
    video, table = write_suspect(tmp_path)
    suspect = suspects.add_suspect(library, "x" * 70 + ".mp4", video, "id0")
    (suspect.folder / "suspect.mp4").symlink_to(video)
    record = suspect.record.model_copy(update={"file": "suspect.mp4"})  # type: ignore[union-attr]
    write_record(record, suspect.folder / "suspect.json")
    keep_table(table, suspect.folder)
    assert worker.work_once(library, 1)
    places = ["", "people", "people/id0", "others", "suspects", f"suspects/{suspect.id}", "nowhere"]
    with served(library.root) as (_, address), open_browser() as chromium:
        base = address.split("?")[0]
        for width, theme in ((1440, "light"), (390, "dark")):
            page = chromium.new_context(
                viewport={"width": width, "height": 900}, color_scheme=theme
            ).new_page()
            said: list[str] = []
            asked: list[str] = []
            page.on("pageerror", lambda error, said=said: said.append(str(error)))
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.goto(address)
            page.wait_for_selector("main")
            for place in places:
                page.goto(base + place)
                page.wait_for_selector("main:not(:has([data-reload]))", timeout=60_000)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, place
                cut_off = [one for one in Visit.cut_off(SimpleNamespace(page=page)) if "scroll" not in one]  # type: ignore[arg-type]
                assert cut_off == [] or place.startswith("suspects/"), place
            assert said == []
            assert all(url.startswith((base, "data:")) for url in asked)
