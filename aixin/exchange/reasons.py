"""Why a row stayed out, and what to look at in a row that went in: codes and their Chinese sentences."""

from collections.abc import Iterable

REASONS: dict[str, str] = {
    "name_missing": "没有姓名",
    "name_invalid": "姓名里有数字或符号，或者太长",
    "id_precision_lost": "身份证号被表格软件存成了数字，末三位已丢失，请从证件重新录入",
    "id_checksum": "身份证号校验位不对，请核对是否抄错",
    "id_format": "身份证号不是18位或含有错误字符",
    "birth_differs_from_id": "出生日期与身份证号不一致",
    "sex_differs_from_id": "性别与身份证号不一致",
    "birth_in_future": "出生日期晚于今天",
    "birth_invalid": "出生日期无法识别",
    "birth_missing": "没有出生日期，也没有身份证号",
    "region_unknown": "乡镇（街道）找不到，请核对名称",
    "region_ambiguous": "有几个同名的地方，请写明乡镇或县",
    "region_out_of_scope": "乡镇（街道）不在您的管辖范围",
    "category_unknown": "类别无法识别",
    "duplicate_in_file": "同一份名册里前面已有这个人",
    "id_elsewhere": "这个身份证号已在其他地区的名册中",
    "child_not_found": "名册里找不到这名儿童，请先导入儿童名册",
    "volunteer_not_found": "名册里找不到这位爱心妈妈，请先导入爱心妈妈名册",
    "ambiguous": "有几个同名的人，请补上身份证号或编号",
    "consent_refused": "监护人不同意结对，或已撤回同意",
    "left_roster": "这名儿童已出列，资料已锁定，请县妇联恢复在册后再导入",
    "erased": "这个编号的资料已按请求删除，不能再导入",
    "date_invalid": "结对日期无法识别或晚于今天",
    "visit_date_invalid": "走访日期无法识别，或没有写到日",
    "visit_in_future": "走访日期晚于今天",
    "visit_before_birth": "走访日期早于儿童的出生日期",
    "visit_repeated": "前面的行里已有同一次走访",
    "way_unknown": "走访方式无法识别，请写电话、入户、见面、到校、视频、活动或书信",
    "village_missing": "没有写村（社区），或者这个乡镇里找不到这个村",
    "mobile_invalid": "手机号无法识别，请核对是否抄错",
    "phone_taken": "这个手机号已是另一个账号的登录号码",
    "chair_exists": "这个村已有主席账号；换了人请在账号页办“换届”",
    "chair_repeated": "前面的行里已有这个村的主席或这个手机号",
    "number_unknown": "名册里没有这个编号，请核对；新的人请把编号留空",
    "clearance_unknown": "查询结果无法识别，请写通过或不通过",
    "clearance_date_invalid": "查询日期无法识别，或晚于今天",
    "clearance_of_another": "姓名与身份证号或编号对应的爱心妈妈不一致，请核对",
    "left_out": "按您的选择不导入",
}

WARNINGS: dict[str, str] = {
    "phone_invalid": "电话无法识别，已原样记在备注里",
    "village_unknown": "村（社区）找不到，已记到乡镇",
    "id_missing": "没有身份证号，已给临时编号",
    "similar_exists": "名册里有同名同生日的儿童，请到重复核对里确认",
    "way_assumed": "没有写走访方式，按入户记",
    "visit_kept": "系统里已有这次走访，内容以原记录为准",
    "not_paired_then": "那一天两人没有结对，请核对",
    "returns_to_roster": "名册里已出列，录入后恢复在册",
    "parent_id_invalid": "父母的身份证号有误，没有录入",
}


# The columns in which a reason's fault lies, for whoever is to correct it.
FAULTY: dict[str, tuple[str, ...]] = {
    "name_missing": ("name", "child_name"),
    "name_invalid": ("name",),
    "id_precision_lost": ("idno", "child_idno", "volunteer_idno"),
    "id_checksum": ("idno", "child_idno", "volunteer_idno"),
    "id_format": ("idno", "child_idno", "volunteer_idno"),
    "birth_differs_from_id": ("birth", "idno"),
    "sex_differs_from_id": ("sex", "idno"),
    "birth_in_future": ("birth",),
    "birth_invalid": ("birth",),
    "birth_missing": ("birth", "idno"),
    "region_unknown": ("county", "township", "village"),
    "region_ambiguous": ("county", "township", "village"),
    "region_out_of_scope": ("county", "township", "village"),
    "category_unknown": ("category",),
    "duplicate_in_file": ("name", "idno", "child_name", "volunteer_name"),
    "id_elsewhere": ("idno",),
    "child_not_found": ("child_name", "child_idno", "child_no"),
    "volunteer_not_found": ("volunteer_name", "volunteer_phone", "volunteer_idno", "volunteer_no"),
    "ambiguous": ("child_name", "volunteer_name"),
    "date_invalid": ("started", "date"),
    "village_missing": ("village",),
    "mobile_invalid": ("phone",),
    "phone_taken": ("phone",),
    "number_unknown": ("child_no", "volunteer_no"),
    "visit_date_invalid": ("date",),
    "visit_in_future": ("date",),
    "clearance_unknown": ("result",),
    "clearance_date_invalid": ("day",),
    "clearance_of_another": ("name", "idno", "volunteer_no"),
}


def faulty_columns(codes: Iterable[str]) -> set[str]:
    """Return the keys of the columns in which to look for the faults."""
    return {key for code in codes for key in FAULTY.get(code, ())}


def sentences(codes: list[str]) -> str:
    """Return the sentences of some codes as one text."""
    return "；".join(REASONS.get(code) or WARNINGS.get(code, code) for code in codes)
