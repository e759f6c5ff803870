"""Telephone numbers, ID-card numbers, names: what a clerk mistypes and what a stranger invents."""

from tests.badinput import INERT, MENDED, REFUSED, many

PHONES = [
    *many(
        REFUSED,
        "phone",
        ten_digits="1380000000",
        twelve_digits="138000000011",
        wrong_prefix="12800000001",
        letters="1380000000a",
        words="手机",
        two_numbers="13800000001 13800000002",
        landline_without_area="83730000",
        foreign="+1 212 555 0100",
        arabic_digits="١٣٨٠٠٠٠٠٠٠١",
        with_extension="0516-83730000-8001",
        html="<b>13800000001</b>",
        minus="-13800000001",
        a_newline_inside="138000\n00001x",
    ),
    *many(
        MENDED,
        "phone",
        spaces="138 0000 0001",
        hyphens="138-0000-0001",
        country="+8613800000001",
        full_width="１３８００００００９９",
        landline="0516-83730000",
    ),
]
CARDS = many(
    REFUSED,
    "id_card",
    seventeen="32030219850312001",
    nineteen="3203021985031200100",
    fifteen_old="320302850312001",
    wrong_check="320302198503120019",
    no_such_day="320302198502300012",
    month_thirteen="320302198513010014",
    born_1800="320302180001010018",
    born_tomorrow="320302299901010015",
    words="身份证号码",
    letters="32030219850312ABCD",
    x_inside="3203021985031200X1",
    only_zeros="000000000000000000",
    sql="' OR 1=1--12345678",
)
NAMES = [
    *many(
        REFUSED,
        "person",
        one_letter="王",
        digits="王小2",
        only_dots="···",
        at_sign="王@小",
        forty_one="王" * 41,
        tag="<b>王小</b>",
        emoji="王😀",
        slash="王/小",
    ),
    *many(
        INERT,
        "person",
        uighur="阿不都热合曼·买买提",
        double_surname="欧阳娜娜",
        rare="㛃𬜯",
        latin="Anne-Marie O'Neill",
        spaces_around="  李静  ",
        already_masked="李**",
    ),
]
USERNAMES = many(
    REFUSED,
    "username",
    one_character="a",
    space_inside="li jing",
    slash="li/jing",
    thirty_three="a" * 33,
    at_sign="li@jing",
    taken_in_other_case="VOLUNTEER",
    taken_in_full_width="ｖｏｌｕｎｔｅｅｒ",
    cyrillic="vоlunteer",
    dot_dot="../etc",
    nul_only="\0\0",
)
ALL = [*PHONES, *CARDS, *NAMES, *USERNAMES]
