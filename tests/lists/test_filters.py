"""Every filter of every full list: it answers, and its counts are right."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from app import clock
from tests.lists.finding import get, lists, right, shown
from tests.lists.watching import Watch
from tests.pages import Visit
from tests.test_every_page import Readers, report

pytestmark = pytest.mark.full
WAY = ("after", "before", "format")


def offers(html: str, path: str) -> dict[str, str | None]:
    """Every address of this list to which its filters lead, with the number that is promised there."""
    here, found = urlsplit(path).path, {}
    for attributes, text in re.findall(r"<a ([^>]*)>(.*?)</a>", html, re.DOTALL):
        href = unescape(dict(re.findall(r'([\w-]+)="([^"]*)"', attributes)).get("href", ""))
        query = dict(parse_qsl(urlsplit(href).query))
        if urlsplit(href).path == here and query and not query.keys() & set(WAY):
            number = re.search(r'class="[^"]*(?:cnt|num)[^"]*">([\d,]+\+?)<', text)
            found[f"{here}?{urlencode(query)}"] = number[1] if number else None
    for form in re.findall(r'<form [^>]*method="get".*?</form>', html, re.DOTALL):
        for tag in re.findall(r"<label class=\"chip\">.*?</label>|<input [^>]*>", form, re.DOTALL):
            given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag.partition(">")[0] if tag.startswith("<input") else tag))
            number = re.search(r'<span class="n num">([\d,]+\+?)<', tag)
            if given.get("type") in ("radio", "checkbox") and given.get("name"):
                pair = urlencode({given["name"]: unescape(given.get("value", "y"))})
                found[f"{here}?{pair}"] = number[1] if number else None
        for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
            for value in re.findall(r'<option value="([^"]*)"', options):
                found[f"{here}?{urlencode({name: unescape(value)})}"] = None
    return found


def test_every_filter_answers_and_counts_right(kind, full, watch, monkeypatch):
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)  # or an activity may begin between a promise and its list
    wrong = {}
    tried = 0
    for visit in lists(kind, *full, watch).values():
        html = get(full[0], visit.who, visit.path).text
        watch.last()
        every = offers(html, visit.path)
        tried += len(every)
        for path, promised in every.items():
            if found := list(faults_of_filter(full[0], visit, path, promised, watch)):
                wrong[f"{visit.who} {path}"] = found
        chosen = {name for path in every for name, _ in parse_qsl(urlsplit(path).query)}
        for name in chosen:
            answer = get(full[0], visit.who, f"{visit.path}?{urlencode({name: 'zqx-没有'})}")
            watch.last()
            if answer.status_code not in (200, 422):
                wrong[f"{visit} {name}"] = [f"impossible: {answer.status_code}"]
    assert tried > 200
    assert not wrong, report(wrong)


def faults_of_filter(readers: Readers, visit: Visit, path: str, promised: str | None, watch: Watch) -> Iterator[str]:
    """What is wrong with the list behind one value of one filter."""
    watch.counting = True
    answer = get(readers, visit.who, path)
    watch.counting = False
    seen = watch.last()
    if answer.status_code != 200 or seen is None:
        yield f"status {answer.status_code}"
        return
    number = seen.count
    if not right(shown(answer.text), number):
        yield f"says {shown(answer.text)}, holds {number}"
    if not number and not re.search(r'class="empty|没有|还没', answer.text):
        yield "is empty without a word"
    if promised and not right(promised, number):
        yield f"promised {promised}, holds {number}"
