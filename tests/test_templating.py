"""Templates compiled leaner mean what they meant: the same bytes, the same escaping (app/templating.py)."""

import re
import sys

import pytest
from flask import Flask
from jinja2 import DictLoader
from markupsafe import Markup

from app.compiled import Compiled
from app.db import db
from app.models import Message
from app.state_words import BADGES
from app.templating import OPEN, PLAIN, Environment, Macros, placed
from tests.cast import who

VALUES = ("<b>&\"'", Markup("<b>&amp;"), 7, True, None, 2.5, ["<"], "", next(iter(BADGES)))


@pytest.fixture
def both():
    """Our environment and Flask's own."""
    own = Flask("tests")
    own.jinja_environment = Environment
    return own.jinja_env, Flask("tests").jinja_env


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize(
    "source",
    [
        "{{ v }}|{{ v ~ '<' }}|{{ [v, v]|join('<i>') }}|{{ v|string|length }}",
        "{% macro m(x, y='&') %}<p>{{ x }}{{ y }}{% if caller %}{{ caller() }}{% endif %}</p>{% endmacro %}"
        "{{ m(v) }}{{ m(v, y=v) }}{% call m(v) %}{{ v }}{% endcall %}{% for n in range(2) %}{{ m(n, v) }}{% endfor %}",
        "{% set held %}<i>{{ v }}</i>{% endset %}{{ held }}{% autoescape false %}{{ v }}{% endautoescape %}",
        "{% block a %}{{ v }}{{ self.b() }}{% endblock %}{% block b %}{% for n in (1, 2) %}{{ loop.index }}{{ v }}{% endfor %}{% endblock %}",
    ],
)
def test_a_template_gives_what_flask_would_give(both, source, value):
    ours, theirs = (env.from_string(source).render(v=value) for env in both)
    assert ours == theirs


def test_a_page_of_three_templates_gives_what_flask_would_give(both):
    """Blocks, parents and included parts hand over one text each."""
    base = "<a>{% block a %}{{ v }}{% endblock %}{% for n in (1, 2) %}{% block b scoped %}{{ n }}{{ v }}{% endblock %}{% endfor %}</a>"
    middle = "{% extends 'base' %}{% block a %}{{ super() }}{% block c %}{% endblock %}{% endblock %}"
    page = "{% extends 'middle' %}{% set w = v %}{% block c %}{{ w }}{% include 'part' %}{% endblock %}{% block b %}{{ n }}{{ self.c() }}{% endblock %}"
    found = []
    for env in both:
        env.loader = DictLoader({"base": base, "middle": middle, "page.html": page, "part": "yield from {{ v }}"})
        found.append(env.get_template("page.html").render(v="<b>"))
    assert found[0] == found[1] and found[0].count("yield from <b>") == 3


def test_no_function_of_the_templates_asks_for_the_context(app):
    with app.test_request_context():
        asking = [name for name, one in app.jinja_env.globals.items() if hasattr(one, "jinja_pass_arg")]
    assert not asking


def test_a_plain_macro_tells_text_from_markup(app):
    with app.test_request_context():
        tag = app.jinja_env.globals["ui"].tag
        assert tag(Markup("<b>")) == '<span class="tag"><b></span>'
        assert tag("<b>") == '<span class="tag">&lt;b&gt;</span>'
        assert tag(1) != tag(True)


def test_plain_macros_write_nothing_of_a_person(app):
    """What is kept for everybody holds no token and asks no clock: their source names neither."""
    env = app.jinja_env
    wrong = []
    for file in ("basic", "show", "listing", "talk", "forms", "frame"):
        source = env.loader.get_source(env, f"macros/{file}.html")[0]
        for piece in source.split("{% macro ")[1:]:
            name, body = piece.split("(", 1)
            body = re.split("{%-? endmacro", body)[0].replace("icon('clock')", "")
            if name in PLAIN and any(
                word in body for word in ("token(", "clock", "words.when", "words.day", "me.", "unread")
            ):
                wrong.append(f"{file}: {name}")
    assert not wrong


def test_what_macros_keep_stays_within_bounds(app, monkeypatch):
    monkeypatch.setattr("app.templating.ROOM", 5000)
    with app.test_request_context():
        macros = Macros(app, "macros/basic.html")
        for number in range(200):
            macros.tag(f"{number}")
        assert len(macros._known) < 50


def test_what_is_open_in_the_frame_is_filled_once_and_escaped():
    text = placed(f"<b>{OPEN['NAME']}</b>{OPEN['TOKEN']}{OPEN['HERE']}", NAME=f"<{OPEN['TOKEN']}>", TOKEN=Markup("<i>"))
    assert text == f"<b>&lt;{OPEN['TOKEN']}&gt;</b><i>", (
        "a name holds no place of its own, and what nobody fills is empty"
    )


def test_the_frame_that_is_kept_names_nobody(app, clients):
    """Two people and a visitor look at the same page; whoever looks finds their own name, number and token."""
    who("volunteer").name, who("second").name = "<甲>", "乙乙"
    db.session.add(Message(user_id=who("volunteer").id, title="一条"))
    db.session.commit()
    pages = {name: clients(name).get("/about?from=here").text for name in ("volunteer", "second", "")}
    assert "&lt;甲&gt;" in pages["volunteer"] and '1<span class="sr"> 条未读消息' in pages["volunteer"]
    assert "乙乙" in pages["second"] and "甲" not in pages["second"] and "条未读消息" not in pages["second"]
    assert "乙乙" not in pages[""] and "csrf_token" not in pages[""] and "退出（" not in pages[""]
    tokens = [re.findall(r'name="csrf_token" value="([^"]+)"', pages[name]) for name in ("volunteer", "second")]
    assert len(tokens[0]) == len(tokens[1]) == 2 and not set(tokens[0]) & set(tokens[1])
    assert all('name="next" value="/about?from=here"' in page for page in pages.values())


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """An environment over one template, `page.html`, whose code is kept in a folder of the test's own; the texts that are compiled."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    compiled = []

    def environment(text: str, place="made", **settings):
        own = Flask("tests")
        own.jinja_environment = Environment
        env = own.jinja_env
        env.loader, env.bytecode_cache = DictLoader({"page.html": text}), Compiled(env, tmp_path / place)
        for name, value in settings.items():
            setattr(env, name, value)
        compile_ = env.compile

        def counted(source, *args, **more):
            compiled.append(source)
            return compile_(source, *args, **more)

        monkeypatch.setattr(env, "compile", counted)
        return env.get_template("page.html").render(v="<")

    return environment, compiled, tmp_path


def test_what_was_compiled_once_is_taken_from_beside_the_templates(kept):
    shown, compiled, _ = kept
    assert shown("{{ v }}") == shown("{{ v }}") == "&lt;"
    assert compiled == ["{{ v }}"]


def test_another_text_or_another_way_to_compile_is_compiled_anew(kept, monkeypatch, tmp_path):
    shown, compiled, _ = kept
    text = "{% if v %}\n{{ v }}{% endif %}"
    assert shown(text) == "\n&lt;"
    assert shown(text, trim_blocks=True) == "&lt;"
    assert shown(text + "!", trim_blocks=True) == "&lt;!"
    assert shown(text + "!", trim_blocks=True, autoescape=False) == "<!"
    (tmp_path / "templating.py").write_text("another way")
    monkeypatch.setattr("app.compiled.HERE", tmp_path)
    assert shown(text + "!", trim_blocks=True) == "&lt;!"
    assert len(compiled) == 5


def test_a_template_is_shown_where_nothing_may_be_kept(kept):
    shown, compiled, _ = kept
    assert shown("{{ v }}", "no/folder") == shown("{{ v }}", "no/folder") == "&lt;"
    assert len(compiled) == 2


def test_a_half_written_file_is_compiled_anew(kept):
    shown, compiled, place = kept
    shown("{{ v }}")
    (held,) = (place / "made").iterdir()
    held.write_bytes(held.read_bytes()[:-20])
    assert shown("{{ v }}") == "&lt;"
    assert len(compiled) == 2


def test_every_template_is_compiled_beforehand(app, monkeypatch, tmp_path):
    monkeypatch.setattr(app.jinja_env, "bytecode_cache", Compiled(app.jinja_env, tmp_path / "made"))
    app.jinja_env.cache.clear()
    result = app.test_cli_runner().invoke(args=["compile-templates"])
    assert result.exit_code == 0, result.output
    assert (
        len(list((tmp_path / "made").iterdir())) == len(app.jinja_env.list_templates(extensions=["html", "txt"])) > 200
    )
