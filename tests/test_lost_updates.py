"""The second of two edits of the same thing: 409, and nothing is overwritten. A walk over every form that edits."""

import re
from dataclasses import dataclass
from html import unescape
from secrets import token_hex

import pytest

from tests.canaries import all_rows
from tests.test_access import NAMING, address, key_of

FORM = re.compile(r'<form\b[^>]*\bmethod="post"[^>]*>.*?</form>', re.DOTALL)
FIELD = re.compile(r"<(?:(input)\b([^>]*)>|(textarea|select)\b([^>]*)>(.*?)</\3>)", re.DOTALL)
BUTTON = re.compile(r'<button\b([^>]*\bname="[^>]*)>')
KEEPERS = ("city", "wantong", "unit")
# Moves with a prewritten sentence: nothing is kept that the second could overwrite, and the state refuses it.
MOVES = re.compile(r"/office/help/\d+/(acceptance|closing|merger|result)")
SHOWN = {"csrf_token", "key", "picture_step", "region_step", "preview"}


@dataclass(frozen=True)
class Edit:
    """A form on a page that shows what is kept, to be changed: its address, its fields, and who saw it."""

    who: str
    page: str
    action: str
    fields: tuple[tuple[str, str], ...]
    typed: str  # a field of it that a person types into

    @property
    def name(self):
        return re.sub(r"\d+", "<id>", self.action)

    def sent(self, word):
        """What a browser sends after this word was added to the typed field."""
        sent = dict(self.fields)
        return sent | {self.typed: f"{sent[self.typed]}{word}"}


@pytest.fixture
def app(world_app):
    """These tests look at the world."""
    return world_app


def attribute(tag, name):
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return unescape(found.group(1)) if found else ""


def edits(who, page, html):
    """The forms of this page that hold something a person may type over."""
    for form in FORM.findall(html):
        fields, typed = [], ""
        for plain, given, tag, attributes, inner in FIELD.findall(form):
            tag, attributes = plain or tag, given or attributes
            name, kind = attribute(attributes, "name"), attribute(attributes, "type")
            value = _value(tag, kind, attributes, inner)
            if name and value is not None:
                fields.append((name, value))
                free = tag == "textarea" or (tag == "input" and kind in ("text", "number"))
                typed = typed or (name if free and value.strip() and name not in SHOWN else "")
        buttons = [(attribute(one, "name"), attribute(one, "value")) for one in BUTTON.findall(form)]
        fields += [button for button in buttons if button[0] not in SHOWN][:1]
        if typed:
            yield Edit(who, page, attribute(form, "action") or page, tuple(fields), typed)


def _value(tag, kind, attributes, inner):
    if tag == "textarea":
        held = unescape(inner).strip()
        return f"{held}（再写几句，够最少的字数。）" if held else ""
    if tag == "select":
        chosen = re.search(r"<option\b([^>]*\bselected[^>]*)>", inner) or re.search(r"<option\b([^>]*)>", inner)
        return attribute(chosen.group(1), "value") if chosen else ""
    if kind in ("checkbox", "radio"):
        value = attribute(attributes, "value") if 'value="' in attributes else "on"
        return value if re.search(r"\bchecked\b", attributes) else None
    return None if kind in ("file", "submit", "button") else attribute(attributes, "value")


def found(clients, world, only=""):
    """One of each kind of edit form on the pages of the world's rows, and on the member's own."""
    kinds = {}
    pages = [(who, address(route, world, "wantong")) for route in NAMING if route.method == "GET" for who in KEEPERS]
    pages += [("volunteer", address(route, world, "wantong")) for route in NAMING if key_of(route)[:6] == "member"]
    pages.append(("member", "/member/profile"))
    for who, page in pages:
        if only and only.replace(":", "/") not in page:
            continue
        answer = clients(who).get(page)
        if answer.status_code == 200:
            for edit in edits(who, page, answer.text):
                if not MOVES.fullmatch(edit.action):
                    kinds.setdefault(edit.name, edit)
    return kinds


LEAST = 13  # kinds of edit forms there are: fewer means that the walk has lost its way


def second_of_two(clients, edit):
    """(status of the first, status of the second, whether the second left a trace)."""
    client = clients(edit.who)
    page = client.get(edit.page).text  # as it is now: another form of this walk may have changed the thing
    edit = next(one for one in edits(edit.who, edit.page, page) if one.name == edit.name)
    one, other = ("1", "2") if edit.sent("")[edit.typed].isdecimal() else ("甲", "乙")
    first = client.post(edit.action, data=edit.sent(one))
    second = client.post(edit.action, data=edit.sent(other) | {"key": token_hex(16)})  # somebody else's form
    typed = edit.sent(other)[edit.typed]
    return first.status_code, second.status_code, f'"{typed}"' in all_rows()


@pytest.mark.sqlite_only
def test_the_second_of_two_edits_is_refused_and_overwrites_nothing(clients, world):
    """Each kind of form is sent twice as it was shown, with different words; whatever it edits, one wins."""
    kinds = found(clients, world)
    assert len(kinds) >= LEAST, sorted(kinds)
    answers = {name: second_of_two(clients, edit) for name, edit in kinds.items() if "version" in dict(edit.fields)}
    wrong = {name: got for name, got in answers.items() if got not in ((200, 409, False), (303, 409, False))}
    assert not wrong and len(answers) == len(kinds), (wrong, sorted(kinds.keys() - answers.keys()))


@pytest.mark.sqlite_only
def test_the_walk_catches_a_form_that_does_not_look(clients, world, monkeypatch):
    """Planted: the check is switched off; the second edit goes through and the walk sees it."""
    edit = found(clients, world, "office:units")["/office/units/<id>/name"]
    monkeypatch.setattr("app.models.units.verbs.must_be_as_seen", lambda *args: None)
    assert second_of_two(clients, edit) == (303, 303, True)
