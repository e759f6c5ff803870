"""One template per page; htmx receives named blocks of it. The view chooses, never the client."""

from typing import Any

from flask import Response, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue


def wants_fragment() -> bool:
    """True for an htmx swap of a part; false for a whole page (also when htmx restores history)."""
    return request.headers.get("HX-Request-Type") == "partial" and "HX-History-Restore-Request" not in request.headers


def render(template: str, *fragments: str, status: int = 200, **context: Any) -> ResponseReturnValue:
    """The whole page; for htmx only these named blocks of it (none named: the whole page)."""
    if fragments and wants_fragment():
        return _blocks(template, *fragments, **context), status
    return render_template(template, **context), status


def swap(template: str, *fragments: str, otherwise: str, status: int = 200, **context: Any) -> ResponseReturnValue:
    """After a POST: the changed blocks for htmx, a redirect (303) to `otherwise` without it."""
    if wants_fragment():
        return _blocks(template, *fragments, **context), status
    return redirect(otherwise, code=303)


def go(location: str) -> Response:
    """Send the whole window to `location`; a plain redirect would be swapped into the part's place."""
    if "HX-Request" in request.headers:
        return Response(status=204, headers={"HX-Redirect": location})
    return redirect(location, code=303)  # type: ignore[return-value]


def _blocks(template: str, *fragments: str, **context: Any) -> str:
    current_app.update_template_context(context)
    source = current_app.jinja_env.get_template(template)
    return "".join("".join(source.blocks[name](source.new_context(context))) for name in fragments)
