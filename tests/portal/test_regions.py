"""The pickers: a person finds a community among 2,812 and a unit among many, with scripts and without."""

import re

import pytest
from flask import request
from werkzeug.datastructures import MultiDict

from app.db import db
from app.fields_places import UnitField, chain, unit_choice
from app.forms import Form, RegionField, RegionFilterField, TextField, required
from app.freshness import forget
from app.listing import FilterForm
from app.models.region import Level, Region, children, regions
from app.models.regions.search import search_regions
from app.models.work_unit import WorkUnit
from tests.cast import WANTONG, baiyun_code


class Sample(Form):
    """A form with both pickers."""

    name = TextField("姓名")
    community = RegionField("服务社区", [required("请选择服务社区。")])
    work_unit = UnitField("工作单位")


def radios(page: str, name: str = "community") -> list[str]:
    return re.findall(rf'<input type="radio" name="{name}" value="([^"]*)"', page)


def posted(app, **fields):
    """The sample form as a POST with these fields fills it."""
    context = app.test_request_context("/", method="POST", data=MultiDict(fields))
    context.push()
    form = Sample()
    good = form.validate()
    context.pop()
    return form, good


# Searching


def test_the_names_that_start_with_the_words_come_first(app):
    names = [place.short for place in search_regions("黄楼", limit=100).places]
    starts = [name.startswith("黄楼") for name in names]
    assert starts == sorted(starts, reverse=True) and starts[0] and not starts[-1]


def test_initials_find_a_community_and_come_after_names(app):
    assert WANTONG in [place.code for place in search_regions("wtsq").places]
    assert search_regions("鼓楼 wtsq").places[0].code == WANTONG


def test_a_name_that_repeats_is_settled_by_its_district(app):
    many, few = search_regions("李庄"), search_regions("铜山 李庄")
    assert 0 < few.total < many.total
    assert all(place.code.startswith("320312") for place in few.places)


def test_matches_are_at_most_twelve_and_say_how_many_there_are(app, client):
    page = client.get("/regions/matches?q=社区", htmx=True).text
    assert len(radios(page)) == 12 and "找到 839 个，先列出 12 个" in page


def test_a_match_shows_district_street_and_community(app, client):
    page = client.get("/regions/matches?q=万通", htmx=True).text
    assert "鼓楼区 · 黄楼街道 · <b>万通社区</b>" in page and 'id="main"' not in page


def test_nothing_found_says_so_and_offers_the_tree(app, client):
    page = client.get("/regions/matches?q=没有这个地方", htmx=True).text
    assert "没有找到“没有这个地方”" in page and "逐级选" in page and not radios(page)


def test_the_chosen_one_stays_while_searching_on(app, client):
    page = client.get(f"/regions/matches?community_q=白云&community={WANTONG}", htmx=True).text
    assert radios(page)[0] == WANTONG and f'value="{WANTONG}" checked' in page and baiyun_code() in radios(page)


def test_the_count_is_read_out(app, client):
    page = client.get("/regions/matches?q=万通", htmx=True).text
    assert '<hx-partial hx-target="#status" hx-swap="innerHTML"><span>找到 1 个</span>' in page


@pytest.mark.parametrize("typed", ["<b>x</b>", "𠮷" * 60, "%", "_", "'; drop", "\x00万通", " 万通 ", "👵"])
def test_whatever_is_typed_is_answered(app, client, typed):
    answer = client.get("/regions/matches", query_string={"q": typed}, htmx=True)
    assert answer.status_code == 200 and "<b>x</b>" not in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "/regions/matches?q=万通&name=<script>",
        "/regions/matches?within=999",
        "/regions/steps?within=x",
        "/regions/matches?levels=moon",
        "/regions/filter?within=320",
        "/units/matches?name=A B",
        "/units/filter?name=A B",
    ],
)
def test_a_scope_that_cannot_be_is_404(app, client, address):
    assert client.get(address).status_code == 404


def test_a_picker_inside_a_district_finds_nothing_outside(app, client):
    assert radios(client.get("/regions/matches?q=万通&within=320303", htmx=True).text) == []


def test_a_closed_community_is_not_offered(app, client):
    db.session.get(Region, WANTONG).valid_to = db.func.current_date()
    db.session.commit()
    forget()
    assert radios(client.get("/regions/matches?q=万通", htmx=True).text) == []
    assert WANTONG not in [place.code for place in children()["320302001"]]


def test_the_same_addresses_are_whole_pages_without_htmx(app, client):
    for address in (
        "/regions/matches?q=万通",
        "/regions/steps",
        "/regions/filter",
        "/units/matches?q=第一",
        "/units/filter?q=第一",
    ):
        page = client.get(address).text
        assert "<h1>" in page and "hx-partial" not in page


# Walking down the tree


def test_the_selects_lead_from_district_to_street_to_community(app, client):
    streets = client.get("/regions/steps?community_district=320302", htmx=True).text
    assert 'value="320302001"' in streets and "请接着选下一级" in streets and not radios(streets)
    places = client.get("/regions/steps?community_district=320302&community_subdistrict=320302001", htmx=True).text
    assert radios(places) == [place.code for place in children()["320302001"]]


def test_another_district_forgets_the_street_of_the_first(app, client):
    page = client.get("/regions/steps?community_district=320303&community_subdistrict=320302001", htmx=True).text
    assert 'value="320303" selected' in page and "320302001" not in page and not radios(page)


def test_any_level_may_be_asked_for(app, client):
    page = client.get("/regions/steps?name=place&levels=district,subdistrict&place_district=320302", htmx=True).text
    assert radios(page, "place")[:2] == ["320302", "320302001"]


# In a form


def test_a_code_that_a_client_sends_is_taken(app):
    form, good = posted(app, community=WANTONG)
    assert good and form.community.data == WANTONG and form.community.words == "鼓楼区 · 黄楼街道 · 万通社区"


@pytest.mark.parametrize(
    "code, words",
    [
        ("", "请选择服务社区"),
        ("320302", "请选择到社区"),
        ("999999999999", "没有这个地方"),
        ("<b>", "没有这个地方"),
    ],
)
def test_a_wrong_place_is_named_at_its_field(app, code, words):
    form, good = posted(app, community=code)
    assert not good and words in form.community.errors[0]


def test_a_place_outside_the_branch_is_refused(app):
    with app.test_request_context("/", method="POST", data={"community": WANTONG}):
        form = Sample()
        form.community.within = "320303"
        assert not form.validate() and "不在可选的范围内" in form.community.errors[0]


def test_a_step_judges_nothing_and_keeps_what_was_typed(app):
    data = {"region_step": "community:steps", "community_district": "320302", "name": "李静"}
    with app.test_request_context("/", method="POST", data=data):
        form = Sample()
        assert form.stepping and form.carry(lambda: pytest.fail("a step must not act")) is None
        page = app.jinja_env.globals["ui"].field(form.community)
        assert form.status == 200 and form.name.data == "李静"
        assert '<details class="mt8" open>' in page and 'value="320302001"' in page


def test_a_search_without_scripts_lists_the_matches_in_the_form(app):
    data = {"region_step": "community:q", "community_q": "万通", "community_district": "320303"}
    with app.test_request_context("/", method="POST", data=data):
        page = app.jinja_env.globals["ui"].field(Sample().community)
        assert radios(page) == [WANTONG] and 'value="万通"' in page


def test_the_present_choice_is_shown_when_a_form_opens(app):
    with app.test_request_context("/"):
        page = app.jinja_env.globals["ui"].field(Sample(data={"community": WANTONG}).community)
        assert f'value="{WANTONG}" checked' in page and 'value="320302001" selected' in page


def test_a_street_office_sees_all_its_communities_at_once(app):
    with app.test_request_context("/"):
        form = Sample()
        form.community.within = "320302001"
        page = app.jinja_env.globals["ui"].field(form.community)
        assert len(radios(page)) == len(children()["320302001"]) and "<select" not in page


# Filtering lists


@pytest.mark.parametrize(
    "sent, meant",
    [
        ([], ""),
        ([""], ""),
        (["320302001002"], "320302001002"),
        (["320302", "320302"], "320302"),
        (["320302", "320302001"], "320302001"),
        (["320303", "320302001", "320302001002"], "320303"),
        (["3203", "320302001"], "3203"),
        (["320302001", "320302"], "320302001"),
        (["320302", "320302", "320302001002"], "320302"),
    ],
)
def test_stale_lower_selects_do_not_count(sent, meant):
    assert chain(sent) == meant


class Filters(FilterForm):
    """A list's filter form with a region."""

    region = RegionFilterField()


def test_a_filter_offers_one_level_more_than_is_chosen(app):
    with app.test_request_context("/?region=320302"):
        form = Filters(request.args)
        assert form.validate() and form.region.narrows and form.region.words == "鼓楼区"
        page = app.jinja_env.globals["pickers"].region_filter(form.region)
        assert page.count("<select") == 2 and "全市" in page and "鼓楼区（全部）" in page


def test_a_filter_inside_a_street_starts_there(app):
    with app.test_request_context("/"):
        form = Filters(request.args)
        form.region.within = "320302001"
        page = app.jinja_env.globals["pickers"].region_filter(form.region)
        assert page.count("<select") == 1 and "黄楼街道（全部）" in page and WANTONG in page


@pytest.mark.parametrize("code", ["320399", "abc", "320303"])
def test_a_filter_refuses_what_lies_elsewhere(app, code):
    with app.test_request_context(f"/?region={code}"):
        form = Filters(request.args)
        form.region.within = "320302"
        assert not form.validate()


# Work units


def test_a_unit_is_found_by_part_of_its_name_and_by_initials(app, client):
    unit = db.session.scalar(db.select(WorkUnit).where(WorkUnit.name == "徐州市第一测试中学"))
    for typed in ("第一测试", "xzsdy"):
        assert radios(client.get(f"/units/matches?q={typed}", htmx=True).text, "work_unit") == [str(unit.id)]


def options(html):
    return re.findall(r'<option value="([^"]*)"', html.partition('id="f-unit"')[2].partition("</select>")[0])


def test_a_list_offers_all_units_while_they_are_few(clients):
    page = clients("city").get("/office/volunteers").text
    every = [str(id) for id in db.session.scalars(db.select(WorkUnit.id).order_by(WorkUnit.name))]
    assert options(page) == ["", *every] and 'name="unit_q"' not in page


def test_a_list_searches_its_units_when_they_are_many(clients, monkeypatch):
    monkeypatch.setattr("app.pickers.FEW", 0)
    unit = db.session.scalar(db.select(WorkUnit).where(WorkUnit.name == "徐州市第一测试中学"))
    unit.valid_to = db.func.current_date()  # also closed ones have their past
    db.session.commit()
    city, id = clients("city"), str(unit.id)
    for page, fixed in (("/office/volunteers", []), ("/office/statistics", ["none"])):
        assert options(city.get(page).text) == ["", *fixed]
        typed = city.get(f"{page}?unit_q=第一测试")  # without scripts: the same form, sent
        assert (
            typed.status_code == 200 and options(typed.text) == ["", id, *fixed] and "找到 1 个，请选择" in typed.text
        )
        kept = city.get(f"{page}?unit={id}&unit_q=没有这样的").text
        assert options(kept) == ["", id, *fixed] and "没有找到“没有这样的”" in kept
    for impossible in ("9" * 5000, "²", "-1"):
        assert city.get(f"/office/volunteers?unit={impossible}").status_code == 422
        assert options(city.get(f"/units/filter?unit={impossible}").text) == [""]
        assert 'name="work_unit" value=' not in city.get(f"/units/matches?work_unit={impossible}").text
    part = city.get(f"/units/filter?unit_q=xzsdy&unit={id}&none=1", htmx=True).text
    assert options(part) == ["", id, "none"] and "hx-partial" in part


@pytest.mark.parametrize(
    "sent, other, unit_id, kept",
    [
        ("none", "", None, ""),
        ("other", "徐州某局", None, "徐州某局"),
        ("自己写的单位", "", None, "自己写的单位"),
        ("自己\x00写的\u202e单位", "", None, "自己写的单位"),
        ("自己写的\r\n单位", "", None, "自己写的 单位"),
        ("other", "徐州\x00某局", None, "徐州某局"),
    ],
)
def test_no_unit_or_another_one(app, sent, other, unit_id, kept):
    form, good = posted(app, community=WANTONG, work_unit=sent, unit_other=other)
    assert good and (form.work_unit.unit_id, form.work_unit.other) == (unit_id, kept)


def test_a_client_may_name_a_unit_of_the_list(app):
    form, good = posted(app, community=WANTONG, work_unit="徐州市第一测试中学")
    assert good and form.work_unit.unit_id is not None and form.work_unit.other == ""


@pytest.mark.parametrize(
    "sent, other, words",
    [
        ("other", "", "请写明"),
        ("\x00", "", "请写明"),
        ("other", "局" * 81, "最多 80 个字"),
        ("99999", "", "单位名单"),
        ("99999999999999999999", "", "单位名单"),
    ],
)
def test_a_wrong_unit_is_named_at_its_field(app, sent, other, words):
    form, good = posted(app, community=WANTONG, work_unit=sent, unit_other=other)
    assert not good and words in form.work_unit.errors[0]


def test_a_form_opens_with_the_unit_of_the_row(app):
    with app.test_request_context("/"):
        for given, checked in (
            (unit_choice(1), 'value="1" checked'),
            (unit_choice(None, "某局"), 'value="other" checked'),
            (unit_choice(None), 'value="none" checked'),
        ):
            page = app.jinja_env.globals["ui"].field(Sample(data={"work_unit": given}).work_unit)
            assert checked in page


def test_the_tree_holds_every_level(app):
    levels = {level: sum(place.level is level for place in regions().values()) for level in Level}
    assert list(levels.values()) == [1, 11, 186, 2812]
