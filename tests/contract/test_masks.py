"""Properties of the masks (DOMAIN section 6) and of the cipher behind them."""

import base64
import re

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import example, given
from hypothesis import strategies as st

from aixin.privacy.cipher import NONCE_BYTES, DecryptionError, blind_index, decrypt, encrypt
from aixin.privacy.fields import index_of
from aixin.privacy.masks import COMPOUND_SURNAMES, mask_idno, mask_name, mask_numbers, mask_phone

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
NAMES = st.text(HAN, min_size=2, max_size=12)
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
LANDLINES = st.from_regex(r"0[0-9]{2,3}-[0-9]{7,8}", fullmatch=True)
IDNOS = st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True)
ANYTHING = st.text(max_size=60)
# Characters that stand around a number in what people type.
BETWEEN = st.text(st.one_of(HAN, st.sampled_from("，。：；、（）()/ +-:;,\n")), max_size=8)
CONTEXT = "children_child.idno"


# Names


@given(NAMES)
@example("张明")
@example("张小明")
@example("欧阳")
@example("欧阳娜娜")
@example("买买提·阿卜杜拉")
def test_a_masked_name_keeps_the_surname_and_the_length(name: str) -> None:
    masked = mask_name(name)
    kept = masked.rstrip("*")
    assert len(masked) == len(name)
    assert name.startswith(kept)
    assert len(kept) == (2 if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else 1)
    assert masked != name


@given(st.sampled_from(sorted(COMPOUND_SURNAMES)), st.text(HAN, min_size=1, max_size=3))
def test_a_compound_surname_stays_whole(surname: str, given_name: str) -> None:
    assert mask_name(surname + given_name) == surname + "*" * len(given_name)


@given(ANYTHING)
def test_no_name_stays_as_it_was(name: str) -> None:
    assert (mask_name(name) != name or set(name[1:]) <= {"*"}) if name else mask_name(name) == ""


@given(NAMES)
def test_a_name_masked_twice_is_masked_once(name: str) -> None:
    assert mask_name(mask_name(name)) == mask_name(name)


# Numbers


@given(MOBILES)
@example("13800001234")
def test_a_mobile_shows_first_three_and_last_four(phone: str) -> None:
    assert mask_phone(phone) == f"{phone[:3]}****{phone[7:]}"


@given(st.text(st.sampled_from("0123456789-+ "), min_size=3, max_size=20))
@example("0358-3021234")
@example("+8613812345678")
@example("3021234")
def test_any_other_phone_shows_its_last_two_at_most(phone: str) -> None:
    masked = mask_phone(phone)
    if not re.fullmatch(r"[0-9]{11}", phone):
        assert masked == "*" * (len(phone) - 2) + phone[-2:]
    assert len(masked) == len(phone)


@given(IDNOS)
@example("99112120150302002X")
def test_an_idno_shows_first_three_and_last_four(idno: str) -> None:
    assert mask_idno(idno) == f"{idno[:3]}{'*' * 11}{idno[14:]}"


@given(st.text(min_size=1, max_size=40))
@example("140105800101123")
@example("1234567")
@example("12345678")
def test_no_idno_shows_more_than_seven_characters(idno: str) -> None:
    shown = [character for character in mask_idno(idno) if character != "*"]
    assert len(shown) <= 7
    assert "****" in mask_idno(idno) or len(idno) < 4


@pytest.mark.parametrize("mask", [mask_name, mask_phone, mask_idno, mask_numbers])
def test_nothing_masked_is_nothing(mask: object) -> None:
    assert mask("") == ""  # type: ignore[operator]


# Numbers in free text


@given(BETWEEN, st.one_of(MOBILES, IDNOS, LANDLINES), BETWEEN)
@example("奶奶电话", "13987654321", "，打不通打")
@example("号", "99112120150302002x", "")
def test_a_number_in_a_text_is_masked_and_the_rest_stays(before: str, number: str, after: str) -> None:
    masked = mask_numbers(f"{before}{number}{after}")
    assert number not in masked
    assert masked.startswith(before)
    assert masked.endswith(after)
    assert masked[len(before) :].startswith(number[:3]) != (number[0] == "0"), (
        "a land line hides its area too"
    )


@given(st.lists(st.one_of(MOBILES, IDNOS), min_size=1, max_size=5))
def test_every_number_of_a_text_is_masked(numbers: list[str]) -> None:
    masked = mask_numbers("、".join(numbers))
    assert not [number for number in numbers if number in masked]


@given(st.text(st.one_of(HAN, st.sampled_from("0123456789年月日元个%.-")), max_size=40))
@example("2026-06-01 给了300元，身高123.5厘米")
def test_a_text_without_such_numbers_stays(text: str) -> None:
    longest = max((len(digits) for digits in re.findall(r"[\d-]+", text)), default=0)
    if longest < 10:
        assert mask_numbers(text) == text


@given(ANYTHING)
def test_a_text_masked_twice_is_masked_once(text: str) -> None:
    assert mask_numbers(mask_numbers(text)) == mask_numbers(text)


@pytest.mark.parametrize(
    "written",
    [
        "139-8765-4321",
        "139 8765 4321",
        "+8613987654321",
        "8613987654321",
        "１３９８７６５４３２１",
        "03583021234",
        "0358 3021234",
        "991121 20150302 002X",
        "140105800101123",
    ],
)
def test_other_ways_to_write_a_number_are_masked_too(written: str) -> None:
    masked = mask_numbers(f"打这个：{written}，找奶奶")
    assert written not in masked
    assert "*" in masked


# Cipher


@given(ANYTHING, ANYTHING)
@example("", "")
def test_what_was_encrypted_is_read_again(plaintext: str, context: str) -> None:
    stored = encrypt(plaintext, context)
    assert decrypt(stored, context) == plaintext
    assert re.fullmatch(r"a\d+:[A-Za-z0-9+/]+=*", stored)


@given(st.text(min_size=6, max_size=60))
def test_ciphertext_does_not_contain_the_plaintext_and_never_repeats(plaintext: str) -> None:
    first, second = encrypt(plaintext, CONTEXT), encrypt(plaintext, CONTEXT)
    assert plaintext not in first
    assert first != second


@given(ANYTHING, st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_raises(plaintext: str, place: int, flip: int) -> None:
    tag, _, body = encrypt(plaintext, CONTEXT).partition(":")
    raw = bytearray(base64.b64decode(body))
    raw[place % len(raw)] ^= flip
    with pytest.raises(DecryptionError):
        decrypt(f"{tag}:{base64.b64encode(bytes(raw)).decode()}", CONTEXT)


@given(st.text(max_size=30), st.text(max_size=20), st.text(max_size=20))
def test_a_value_of_another_column_raises(plaintext: str, context: str, other: str) -> None:
    stored = encrypt(plaintext, context)
    if context != other:
        with pytest.raises(DecryptionError):
            decrypt(stored, other)


@given(ANYTHING)
@example("13987654321")
@example("a1:")
@example("a1:AAAA")
@example("a99:" + "A" * 60)
@example("b1:" + "A" * 60)
@example("a１:" + "A" * 60)
def test_what_is_no_ciphertext_raises(stored: str) -> None:
    with pytest.raises(DecryptionError):
        decrypt(stored, CONTEXT)


def test_the_error_says_where_but_not_what() -> None:
    stored = encrypt("13987654321", CONTEXT)
    with pytest.raises(DecryptionError) as caught:
        decrypt(stored, "children_guardian.phone")
    assert "children_guardian.phone" in str(caught.value)
    assert stored not in str(caught.value)
    assert isinstance(caught.value.__cause__, InvalidTag)


@given(ANYTHING)
def test_a_cut_value_raises(plaintext: str) -> None:
    tag, _, body = encrypt(plaintext, CONTEXT).partition(":")
    cut = base64.b64encode(base64.b64decode(body)[:NONCE_BYTES]).decode()
    with pytest.raises(DecryptionError):
        decrypt(f"{tag}:{cut}", CONTEXT)


@given(ANYTHING, ANYTHING)
def test_the_blind_index_is_equal_for_equal_values_only(one: str, other: str) -> None:
    assert blind_index(one) == blind_index(one)
    assert (blind_index(one) == blind_index(other)) == (one == other)
    assert re.fullmatch(r"[0-9a-f]{40}", blind_index(one))


@pytest.mark.parametrize("nothing", ["", None])
def test_nothing_has_no_index(nothing: str | None) -> None:
    assert index_of(nothing) is None
