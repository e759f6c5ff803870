"""Invented names and units. Nobody and nothing here exists; ID numbers use an area code never issued."""

from random import Random

from app.text import CHECKSUM, WEIGHTS

SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤"
GIVEN = [
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "丽",
    "强",
    "磊",
    "军",
    "洋",
    "勇",
    "艳",
    "杰",
    "涛",
    "明",
    "超",
    "霞",
    "平",
    "刚",
    "桂英",
    "建国",
    "建华",
    "志强",
    "秀英",
    "秀兰",
    "海燕",
    "晓东",
    "晓燕",
    "文博",
    "雨晴",
    "子涵",
    "嘉怡",
    "思远",
    "俊杰",
    "浩然",
    "欣怡",
    "春梅",
    "冬梅",
    "国庆",
    "红梅",
    "立新",
    "永康",
    "玉兰",
    "凤英",
    "淑珍",
    "少华",
    "振华",
    "德明",
    "长江",
    "新民",
    "爱民",
    "卫东",
    "向阳",
    "宏伟",
    "庆丰",
    "景行",
    "若溪",
    "知远",
    "一诺",
    "书瑶",
    "承志",
    "明远",
    "佳宁",
    "晨曦",
    "可心",
    "家和",
    "守信",
    "安然",
    "广平",
    "兰芝",
    "素云",
    "云峰",
    "海波",
    "继红",
    "学文",
    "运河",
    "彭程",
]
UNITS = [
    "示例市第一中学",
    "示例市实验小学",
    "示例市中心医院",
    "示例市第二人民医院",
    "示例市税务所",
    "示例市行政审批局",
    "示例市供电公司",
    "示例市自来水公司",
    "示例市公交集团",
    "示例市图书馆",
    "示例市住房保障中心",
    "示例市城市管理局",
    "示例市文化馆",
    "示例市司法所",
    "示例市律师事务所",
    "示例矿业集团",
    "示例工程机械公司",
    "示例商业银行",
    "示例农商银行",
    "示例市广播电视台",
    "示例市疾控中心",
    "示例市职业技术学院",
    "示例市交警大队",
    "示例市消防救援站",
    "示例市园林管理处",
    "示例市民政服务中心",
    "示例市人力资源市场",
    "示例市气象站",
    "示例通信公司",
    "示例邮政分公司",
    "示例市水务局",
    "示例市体育中心",
    "示例市妇幼保健院",
    "示例市供热公司",
    "示例铁路车辆段",
    "示例市食品检验所",
]


def people(random: Random, count: int) -> list[str]:
    """So many names, repeating as seldom as a city's do."""
    return [random.choice(SURNAMES) + random.choice(GIVEN) for _ in range(count)]


def phone(number: int) -> str:
    """The `number`-th invented phone (19900000000 …)."""
    return f"1990{number:07d}"


def id_card(born: tuple[int, int, int], number: int, female: bool) -> str:
    """A well-formed number with the area code 999999, which is never issued."""
    serial = number % 500 * 2 + (0 if female else 1)
    body = f"999999{born[0]:04d}{born[1]:02d}{born[2]:02d}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + CHECKSUM[total % 11]
