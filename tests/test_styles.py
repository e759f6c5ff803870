"""The style sheets, as a browser receives them: how much they weigh, and that nothing in them stands for nobody."""

import re
from pathlib import Path

from app import sheets
from app.assets import Assets
from tests.support import ROOT

SHEETS = ROOT / "app/static/css"
PAGE = 26_000  # bytes that one page loads, unpacked
ALL = 30_000  # bytes of all sheets together: what is new makes room for itself
COMPOSED = {
    "d1",
    "d2",
    "d3",
    "is-yes",
    "is-leave",
    "htmx-request",
}  # names that a template puts together, or htmx gives
LOADED = {  # what templates load besides portal.css, heaviest first; print.css stands alone
    "statistics": ("portal.css", "office.css", "charts.css"),
    "home": ("portal.css", "home.css"),
    "search": ("portal.css", "pages.css"),
    "paper": ("print.css",),
}


def received(client, name: str) -> bytes:
    answer = client.get(f"/static/css/{name}")
    assert answer.status_code == 200 and answer.mimetype == "text/css"
    return answer.data


def sources() -> str:
    """Everything that may name a class: templates, scripts, modules."""
    files = [file for kind in ("html", "js", "py") for file in (ROOT / "app").rglob(f"*.{kind}")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def classes(sheet: Path) -> set[str]:
    bare = re.sub(r"/\*.*?\*/|\{[^{}]*\}|\"[^\"]*\"", " ", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    return set(re.findall(r"\.([a-z][\w-]*)", bare))


def test_no_page_loads_more_style_than_this(client):
    heavy = {page: sum(len(received(client, name)) for name in names) for page, names in LOADED.items()}
    assert {page: size for page, size in heavy.items() if size > PAGE} == {}


def test_every_page_loads_sheets_that_were_weighed(client):
    named = set(re.findall(r"css/(\w+\.css)", sources()))
    assert (
        named == {sheet.name for sheet in SHEETS.glob("*.css")} == {name for names in LOADED.values() for name in names}
    )
    home = re.findall(r"/static/css/(\w+\.css)", client.get("/").text)
    assert tuple(home) == LOADED["home"]


def test_all_sheets_together_do_not_grow(client):
    assert sum(len(received(client, sheet.name)) for sheet in SHEETS.glob("*.css")) <= ALL


def test_every_class_of_a_sheet_is_named_somewhere():
    words = set(re.findall(r"[\w-]+", sources())) | COMPOSED
    assert {sheet.name: classes(sheet) - words for sheet in SHEETS.glob("*.css") if classes(sheet) - words} == {}


def test_a_sheet_is_sent_without_what_is_for_people_alone(tmp_path):
    """A token stands as its value only where nothing declares it again and where that is shorter."""
    (tmp_path / "portal.css").write_text(
        ":root{\n--red:#B00; --ink:#222;\n--long:1px solid var(--ink); /* a line */\n}\n"
        "[data-mode]{--ink:#000}\n.a .b, .c:has(:checked) {\n  color: var(--red);\n  width: calc(100% - 48px);\n}\n"
    )
    (tmp_path / "office.css").write_text(".d{border:var(--long);color:var(--ink);fill:var(--red,red)}.e{--red-l:1}")
    assert sheets.served(tmp_path) == {
        "portal.css": b":root{--ink:#222;--long:1px solid var(--ink)}[data-mode]{--ink:#000}"
        b".a .b,.c:has(:checked){color:#B00;width:calc(100% - 48px)}",
        "office.css": b".d{border:var(--long);color:var(--ink);fill:#B00}.e{--red-l:1}",
    }


def test_texts_addresses_and_tokens_behind_others_are_sent_as_they_stand(tmp_path):
    said = """.a::after{content:"甲, 乙; /* 丙 */"}.b{background:url(data:image/svg+xml,%3Csvg a=1, b=2%3E)}"""
    (tmp_path / "portal.css").write_text(
        f":root{{--x:1px;--y:2px}}\n{said}\n.c{{margin:var(--x, var(--y))}}.d{{top:var(--y)}}"
    )
    sent = sheets.served(tmp_path)["portal.css"].decode()
    assert said in sent and "--x:1px" in sent and ".c{margin:var(--x,2px)}.d{top:2px}" in sent


def test_every_value_that_a_sheet_asks_for_is_there(client):
    sent = "".join(received(client, sheet.name).decode() for sheet in SHEETS.glob("*.css"))
    declared = set(re.findall(r"(--[\w-]+):", sent))
    assert set(re.findall(r"var\((--[\w-]+)\)", sent)) <= declared | {"--g"}


def test_the_address_of_a_sheet_is_that_of_what_is_sent(app, monkeypatch):
    """It holds values of tokens that stand in another file, and browsers keep it for a year."""
    before = Assets(app).hashes(SHEETS / "office.css")
    monkeypatch.setattr(sheets, "served", lambda folder: {"office.css": b"with a new value"})
    assert Assets(app).hashes(SHEETS / "office.css") != before
