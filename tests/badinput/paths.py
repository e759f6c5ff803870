"""Ids and paths: what names no row, and what would climb out of a folder."""

from tests.badinput import NOTHING, many

ALL = many(
    NOTHING,
    "path",
    zero="0",
    minus_one="-1",
    past_integer=str(2**31),
    past_bigint=str(2**63),
    forty_digits="9" * 40,
    five_thousand_digits="9" * 5_000,
    a_float="1.5",
    exponent="1e3",
    hexadecimal="0x1",
    plus="+1",
    full_width_digits="１２",
    arabic_digits="١٢",
    superscript="²",
    words="abc",
    nul="1%00",
    dots="..",
    climbing="..%2f..%2f..%2fetc%2fpasswd",
    climbing_backslash="..%5c..%5cwindows",
    double_encoded="%252e%252e%252f",
    overlong_utf8="%c0%ae%c0%ae",
    invalid_utf8="%ff%fe",
    space_after="1%20",
    quote="1'",
    long_name="a" * 2_000,
    another_host="//127.0.0.1:9",
    matrix="1;a=b",
)
