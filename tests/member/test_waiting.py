"""What waits for a member stands on the first page; what counts for them stands among their services."""

import re

from app.db import db
from app.models import Report, ServiceRecord
from app.models.attendance import mark
from app.models.report import ReportKind, ReportStatus
from tests.cast import WANTONG, volunteer_of, who
from tests.helps import A, S, assignment, bring
from tests.people_files import brought_in
from tests.rollcall import admitted, running
from tests.services import served


def waiting(client):
    """The lines of 需要您处理, as text, and their number as it is told."""
    page = client.get("/member/").text
    part = page[page.index('id="h-needs"') : page.index("</section>", page.index('id="h-needs"'))]
    lines = [re.sub(r"\s*<[^>]+>\s*", " ", line).strip() for line in part.split("<li>")[1:]]
    return lines, int(re.search(r">(\d+)<", part)[1])


def test_offers_results_returned_reports_and_invitations_wait_in_this_order(app, clients):
    assignment(A.OFFERED)
    assignment(A.ACCEPTED)
    report = Report(user_id=who("volunteer").id, kind=ReportKind.PLAN, title="楼道亮化", body="打算给楼道换灯。")
    report.status = ReportStatus.RETURNED
    report.locate(WANTONG)
    invitation = brought_in(WANTONG)["invitation"]
    invitation.name, invitation.phone_hash = who("volunteer").name, who("volunteer").phone_hash
    db.session.add(report)
    lines, number = waiting(clients("volunteer"))
    assert [line.split()[0] for line in lines] == ["等您答复", "等您填写", "退回修改", "等您决定"] and number == 4
    assert "还有 23 小时" in lines[0] and "楼道亮化" in lines[2] and "以前的服务 1 次" in lines[3]


def test_what_is_over_waits_no_more_and_nothing_of_others_stands_there(app, clients):
    assignment(A.EXPIRED)
    assignment(A.DECLINED)
    bring(S.CLOSED)
    lines, number = waiting(clients("volunteer"))
    assert lines == ["没有等您处理的事。"] and number == 0
    assignment(A.OFFERED)
    assert "求助" not in " ".join(waiting(clients("second"))[0])


def test_every_live_record_stands_among_the_services_and_their_number_is_the_count(app, clients):
    bring(S.CLOSED)
    migrated = served(volunteer_of("volunteer"))
    revoked = served(volunteer_of("volunteer"))
    ServiceRecord.revoke([revoked], by=who("wantong"))
    db.session.flush()
    page = clients("volunteer").get("/member/services/records").text
    count = volunteer_of("volunteer").services
    live = db.session.scalars(db.select(ServiceRecord).where(ServiceRecord.revoked_at.is_(None))).all()
    assert migrated in live and revoked not in live and len(live) == count == 2
    assert page.count('<th scope="row"') == count and "求助服务" in page and "原平台转入" in page
    assert re.search(rf"服务记录.{{0,40}}>{count}<", page)
    assert clients("second").get("/member/services/records").text.count('<th scope="row"') == 0


def test_ones_own_records_leave_as_a_table(app, clients):
    served(volunteer_of("volunteer"))
    answer = clients("volunteer").get("/member/services/records?format=csv")
    assert answer.mimetype == "text/csv" and len(answer.text.strip().splitlines()) == 2


def test_who_was_ticked_before_the_start_is_not_told_to_cancel(app, clients):
    today = admitted(running(hours=0.5), volunteer_of("volunteer"))
    admitted(running(30), volunteer_of("volunteer"))
    assert waiting(clients("volunteer"))[1] == 2
    mark(today, "1", by=who("wantong"))
    lines, number = waiting(clients("volunteer"))
    assert [line.split()[0] for line in lines] == ["快出发了"] and number == 1
