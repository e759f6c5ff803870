"""Passwords that the registration refuses, and odd ones that it takes."""

from tests.badinput import INERT, REFUSED, many

ALL = [
    *many(
        REFUSED,
        "password",
        empty="",
        nine="Ab3-efgh9",
        one_letter="aaaaaaaaaaaa",
        a_run="0123456789",
        backwards="9876543210",
        common="password123",
        keyboard="qwertyuiop",
        repeated="abcabcabcabc",
        past_the_limit="x9!" * 50,
        a_megabyte="pq7" * 300_000,
        only_spaces=" " * 12,
        the_user_name="newcomer-2026-x",
        the_phone="x13712345678y",
    ),
    *many(
        INERT,
        "password",
        chinese="春眠不觉晓处处闻啼鸟",
        emoji="👍🏽👨‍👩‍👧‍👦🎉🎊🧨🧧🏮",
        spaces_inside="correct horse battery staple",
        nul_inside="abc\0defghijklm",
        quotes="'\"><script>alert(1)",
        combining="é́́́́́́́́́́́",
        a_hash="$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA",
    ),
]
