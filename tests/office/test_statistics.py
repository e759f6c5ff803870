"""Statistics as each post sees them: every figure equals the rows it opens, exports equal the screen."""

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest

from app import clock, labels
from app.db import db
from app.freshness import forget
from app.models import Activity, HelpRequest, History, Volunteer, WorkUnit
from app.models.activity import ActivityStatus
from app.models.figures import people
from app.models.headcount import Headcount
from app.models.help.states import HelpStatus, Rating
from app.models.history import HistoryNote
from app.models.service_record import Evidence, ServiceMonth, ServiceRecord
from app.models.volunteer import Employment
from app.positions import token
from tests import cast
from tests.helps import ask, bring
from tests.services import last_year, served
from tests.support.statements import statements, writes

URL = "/office/statistics"
RECORDS, PEOPLE = f"{URL}/records", f"{URL}/people"


@pytest.fixture
def busy(app):
    """In November 2026: services of this month, of this January and of a year before, by people of two districts and two units."""
    clock.move(datetime(2026, 11, 18, 4, tzinfo=UTC) - clock.now())
    mine, other, guest = (cast.volunteer_of(name) for name in ("volunteer", "second", "guest"))
    for number in range(23):
        served(mine, minutes=30 + number, category="law" if number % 3 else "elder")
    served(other, minutes=45, evidence=Evidence.HELP)
    served(guest, cast.WANTONG, minutes=50)
    served(guest, cast.far_code(), minutes=70, category="env")
    served(mine, cast.baiyun_code(), clock.today().replace(month=1, day=1), minutes=60)
    for _ in range(2):
        served(mine, on=last_year(), minutes=20)
    now = clock.now()
    cast.make_activity(starts_at=now, ends_at=now + timedelta(hours=1))
    cast.make_activity(cast.far_code(), starts_at=now, ends_at=now + timedelta(hours=1))
    cast.make_activity(starts_at=now, ends_at=now + timedelta(hours=1), status=ActivityStatus.CANCELLED)
    for status in (HelpStatus.PENDING, HelpStatus.ACCEPTED, HelpStatus.CLOSED, HelpStatus.CLOSED):
        bring(status)
    closed, late = db.session.scalars(db.select(HelpRequest).where(HelpRequest.status == HelpStatus.CLOSED))
    closed.rating, late.rating = Rating.FAIR, Rating.BAD
    late.closed_at = late.close_due + timedelta(minutes=1)
    forgotten = ask()
    forgotten.close_due = now - timedelta(days=1)
    db.session.commit()


def text(page: str) -> str:
    """The page without tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def card(page: str, name: str) -> str:
    """The figure of this card."""
    found = re.search(rf"<dt>{name}</dt><dd><b[^>]*>(.*?)</b>", page, re.DOTALL)
    assert found, name
    return text(found[1]).replace("，看明细", "").strip()


def linked(page: str) -> dict[str, int]:
    """Every address of a list that stands on a figure, with that figure."""
    found = re.findall(r'<a[^>]*href="(/office/[^"]+)"[^>]*>([\d,]+)<span class="sr">', page)
    return {unescape(url): int(figure.replace(",", "")) for url, figure in found if not url.endswith("#sum")}


def length(client, url: str) -> int:
    """How many rows the list holds, walking through its pages; what it says of itself must agree."""
    rows, said, following = 0, None, url
    while following:
        answer = client.get(following)
        assert answer.status_code == 200, following
        rows += len(re.findall(r'<tr>\s*<th scope="row"', answer.text))
        told = re.search(r"找到 <b class=\"num\">([\d,]+)</b>", answer.text)
        said = int(told[1].replace(",", "")) if told else 0
        after = re.search(r'rel="next" href="([^"]+)"', answer.text)
        following = unescape(after[1]) if after else ""
    assert said == rows, url
    return rows


def compare(client, username: str) -> None:
    """Walk both views of the page and every list behind a figure."""
    seen: dict[str, int] = {}
    for query in ("", f"?view=volunteer&open={cast.WANTONG}"):
        seen |= linked(client.get(URL + query).text)
    kinds = {re.sub(r"\?.*", "", url) for url in seen}
    expected = {RECORDS, PEOPLE, "/office/volunteers"}
    expected |= set() if username == "unit" else {"/office/activities", "/office/help"}
    assert kinds == expected and sum(1 for figure in seen.values() if figure) > 10
    zeros = [url for url, figure in seen.items() if not figure]
    for url in zeros[4:]:  # some of what is empty is enough
        del seen[url]
    wrong = {url: (figure, found) for url, figure in seen.items() if (found := length(client, url)) != figure}
    assert not wrong


def test_each_figure_is_the_length_of_the_list_that_it_opens(busy, clients):
    compare(clients("city"), "city")


@pytest.mark.sqlite_only
@pytest.mark.parametrize("username", ["wantong", "unit"])
def test_the_same_for_a_community_and_a_unit(busy, clients, username):
    compare(clients(username), username)


@pytest.mark.parametrize(
    ("username", "by_activity", "by_volunteer"),
    [
        ("city", 29, 29),
        ("gulou", 28, 27),
        ("wantong", 27, 27),
        ("baiyun", 1, 0),
        ("far", 1, 2),
        ("unit", 28, 28),
        ("unit2", 0, 0),
    ],
)
def test_everybody_sees_their_own_part_in_both_views(busy, clients, username, by_activity, by_volunteer):
    client = clients(username)
    assert int(card(client.get(URL).text, "服务次数")) == by_activity
    with statements() as sent:
        page = client.get(f"{URL}?view=volunteer").text
    assert int(card(page, "服务次数")) == by_volunteer and writes(sent) == []
    assert length(client, RECORDS) == by_activity and length(client, f"{RECORDS}?view=volunteer") == by_volunteer


def test_names_of_guests_without_their_file_and_people_in_no_order_of_figures(busy, clients):
    client = clients("wantong")
    page = client.get(PEOPLE).text
    names = re.findall(r"(李静|王建国|赵敏)</a>|(赵敏) <span", page)
    assert [a or b for a, b in names] == ["李静", "王建国", "赵敏"]
    guest = cast.volunteer_of("guest").id
    assert f"/office/volunteers/{guest}" not in page and "尾号 0004" in page
    assert card(client.get(URL).text, "服务过的人") == "3" and "不可相加" in client.get(URL).text
    mine = f"{RECORDS}?person={cast.volunteer_of('volunteer').id}"
    assert length(client, mine) == 25 and length(client, f"{RECORDS}?person={guest}") == 1


def test_who_served_is_found_in_memory_as_from_the_records(busy, clients, monkeypatch):
    ids = [cast.volunteer_of(name).id for name in ("volunteer", "second", "guest")]
    client = clients("city")
    pages = ["", *(f"?{way}={token([one])}" for one in ids for way in ("after", "before"))]

    def shown() -> list[str]:
        return [" ".join(re.findall(r"<tbody.*?</tbody>", client.get(PEOPLE + page).text, re.S)) for page in pages]

    summed = shown()
    forget()
    monkeypatch.setattr(people, "QUICK", -1)  # now it is worth it for a few services too
    assert shown() == summed and len(set(summed)) == 6
    served(cast.volunteer_of("third"), on=clock.today().replace(month=1, day=2), minutes=10)
    db.session.commit()
    held = shown()
    assert held != summed
    monkeypatch.undo()
    forget()
    assert shown() == held


def test_what_cannot_be_is_a_422_without_figures_and_outside_is_no_region(busy, clients):
    client, unit = clients("wantong"), clients("unit")
    wrong = ("from=x", "from=2026-13", "from=2026-05&to=2026-04", "from=2001-01&to=2026-01", "view=x", "unit=x")
    wrong += ("unit=99999", "region=1", f"region={cast.baiyun_code()}", f"region={cast.GULOU}")
    for path in (URL, RECORDS, PEOPLE, f"{URL}/print", f"{URL}/export"):
        for query in wrong + (("category=x", "evidence=x", "person=x") if path in (RECORDS, PEOPLE) else ()):
            answer = client.get(f"{path}?{query}")
            assert answer.status_code == 422 and "筛选条件有误" in answer.text, (path, query)
            assert "<tbody" not in answer.text
    other = cast.volunteer_of("third").unit_id
    for path in (URL, RECORDS, PEOPLE):
        assert unit.get(f"{path}?unit={other}").status_code == 422
        assert clients("member").get(path).status_code == 403
    for query in ("table=x", "format=x", "table=help&unit=none"):
        assert client.get(f"{URL}/export?{query}").status_code == 404


def test_a_region_unfolds_in_place_down_to_people_and_folds_again(busy, clients):
    client, year = clients("city"), clock.today().year
    page = client.get(URL).text
    links = re.findall(r'id="x-(\d+)"[^>]*hx-get="([^"]+)"', page)
    assert len(links) == 11 and 'aria-expanded="true"' not in page
    step = unescape(dict(links)[cast.GULOU])
    for code in (cast.HUANGLOU, cast.WANTONG, ""):
        part = client.get(step, htmx=True).text
        assert part.lstrip().startswith(f'<tbody id="b-{cast.GULOU}">') and "<h1" not in part
        step = unescape(dict(re.findall(r'id="x-(\d+)"[^>]*hx-get="([^"]+)"', part)).get(code, ""))
    assert part.count('aria-expanded="true"') == 3 and "李静" in part and "赵敏" in part
    opened = unescape(dict(re.findall(r'id="x-(\d+)"[^>]*hx-get="([^"]+)"', part))[cast.WANTONG])
    assert "李静" not in client.get(opened, htmx=True).text
    assert client.get(f"{URL}?branch=320399", htmx=True).status_code == 404
    assert f"{URL}?region={cast.GULOU}&amp;from={year}-01" in page, "without scripts the name leads to the region"
    inside = client.get(f"{URL}?region={cast.WANTONG}").text
    assert (
        "徐州市</a>" in inside
        and "李静" in inside
        and "<h1" not in client.get(f"{URL}?region={cast.GULOU}", htmx=True).text
    )


def test_the_year_before_stands_beside_months_quarters_units_and_kinds(busy, clients):
    month = f"{clock.today():%Y-%m}"
    page = clients("wantong").get(f"{URL}?from={month}&to={month}").text
    assert "去年同期 2（+1250.0%）" in text(page).replace("去年同期 2 （", "去年同期 2（")
    assert "本月还没有过完" in page and '<title id="c-months-t">每月服务次数</title>' in page
    unit = cast.volunteer_of("volunteer").unit_id
    narrowed = clients("city").get(f"{URL}?unit={unit}&from={month}&to={month}").text
    assert card(narrowed, "服务次数") == "27" and "公众求助</dt>" not in narrowed
    nobody = clients("city").get(f"{URL}?unit=none&from={month}&to={month}").text
    assert card(nobody, "服务次数") == "1" and "无单位" in nobody


def rows_of(client, url: str) -> list[list[str]]:
    """The file that this address gives."""
    answer = client.get(url)
    data = answer.data
    answer.close()
    if url.endswith("csv"):
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    lines = re.findall(r"<row[^>]*>(.*?)</row>", sheet)
    return [[unescape(cell) for cell in re.findall(r"<(?:v|t)[^>]*>([^<]*)</(?:v|t)>", line)] for line in lines]


def test_every_table_leaves_as_excel_and_csv_equal_to_the_screen(busy, clients):
    client = clients("city")
    page = client.get(URL).text
    links = [unescape(link) for link in re.findall(r'href="(/office/statistics/export[^"]+)"', page)]
    tables = {re.search(r"table=(\w+)", link)[1]: link for link in links if link.endswith("csv")}
    assert set(tables) == {"months", "regions", "units", "categories", "quarters", "help"} and len(links) == 12
    shown = text(page)
    for name, link in tables.items():
        lines, excel = rows_of(client, link), rows_of(client, link.replace("format=csv", "format=xlsx"))
        assert lines == excel, name
        body = [row for row in lines[1:] if row[1] != "0"]
        assert len(body) > 1
        for row in body[:-1]:
            assert re.search(rf"{re.escape(row[0])}.{{0,8}} {row[1]} ", shown), (name, row)
        if name != "help":
            assert [sum(int(row[n]) for row in lines[1:-1]) for n in (1, 2, 5)] == [
                int(lines[-1][n]) for n in (1, 2, 5)
            ]
            assert lines[-1][1] == card(page, "服务次数")
            assert [row[3] for row in lines if row[2] != "0" and row[3] and row[3] not in shown] == []
            assert lines[0][3] == "增减" and all(bool(row[3]) == (row[2] != "0") for row in lines[1:])


def test_records_and_people_leave_by_post_with_a_purpose(busy, clients):
    client = clients("wantong")
    for path, count in ((RECORDS, 27), (PEOPLE, 3)):
        assert client.post(f"{path}/export", data={"purpose": ""}).status_code == 422
        answer = client.post(f"{path}/export?from={clock.today():%Y-%m}", data={"purpose": "核对", "format": "csv"})
        assert len(answer.text.strip().splitlines()) == count + 1
    exports = db.select(HistoryNote.text).join(History).where(History.action == "export")
    notes = db.session.scalars(exports.order_by(History.id))
    assert [note.partition("，")[0] for note in notes] == ["服务记录 27 行（csv）", "服务过的人 3 行（csv）"]


def test_the_purpose_page_says_how_many_records_the_file_has(busy, clients):
    client, anybody = clients("wantong"), db.session.scalar(db.select(ServiceRecord.volunteer_id).limit(1))
    several = set()
    for chosen in ("", "&unit=none", "&evidence=onsite", "&view=volunteer", f"&volunteer={anybody}"):
        path = f"{RECORDS}/export?from={clock.today():%Y-%m}{chosen}"
        said = re.search(r"共 (\d+) 行", client.get(path).text)
        sent = client.post(path, data={"purpose": "核对", "format": "csv"}).text if said and said[1] != "0" else "\n"
        assert int(said[1]) == len(sent.splitlines()) - 1, chosen
        several.add(said[1])
    assert len(several) > 2


def test_help_is_judged_by_the_month_in_which_it_was_handed_in(busy, clients):
    client = clients("wantong")
    page = client.get(URL).text
    assert card(page, "公众求助") == "5"
    assert (card(page, "受理率"), card(page, "按期办结率"), card(page, "满意率")) == ("60.0%", "33.3%", "50.0%")
    old = db.session.scalars(db.select(HelpRequest)).first()
    old.created_at = clock.start_of(clock.today().replace(day=1)) - timedelta(minutes=1)  # the last minute in Shanghai
    db.session.commit()
    month = f"{clock.today():%Y-%m}"
    assert card(client.get(f"{URL}?from={month}&to={month}").text, "公众求助") == "4"
    assert client.get("/office/help?outcome=x").status_code == 422


def test_the_hours_and_the_rates_open_the_rows_behind_them(busy, clients):
    client = clients("wantong")
    page = client.get(URL).text
    listed = client.get(unescape(re.search(r'href="(/office/statistics/records[^"]*)#sum"', page)[1])).text
    told = re.search(r'id="sum">服务时长共 <b>([^<]+)</b>', listed)[1]
    here = ServiceRecord.community_code == cast.WANTONG, ServiceRecord.month >= f"{clock.today():%Y}-01"
    minutes = db.session.scalar(db.select(db.func.sum(ServiceRecord.minutes)).where(*here))
    assert told == labels.duration(minutes)
    for name, outcome, number in (("受理率", "accepted", 3), ("按期办结率", "in-time", 1), ("满意率", "satisfied", 1)):
        url = re.search(rf'<dt>{name}</dt><dd><b[^>]*><a[^>]*href="([^"]+)"', page)[1]
        assert f"outcome={outcome}" in url and length(client, unescape(url)) == number, name


def test_so_many_records_that_people_are_counted_only_when_asked(busy, clients, monkeypatch):
    from app.blueprints.office import statistics_page

    monkeypatch.setattr(statistics_page, "COUNTED_AT_ONCE", 5)
    client = clients("city")
    assert card(client.get(URL).text, "服务过的人") == "统计"
    assert card(client.get(f"{URL}?all=people").text, "服务过的人") == "3"


def test_the_unit_sees_its_people_their_part_and_their_help(busy, clients):
    unit = cast.volunteer_of("volunteer").unit_id
    client = clients("unit")
    page = client.get("/office/").text
    assert card(page, "今年服务") == "28" and card(page, "在册志愿者") == "2" and card(page, "本季度参加") == "2"
    db.session.add(Headcount(unit_id=unit, day=date(2025, 1, 1), number=8))
    cast.volunteer_of("guest").employment = Employment.RETIRED
    helper = cast.volunteer_of("volunteer")
    served(helper, evidence=Evidence.HELP)
    db.session.commit()
    page = client.get("/office/").text
    assert card(page, "今年参加率") == "12.5%" and card(page, "帮助求助群众") == "3"
    assert "1 名在职党员服务过，全单位 8 名" in text(page) and "李静" in page and "王建国" not in page
    assert length(client, f"{RECORDS}?evidence=help") == 3
    moved = db.session.get_one(Volunteer, helper.id)
    moved.unit_id = None
    db.session.commit()
    page = client.get("/office/").text
    assert card(page, "今年服务") == "29" and f"/office/volunteers/{helper.id}" not in page, (
        "a record belongs to its day"
    )


def test_the_post_of_an_heir_reads_the_past_of_a_merged_unit_apart_from_its_own(busy, clients):
    old, heir = (cast.volunteer_of(name).unit_id for name in ("volunteer", "third"))
    stranger = WorkUnit.add("另一单位", by=None).id
    before = {url: length(clients("unit"), url) for url in (RECORDS, PEOPLE)}
    db.session.get_one(WorkUnit, old).merge(heir, by=cast.who("city"))
    db.session.commit()
    client = clients("unit2")
    page = client.get(URL).text
    assert card(page, "服务次数") == "0" and f'<option value="{old}"' in page, (
        "its own figures stay as they were printed"
    )
    page = client.get(f"{URL}?unit={old}").text
    assert card(page, "服务次数") == "28"
    found = linked(page)
    assert found and all(length(client, url) == figure for url, figure in found.items() if "/statistics/" in url)
    assert {url: length(client, f"{url}?unit={old}") for url in (RECORDS, PEOPLE)} == before
    assert "第一测试中学" in text(client.get(f"{RECORDS}?unit={old}").text)
    for other in (stranger, "none", 99999):
        assert client.get(f"{RECORDS}?unit={other}").status_code == 422, other
    assert card(client.get("/office/").text, "今年服务") == "0"
    assert "已并入" not in clients("wantong").get(URL).text


def test_a_printed_page_and_an_empty_one(app, clients):
    page = clients("city").get(f"{URL}/print").text
    assert "志愿服务统计报表" in page and "data-print" in page and page.count("<table>") >= 3
    screen = clients("city").get(URL).text
    for title in ("按月份", "按季度"):
        assert title in screen and f">{title}" in page, title
    assert db.session.scalar(db.select(db.func.count()).select_from(ServiceMonth)) == 0
    assert card(clients("city").get(URL).text, "服务次数") == "0"
    assert "没有服务记录" in clients("city").get(RECORDS).text
    assert db.session.scalar(db.select(db.func.count()).select_from(Activity)) == 0


def test_paper_says_of_the_regions_what_the_files_say(busy, clients):
    client = clients("city")
    page = client.get(f"{URL}/print").text
    printed = page.partition('aria-label="按地区"')[2].partition("</table>")[0]
    lines = [
        [text(cell).strip() for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)]
        for row in printed.split("<tr>")[1:]
    ]
    exported = rows_of(client, f"{URL}/export?table=regions&format=csv")
    name, services, held = (exported[0].index(heading) for heading in ("区域", "服务次数", "活动场次"))
    assert lines[0][0] == "地区" and lines[0][-1] == "活动（场）"
    assert [(line[0], line[1], line[-1]) for line in lines[1:]] == [
        (line[name], line[services], line[held]) for line in exported[1:]
    ]
    assert "活动（场）" not in clients("unit").get(f"{URL}/print").text


def test_paper_of_a_community_lists_the_people_of_the_screen(busy, clients):
    client = clients("wantong")
    page = client.get(f"{URL}/print").text.partition('aria-label="服务过的人"')[2].partition("</table>")[0]
    printed = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in page.split("<tr>")[2:]]
    screen = client.get(URL).text
    assert printed and all(f"尾号 {tail}" in screen and name in screen for name, tail, *_ in printed)
    assert 'aria-label="服务过的人"' not in clients("city").get(f"{URL}/print").text
