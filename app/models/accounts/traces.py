"""Public texts of other people that may name somebody who closed the account: those who keep them are asked to look.

Nothing is masked by itself: two people can share a name, and a text about the other one would be spoilt. Whoever keeps
the text is told where it stands and how the name begins; the name itself is in no message, since it must go.
"""

from collections.abc import Sequence

from app.models.message import tell_some
from app.models.pages.site_search import Hit, hits
from app.models.post import keepers
from app.models.region import CITY
from app.text import public_name

WORDS = {
    "activities": "活动",
    "feedback": "活动反馈",
    "reports": "志愿者上报",
    "notices": "通知公告",
    "help": "求助摘要",
    "teams": "团队",
    "bases": "服务基地",
    "professionals": "专业协会",
    "stars": "季度之星",
}
MOST = 30  # texts of each kind; a name that stands in more is one of many people
TITLE = "请核对公开内容里的姓名"


def public_traces(name: str) -> list[Hit]:
    """What the portal shows now and holds this name; entries of people who are shown themselves are no texts."""
    found = hits(name, WORDS, MOST)
    return [hit for kind in WORDS for hit in found.get(kind, ()) if not hit.person]


def ask_to_look(found: Sequence[Hit], name: str) -> None:
    """One message for each text, to those who keep its community (the city for what is the city's)."""
    whom = f"{public_name(name)}，姓名共 {len(name)} 个字"
    for hit in found:
        body = f"一位会员（{whom}）注销了账号。{WORDS[hit.kind]}第 {hit.id} 号里有相同的姓名。写的是这位会员的，请改掉；是同名的别人，不用改。"
        tell_some(
            keepers(hit.code or CITY), TITLE, body, path=f"/{hit.kind}/{hit.id}", about=f"trace:{hit.kind}:{hit.id}"
        )
