"""A wrong filter is named where htmx swaps the results in, too: there the form above them stays as it was."""

import pytest

from tests.test_access import routes

pytestmark = pytest.mark.sqlite_only
LONG = {"q": "长" * 51}
LISTS = sorted({one.rule for one in routes() if one.method == "GET" and "<" not in one.rule and one.endpoint != "htmx"})


@pytest.mark.parametrize("username", ["", "city", "wantong"])
def test_the_part_says_what_is_wrong_with_the_words(app, clients, username):
    client = clients(username) if username else app.test_client()
    refused, silent = [], []
    for path in LISTS:
        with client.get(path, query_string=LONG, headers={"HX-Request": "true", "HX-Request-Type": "partial"}) as part:
            if part.status_code == 422:
                refused.append(path)
                silent += [path] if "最多 50 个字" not in part.text else []
    assert refused and not silent
