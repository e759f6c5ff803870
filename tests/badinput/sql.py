"""SQL and sort: what would end a statement, name another column, or stand for a place in a list."""

import base64
import json

from tests.badinput import INERT, many


def _position(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


INJECTED = many(
    INERT,
    "",
    quote="'",
    double_quote='"',
    always_true="' OR '1'='1",
    comment="admin'--",
    number_true="1 OR 1=1",
    union='\' UNION SELECT username, password_hash FROM "user"--',
    stacked="1; DROP TABLE activity;--",
    sleep_postgresql="1' AND (SELECT pg_sleep(9)) IS NULL--",
    sleep_sqlite="' AND randomblob(1000000000)--",
    error_based="' AND CAST((SELECT version()) AS int)=1--",
    order_by="id DESC, (SELECT 1/0)",
    column_name="password_hash",
    like_wildcards="%_%",
    like_escape="\\%\\_\\",
    colon_bind=":id %(id)s ?1 $1",
    dollar_quotes="$$;SELECT 1;$$",
)
POSITIONS = many(
    INERT,
    "",
    position_that_is_none="not a position",
    position_too_short=_position(),
    position_too_long=_position(1, 2, 3, 4, 5, 6, 7, 8, 9),
    position_of_words=_position("' OR 1=1--", "x"),
    position_beyond_integers=_position("2026-01-01T00:00:00+00:00", 2**63),
    position_before_time=_position("0001-01-01T00:00:00+14:00", 1),
    position_after_time=_position("9999-12-31T23:59:59-14:00", 1),
    position_of_lists=_position([[[]]], {"a": 1}),
    position_nested="W" * 4_000,
    position_not_a_number=_position(float("nan"), float("inf")),
    position_nul=_position("\0", 1),
    position_surrogate=base64.urlsafe_b64encode(b'["\\ud800", 1]').decode().rstrip("="),
)
ALL = [*INJECTED, *POSITIONS]
