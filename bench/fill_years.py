"""Fill a copy of a filled city with what ten years leave: help, reports, stars, disputes, teams, messages, history.

    python -m bench.fill_years DATABASE_URL tiny|small|mid|full

These databases are of their own (`ground.years`), since the rows of `make bench` compare cities without them. bench/years/ has
the rows; what of them is kept elsewhere is brought into step here, and history is sealed and proved by the product itself.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app import create_app
from app.db import db
from app.models.histories.proof import verify
from app.models.histories.seal import seal_next
from bench.fill import close, connection, write
from bench.in_step import put_right
from bench.sizes import SIZES, Size
from bench.years import past as joining
from bench.years import shown, told
from bench.years.city import Past, Rows
from bench.years.help import Help

HISTORY = ("history_note", "history_seal", "history")
MEMBERS = "SELECT {} FROM team_member WHERE team_member.team_id = team.id AND team_member.status = 'member'"
IN_STEP = (
    f"UPDATE team SET members = ({MEMBERS.format('count(*)')}), leader_id = ({MEMBERS.format('min(volunteer_id)')})",
    "UPDATE activity SET told_at = f.published_at FROM feedback AS f WHERE f.activity_id = activity.id AND f.status = 'published'",
    "UPDATE activity SET team_id = 1 + id % (SELECT count(*) FROM team) WHERE id >= 1000 AND id % 4 = 0",
    "UPDATE activity SET base_id = 1 + id % (SELECT count(*) FROM service_base) WHERE id >= 1000 AND id % 4 = 1",
)


def main(url: str, size: Size) -> None:
    """Write every table anew, then what is kept of them."""
    app = create_app({"SQLALCHEMY_DATABASE_URI": url, "TESTING": True, "UPLOAD_URL": "/nonexistent"})
    with app.app_context():
        pour(url, size)
        db.session.remove()
        db.engine.dispose()


def pour(url: str, size: Size) -> None:
    """The ten years into the database of a filled city, inside an application context."""
    past = Past(size)
    held = tables(past)
    db.session.remove()
    db.engine.dispose()
    try:
        with emptied(url, [*held, *HISTORY]):
            for table, rows in held.items():
                is_numbered = "id" in db.metadata.tables[table].columns
                write(url, table, numbered(rows()) if is_numbered else rows())
        if url.startswith("postgresql"):
            connection(url).execute("VACUUM ANALYZE")
    finally:
        close(url)
    put_right(IN_STEP, [table for table in held if table != "history_note"])
    while seal_next():
        db.session.commit()
    if wrong := verify().wrong:
        raise RuntimeError(f"the fill left a history that is not as it was sealed: {wrong}")
    db.session.rollback()


def tables(past: Past) -> dict[str, Callable[[], Rows]]:
    """What writes the rows of each table, one after another."""
    asked = Help(past)
    here: dict[str, Callable[[Past], Rows]] = {
        "report": told.reports,
        "team": shown.teams,
        "team_member": shown.members,
        "service_base": shown.bases,
        "notice": told.notices,
        "professional_group": shown.groups,
        "professional": shown.professionals,
        "unit_dispute": shown.disputes,
        "honour": shown.stars,
        "feedback": told.feedback,
        "application": joining.applications,
        "import": joining.imports,
        "invitation": joining.invitations,
        "message": told.messages,
        "history": joining.history,
        "history_note": joining.notes,
    }
    help_rows = {
        "help_request": asked.requests,
        "public_case": asked.cases,
        "assignment": asked.assignments,
        "contact_view": asked.looks,
    }
    return help_rows | {table: (lambda rows=rows: rows(past)) for table, rows in here.items()}


def numbered(rows: Rows) -> Rows:
    """Ids from 1, in the order of time, by which the rows name each other."""
    return ({"id": number, **row} for number, row in enumerate(rows, 1))


@contextmanager
def emptied(url: str, names: list[str]) -> Iterator[None]:
    """These tables are empty; what keeps history from being changed comes back after the block.

    The few lines that the bench has left there would be the oldest, and history is in the order of time.
    """
    line, kept = connection(url), []
    if url.startswith("sqlite"):
        held = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'history%'"
        kept = line.execute(held).fetchall()
    for name, _ in kept:
        line.execute(f"DROP TRIGGER {name}")
    for name in reversed(names):
        line.execute(f'DELETE FROM "{name}"')
    line.commit()
    yield
    for _, trigger in kept:
        line.execute(trigger)
    line.commit()


if __name__ == "__main__":
    main(sys.argv[1], SIZES[sys.argv[2]])
