"""Who holds an activity and where: a 团队 and a 基地 of its community, both optional."""

from dataclasses import replace
from typing import Any

from sqlalchemy import literal, or_, select, union_all

from app.db import db
from app.models.activities.facts import Facts
from app.models.displays.showcase import Showcase
from app.models.region import within
from app.models.service_base import ServiceBase
from app.models.team import Team
from app.refusal import Invalid

KINDS: dict[str, tuple[Any, str]] = {"team": (Team, "团队"), "base": (ServiceBase, "服务基地")}
MOST = 300  # in a select
Choices = dict[str, list[tuple[int, str]]]


def host_choices(community: str, team_id: int | None = None, base_id: int | None = None) -> Choices:
    """What an activity of this community may name: `team` and `base`, each (id, name), the newest `MOST`; present ones stay.

    One statement.
    """
    kept = {"team": team_id or 0, "base": base_id or 0}  # for `id IS NULL` SQLite would read every team
    parts = []
    for kind, (model, _) in KINDS.items():
        here = within(model, community) if community else model.id.is_(None)
        wanted = or_((model.status == model.LIVING) & here, model.id == kept[kind])
        shown = select(literal(kind).label("kind"), model.id, model.name).where(wanted)
        parts.append(select(shown.order_by(model.id != kept[kind], model.id.desc()).limit(MOST).subquery()))
    found: Choices = {kind: [] for kind in KINDS}
    for kind, id, name in db.session.execute(union_all(*parts).order_by("name", "id")):
        found[kind].append((id, name))
    return found


def check_hosts(facts: Facts, old: Facts | None = None) -> None:
    """Invalid at `team` or `base` for one that is closed or of another community; what stood before may stay."""
    for kind, (model, word) in KINDS.items():
        wanted, before = getattr(facts, f"{kind}_id"), getattr(old, f"{kind}_id") if old else None
        same_place = old is not None and old.community == facts.community
        if wanted is None or (wanted == before and same_place):
            continue
        row: Showcase | None = db.session.scalar(select(model).where(model.id == wanted, _lies_in(model, facts)))
        if row is None:
            raise Invalid(kind, f"请选择本社区的{word}。")
        if not row.is_open:
            raise Invalid(kind, f"“{row.name}”已经停止活动，请换一个，或者不选。")


def still_open(facts: Facts) -> Facts:
    """The same without a team or a base that a new activity may not name."""
    try:
        check_hosts(replace(facts, base_id=None))
    except Invalid:
        facts = replace(facts, team_id=None)
    try:
        check_hosts(replace(facts, team_id=None))
    except Invalid:
        facts = replace(facts, base_id=None)
    return facts


def team_name(id: int | None) -> str:
    """The team's name, '' without one."""
    row = db.session.get(Team, id) if id else None
    return row.name if row else ""


def base_name(id: int | None) -> str:
    """The base's name, '' without one."""
    row = db.session.get(ServiceBase, id) if id else None
    return row.name if row else ""


def _lies_in(model: Any, facts: Facts) -> Any:
    inside = within(model, facts.community)
    return True if inside is None else inside
