"""Objects of the session made from columns: what the ORM does for a row anyway, without working out for each statement how."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_state


def revived(session: Session, model: Any, values: Sequence[Any], fresh: Sequence[str] = ()) -> Any:
    """The object of this row, as a load leaves it: persistent, unchanged, and the one that the session may hold already.

    `values` are all columns of the model's table in their order, the number first; columns are named as their attributes.
    Where `fresh` names those that were read, an object that is held already takes them over.
    """
    mapper = model.__mapper__
    key = mapper.identity_key_from_primary_key(values[:1])
    known = session.identity_map.get(key)
    if known is not None and not fresh:
        return known
    one = mapper.class_manager.new_instance() if known is None else known
    one.__dict__.update(zip(fresh or mapper.local_table.c.keys(), values, strict=True))
    state = instance_state(one)
    if known is None:
        state.key, state.session_id = key, session.hash_key
        session.identity_map.add(state)
    else:
        state._commit_all(one.__dict__, session.identity_map)
    return one
