"""Objects of the session made from columns: what the ORM does for a row anyway, without working out for each statement how."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_state


def revived(session: Session, model: Any, values: Sequence[Any]) -> Any:
    """The object of this row, as a load leaves it: persistent, unchanged, and the one that the session may hold already.

    `values` are all columns of the model's table in their order, the number first; columns are named as their attributes.
    """
    mapper = model.__mapper__
    key = mapper.identity_key_from_primary_key(values[:1])
    known = session.identity_map.get(key)
    if known is not None:
        return known
    one = mapper.class_manager.new_instance()
    state = instance_state(one)
    state.key, state.session_id = key, session.hash_key
    one.__dict__.update(zip(mapper.local_table.c.keys(), values, strict=True))
    session.identity_map.add(state)
    return one
