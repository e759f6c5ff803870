"""Reports for tests, brought into their states by the product's own verbs."""

from typing import Any

from app.models import Report
from app.models.report import ReportKind, ReportStatus, Words
from tests import cast

TITLE, BODY = "第一次给老人理发，我手抖了", "老人一直说没关系。\n\n下个月我还去，先在家里练练。"


def words(**changes: Any) -> Words:
    """What an author states."""
    usual: dict[str, Any] = {"kind": ReportKind.REFLECTION, "title": TITLE, "body": BODY}
    return Words(**usual | changes)


def reported(
    status: ReportStatus = ReportStatus.PENDING, *, by: str = "volunteer", pictures: Any = (), **said: Any
) -> Report:
    """A report of this person in that state, decided by the district."""
    staff = cast.who("gulou")
    report = Report.draft(words(**said), list(pictures), by=cast.who(by))
    if status is ReportStatus.DRAFT:
        return report
    report.submit(by=cast.who(by))
    if status is ReportStatus.RETURNED:
        report.send_back(by=staff, reason="请写具体些")
    elif status is ReportStatus.UNUSED:
        report.not_use(by=staff, reason="与志愿服务无关")
    elif status is not ReportStatus.PENDING:
        report.publish(by=staff)
    if status is ReportStatus.WITHDRAWN:
        report.withdraw(by=staff, reason="照片里有门牌")
    return report
