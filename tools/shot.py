"""A picture of a page, as a person sees it: `python tools/shot.py URL OUT.png [--width 390] …`.

The whole page is taken with the browser that the tests use (tests/support/chromium.py), in Chinese, in
Shanghai. Prints the page's status, its sideways scroll in CSS pixels (0 is right) and everything the
browser complained of (script errors, broken policies); exits 1 when the page could not be loaded.
"""

import argparse
import sys
from pathlib import Path
from urllib.parse import urljoin, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.support import chromium

DEMO_PASSWORD = "Xuzhou-Demo-2026"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("url", help="an http address, or the path of an .html file")
    parser.add_argument("out")
    parser.add_argument("--width", type=int, default=1280, help="CSS pixels (default 1280)")
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--scale", type=float, default=1, help="device pixels in one CSS pixel")
    parser.add_argument("--view", action="store_true", help="only the first screen, not the whole page")
    parser.add_argument("--elder", action="store_true", help="the elder mode 长者模式")
    parser.add_argument("--print", dest="printed", action="store_true", help="as on paper")
    parser.add_argument("--plain", action="store_true", help="without JavaScript")
    parser.add_argument("--cookie", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--login", metavar="USER", help="sign in first")
    parser.add_argument("--password", default=DEMO_PASSWORD)
    parser.add_argument(
        "--click", action="append", default=[], metavar="SELECTOR", help="click this before the picture"
    )
    return parser.parse_args()


def take(context: BrowserContext, args: argparse.Namespace) -> int:
    """Open the page and write the picture; returns the exit code."""
    page = context.new_page()
    page.on("console", lambda message: print(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: print(f"script error: {error}"))
    if args.login:
        sign_in(page, args)
    answer = page.goto(address(args.url), wait_until="networkidle")
    for selector in args.click:
        page.click(selector)
        page.wait_for_load_state("networkidle")
    if args.elder:
        page.evaluate("document.documentElement.dataset.mode = 'elder'")
    if args.printed:
        page.emulate_media(media="print")
    page.screenshot(path=args.out, full_page=not args.view, animations="disabled")
    print(f"{answer.status if answer else '-'} {page.url} sideways={page.evaluate(OVERFLOW)} -> {args.out}")
    return 0


def sign_in(page: Page, args: argparse.Namespace) -> None:
    page.goto(urljoin(args.url, "/login"))
    page.fill("[name=username]", args.login)
    page.fill("[name=password]", args.password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: not url.endswith("/login"))


def address(url: str) -> str:
    return url if urlsplit(url).scheme else Path(url).resolve().as_uri()


def main() -> int:
    args = arguments()
    found = chromium.find()  # before Playwright starts: it also chooses Playwright's Node
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**found.launch_options())
        context = browser.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": args.width, "height": args.height},
            device_scale_factor=args.scale,
            java_script_enabled=not args.plain,
        )
        pairs = [pair.partition("=") for pair in args.cookie + ["mode=elder"] * args.elder]
        if urlsplit(args.url).scheme.startswith("http"):
            context.add_cookies([{"name": name, "value": value, "url": args.url} for name, _, value in pairs])
        code = take(context, args)
        browser.close()
    return code


if __name__ == "__main__":
    sys.exit(main())
