"""Associations of the demonstration city with their members in every state: invented people, checked by nobody."""

from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from app import clock
from app.db import db
from app.demo.people import Person
from app.demo.stage import Stage
from app.models import User, Volunteer
from app.models.professional import Professional, ProfessionalGroup, ProfessionalStatus
from app.models.volunteers.identity import Political

S = ProfessionalStatus
# Of each: its name, introduction and contact, what is checked, and speciality with organisation of its members.
GROUPS: tuple[tuple[str, str, str, str, tuple[tuple[str, str], ...]], ...] = (
    ("市律师协会", "律师党员志愿者，为居民免费解答法律问题，参与社区矛盾调解。\n每周二下午在部分社区轮流坐班，也可以通过“公众求助”预约。", "市律师协会党委，工作日 9:00–17:00", "律师执业证年度考核合格", (("劳动争议、工伤赔偿", "示例泰山律师事务所"), ("婚姻家庭、继承", "示例云龙律师事务所"), ("房屋租赁、物业纠纷", "示例故黄河律师事务所"), ("消费维权、交通事故", "示例彭城律师事务所"), ("老年人权益、遗嘱", "示例泰山律师事务所"), ("合同、民间借贷", "示例户部山律师事务所"), ("刑事法律咨询", "示例彭城律师事务所"), ("土地承包、乡村法律服务", "示例汉风律师事务所"))),
    ("市心理学会", "心理咨询师党员志愿者，做邻里倾听、青少年成长陪伴和老年人情绪关怀。", "市心理学会秘书处，周一至周五下午", "心理咨询专业培训证书", (("青少年成长、亲子沟通", "示例市职业技术学院"), ("老年人情绪关怀", "示例市第二人民医院"), ("职场压力疏导", "示例市妇幼保健院"), ("家庭关系、邻里倾听", "示例市第一中学"))),
    ("市医学会", "医务工作者党员志愿者，走进社区义诊、讲健康知识，教用急救设备。", "市医学会办公室，工作日上午", "医师资格证、执业证", (("高血压、糖尿病管理", "示例市中心医院"), ("儿童保健、预防接种", "示例市妇幼保健院"), ("急救培训、除颤仪使用", "示例市中心医院"), ("中医养生、推拿", "示例市第二人民医院"))),
    ("市营养学会", "营养师志愿者，宣传合理膳食。", "", "营养师证书", ()),
)  # fmt: skip
STATES = {0: {5: S.ASKED, 6: S.DECLINED, 7: S.REMOVED}, 1: {3: S.ASKED}}  # by association and place; others are shown
CLOSED, WHY = "市营养学会", "协会换届，成员重新核实"


def make_professionals(random: Random, people: list[Person], staff: dict[str, int]) -> int:
    """Put them forward and let them answer; returns how many. The account `volunteer` is asked by 市心理学会."""
    party = set(db.session.scalars(select(Volunteer.id).where(Volunteer.political == Political.PARTY)))
    able = iter(random.sample([one for one in people[1:] if one.volunteer_id in party], 20))
    stage = Stage(random, staff)
    try:
        for place, (name, about, contact, checked, members) in enumerate(GROUPS):
            stage.start(60 - 9 * place)
            stage.by_day()
            group = ProfessionalGroup.found(name, about, contact, place + 1, by=stage.staff["city"])
            for number, facts in enumerate(members):
                status = STATES.get(place, {}).get(number, S.SHOWN)
                person = people[0] if (place, status) == (1, S.ASKED) else next(able)
                _member(stage, group, person, (*facts, checked), status)
            if name == CLOSED:
                group.close(by=stage.staff["city"], reason=WHY)
    finally:
        clock.move(timedelta(0))
    return sum(len(members) for *_, members in GROUPS)


def _member(stage: Stage, group: ProfessionalGroup, person: Person, facts: Any, status: ProfessionalStatus) -> None:
    volunteer = db.session.get_one(Volunteer, person.volunteer_id)
    member = Professional.add(group, volunteer, *facts, by=stage.staff["city"])
    stage.later(6)
    stage.by_day()
    user = db.session.get_one(User, person.user_id)
    if status is S.SHOWN:
        member.agree(by=user)
    elif status is S.DECLINED:
        member.decline(by=user)
    elif status is S.REMOVED:
        member.remove(by=stage.staff["city"], reason="执业机构有变动，请重新提交证件")
