"""Templates compiled leaner mean what they meant: the same bytes, the same escaping (app/templating.py)."""

import re

import pytest
from flask import Flask
from markupsafe import Markup

from app.state_words import BADGES
from app.templating import PLAIN, Environment, Macros

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
    for file in ("basic", "show", "listing", "talk", "forms"):
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
