"""A headless Chromium of the machine's own; tests that need one skip where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HOW_TO_GET_ONE = "no Chromium on this machine: `apt-get install chromium` (Debian), or any that is in PATH"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
# A4 less the page's margins, in CSS pixels.
PRINTED_WIDTH = 695

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason=HOW_TO_GET_ONE)


@contextmanager
def open_browser() -> Iterator[Any]:
    """Yield a browser with a new, empty profile."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


class Visit:
    """A page that was opened: what the console said, what was asked of the network, and what popped up."""

    def __init__(self, browser: Any, file: Path, width: int = 1440, theme: str = "light") -> None:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
        self.page = context.new_page()
        self.console: list[str] = []
        self.requests: list[str] = []
        self.dialogs: list[str] = []
        self.page.on("console", lambda message: self.console.append(message.text))
        self.page.on("pageerror", lambda error: self.console.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        self.page.goto(file.as_uri())

    def text(self) -> str:
        """What a reader sees."""
        return str(self.page.inner_text("body"))

    def cut_off(self) -> list[str]:
        """Elements that reach over the right edge of the page, or hide what is in them."""
        return list(
            self.page.evaluate(
                """() => {
                    const width = document.documentElement.clientWidth + 1;
                    return [...document.querySelectorAll('main *')].filter(e => {
                        const box = e.getBoundingClientRect(), style = getComputedStyle(e);
                        const hides = style.overflowX !== 'visible' && e.scrollWidth > e.clientWidth + 1
                            && !(e instanceof SVGElement);
                        return box.width > 0 && (box.right > width || box.left < -1 || hides);
                    }).map(e => e.tagName + '.' + e.getAttribute('class') + ' ' + e.textContent.slice(0, 40));
                }"""
            )
        )
