"""The application. `create_app` read from top to bottom is the table of contents."""

from typing import Any

from flask import Flask, Request, Response, current_app
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter, ValidationError
from werkzeug.sansio.http import parse_cookie
from werkzeug.utils import cached_property

import config
from app import access, assets, cli, errors, headers, labels, limits, logs, origin, signed, turns, viewing, watch
from app.accounts import sessions
from app.addresses import Addresses
from app.answering import answering
from app.db import db, engine_options, prepare, reading
from app.demo.accounts import refuse_demonstration
from app.finished import Answer, Pages
from app.templating import Environment, Macros

MACROS = {
    "ui": "ui",
    "frame": "frame",
    "lists": "listing",
    "pickers": "pickers",
    "asks": "asks",
    "att": "attendance",
}  # name in templates → file in macros/

csrf = signed.Protection()


class Asked(Request):
    """A request. Forms are sent as forms: no view reads JSON, and Flask-WTF would, however deep it is nested."""

    is_json = False

    @cached_property
    def cookies(self) -> Any:
        """As Werkzeug reads them, without looking through every header for the one."""
        return parse_cookie(self.environ.get("HTTP_COOKIE", ""), cls=self.dict_storage_class)


class Site(Flask):
    """Flask with one commit a request (after the view, when an unsafe method answered below 400) and finished pages."""

    jinja_environment, request_class, response_class = Environment, Asked, Answer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.finished, self.addresses, self.turns = Pages(self), Addresses(), turns.Turns()
        super().__init__(*args, **kwargs)

    def wsgi_app(self, environ: Any, start_response: Any) -> Any:
        start = headers.protected(start_response, production=self.config["PRODUCTION"])
        with answering():
            found = self.finished.serve(environ, start)
            if found is not None:
                return found
            token = reading.set(environ["REQUEST_METHOD"] in access.SAFE)
            try:
                with self.turns.one():
                    return super().wsgi_app(environ, start)
            finally:
                reading.reset(token)
                self.finished.over(environ)

    def process_response(self, response: Response) -> Response:
        answer: Any = super().process_response(response)
        return self.finished.keep(answer)

    def dispatch_request(self) -> ResponseReturnValue:
        response: Response = self.make_response(super().dispatch_request())
        if access.is_unsafe() and response.status_code < 400:
            db.session.commit()
        return response

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        build = super().url_for
        return build(endpoint, **values) if self.debug else self.addresses.of(endpoint, values, build)

    def ensure_sync(self, func: Any) -> Any:
        """Nothing here is a coroutine, and Flask asks twenty times an answer."""
        return func


class Migrations:
    """What Flask-Migrate finds of the application. Alembic, 11 MB and a fifth of a start, is imported when it is first asked."""

    def __getattr__(self, name: str) -> Any:
        from flask_migrate import Migrate

        Migrate(render_as_batch=True, compare_type=True).init_app(current_app, db)  # takes this one's place
        return getattr(current_app.extensions["migrate"], name)


class Number(IntegerConverter):
    """`<int:id>` in addresses: what no INTEGER column holds names nothing (404), instead of failing in the database."""

    regex = "[0-9]+"  # not the digits of every alphabet: each row has one address

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(map, *args, **{"max": 2**31 - 1, **kwargs})


class Text(UnicodeConverter):
    """`<code>` in addresses: no database keeps a NUL, so an address with one names nothing (404)."""

    def to_python(self, value: str) -> str:
        if "\0" in value:
            raise ValidationError
        return value


class Prefix:
    """Serve the whole site under a path prefix (`URL_PREFIX=/dyzyz`); elsewhere a plain 404."""

    def __init__(self, wsgi: Any, prefix: str) -> None:
        self.wsgi, self.prefix = wsgi, prefix

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        path = environ.get("PATH_INFO", "")
        if path == self.prefix or path.startswith(self.prefix + "/"):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + self.prefix
            environ["PATH_INFO"] = path[len(self.prefix) :] or "/"
            return self.wsgi(environ, start_response)
        start = headers.protected(start_response, production=True)  # browsers heed what TLS asks over TLS only
        start("404 Not Found", [("Content-Type", "text/plain; charset=utf-8")])
        return [f"本站地址以 {self.prefix}/ 开头".encode()]


def create_app(overrides: dict[str, Any] | None = None) -> Flask:
    """Build the application from the environment; `overrides` (tests) are laid over its configuration."""
    logs.init()
    app = Site(__name__)
    app.url_map.converters |= {"int": Number, "default": Text, "string": Text}
    app.config.update(config.load() | (overrides or {}))
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine_options(app.config["SQLALCHEMY_DATABASE_URI"]))

    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
        app.turns.free = turns.AT_ONCE[db.engine.dialect.name]
    app.extensions["migrate"] = Migrations()
    origin.init(app)
    csrf.init_app(app)
    for part in (signed, sessions, assets, headers, errors, viewing, watch, cli):
        part.init(app)
    app.jinja_env.globals.update(**{name: Macros(app, f"macros/{file}.html") for name, file in MACROS.items()})
    app.jinja_env.globals["words"] = labels
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    _register_surfaces(app)
    limits.init(app)
    _behind(app)
    _refuse_unsafe(app)
    return app


def _register_surfaces(app: Flask) -> None:
    from app.blueprints import auth, member, office, portal

    for surface in (portal.portal, auth.auth, member.member, office.office):
        app.register_blueprint(surface)
    if not app.config["PRODUCTION"]:
        from app.blueprints.dev import dev

        app.register_blueprint(dev)
    for view in auth.WITHOUT_TOKEN:
        csrf.exempt(app.view_functions[view])


def _refuse_unsafe(app: Flask) -> None:
    """Do not start with a view that names no access, nor in production over the demonstration."""
    access.check_every_view(app)
    if app.config["PRODUCTION"]:
        refuse_demonstration(app)


def _behind(app: Flask) -> None:
    """Proxies that may be believed, and the path prefix."""
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    if app.config["URL_PREFIX"]:
        app.wsgi_app = Prefix(app.wsgi_app, app.config["URL_PREFIX"])  # type: ignore[method-assign]


__all__ = ["create_app", "db"]
