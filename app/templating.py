"""Jinja as the product compiles it: the same language and the same escaping, with less done for each `{{ }}` and each call.

A list page writes two thousand values and calls five hundred macros. For each value Jinja makes a `Markup` only to join
it into a plain string at once; for each call it asks what kind of function this is (docs/performance.md).
"""

import operator
import re
from collections.abc import Callable
from enum import Enum
from functools import lru_cache
from typing import Any

from flask import Flask
from flask.templating import Environment as FlaskEnvironment
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]

from app.compiled import Compiled
from app.freshness import Same

ROOM = 1_000_000  # letters of what plain macros answered, in all; then all is forgotten
LEAVES = frozenset({str, Markup, int, bool, float, type(None), Same})
# Macros that are nothing but their arguments: no token, no clock, nobody who looks.
NAMES = (
    "icon logo button badge mark tag count crumb page_h sec_h tabs empty art cover face bar hbar seats day steps side "
    "select chips chip_rows q pager th header foot tabbar unread"
)
PLAIN = frozenset(NAMES.split())


def shown(value: Any) -> str:
    """A value as it stands in a page: escaped unless it is Markup. What `escape` gives, without making it Markup."""
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    if kind is str:
        return _escape_inner(value)
    return str(value) if kind is int else escape(value)


# What a plain macro leaves open: letters of no script, in whose place `placed` puts what hangs on the person and the request.
OPEN = {"HERE": "\ue000", "TOKEN": "\ue001", "NAME": "\ue002", "UNREAD": "\ue003"}
_open = re.compile(f"([{''.join(OPEN.values())}])")
# What stands between the open places, and in every second place the letter of one.
_parted = lru_cache(maxsize=128)(_open.split)


def placed(text: str, **parts: Any) -> Markup:
    """A plain macro's answer with its open places filled, each with a value as it would stand in a page."""
    filled = {OPEN[name]: shown(value) for name, value in parts.items()}
    pieces = [*_parted(text)]
    pieces[1::2] = [filled.get(sign, "") for sign in pieces[1::2]]
    return Markup("".join(pieces))  # noqa: S704 - both are escaped already


class Generator(CodeGenerator):
    """Writes `shown(…)` for `escape(…)`, and calls outright. No function of ours is marked `pass_context` or the like
    (tests/test_templating.py), and a macro called so escapes as the environment does: in every template of ours."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        """The template's module, with the names that every part of it uses."""
        self.writeline("shown, call = environment.shown, environment.call")
        super().visit_Template(node, frame)

    def writeline(self, x: str, node: nodes.Node | None = None, extra: int = 0) -> None:
        """A block and a parent hand over one text, not each of its pieces through all the frames above."""
        began, _, pieces = x.rpartition("yield from ")
        super().writeline(f"yield ''.join({pieces})" if not began and pieces != x else x, node, extra)

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        """A call, with its arguments as they stand."""
        self.write("call(")
        self.visit(node.node, frame)
        self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        self.write(")")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("shown(")


class Environment(FlaskEnvironment):
    """Flask's, compiling so."""

    code_generator_class = Generator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bytecode_cache = Compiled(self)
        self.globals.update(OPEN)
        self.filters["placed"] = placed

    def make_globals(self, d: Any) -> Any:
        """A template's globals as one dictionary: it is copied for each context, and what is global is settled at the start."""
        return super().make_globals(d) if self.auto_reload else {**self.globals, **(d or {})}

    shown = staticmethod(shown)
    call: Any = staticmethod(operator.call)


class Macros:
    """A macro file as a template global: blocks rendered alone do not see their page's imports.

    What a plain macro answered is kept by its arguments.
    """

    def __init__(self, app: Flask, template: str) -> None:
        self._app, self._template = app, template
        self._held: Any = None
        self._known: dict[Any, Markup] = {}
        self._room = ROOM

    def __getattr__(self, name: str) -> Any:
        env = self._app.jinja_env
        if self._held is None or env.auto_reload:
            self._held = env.get_template(self._template).make_module({})
        macro = getattr(self._held, name)
        if name in PLAIN and not env.auto_reload:
            macro = self._remembering(name, macro)
        if not env.auto_reload:
            setattr(self, name, macro)  # asked for again, it is found at once
        return macro

    def _remembering(self, name: str, macro: Callable[..., Markup]) -> Callable[..., Markup]:
        """The macro, rendered once for each set of simple arguments."""

        def remembered(*args: Any, **more: Any) -> Markup:
            try:
                key = name, _key(args), _key(more) if more else None
            except TypeError:  # a caller's body, a field of a form
                return macro(*args, **more)
            return self._known.get(key) or self._keep(key, macro(*args, **more))

        return remembered

    def _keep(self, key: Any, answer: Markup) -> Markup:
        self._room -= len(answer) + 200
        if self._room < 0:
            self._known.clear()
            self._room = ROOM
        self._known[key] = answer
        return answer


def _key(value: Any) -> Any:
    """What a macro's answer depends on. Types too: `Markup('<b>')` equals '<b>' and is shown otherwise."""
    kind = type(value)
    if kind in LEAVES or isinstance(value, Enum):
        return kind, value
    if kind is tuple or kind is list:
        # nearly all are leaves: no call for each
        return kind, *[(type(one), one) if type(one) in LEAVES else _key(one) for one in value]
    if kind is dict:
        return kind, *((name, _key(one)) for name, one in value.items())
    raise TypeError
