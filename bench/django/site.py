"""The public activity list, 20 rows, narrowed by region and status, as Django's own documentation would have it written."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.conf import settings

URL = os.environ["BENCH_URL"]


def database() -> dict:
    if URL.startswith("sqlite:///"):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": URL.removeprefix("sqlite:///")}
    parts = urlsplit(URL)
    return {
        "ENGINE": "django.db.backends.postgresql", "NAME": parts.path[1:], "USER": parts.username, "HOST": parts.hostname,
        "PORT": parts.port, "CONN_MAX_AGE": None,
    }  # fmt: skip


settings.configure(
    DEBUG=False, SECRET_KEY="bench-only", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, USE_TZ=True, TIME_ZONE="Asia/Shanghai",
    LANGUAGE_CODE="zh-hans", DATABASES={"default": {"CONN_MAX_AGE": None, **database()}}, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware", "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware", "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[{
        "BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [Path(__file__).parent / "templates"],
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }],
)  # fmt: skip
django.setup()

from django.core.paginator import Paginator
from django.core.wsgi import get_wsgi_application
from django.db import models
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path
from django.utils import timezone


class Category(models.Model):
    """活动类型."""

    name = models.CharField(max_length=40)
    slug = models.CharField(max_length=40)

    class Meta:
        managed, db_table, app_label = False, "category", "bench"


class Region(models.Model):
    """地域."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=60)

    class Meta:
        managed, db_table, app_label = False, "region", "bench"


class Moment(models.DateTimeField):
    """The product's columns hold UTC without a zone."""

    def from_db_value(self, value: datetime | None, expression: object, connection: object) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value

    def get_db_prep_value(self, value: object, connection: object, prepared: bool = False) -> object:
        ready = super().get_db_prep_value(value, connection, prepared)
        return ready.astimezone(UTC).replace(tzinfo=None) if isinstance(ready, datetime) and ready.tzinfo else ready


class Activity(models.Model):
    """志愿活动, read only."""

    title = models.CharField(max_length=60)
    category = models.ForeignKey(Category, models.DO_NOTHING)
    community = models.ForeignKey(Region, models.DO_NOTHING, db_column="community_code")
    district_code = models.CharField(max_length=6)
    place = models.CharField(max_length=100)
    starts_at = Moment()
    ends_at = Moment()
    signup_closes_at = Moment()
    capacity = models.IntegerField()
    taken = models.IntegerField()
    status = models.CharField(max_length=32)
    hidden_at = Moment(null=True)

    class Meta:
        managed, db_table, app_label = False, "activity", "bench"

    @property
    def phase(self) -> str:
        """What the badge says."""
        now = timezone.now()
        if self.ends_at <= now:
            return "已结束"
        if self.starts_at <= now:
            return "进行中"
        if self.signup_closes_at <= now:
            return "报名截止"
        return "报名中" if self.taken < self.capacity else "已满"


def shown(status: str) -> models.QuerySet:
    now = timezone.now()
    found = Activity.objects.exclude(status__in=["draft", "cancelled"]).filter(hidden_at=None)
    if status == "recruiting":
        return found.filter(status="published", starts_at__gt=now, signup_closes_at__gt=now).order_by("starts_at", "id")
    if status == "ongoing":
        return found.filter(starts_at__lte=now, starts_at__gt=now - timedelta(days=1), ends_at__gt=now).order_by("id")
    if status == "ended":
        return found.filter(ends_at__lte=now).order_by("-starts_at", "-id")
    return found.order_by("-starts_at", "-id")


def activities(request: HttpRequest, *, counted: bool = False) -> HttpResponse:
    """The list: region, status, words, and its pages."""
    asked = request.GET
    found = narrowed(shown(asked.get("status", "")), asked)
    page = Paginator(found.select_related("category", "community"), 20).get_page(asked.get("page"))
    districts = Region.objects.extra(where=["length(code) = 6"]).order_by("code")
    kinds = Category.objects.order_by("id")
    context = {"page": page, "districts": districts, "kinds": kinds, "asked": asked, "counted": counted}
    return render(request, "list.html", {**context, **(counts(asked) if counted else {})})


def narrowed(found: models.QuerySet, asked: QueryDict, *, but: str = "") -> models.QuerySet:
    """By region and words; without the filter `but`."""
    if (region := asked.get("region")) and but != "region":
        found = found.filter(district_code=region[:6])
    if words := asked.get("q"):
        found = found.filter(title__contains=words)
    return found


def counts(asked: QueryDict) -> dict:
    """What the product's page shows on its chips: how many there would be in each region, state and category."""
    status = asked.get("status", "")
    places = narrowed(shown(status), asked, but="region").order_by().values_list("district_code").annotate(Count("id"))
    kinds = narrowed(shown(status), asked).order_by().values_list("category_id").annotate(Count("id"))
    by_place, by_kind = dict(places), dict(kinds)
    return {
        "places": [(one, by_place.get(one.code, 0)) for one in Region.objects.extra(where=["length(code) = 6"])],
        "kinds_counted": [(one, by_kind.get(one.id, 0)) for one in Category.objects.order_by("id")],
        "states": [(word, narrowed(shown(value), asked).count()) for value, word in STATES.items()],
    }


STATES = {"recruiting": "报名中", "ongoing": "进行中", "ended": "已结束"}
urlpatterns = [
    path("activities", activities),
    path("activities/counted", activities, {"counted": True}),
    path("", lambda request: HttpResponse("ready")),
]
application = get_wsgi_application()
