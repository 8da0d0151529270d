"""Form-side checks of typed IDs and phones, with their Chinese sentences (DOMAIN section 2)."""

import re
from typing import Any

from django import forms

from aixin.access.elsewhere import LookupLimitError, alarm_of_lookups, ids_elsewhere
from aixin.exchange.reading.values import (
    ValueFault,
    birth_from_idno,
    clean_name,
    parse_idno,
    parse_phone,
    sex_from_idno,
)
from aixin.vocabulary import Sex

ID_ERRORS = {
    "id_checksum": "身份证号校验位不对，请核对是否抄错。",
    "id_format": "身份证号应为18位，最后一位可以是X。",
    "id_precision_lost": "身份证号的末几位已被表格软件改动，请从证件重新录入。",
}
SEX_OF_TEXT = {"男": Sex.MALE, "女": Sex.FEMALE}


def clean_typed_idno(typed: str) -> str:
    """Return the ID number typed; raise ValidationError for one that is none."""
    try:
        return parse_idno(typed) or ""
    except ValueFault as fault:
        raise forms.ValidationError(ID_ERRORS.get(fault.code, ID_ERRORS["id_format"])) from fault


def clean_typed_phone(typed: str) -> str:
    """Return the one phone number typed, normalised; raise ValidationError for anything else."""
    numbers, rest = parse_phone(typed)
    if len(numbers) != 1 or rest:
        raise forms.ValidationError("请填11位手机号，或带区号的座机号。")
    return numbers[0]


def is_elsewhere(user: Any, roster: str, index: str | None) -> bool:
    """Return whether another county's roster holds the ID; raise ValidationError beyond the hourly limit."""
    try:
        return bool(ids_elsewhere(user, roster, [index]))
    except LookupLimitError as error:
        alarm_of_lookups(user)
        raise forms.ValidationError(str(error)) from error


def check_against_idno(form: forms.BaseForm, cleaned: dict[str, Any]) -> None:
    """Take birth and sex from the ID; add an error to either field that contradicts it."""
    birth, sex = birth_from_idno(cleaned["idno"]), SEX_OF_TEXT[sex_from_idno(cleaned["idno"])]
    if cleaned.get("birth") and cleaned["birth"] != birth:
        form.add_error("birth", f"与身份证号不一致，身份证号上是{birth:%Y-%m-%d}。")
    if cleaned.get("sex") and cleaned["sex"] != sex:
        form.add_error("sex", f"与身份证号不一致，身份证号上是{sex.label}。")
    cleaned["birth"], cleaned["sex"] = birth, sex


_NO_NAME = re.compile(r"[<>=@#$%^&*{}\[\]|\\/\d\"]")
NAME_LENGTH = 40


def is_name(name: str) -> bool:
    """Return whether a text can be a person's name: no markup, formula or number, and no longer than 40."""
    return len(name) <= NAME_LENGTH and not _NO_NAME.search(name)


def clean_typed_name(typed: str) -> str:
    """Return the name typed, tidied; raise ValidationError for a text that is none."""
    name = clean_name(typed)
    if not name or not is_name(name):
        raise forms.ValidationError("姓名里不能有数字和符号。")
    return name
