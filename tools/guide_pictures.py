"""The pictures of 使用帮助: `python tools/guide_pictures.py http://127.0.0.1:PORT`, a site with the demonstration.

Takes the first screen of each page as the person who works there, 1150 CSS pixels wide, and writes it as a small PNG
below app/static/img/guide. What they are called and what they show stands in app/data/guide.toml.
"""

import io
import sys
from argparse import Namespace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.support import chromium
from tools.shot import DEMO_PASSWORD, sign_in

PLACE = ROOT / "app/static/img/guide"
VIEW, SIZE, COLOURS = {"width": 1150, "height": 782}, (750, 510), 48
# file → (who, address, links clicked from there on, how far down in CSS pixels)
PICTURES = {
    "register": ("", "/register", [], 100),
    "apply": ("member", "/member/volunteer/new", [], 430),
    "people": ("wantong", "/office/volunteers", [], 0),
    "activities": ("", "/activities", [], 170),
    "launch": ("wantong", "/office/activities/new", [], 0),
    "attendance": ("wantong", "/office/activities?phase=ended", ["main tbody th a", "main a[href$='/attendance']"], 0),
    "report": ("volunteer", "/member/reports/new", [], 130),
    "ask": ("", "/help/new", [], 100),
}


def take(browser: Browser, site: str, name: str) -> None:
    """One picture."""
    who, path, clicks, down = PICTURES[name]
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=VIEW)
    page = context.new_page()
    if who:
        sign_in(page, Namespace(url=site, login=who, password=DEMO_PASSWORD))
    page.goto(site + path, wait_until="networkidle")
    for selector in clicks:
        page.locator(selector).first.click()
        page.wait_for_load_state("networkidle")
    page.evaluate(f"scrollTo(0, {down})")
    shot = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    small = shot.resize(SIZE, Image.Resampling.LANCZOS).quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(PLACE / f"{name}.png", optimize=True)
    print(f"{name}: {(PLACE / f'{name}.png').stat().st_size // 1000} kB, {page.url}")
    context.close()


def main() -> int:
    site = sys.argv[1].rstrip("/")
    PLACE.mkdir(parents=True, exist_ok=True)
    found = chromium.find()  # before Playwright starts: it also chooses Playwright's Node
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**found.launch_options())
        for name in PICTURES:
            take(browser, site, name)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
