"""Redirects and hosts: values for `next` that would lead away, and names of other sites."""

from tests.badinput import HERE, Bad, many

AWAY = many(
    HERE,
    "next",
    absolute="https://127.0.0.1:9/",
    no_scheme="//127.0.0.1:9/",
    three_slashes="///127.0.0.1:9/",
    backslash="/\\127.0.0.1:9/",
    two_backslashes="\\\\127.0.0.1:9",
    script="javascript:alert(1)",
    data="data:text/html,<script>alert(1)</script>",
    tab_inside="/\t/127.0.0.1:9",
    newline_inside="/\r\nLocation: https://127.0.0.1:9/",
    at_sign="https:127.0.0.1:9",
    user_info="http://localhost@127.0.0.1:9/",
    encoded_slashes="/%2f127.0.0.1:9",
    dots="/..//127.0.0.1:9",
    nul="/\0/127.0.0.1:9",
    full_width_slash="／／127.0.0.1:9",
    only_scheme="https:",
)
HOSTS = [
    "127.0.0.1:9",
    "localhost.127.0.0.1:9",
    "localhost:99999",
    "localhost@127.0.0.1",
    "",
    "a b",
    "[::1",
    "127.0.0.1:9/x",
]
ALL = [*AWAY, *(Bad(f"host {host or 'empty'}", host, HERE, "host") for host in HOSTS)]
