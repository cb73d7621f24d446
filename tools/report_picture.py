"""Take the picture of a report that the README shows: docs/report.png.

    python tools/report_picture.py demo-output/verdict/report.html

Needs a Chromium, for example `apt-get install chromium` on Debian.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURE = Path(__file__).parent.parent / "docs" / "report.png"
WIDTH, HEIGHT = 1200, 1500


def main() -> None:
    """Open the page at a desktop's width and keep its upper part."""
    page_file = Path(sys.argv[1]).resolve()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("There is no Chromium; install one, for example with `apt-get install chromium`.")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.goto(page_file.as_uri())
        page.screenshot(path=PICTURE)
        browser.close()
    print(f"Written: {PICTURE}")


if __name__ == "__main__":
    main()
