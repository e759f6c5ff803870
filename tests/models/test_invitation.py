"""People brought in by a file: what is wrong is named, nobody is registered against their will, services count once."""

import zipfile
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest

from app import clock
from app.db import db
from app.freshness import forget
from app.media import sheets
from app.media.sheets import BadSheet, read_sheet
from app.models import EarlierService, History, Invitation, Message, Region, ServiceMonth, ServiceRecord, WorkUnit
from app.models.imports.file import Choices
from app.models.imports.importing import ImportStatus, dry_run, forgotten
from app.models.imports.mine import by_code, invitations_of
from app.models.invitation import InvitationStatus
from app.models.service_record import Evidence
from app.models.volunteer import VolunteerStatus
from app.refusal import Invalid, Refused
from tests import applicants, cast
from tests.applicants import apply, card, in_state, years_ago
from tests.people_files import CARD, bring, csv, invite, line, people, xlsx
from tests.rollcall import assert_figures_true

S = InvitationStatus
MISTYPED = card()[:-1] + ("1" if card()[-1] != "1" else "2")


def errors(*rows, **choices):
    return dry_run(read_sheet("x.csv", csv(list(rows))), Choices(**choices)).errors


def mine(user):
    return [one.id for one in invitations_of(user)]


@pytest.mark.sqlite_only
def test_excel_and_csv_of_either_encoding_read_alike(app):
    rows = [
        line(
            服务日期=datetime(2025, 3, 1),  # noqa: DTZ001 - a spreadsheet knows no zone
            服务时长=90,
            服务类型="敬老助残",
        ),
        line(服务次数=4),
    ]
    plain = [line(服务日期="2025年3月1日", 服务时长="90", 服务类型="敬老助残"), line(服务次数="4")]
    files = {"a.xlsx": xlsx(rows), "b.xlsx": xlsx(rows, title="志愿者名单", merge="A1:L1")}
    files |= {f"{encoding}.csv": csv(plain, encoding) for encoding in ("utf-8", "utf-8-sig", "gb18030")}
    for name, data in files.items():
        done = dry_run(read_sheet(name, data), Choices(closes_on=date(2025, 12, 31)))
        assert not done.errors, (name, done.errors)
        (person,) = done.people
        services = [tuple(one[:4]) for one in person["services"]]
        elder, other = services[0][2], services[1][2]
        assert services == [("2025-03-01", 90, elder, 1), ("2025-12-31", 0, other, 4)], name
        assert (done.rows, done.services, elder != other) == (2, 5, True)


@pytest.mark.sqlite_only
def test_files_that_are_no_table_are_refused_in_words(app):
    good = xlsx(people(3))
    macro = BytesIO(good)
    with zipfile.ZipFile(macro, "a") as book:
        book.writestr("xl/vbaProject.bin", b"x")
    bomb = BytesIO(good)
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/media/a.bin", bytes(81 * 1024 * 1024))
    wide = csv([{}]) + b"\r\n" + b"," * 100
    wrong = {
        "是空的": b"",
        "不是 Excel": b"\x89PNG\r\n\x1a\n\x00\x00",
        "旧版 Excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
        "带有宏": macro.getvalue(),
        "展开以后太大": bomb.getvalue(),
        "不完整或已损坏": good[: len(good) // 2],
        "文字编码": csv(people(1)).decode("utf-8-sig").encode("utf-16"),
        "铺得太开": wide,
        "超过 10000 行": csv(people(11_000)),
        "超过 10 MB": bytes(sheets.BYTES + 1),
        "没有内容": "，\n".replace("，", ",").encode(),
    }
    for words, data in wrong.items():
        with pytest.raises(BadSheet, match=words):
            read_sheet("x", data)
    with pytest.raises(BadSheet, match="超过 10000 行"):
        read_sheet("x", xlsx(people(10_021)))


@pytest.mark.sqlite_only
def test_a_child_that_dies_or_hangs_says_damaged_and_not_more(app, monkeypatch):
    monkeypatch.setattr(sheets, "TIMEOUT", 0.01)
    with pytest.raises(BadSheet, match="处理时间太长"):
        read_sheet("x", xlsx(people(1)))


@pytest.mark.sqlite_only
def test_every_cell_that_is_wrong_is_named_by_line_and_column(app):
    merged, today = db.session.get_one(WorkUnit, 1), clock.today()
    merged.valid_to = today
    cases = [
        ({"姓名": "1号"}, "姓名"),
        ({"姓名": ""}, "姓名"),
        ({"手机号": "1380000"}, "手机号"),
        ({"身份证号": MISTYPED}, "身份证号"),
        ({"身份证号": card(), "性别": "男"}, "性别"),
        ({"性别": "先生"}, "性别"),
        ({"政治面貌": ""}, "政治面貌"),
        ({"政治面貌": "同志"}, "政治面貌"),
        ({"在职情况": "上班"}, "在职情况"),
        ({"服务社区": "没有这个社区"}, "服务社区"),
        ({"服务社区": "320302001"}, "服务社区"),
        ({"工作单位": "名单以外的单位"}, "工作单位"),
        ({"工作单位": merged.name}, "工作单位"),
        ({"服务次数": "0"}, "服务次数"),
        ({"服务次数": "=2+3"}, "服务次数"),
        ({"服务次数": "2"}, "服务日期"),  # no closing date was given
        ({"服务日期": "2025-02-30", "服务时长": "60"}, "服务日期"),
        ({"服务日期": f"{today + timedelta(days=1)}", "服务时长": "60"}, "服务日期"),
        ({"服务日期": "2025-03-01"}, "服务时长"),
        ({"服务日期": "2025-03-01", "服务时长": "1441"}, "服务时长"),
        ({"服务日期": "2025-03-01", "服务时长": "800", "服务次数": "2"}, "服务时长"),
        ({"服务时长": "60"}, "服务次数"),
        ({"服务日期": "2025-03-01", "服务时长": "60", "服务类型": "跳伞"}, "服务类型"),
    ]
    rows = [row | change for row, (change, _) in zip(people(len(cases), 服务次数=""), cases, strict=True)]
    found = errors(*rows)
    assert [(at, heading) for at, heading, _ in found] == [(n + 2, heading) for n, (_, heading) in enumerate(cases)]
    assert not any(secret in message for _, _, message in found for secret in (MISTYPED, "1380000", card()))


@pytest.mark.sqlite_only
def test_rows_of_one_person_must_agree_and_different_people_differ(app):
    same = {"服务日期": "2025-03-01", "服务时长": "60"}
    second = {"姓名": "孙丽", "手机号": "13800000005", **same}  # who they are was said above
    assert not errors(line(**same), second)
    assert errors(line(**same), second | {"在职情况": "在职"}) == [
        (3, "在职情况", "与第 2 行同一人填的不一致，请核对。")
    ]
    first, other = people(2, 服务次数="")
    assert errors(first | {"身份证号": CARD}, other | {"身份证号": CARD})[0][:2] == (3, "身份证号")
    broken = errors(line(政治面貌="同志", **same), second, second)
    assert [error[:2] for error in broken] == [(2, "政治面貌")], "one mistake is said once"


@pytest.mark.sqlite_only
def test_whatever_is_wrong_in_a_row_is_said_at_once(app):
    row = line(政治面貌="同志", 工作单位="名单以外的单位", 服务日期="2025-03-01")
    wrong = [(2, "政治面貌"), (2, "工作单位"), (2, "服务时长")]
    assert [error[:2] for error in errors(row)] == wrong
    other = line(姓名="", 在职情况="", 工作单位="名单以外的单位", 服务时长="一会儿", 服务日期="2025-03-01")
    assert {error[:2] for error in errors(other)} == {
        (2, heading) for heading in ("姓名", "在职情况", "工作单位", "服务时长")
    }
    invite(line(服务次数=""))
    known = errors(line(服务次数=""), *people(1, 政治面貌="同志", 服务次数=""))
    assert [error[:2] for error in known] == [(2, "姓名"), (3, "政治面貌")], "who was brought in before is said too"


@pytest.mark.sqlite_only
def test_headings_formulas_merged_cells_and_lost_digits_are_named(app):
    def found(data):
        return [error[:2] for error in dry_run(read_sheet("x.xlsx", data), Choices()).errors]

    assert found("姓名,手机号,备注,姓名\n孙丽,13800000005,好,孙丽\n".encode())[:2] == [(1, "备注"), (1, "姓名")]
    assert found("编号,名字\n1,孙丽\n".encode()) == [(1, "")]
    assert found(csv([])) == [(1, "")]
    row = [line()]
    assert found(xlsx(row, formula="B2")) == [(2, "手机号")]
    assert found(xlsx([line(身份证号=320302198503120020)])) == [(2, "身份证号")]
    assert found(xlsx(row, merge="H1:I1"))[0][0] == 1, "a heading over two columns"
    assert found(xlsx([*row, *row], merge="H2:H3")) == [(2, ""), (3, "")]


def test_places_and_units_are_found_as_people_write_them(app):
    unit = db.session.scalars(db.select(WorkUnit)).first()
    ways = [
        cast.WANTONG, "鼓楼区/黄楼街道/万通社区", "徐州市 鼓楼区 黄楼街道 万通社区居委会", "鼓楼区·黄楼街道·万通社区", "鼓楼区/万通社区",
    ]  # fmt: skip
    rows = [row | {"服务社区": way} for row, way in zip(people(len(ways), 服务次数=""), ways, strict=True)]
    rows[0] |= {"工作单位": unit.name}
    done = dry_run(read_sheet("x.csv", csv(rows)), Choices(within=cast.GULOU))
    assert not done.errors and {person["community"] for person in done.people} == {cast.WANTONG}
    assert done.people[0]["unit"] == unit.id and done.people[1]["unit"] is None
    outside = errors(line(服务社区=cast.far_code()), within=cast.GULOU)
    assert outside[0][1] == "服务社区" and "不在您管理的鼓楼区" in outside[0][2]


def test_a_file_with_an_error_writes_nobody_and_a_good_one_exactly_its_people(app):
    failed = bring([line(服务次数=2), *people(1, 手机号="1")])
    assert failed.status is ImportStatus.FAILED and {error[0] for error in failed.wrong} == {2, 3}
    with pytest.raises(Refused):
        failed.carry_out(by=cast.who("city"))
    rows = [
        line(服务日期="2025-03-01", 服务时长=60, 身份证号=CARD),
        line(服务日期="2025-04-01", 服务时长=90),
        *people(4),
    ]
    checked = bring(rows, closes_on=date(2025, 12, 31), name="老平台.csv")
    assert (checked.rows, checked.people, checked.services, checked.status) == (6, 5, 14, ImportStatus.CHECKED)
    db.session.commit()
    raw = db.session.execute(db.text("SELECT content FROM import WHERE content IS NOT NULL")).scalar_one()
    assert raw.startswith("1.") and "孙丽" not in raw, "what waits lies sealed"
    assert not db.session.scalars(db.select(Invitation)).all()
    checked.carry_out(by=cast.who("city"), most=3)
    assert checked.running and checked.carried == 3
    checked.carry_out(by=cast.who("city"), most=3)
    assert checked.status is ImportStatus.DONE and checked.content is None
    made = db.session.scalars(db.select(Invitation).order_by(Invitation.line)).all()
    assert [(one.line, one.services) for one in made] == [(2, 2), (4, 3), (5, 3), (6, 3), (7, 3)]
    assert made[0].id_card == CARD and made[0].community_code == cast.WANTONG
    brought = made[0].brought_services()
    assert [(one.day, one.minutes, one.source) for one in brought] == [
        (date(2025, 3, 1), 60, "老平台.csv 第 2 行"), (date(2025, 4, 1), 90, "老平台.csv 第 3 行"),
    ]  # fmt: skip
    told = db.session.scalars(db.select(Message)).all()
    assert [one.user_id for one in told] == [cast.who("member").id], "only who is a member already"
    assert len(db.session.scalars(db.select(History).where(History.noun == "invitation")).all()) == 5


def test_neither_a_file_nor_a_person_comes_in_twice(app):
    rows = [line(服务次数=2, 身份证号=CARD)]
    options = {"closes_on": date(2025, 12, 31)}
    invitation = invite(*rows, **options)
    with pytest.raises(Invalid, match="已经导入过"):
        bring(rows, **options)
    again = bring([*rows, *people(1)], **options)
    assert [error[:2] for error in again.wrong] == [(2, "身份证号")]
    moved = bring([line(姓名="孙小丽", 手机号="13712345678", 身份证号=CARD)])
    assert [error[:2] for error in moved.wrong] == [(2, "身份证号")]
    invitation.withdraw(by=cast.who("wantong"), reason="登记错了")
    assert bring([*rows, *people(1)], **options).status is ImportStatus.CHECKED


def test_what_changed_between_check_and_carrying_out_is_said(app):
    first, second = bring([line()]), bring([line(), *people(1, 服务次数="")])
    assert second.status is ImportStatus.CHECKED
    first.carry_out(by=cast.who("city"))
    second.carry_out(by=cast.who("city"))
    assert second.status is ImportStatus.FAILED and second.wrong[0][:2] == (2, "姓名") and second.content is None
    old = bring(people(2, 服务次数=""))
    old.created_at = clock.now() - timedelta(days=8)
    db.session.flush()
    assert forgotten() == [old.id] and old.expire() and not old.expire()
    assert old.content is None and "7 天" in old.wrong[0][2]


def test_units_that_nobody_knows_are_kept_as_written_or_made_by_choice(app):
    row = line(工作单位="徐州新来的单位")
    kept = invite(row, units="other")
    assert (kept.unit_id, kept.unit_other) == (None, "徐州新来的单位")
    kept.withdraw(by=cast.who("city"), reason="重新导入")
    made = invite(row, *people(2, 工作单位="徐州新来的单位", 服务次数=""), units="create")
    unit = db.session.scalars(db.select(WorkUnit).where(WorkUnit.name == "徐州新来的单位")).one()
    assert made.unit_id == unit.id and made.unit_other == "" and unit.initials


def test_a_member_accepts_and_is_a_volunteer_whose_services_count(app):
    invitation = invite(line(服务日期="2025-03-01", 服务时长=60), line(服务次数=4), closes_on=date(2025, 12, 31))
    user = cast.who("member")
    apply("member", id_card=card(9))
    assert mine(user) == [invitation.id]
    with pytest.raises(Invalid, match="校验"):
        invitation.accept(by=user, id_card="123")
    volunteer = invitation.accept(by=user, id_card=CARD)
    db.session.commit()
    assert (volunteer.status, volunteer.community_code, volunteer.joined_on) == (
        VolunteerStatus.SERVING, cast.WANTONG, clock.today(),
    )  # fmt: skip
    assert (volunteer.services, volunteer.minutes, volunteer.last_served_on) == (5, 60, date(2025, 12, 31))
    records = db.session.scalars(db.select(ServiceRecord)).all()
    assert {(one.evidence, one.community_code, one.volunteer_community_code) for one in records} == {
        (Evidence.MIGRATED, cast.WANTONG, cast.WANTONG)
    }
    assert all("名单.csv 第" in one.source for one in records)
    assert {(one.month, one.services) for one in db.session.scalars(db.select(ServiceMonth))} == {
        ("2025-03", 1), ("2025-12", 4),
    }  # fmt: skip
    assert_figures_true()
    assert invitation.status is S.ACCEPTED and invitation.phone is None and invitation.id_card is None
    with pytest.raises(Refused):
        invitation.accept(by=user, id_card=CARD)
    with pytest.raises(Refused):
        invitation.withdraw(by=cast.who("wantong"), reason="太晚了")
    assert len(db.session.scalars(db.select(ServiceRecord)).all()) == 5


def test_a_volunteer_elsewhere_keeps_the_community_and_gets_the_services(app):
    user, volunteer = cast.who("guest"), cast.volunteer_of("guest")
    invitation = invite(line(姓名="赵敏", 手机号="13800000004", 服务次数=2), closes_on=date(2025, 12, 31))
    invitation.accept(by=user)
    assert (volunteer.community_code, volunteer.services) == (cast.far_code(), 2)
    (month,) = db.session.scalars(db.select(ServiceMonth)).all()
    assert (month.community_code, month.unit_id, month.services) == (cast.far_code(), volunteer.unit_id, 2)
    assert_figures_true()


def test_who_may_not_accept_is_told_why(app):
    user = cast.who("member")
    invitation = invite(line(身份证号=CARD))
    with pytest.raises(Invalid, match="请填写"):
        invitation.accept(by=user)
    with pytest.raises(Invalid, match="不一致"):
        invitation.accept(by=user, id_card=card(8))
    cast.volunteer_of("second").id_card_hash = None
    child = invite(*[row | {"姓名": "孙丽", "手机号": "13800000009"} for row in people(1, 服务次数="")])
    with pytest.raises(Refused, match="未满 18"):
        child.accept(by=user, id_card=card(born=years_ago(16)))
    taken = apply("second", id_card=card(8))
    taken.approve(by=cast.who("wantong"))
    with pytest.raises(Invalid, match="已有志愿者使用"):
        child.accept(by=user, id_card=card(8))
    other = invite(line(姓名="王建国", 手机号="13800000002", 身份证号=card(3)))
    with pytest.raises(Refused, match="不一致"):
        other.accept(by=cast.who("second"))


def test_an_invitation_is_shown_to_nobody_else(app):
    invitation = invite(line(身份证号=CARD))
    user = cast.who("member")
    assert mine(user) == [invitation.id]
    for name in ("volunteer", "guest", "city"):
        assert mine(cast.who(name)) == []
    user.call("孙莉")  # another name, the same phone
    db.session.flush()
    assert mine(user) == [] and by_code(invitation.code, user) is None
    user.call("孙丽")
    user.reachable_at("13711112222")  # another phone, and no number given yet
    db.session.flush()
    assert mine(user) == []
    assert by_code(invitation.code.lower().replace("-", " "), user).id == invitation.id
    last = "2" if invitation.code[-1] != "2" else "3"
    assert by_code(invitation.code[:-1] + last, user) is None and by_code("x", user) is None
    apply("member", id_card=CARD)
    assert mine(user) == [invitation.id], "found by the ID-card number"


def test_declining_costs_nothing_and_withdrawing_forgets_the_numbers(app):
    invitation, user = invite(line(身份证号=CARD, 服务次数=1), closes_on=date(2025, 1, 1)), cast.who("member")
    invitation.decline(by=user)
    assert mine(user) == [invitation.id] and invitation.answered_at
    with pytest.raises(Refused):
        invitation.accept(by=user, id_card=CARD)
    invitation.reopen(by=user)
    with pytest.raises(Invalid):
        invitation.withdraw(by=cast.who("wantong"), reason=" ")
    invitation.withdraw(by=cast.who("wantong"), reason="登记错了")
    db.session.commit()
    assert invitation.status is S.WITHDRAWN and mine(user) == []
    assert (invitation.phone, invitation.phone_hash, invitation.id_card, invitation.id_card_hash) == (None,) * 4
    assert not db.session.scalars(db.select(EarlierService)).all()


def test_who_left_is_let_back_in_by_a_community_only(app):
    volunteer, user = cast.volunteer_of("second"), cast.who("second")
    volunteer.leave(by=user)
    invitation = invite(
        line(姓名="王建国", 手机号="13800000002", 服务社区=cast.baiyun_code(), 服务次数=2), closes_on=date(2025, 1, 1)
    )
    with pytest.raises(Refused, match="先提交志愿者申请"):
        invitation.accept(by=user, id_card=CARD)
    assert volunteer.status is VolunteerStatus.LEFT and volunteer.services == 0


def test_an_approval_is_not_undone_once_the_new_volunteer_took_earlier_services_over(app):
    application = in_state(applicants.S.APPROVED)
    invite(line(服务次数=2), closes_on=date(2025, 1, 1)).accept(by=cast.who("member"))
    with pytest.raises(Refused, match="已接受邀请"):
        application.undo(by=cast.who("wantong"))
    assert cast.volunteer_of("member").services == 2


def test_carrying_out_checks_everything_again_and_writes_nobody_where_something_changed(app):
    unit = cast.who("unit").post.unit_id
    rows = [
        line(工作单位="徐州市第一测试中学"),
        line(姓名="王新", 手机号="13611112222", 服务社区="鼓楼区/黄楼街道/白云社区"),
    ]
    done = bring(rows)
    assert not done.wrong
    db.session.get_one(WorkUnit, unit).close(by=cast.who("city"))
    db.session.get_one(Region, cast.baiyun_code()).merge(cast.WANTONG, by=cast.who("city"))
    db.session.commit()
    forget()
    done.carry_out(by=cast.who("city"))
    assert done.status is ImportStatus.FAILED and done.content is None
    assert [(at, heading) for at, heading, _ in done.wrong] == [(2, "工作单位"), (3, "服务社区")]
    assert "万通社区" in done.wrong[1][2] and db.session.scalar(db.select(db.func.count(Invitation.id))) == 0
    assert not bring([line(), line(姓名="王新", 手机号="13611112222")]).wrong
