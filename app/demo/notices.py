"""Notices of the demonstration city: a year of them, one that is scheduled, one draft, one withdrawn."""

from datetime import timedelta
from random import Random

from app import clock
from app.demo.stage import Stage
from app.models.notice import Notice

OFFICE, HALL = "市党员志愿服务工作办公室", "市网上党员群众服务中心"
# (days ago; below 0: that many days ahead; None: a draft), title, who issues it, text
TEXTS: tuple[tuple[int | None, str, str, str], ...] = (
    (2, "关于推荐本季度“团队之星”“个人之星”的通知", OFFICE, "各区（县）、街道、社区：\n\n本季度的推荐工作现在开始，请把握三条：\n\n- **看实绩**：服务次数、时长以平台记录为准；\n- **重口碑**：请居民和服务对象说一说；\n- **本人同意**：公开姓名前要征求本人意见。\n\n### 时间安排\n\n1. 本月底前：社区、街道提出人选；\n2. 下月上旬：征求本人意见；\n3. 季度结束后：公示不少于 5 个工作日，期满公布。\n\n不按服务次数排名次，也不给社区下指标。"),
    (6, "冬季上门服务安全提示", OFFICE, "天冷路滑，上门服务请注意：\n\n1. 两人以上同行，提前打电话约好时间；\n2. 检查取暖设备时**先开窗**，发现燃气异味马上离开并拨打燃气抢修电话；\n3. 雨雪天气可以改期，平台里改了时间会通知所有报名的人。\n\n志愿者身体不舒服，请在活动开始前取消报名，名额会让给候补的人。"),
    (15, "公众求助办理期限的说明", HALL, "居民提交求助后：\n\n| 环节 | 期限 |\n| --- | --- |\n| 答复是否受理 | 2 个工作日 |\n| 安排志愿者 | 3 个工作日 |\n| 办结 | 10 个工作日 |\n\n可以凭编号和手机号后四位随时查看进度。**遇到火情、急病、治安案件，请直接拨打 119、120、110。**"),
    (33, "“双节”期间志愿服务安排", OFFICE, "国庆、中秋期间，各社区照常安排值班。需要志愿者的活动请提前 3 天发布，写清集合地点和负责人。"),
    (48, "平台新增“专业志愿者”栏目", HALL, "市律师协会、市心理学会的党员志愿者陆续加入“专业志愿者”栏目。\n\n展示的每一位都核实过执业资格，并且**本人同意**公开姓名；需要法律咨询、心理疏导的居民，请通过“公众求助”提出，社区来安排。"),
    (75, "暑期“七彩小屋”志愿者招募情况", OFFICE, "今年暑期，全市社区开设假期托管班，感谢每一位报名的同志。开学后仍有社区需要周末辅导员，请到“志愿活动”里选“助学支教”报名。"),
    (110, "防汛值守志愿者须知", OFFICE, "进入主汛期，参加防汛值守的志愿者请听从街道统一调度，**不单独下河、不涉水**。身体条件不适合的，可以参加物资整理和电话值守。"),
    (150, "关于规范活动反馈照片的提醒", HALL, "发布活动反馈时：\n\n- 不拍受助居民正脸，不露门牌号；\n- 每张照片写一句说明，方便看不清的同志；\n- 最多 9 张，平台会自动去掉拍摄地点。"),
    (200, "春季植绿护绿活动时间表", OFFICE, "三月至四月，云龙湖、故黄河沿线组织植绿护绿活动，请从“志愿活动”里按区域报名，自带水杯和手套。"),
    (20, "关于调整报名时间的通知", HALL, "因系统维护，本周六的活动报名时间顺延一天。"),
    (-3, "关于开展“冬日暖心”上门走访的通知", OFFICE, "请各社区在平台发布走访活动，优先安排独居老人、困难家庭。每户走访后在活动反馈里写一写情况，不写姓名和住址。"),
    (None, "年度总结会安排（征求意见稿）", OFFICE, "时间地点待定。"),
)  # fmt: skip
WITHDRAWN, WHY = "关于调整报名时间的通知", "维护提前完成，报名时间不变"


def make_notices(random: Random, staff: dict[str, int]) -> int:
    """Write them at their moments; returns how many."""
    stage = Stage(random, staff)
    city = stage.staff["city"]
    try:
        for days, title, source, body in TEXTS:
            stage.start(max(days or 0, 0))
            stage.by_day()
            moment = clock.start_of(clock.today() - timedelta(days=days or 0)) + timedelta(hours=9)
            ahead = moment if days and days < 0 else None
            notice = Notice.draft(title, body, source, ahead, by=city)
            if days is not None:
                notice.publish(by=city)
            if title == WITHDRAWN:
                stage.later(20)
                notice.withdraw(by=city, reason=WHY)
    finally:
        clock.move(timedelta(0))
    return len(TEXTS)
