"""谁看过我的信息."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from app.access import me, signed_in
from app.blueprints.member import member
from app.htmx import render
from app.listing import AnyFilter, Key, Listing
from app.models.accounts.looks import looks_at
from app.timeline.looks import told


@member.get("/looks")
@signed_in
def looks() -> ResponseReturnValue:
    """Every look at my data by somebody else, newest first."""
    stmt = looks_at(me().id)
    at, nr = stmt.selected_columns.at, stmt.selected_columns.nr
    order = [Key(at, True, lambda row: row.at), Key(nr, True, lambda row: row.nr)]
    page = Listing(stmt, AnyFilter(request.args), order, scalars=False).page()
    lines: list[Any] = told(page.items)
    return render("member/looks.html", "results", page=page, lines=lines)
