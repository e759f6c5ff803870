"""Save the pages of a running site: `python tools/save_pages.py http://127.0.0.1:8000 FOLDER [USER …]`.

Follows the links that a visitor sees, then what each named demo account sees, only on this site and only by GET.
Of addresses that differ in numbers or queries alone, the first SAME are taken. Prints what did not answer 200.
"""

import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter, deque
from http.cookiejar import CookieJar
from pathlib import Path

SAME = 3
MOST = 400  # pages an account
DEMO_PASSWORD = "Xuzhou-Demo-2026"


class Visitor:
    """A browser with a cookie jar of its own."""

    def __init__(self, site: str) -> None:
        self.site = site.rstrip("/")
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def sign_in(self, user: str) -> None:
        form = urllib.parse.urlencode({"username": user, "password": DEMO_PASSWORD}).encode()
        headers = {"Origin": self.site, "Sec-Fetch-Site": "same-origin"}
        try:
            answer = self.opener.open(urllib.request.Request(self.site + "/login", form, headers))
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            if urllib.parse.urlsplit(answer.url).path.endswith("/login"):
                raise SystemExit(f"{user} could not sign in: {answer.status}")

    def get(self, path: str) -> tuple[int, str]:
        """Status and, when it is HTML, the page."""
        try:
            with self.opener.open(self.site + path) as answer:
                is_html = answer.headers.get_content_type() == "text/html"
                return answer.status, answer.read().decode() if is_html else ""
        except urllib.error.HTTPError as error:
            with error:
                return error.code, ""

    def walk(self, start: str, folder: Path) -> int:
        """Save every page that can be reached from `start`; returns how many."""
        folder.mkdir(parents=True, exist_ok=True)
        waiting, seen, kinds, saved = deque([start]), {start}, Counter(), 0
        while waiting and saved < MOST:
            path = waiting.popleft()
            kind = re.sub(r"\d+", "0", path.partition("?")[0]) + ("?" if "?" in path else "")
            kinds[kind] += 1
            if kinds[kind] > SAME:
                continue
            status, page = self.get(path)
            if status != 200:
                print(f"{status} {path}")
            elif page:
                saved += 1
                Path(folder, re.sub(r"[^\w.-]+", "_", path)[:120] + f"-{saved}.html").write_text(page, encoding="utf-8")
                new = dict.fromkeys(link for link in links(page) if link not in seen)
                seen |= new.keys()
                waiting += new
        return saved


def links(page: str) -> list[str]:
    """Addresses of this site that the page links to."""
    found = (
        address.replace("&amp;", "&").partition("#")[0] for address in re.findall(r'<a\b[^>]*\shref="([^"]+)"', page)
    )
    return [address for address in found if re.match(r"/(?!/|static/)", address)]


def main(site: str, folder: Path, users: list[str]) -> int:
    for user in ["", *users]:
        visitor = Visitor(site)
        if user:
            visitor.sign_in(user)
        start = "/" if not user else "/office/" if user not in ("volunteer", "member") else "/member/"
        print(f"{user or 'visitor'}: {visitor.walk(start, folder / (user or 'visitor'))} pages")
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]))
