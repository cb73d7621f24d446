"""Take the picture of the page that the README shows: docs/page.png.

    python tools/page_picture.py ADDRESS driven.mp4

ADDRESS is what `motionsig serve` printed; the second is the name of a suspect that it has judged. Needs a
Chromium, for example `apt-get install chromium` on Debian.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURE = Path(__file__).parent.parent / "docs" / "page.png"
WIDTH, HEIGHT = 1200, 1560


def main() -> None:
    """Open the page at a desktop's width and keep the upper part of a verdict."""
    address, suspect = sys.argv[1:]
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("There is no Chromium; install one, for example with `apt-get install chromium`.")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.goto(address)
        page.click(f".entries >> text={suspect}")
        page.wait_for_selector("[data-player]")
        page.wait_for_function("document.querySelector('video').readyState >= 2")
        page.screenshot(path=PICTURE)
        browser.close()
    print(f"Written: {PICTURE}")


if __name__ == "__main__":
    main()
