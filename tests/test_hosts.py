"""A Host header that is not ours is answered in plain words: every robot of the internet sends one."""

import pytest


@pytest.mark.sqlite_only
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", ["/", "/login", "/office/", "/static/none.css", "/nothing"])
def test_a_foreign_host_is_a_400(app, monkeypatch, method, path):
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["example.org"])
    answer = getattr(app.test_client(), method)(path, headers={"Host": "evil.example"})
    assert answer.status_code == 400 and answer.mimetype == "text/plain"
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and "Set-Cookie" not in answer.headers


@pytest.mark.sqlite_only
def test_our_own_host_is_served(app, monkeypatch):
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["example.org"])
    assert app.test_client().get("/login", headers={"Host": "example.org"}).status_code == 200
