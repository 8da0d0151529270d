"""The national text of the guardian's consent: the seven notices of 儿童个人信息网络保护规定 article 10.

It becomes a row, version 1 without a region, when it is first used; from then on that row never changes. A new
national wording is a new version here, never an edit of an old one.
"""

VERSION = 1
TITLE = "监护人知情同意书"
BODY = """\
一、收集使用的目的：为您的孩子安排爱心妈妈结对，开展日常联系、走访、学业和心理关爱，统计关爱工作情况。不用于其他目的，不用于商业用途。

二、收集的方式和范围：由妇联工作人员登记孩子的姓名、性别、出生日期、身份证号、住址、学校、健康和家庭情况，监护人和父母的姓名、电话；\
爱心妈妈记录每次联系的日期和情况。爱心妈妈只能看到孩子的姓名、年龄、学校、住址所在村和监护人电话，看不到身份证号。

三、存储的地点：资料存放在境内由妇联管理的服务器上，身份证号和电话加密保存。

四、存储的期限和到期后的处理：孩子在册期间保存；孩子离开名册后立即锁定，满3年删除，只留下不含个人信息的统计数字。

五、拒绝的后果：您可以不同意，也可以随时撤回同意。不同意或撤回后，不安排结对，已有的结对当天解除；\
孩子依法应得的救助和福利不受影响。

六、投诉、举报的途径和方式：可以向所在县（市、区）妇联反映，或拨打妇女维权公益服务热线12338。

七、更正、删除的途径和方法：您可以向村（社区）、乡镇（街道）或县妇联提出查阅、复制、更正或删除孩子的资料，15日内答复。"""

# What every text must speak of, and words by which it is seen to.
NOTICES: dict[str, tuple[str, ...]] = {
    "目的": ("目的",),
    "方式和范围": ("范围",),
    "存储地点": ("地点",),
    "存储期限": ("期限",),
    "拒绝的后果": ("拒绝", "不同意"),
    "投诉途径": ("投诉",),
    "更正、删除途径": ("更正", "删除"),
}


def missing_notices(body: str) -> list[str]:
    """Return the names of the notices that a text says nothing of."""
    return [name for name, words in NOTICES.items() if not any(word in body for word in words)]
