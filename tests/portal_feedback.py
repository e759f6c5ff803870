"""Published feedback for tests of the portal."""

from datetime import timedelta

from app import clock
from app.media.pictures import make_safe
from app.models import Feedback, Picture
from tests import cast
from tests.support import photos

SAFE = make_safe(photos.photo(60, 40))


def published(title="义务劳动", community=cast.WANTONG, pictures=1, body="大家都来了，忙了一上午。", **facts):
    """A published feedback with pictures."""
    facts.setdefault("starts_at", clock.now() - timedelta(hours=1))
    activity = cast.make_activity(community, **facts)
    chosen = [(Picture.keep(SAFE, by=None), f"{title}现场{number}") for number in range(pictures)]
    feedback = Feedback.draft(activity, title, body, chosen, by=None)
    feedback.publish(by=None)
    return feedback
