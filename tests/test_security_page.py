"""docs/security*.md: every path that they name exists, every count is true, every requirement stands there once."""

import re
from collections import Counter

import pytest

from tests.support import ROOT

PAGES = [ROOT / "docs/security.md", *sorted((ROOT / "docs/security").glob("*.md"))]
ROW = re.compile(r"^\| (\d+\.\d+)\.(\d+) \| [^|]+ \| (met|operator|not met|n/a) \|(.*)\|$", re.M)
PLACES = r"(?:app|tests|docs|deploy|drills|tools|migrations)/[\w./-]+"
FILE = re.compile(rf"`({PLACES}|[\w.-]+\.(?:py|txt|in|json|toml|md))`")


def rows() -> list[tuple[str, ...]]:
    return ROW.findall((ROOT / "docs/security/asvs.md").read_text())


def missing(text: str) -> list[str]:
    return [path for path in FILE.findall(text) if not (ROOT / path).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_exists(page):
    named = FILE.findall(page.read_text())
    assert len(named) > 15 and missing(page.read_text()) == []


def test_a_path_that_is_gone_is_noticed():
    assert missing("`app/access.py` and `app/gone.py`, `gone.txt`") == ["app/gone.py", "gone.txt"]


def test_the_counts_of_the_head_are_true():
    counts = Counter(verdict for _, _, verdict, _ in rows())
    said = " ".join((ROOT / "docs/security.md").read_text().split())
    total = sum(counts.values())
    assert f"{total} requirements, of which {counts['n/a']} are n/a; of the {total - counts['n/a']} that apply" in said
    met, operator, missed = counts["met"], counts["operator"], counts["not met"]
    assert f"{met} are met, {operator} are the operator's, {missed} are not met" in said
    listed = re.search(r"\*\*Not met\*\*.*?\n\n", (ROOT / "docs/security.md").read_text(), re.S)
    assert listed
    assert re.findall(r"\((\d+\.\d+\.\d+)\)", listed.group()) == [f"{a}.{b}" for a, b, v, _ in rows() if v == "not met"]


def test_every_requirement_stands_once():
    assert len(rows()) == len({row[:2] for row in rows()}) == 210
    table = (ROOT / "docs/security/asvs.md").read_text()
    assert len(re.findall(r"^\| \d", table, re.M)) == 210  # no row that the counts overlook
