"""From a cell to a value: every parser of the reading package in one place."""

from __future__ import annotations

from .cells import clean_text, half_width, is_blank
from .dates import PartialDate, Precision, parse_date
from .faults import ValueFault
from .identity import birth_from_idno, clean_name, parse_idno, parse_phone, sex_from_idno
from .wording import Grade, match_choice, parse_bool, parse_count, parse_grade, parse_relation, parse_sex

__all__ = [
    "Grade",
    "PartialDate",
    "Precision",
    "ValueFault",
    "birth_from_idno",
    "clean_name",
    "clean_text",
    "half_width",
    "is_blank",
    "match_choice",
    "parse_bool",
    "parse_count",
    "parse_date",
    "parse_grade",
    "parse_idno",
    "parse_phone",
    "parse_relation",
    "parse_sex",
    "sex_from_idno",
]
