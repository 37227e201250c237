"""Words in which people say what a contact is to them, as books write them."""

from __future__ import annotations

SPOUSE = frozenset({"配偶", "夫妻", "丈夫", "妻子", "老公", "老婆", "爱人", "spouse", "husband", "wife"})
"""Of whom a person has one."""

KIN = SPOUSE | frozenset(
    {
        "父母", "父亲", "母亲", "爸爸", "妈妈", "父子", "父女", "母子", "母女", "子女", "儿子", "女儿", "兄弟姐妹",
        "兄弟", "姐妹", "哥哥", "弟弟", "姐姐", "妹妹", "岳父", "岳母", "公公", "婆婆", "祖父母", "家人",
        "直系亲属",
        "parent", "father", "mother", "child", "son", "daughter", "sibling", "brother", "sister", "family",
    }
)  # fmt: skip
"""Relations to a contact that make them family."""

RELATIVES = frozenset({"亲属", "亲戚", "远亲", "relative", "relatives"})
"""Relations to a contact that may be any kin: acquaintances where people of one household are sought."""

WORK = frozenset({"单位", "公司", "人事", "单位电话", "hr", "employer", "office"})
"""Relations to a contact that is a place of work and no person."""

SOCIAL = RELATIVES | frozenset(
    {
        "朋友", "好友", "同事", "工友", "领导", "上级", "下属", "同学", "校友", "老师", "辅导员", "班主任", "老乡",
        "邻居", "室友", "舍友",
        "friend", "colleague", "coworker", "classmate", "teacher", "neighbour", "neighbor", "roommate",
    }
)  # fmt: skip
"""Relations to a contact whom one knows from where one lives, works or studies."""
