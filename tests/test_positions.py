"""What stands in `after=` and `before=` comes from outside: a value that no database keeps is no position."""

import pytest

from app.listing import Key
from app.models import SignUp, User
from app.positions import place_of, token

ORDER = (Key(User.name), Key(SignUp.id))


@pytest.mark.parametrize("values", [["a\0", 1], ["\ud800", 1], ["a", 2**40], ["a", 1e400], ["a"], ["a", [1]], {"a": 1}])
def test_a_hostile_position_is_none(values):
    assert place_of(token(values) if isinstance(values, list) else "e30", ORDER) is None


def test_rare_characters_are_a_position():
    assert place_of(token(["王𠮷明", 7]), ORDER) == ["王𠮷明", 7]
