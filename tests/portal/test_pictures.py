"""Who sees a picture: everybody while its thing is public, else who sent it and who keeps the thing."""

from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import Feedback, Picture
from app.models.activity import ActivityStatus
from tests import cast
from tests.support import photos
from tests.support.statements import statements

LOOKERS = (
    "",
    "member",
    "volunteer",
    "unit",
    "wantong",
    "wantong2",
    "baiyun",
    "far",
    "huanglou",
    "gulou",
    "yunlong",
    "city",
)
OFFICE = {"wantong", "wantong2", "huanglou", "gulou", "city"}


def seen_by(clients, picture):
    """Which of LOOKERS get the file; the others must get a 404 in both sizes."""
    found = set()
    for username in LOOKERS:
        client = clients(username)
        large, thumb = (client.get(f"/pictures/{picture.name}{size}.jpg").status_code for size in ("", "-thumb"))
        assert large == thumb and large in (200, 404)
        found |= {username} if large == 200 else set()
    return found


def feedback_with_picture(by="wantong"):
    activity = cast.make_activity(starts_at=clock.now() - timedelta(hours=1))
    user = cast.who(by)
    picture = Picture.keep(photos.photo(), by=user)
    feedback = Feedback.draft(activity, "义务劳动", "大家都来了，忙了一上午。", [(picture, "现场")], by=user)
    db.session.commit()
    return feedback, picture


def test_a_loose_picture_is_its_senders_alone(app, clients):
    picture = Picture.keep(photos.photo(), by=cast.who("wantong"))
    assert seen_by(clients, picture) == {"wantong"}


def test_a_drafts_picture_is_the_offices(app, clients):
    _, picture = feedback_with_picture()
    assert seen_by(clients, picture) == OFFICE


def test_a_published_one_is_everybodys_and_a_withdrawn_one_is_not(app, clients):
    feedback, picture = feedback_with_picture()
    feedback.publish(by=None)
    assert seen_by(clients, picture) == set(LOOKERS)
    feedback.withdraw(by=None, reason="有误")
    assert seen_by(clients, picture) == OFFICE


@pytest.mark.parametrize("status", list(ActivityStatus))
def test_a_cover_is_public_with_its_activity(app, clients, status):
    activity = cast.make_activity(status=status)
    picture = Picture.keep(photos.photo(), row=activity, by=None)
    assert seen_by(clients, picture) == (OFFICE if status is ActivityStatus.DRAFT else set(LOOKERS))


def test_public_bytes_are_kept_by_browsers_private_ones_by_nobody(app, clients):
    feedback, picture = feedback_with_picture()
    address = f"/pictures/{picture.name}.jpg"
    private = clients("wantong").get(address)
    assert private.headers["Cache-Control"] == "no-store" and private.headers["X-Content-Type-Options"] == "nosniff"
    feedback.publish(by=None)
    for client in (clients(""), clients("wantong")):
        answer = client.get(address)
        assert set(answer.headers["Cache-Control"].split(", ")) == {"public", "immutable", "max-age=604800"}
        assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.mimetype == "image/jpeg"
        assert "Set-Cookie" not in answer.headers
        assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("username", ["", "volunteer"])
def test_a_public_picture_costs_two_statements(app, clients, username):
    feedback, picture = feedback_with_picture()
    feedback.publish(by=None)
    client, address = clients(username), f"/pictures/{picture.name}.jpg"
    db.session.commit()
    with statements() as seen:
        client.get(address)
    assert len(seen) == 2, seen


@pytest.mark.parametrize("name", ["x" * 32, "a", "..%2f..%2fsecret", "0" * 32 + "-thumb-thumb"])
def test_other_names_are_not_found(client, name):
    assert client.get(f"/pictures/{name}.jpg").status_code == 404
