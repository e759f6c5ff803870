"""Numbers and dates: too large, too small, none at all, days that no calendar has."""

from tests.badinput import INERT, REFUSED, many

NUMBERS = [
    *many(
        REFUSED,
        "int",
        words="十",
        past_integer=str(2**31),
        past_bigint=str(2**63),
        five_thousand_digits="9" * 5_000,
        a_float="1.5",
        exponent="1e9",
        infinity="Infinity",
        not_a_number="NaN",
        minus_one="-1",
        past_integer_below=str(-(2**31) - 1),
        hexadecimal="0xff",
        two_numbers="1 2",
        sql="1;--",
        html="<b>1</b>",
    ),
    *many(INERT, "int", underscore="1_000", plus="+5", full_width="１２", spaces=" 7 ", leading_zeros="0007"),
]
DAYS = [
    *many(
        REFUSED,
        "date",
        words="明天",
        thirtieth_of_february="2026-02-30",
        month_thirteen="2026-13-01",
        year_zero="0000-01-01",
        five_digits="20260-01-01",
        american="01/31/2026",
        a_number="20260131x",
        html="<b>2026-01-01</b>",
        sql="2026-01-01' OR '1'='1",
        nul="2026-01-01\0x",
    ),
    *many(
        INERT, "date", year_one="0001-01-01", year_9999="9999-12-31", no_leap_year="2027-02-29", year_1800="1800-01-01"
    ),
]
MOMENTS = [
    *many(
        REFUSED,
        "moment",
        words="早上八点",
        hour_25="2026-12-01T25:00",
        minute_60="2026-12-01T08:60",
        thirtieth_of_february="2026-02-30T08:00",
        year_one="0001-01-01T00:00",
        year_9999="9999-12-31T23:59",
        a_zone="2026-12-01T08:00+14:00",
        sql="2026-12-01T08:00'--",
    ),
    *many(
        INERT, "moment", in_the_past="2001-01-01T00:00", far_ahead="2100-12-31T23:59", second_60="2026-12-01T08:00:60"
    ),
]
ALL = [*NUMBERS, *DAYS, *MOMENTS]
