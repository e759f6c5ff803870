"""The tools that judge us: each one catches what it is there to catch."""

import pytest

from tests.support.html import invalid, invalid_pages
from tools import check_house
from tools.save_pages import links
from tools.scan.__main__ import JUDGED, ROOT

PAGE = '<!doctype html><html lang="zh-CN"><head><title>页</title></head><body>{}</body></html>'


def test_a_valid_page_has_no_errors():
    assert invalid(PAGE.format('<h1>题</h1><button hx-post="/x">去</button>')) == []


@pytest.mark.parametrize(
    "wrong", ["<p><div>块</div></p>", '<b id="a"></b><b id="a"></b>', "<h1>一</h1><h3>三</h3>", "<img src='x'>"]
)
def test_an_invalid_page_is_caught(wrong):
    assert invalid(PAGE.format(wrong))


def test_of_many_pages_only_the_wrong_ones_are_named():
    assert list(invalid_pages({"/good": PAGE.format("好"), "/bad": PAGE.format("</p>")})) == ["/bad"]


@pytest.mark.parametrize(
    "wrong", ["<p style=''>", "<script>1</script>", "<a onclick='x'>", "{{ x | safe }}", "<a hx-on:click='x'>"]
)
def test_a_forbidden_word_in_a_template_is_caught(wrong, tmp_path, monkeypatch):
    monkeypatch.setattr(check_house, "ROOT", tmp_path)
    (tmp_path / "templates").mkdir()
    template = tmp_path / "templates" / "page.html"
    template.write_text("{# no style= here #}<script src='/x.js'></script>")
    assert check_house.breaches(template) == []
    template.write_text(wrong)
    assert check_house.breaches(template)


@pytest.mark.parametrize(("file", "part"), JUDGED, ids=str)
def test_what_a_scan_calls_no_fault_still_stands(file, part):
    """A line that was looked at and then rewritten is to be looked at again: nothing in the list speaks of lines that are gone."""
    assert part in (ROOT / file).read_text(encoding="utf-8")


def test_a_registry_is_caught(tmp_path, monkeypatch):
    monkeypatch.setattr(check_house, "ROOT", tmp_path)
    (tmp_path / "notes.md").write_text("from py" + "pi.org")
    assert check_house.breaches(tmp_path / "notes.md") == ["notes.md:1: a registry's host: py" + "pi.org"]


def test_only_links_of_this_site_are_followed():
    page = '<a href="/a?x=1&amp;y=2#z">a</a><a href="/static/x">b</a><a href="https://x.cn/">c</a>'
    assert links(page) == ["/a?x=1&y=2"]
