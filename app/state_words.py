"""One Chinese word a state or choice, the same on every surface and in exports (read through app/labels.py).

The shapes are those of design.md section 3: ok ● open, warn ○ waiting, info ▶ in hand, 'ok done' ✓ finished
well, err ◆ bad, end – finished.
"""

from enum import Enum
from typing import Any

from app.models.accounts.preference import MessageKind
from app.models.activity import ActivityStatus, Phase
from app.models.application import ApplicationStatus
from app.models.export_job import JobState
from app.models.feedback import FeedbackStatus
from app.models.help.states import AssignmentStatus, HelpStatus, Rating
from app.models.honour import HonourKind, HonourStatus
from app.models.invitation import ImportStatus, InvitationStatus
from app.models.notice import NoticePhase, NoticeStatus
from app.models.post import PostState, Role
from app.models.professional import GroupStatus, ProfessionalStatus
from app.models.region import Level
from app.models.report import ReportKind, ReportStatus
from app.models.service_base import BaseStatus
from app.models.service_record import Evidence
from app.models.signup import Attendance, SignUpStatus, Standing
from app.models.team import MemberStatus, TeamStatus
from app.models.unit_dispute import DisputeStatus
from app.models.user import Gender
from app.models.volunteer import Employment, Political, Skill, VolunteerStatus

# By class first: members of two StrEnums with the same value are equal, and would overwrite each other.
BADGES: dict[type[Enum], dict[Any, tuple[str, str]]] = {
    ApplicationStatus: {
        ApplicationStatus.PENDING: ("待审核", "warn"),
        ApplicationStatus.APPROVED: ("已通过", "ok done"),
        ApplicationStatus.RETURNED: ("退回补正", "err"),
        ApplicationStatus.REJECTED: ("不予通过", "err"),
        ApplicationStatus.WITHDRAWN: ("已撤回", "end"),
    },
    VolunteerStatus: {
        VolunteerStatus.SERVING: ("服务中", "ok"),
        VolunteerStatus.PAUSED: ("暂停", "warn"),
        VolunteerStatus.LEFT: ("已注销", "end"),
    },
    ActivityStatus: {
        ActivityStatus.DRAFT: ("草稿", ""),
        ActivityStatus.PUBLISHED: ("已发布", "ok"),
        ActivityStatus.COMPLETED: ("已结项", "ok done"),
        ActivityStatus.CANCELLED: ("已取消", "err"),
    },
    Phase: {
        Phase.DRAFT: ("草稿", ""),
        Phase.RECRUITING: ("报名中", "ok"),
        Phase.FULL: ("名额已满", "warn"),
        Phase.CLOSED: ("报名截止", "end"),
        Phase.ONGOING: ("进行中", "info"),
        Phase.ENDED: ("已结束", "end"),  # the office says 待确认 until 结项
        Phase.COMPLETED: ("已结项", "ok done"),
        Phase.CANCELLED: ("已取消", "err"),
    },
    SignUpStatus: {
        SignUpStatus.ASKING: ("待审核", "warn"),
        SignUpStatus.WAITING: ("候补", "warn"),
        SignUpStatus.ADMITTED: ("已录用", "info"),
        SignUpStatus.DECLINED: ("未录用", "end"),
        SignUpStatus.CANCELLED: ("已取消", "end"),
    },
    Standing: {
        Standing.ASKING: ("待审核", "warn"),
        Standing.WAITING: ("候补", "warn"),
        Standing.ADMITTED: ("已录用", "info"),
        Standing.DECLINED: ("未录用", "end"),
        Standing.CANCELLED: ("已取消", "end"),
        Standing.CALLED_OFF: ("活动已取消", "err"),
    },
    Attendance: {
        Attendance.UNKNOWN: ("未确认", ""),
        Attendance.PRESENT: ("已到", "ok done"),
        Attendance.ABSENT: ("缺席", "end"),
        Attendance.EXCUSED: ("请假", "end"),
    },
    FeedbackStatus: {
        FeedbackStatus.DRAFT: ("草稿", ""),
        FeedbackStatus.PUBLISHED: ("已发布", "ok done"),
        FeedbackStatus.WITHDRAWN: ("已撤下", "err"),
    },
    HelpStatus: {
        HelpStatus.PENDING: ("待受理", "warn"),
        HelpStatus.RETURNED: ("待补充", "err"),
        HelpStatus.ACCEPTED: ("已受理", "info"),
        HelpStatus.ARRANGED: ("已安排", "info"),
        HelpStatus.SERVING: ("服务中", "ok"),
        HelpStatus.DONE: ("待办结", "warn"),
        HelpStatus.CLOSED: ("已办结", "ok done"),
        HelpStatus.REFUSED: ("不予受理", "err"),
        HelpStatus.MERGED: ("已合并", "end"),
        HelpStatus.WITHDRAWN: ("已撤回", "end"),
        HelpStatus.LAPSED: ("已关闭", "end"),
    },
    AssignmentStatus: {
        AssignmentStatus.OFFERED: ("待接单", "warn"),
        AssignmentStatus.ACCEPTED: ("已接单", "info"),
        AssignmentStatus.DECLINED: ("已婉拒", "end"),
        AssignmentStatus.EXPIRED: ("已失效", "end"),
        AssignmentStatus.DONE: ("已完成", "ok done"),
        AssignmentStatus.GAVE_UP: ("已退出", "end"),
    },
    ReportStatus: {
        ReportStatus.DRAFT: ("草稿", ""),
        ReportStatus.PENDING: ("待审核", "warn"),
        ReportStatus.PUBLISHED: ("已发布", "ok done"),
        ReportStatus.RETURNED: ("退回修改", "err"),
        ReportStatus.UNUSED: ("未采用", "end"),
        ReportStatus.WITHDRAWN: ("已撤下", "err"),
    },
    TeamStatus: {
        TeamStatus.ACTIVE: ("活跃", "ok"),
        TeamStatus.CLOSED: ("已解散", "end"),
    },
    MemberStatus: {
        MemberStatus.ASKING: ("待同意", "warn"),
        MemberStatus.MEMBER: ("队员", "ok"),
        MemberStatus.DECLINED: ("未同意", "end"),
        MemberStatus.LEFT: ("已退出", "end"),
    },
    BaseStatus: {
        BaseStatus.OPEN: ("开放", "ok"),
        BaseStatus.CLOSED: ("已关闭", "end"),
    },
    GroupStatus: {
        GroupStatus.SHOWN: ("展示中", "ok"),
        GroupStatus.CLOSED: ("已停用", "end"),
    },
    ProfessionalStatus: {
        ProfessionalStatus.ASKED: ("待本人同意", "warn"),
        ProfessionalStatus.SHOWN: ("展示中", "ok"),
        ProfessionalStatus.DECLINED: ("本人不同意", "end"),
        ProfessionalStatus.REMOVED: ("已移除", "end"),
    },
    HonourStatus: {
        HonourStatus.CANDIDATE: ("候选", "warn"),
        HonourStatus.ANNOUNCED: ("公示", "info"),
        HonourStatus.PUBLISHED: ("已公布", "ok done"),
        HonourStatus.REVOKED: ("已撤销", "err"),
    },
    NoticeStatus: {
        NoticeStatus.DRAFT: ("草稿", ""),
        NoticeStatus.PUBLISHED: ("已发布", "ok done"),
        NoticeStatus.WITHDRAWN: ("已撤下", "err"),
    },
    NoticePhase: {
        NoticePhase.DRAFT: ("草稿", ""),
        NoticePhase.SCHEDULED: ("定时发布", "info"),
        NoticePhase.SHOWN: ("已发布", "ok done"),
        NoticePhase.WITHDRAWN: ("已撤下", "err"),
    },
    JobState: {
        JobState.WAITING: ("排队中", "info"),
        JobState.RUNNING: ("正在准备", "info"),
        JobState.DONE: ("可以下载", "ok done"),
        JobState.FAILED: ("没有完成", "err"),
        JobState.BROKEN: ("已中断", "err"),
        JobState.CANCELLED: ("已取消", "end"),
    },
    ImportStatus: {
        ImportStatus.CHECKED: ("待导入", "warn"),
        ImportStatus.FAILED: ("有错误", "err"),
        ImportStatus.DONE: ("已导入", "ok done"),
    },
    InvitationStatus: {
        InvitationStatus.OPEN: ("待接受", "warn"),
        InvitationStatus.ACCEPTED: ("已接受", "ok done"),
        InvitationStatus.DECLINED: ("已谢绝", "end"),
        InvitationStatus.WITHDRAWN: ("已收回", "end"),
    },
    PostState: {
        PostState.LIVING: ("在任", "ok"),
        PostState.FUTURE: ("未开始", "info"),
        PostState.ENDED: ("已到期", "end"),
        PostState.REVOKED: ("已撤销", "err"),
    },
    DisputeStatus: {
        DisputeStatus.OPEN: ("待核实", "warn"),
        DisputeStatus.UPHELD: ("异议成立", "ok done"),
        DisputeStatus.REJECTED: ("异议不成立", "end"),
        DisputeStatus.WITHDRAWN: ("已撤回", "end"),
    },
}

WORDS: dict[type[Enum], dict[Any, str]] = {
    Role: {
        Role.CITY: "市级管理员",
        Role.DISTRICT: "区县管理员",
        Role.SUBDISTRICT: "街道管理员",
        Role.COMMUNITY: "社区管理员",
        Role.UNIT: "单位管理员",
    },
    Level: {
        Level.CITY: "市",
        Level.DISTRICT: "区（县、市）",
        Level.SUBDISTRICT: "街道（镇）",
        Level.COMMUNITY: "社区（村）",
    },
    Gender: {
        Gender.FEMALE: "女",
        Gender.MALE: "男",
    },
    Political: {
        Political.PARTY: "中共党员",
        Political.PROBATIONARY: "中共预备党员",
        Political.LEAGUE: "共青团员",
        Political.DEMOCRATIC: "民主党派",
        Political.MASSES: "群众",
    },
    Employment: {
        Employment.EMPLOYED: "在职",
        Employment.RETIRED: "退休",
        Employment.STUDENT: "学生",
        Employment.OTHER: "其他",
    },
    Skill: {
        Skill.LAW: "法律咨询",
        Skill.MEDICINE: "医疗健康",
        Skill.PSYCHOLOGY: "心理疏导",
        Skill.TEACHING: "教育辅导",
        Skill.HAIRDRESSING: "理发",
        Skill.REPAIR: "水电维修",
        Skill.COMPUTER: "电脑手机",
        Skill.ARTS: "文艺表演",
        Skill.CALLIGRAPHY: "书法绘画",
        Skill.PHOTOGRAPHY: "摄影摄像",
        Skill.DRIVING: "驾驶",
        Skill.LANGUAGES: "外语",
        Skill.SIGN_LANGUAGE: "手语",
        Skill.EMERGENCY: "应急救援",
        Skill.MEDIATION: "矛盾调解",
        Skill.OTHER: "其他",
    },
    Rating: {
        Rating.GOOD: "满意",
        Rating.FAIR: "基本满意",
        Rating.BAD: "不满意",
    },
    ReportKind: {
        ReportKind.REFLECTION: "心得体会",
        ReportKind.PLAN: "活动计划",
        ReportKind.ACCOUNT: "活动情况",
    },
    MessageKind: {
        MessageKind.REMINDER: "活动前一天的提醒",
        MessageKind.NEARBY: "我的社区发布了新活动",
        MessageKind.TEAM: "我的团队发布了新活动",
        MessageKind.INCOMING: "有新的申请、上报、报名、求助要办（有任职的人）",
    },
    HonourKind: {
        HonourKind.TEAM: "团队之星",
        HonourKind.PERSON: "个人之星",
    },
    Evidence: {
        Evidence.ONSITE: "现场确认",
        Evidence.LATE: "事后补正",
        Evidence.HELP: "求助服务",
        Evidence.MIGRATED: "原平台转入",
    },
}
