"""Both families of algorithms: what they compute, what they refuse, how a deployment names them."""

import base64
import re
from collections.abc import Callable

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import ImproperlyConfigured
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from aixin.privacy.cipher import DecryptionError, blind_index, decrypt, encrypt
from aixin.privacy.keys import field_keys, index_key, newest_key
from aixin.privacy.providers import Aes256Gcm, HmacSha256, HmacSm3, Sm4Gcm
from tests.privacy.conftest import UseKeys, new_key

AES, SM4, INDEX = new_key(), new_key(16), new_key()
CONTEXT = "children_child.idno"
TEXT = st.text(max_size=40)
# The fixture sets the keys once; every example runs under the same ones.
same_keys = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(params=[f"1:{AES}", f"1:sm4:{SM4}"], ids=["aes", "sm4"])
def provider(request: pytest.FixtureRequest, use_keys: UseKeys) -> str:
    """Run with a key of this provider."""
    use_keys(fields=request.param)
    return newest_key().provider.letter


# Known answers


def test_sm4_gcm_computes_what_rfc_8998_says() -> None:
    sealed = Sm4Gcm().seal(
        key=bytes.fromhex("0123456789abcdeffedcba9876543210"),
        nonce=bytes.fromhex("00001234567800000000abcd"),
        plaintext=bytes.fromhex("".join(digit * 16 for digit in "abcdefea")),
        context=bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
    )
    assert sealed.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )


def test_aes_gcm_computes_what_the_mode_s_authors_say() -> None:
    sealed = Aes256Gcm().seal(key=bytes(32), nonce=bytes(12), plaintext=bytes(16), context=b"")
    assert sealed.hex() == "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"


def test_hmac_sm3_computes_what_gmt_0042_says() -> None:
    message = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq" * 2
    digest = HmacSm3().digest(bytes(range(1, 33)), message)
    assert digest.hex() == "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a"


def test_hmac_sha256_computes_what_rfc_4231_says() -> None:
    digest = HmacSha256().digest(b"Jefe", b"what do ya want for nothing?")
    assert digest.hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


# Values


@same_keys
@given(TEXT, TEXT)
@example("", "")
def test_what_was_encrypted_is_read_again(provider: str, plaintext: str, context: str) -> None:
    stored = encrypt(plaintext, context)
    assert decrypt(stored, context) == plaintext
    assert re.fullmatch(rf"{provider}1:[A-Za-z0-9+/]+=*", stored)
    assert encrypt(plaintext, context) != stored


@same_keys
@given(TEXT, st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_raises(provider: str, plaintext: str, place: int, flip: int) -> None:
    tag, _, body = encrypt(plaintext, CONTEXT).partition(":")
    raw = bytearray(base64.b64decode(body))
    raw[place % len(raw)] ^= flip
    with pytest.raises(DecryptionError):
        decrypt(f"{tag}:{base64.b64encode(bytes(raw)).decode()}", CONTEXT)


@same_keys
@given(TEXT, st.integers(min_value=0), st.characters())
def test_one_changed_character_raises(provider: str, plaintext: str, place: int, character: str) -> None:
    stored = encrypt(plaintext, CONTEXT)
    place %= len(stored)
    changed = stored[:place] + character + stored[place + 1 :]
    assume(changed != stored)
    with pytest.raises(DecryptionError):
        decrypt(changed, CONTEXT)


def test_another_spelling_of_the_same_bytes_raises(provider: str) -> None:
    stored = encrypt("", CONTEXT)
    respelt = stored[:-3] + chr(ord(stored[-3]) + 1) + "=="
    assert base64.b64decode(respelt[3:]) == base64.b64decode(stored[3:])
    with pytest.raises(DecryptionError):
        decrypt(respelt, CONTEXT)


@same_keys
@given(TEXT, st.integers(min_value=0))
def test_a_cut_value_raises(provider: str, plaintext: str, length: int) -> None:
    tag, _, body = encrypt(plaintext, CONTEXT).partition(":")
    raw = base64.b64decode(body)
    cut = base64.b64encode(raw[: length % len(raw)]).decode()
    with pytest.raises(DecryptionError):
        decrypt(f"{tag}:{cut}", CONTEXT)


@same_keys
@given(TEXT, TEXT, TEXT)
def test_a_value_of_another_column_raises(provider: str, plaintext: str, context: str, other: str) -> None:
    assume(context != other)
    stored = encrypt(plaintext, context)
    with pytest.raises(DecryptionError):
        decrypt(stored, other)


@pytest.mark.parametrize(("old", "new"), [(AES, new_key()), (f"sm4:{SM4}", f"sm4:{new_key(16)}")])
def test_a_wrong_key_raises(use_keys: UseKeys, old: str, new: str) -> None:
    use_keys(fields=f"1:{old}")
    stored = encrypt("13987654321", CONTEXT)
    use_keys(fields=f"1:{new}")
    with pytest.raises(DecryptionError):
        decrypt(stored, CONTEXT)


@same_keys
@given(plaintext=TEXT)
@pytest.mark.parametrize("writes", ["a", "s"])
def test_a_value_under_the_tag_of_another_key_raises(use_keys: UseKeys, writes: str, plaintext: str) -> None:
    order = {"a": f"1:sm4:{SM4},2:sm4:{new_key(16)},3:{AES}", "s": f"1:{AES},2:{new_key()},3:sm4:{SM4}"}
    use_keys(fields=order[writes])
    tag, _, body = encrypt(plaintext, CONTEXT).partition(":")
    assert tag == f"{writes}3"
    for other in [
        *(known for known in field_keys() if known != tag),
        "a3",
        "s3",
        "a4",
        "",
        "x3",
        "a03",
        "a３",
    ]:
        if other != tag:
            with pytest.raises(DecryptionError):
                decrypt(f"{other}:{body}", CONTEXT)


def test_one_provider_never_opens_what_another_sealed_with_the_same_bytes() -> None:
    """Even were a key's bytes used for both by mistake."""
    key, nonce = bytes(16), bytes(12)
    sealed = Sm4Gcm().seal(key, nonce, b"13987654321", b"")
    with pytest.raises(InvalidTag):
        Aes256Gcm().open(key, nonce, sealed, b"")


def test_the_highest_version_encrypts_and_all_decrypt(use_keys: UseKeys) -> None:
    use_keys(fields=f"2:{AES}")
    old = encrypt("13987654321", CONTEXT)
    use_keys(fields=f"10:sm4:{SM4}, 2:aes:{AES}")
    new = encrypt("13987654321", CONTEXT)
    assert (old[:3], new[:4]) == ("a2:", "s10:")
    assert decrypt(old, CONTEXT) == decrypt(new, CONTEXT) == "13987654321"


def test_indexes_of_the_two_providers_differ(use_keys: UseKeys) -> None:
    found = []
    for key in (INDEX, f"sha256:{INDEX}", f"sm3:{INDEX}"):
        use_keys(index=key)
        found.append(blind_index("13987654321"))
    assert found[0] == found[1] != found[2]
    assert all(re.fullmatch(r"[0-9a-f]{40}", index) for index in found)


# Configuration


@pytest.mark.parametrize(
    "fields",
    [
        "", ",", AES, ":", "1:", f"x:{AES}", f"0:{AES}", f"-1:{AES}", f"01:{AES}", f"１:{AES}", f"1:{AES},",
        f"1:{AES};2:{AES}",
        "1:not base64", f"1:{new_key(16)}", f"1:sm4:{AES}", f"1:aes:{SM4}", f"1:des:{AES}", f"1::{AES}", f"1:SM4:{SM4}",
        f"1:{AES},1:{new_key()}", f"1:{AES},1:sm4:{SM4}", f"1:aes:x:{AES}", "1:密钥",
    ],
)  # fmt: skip
def test_malformed_field_keys_are_refused_by_name(use_keys: UseKeys, fields: str) -> None:
    use_keys(fields=fields)
    refused(field_keys, "AIXIN_FIELD_KEYS", fields)


@pytest.mark.parametrize(
    "index", ["", ":", "x", "密钥", SM4, f"sm4:{INDEX}", f"sm3:{SM4}", f":{INDEX}", f"1:sm3:{INDEX}"]
)
def test_a_malformed_index_key_is_refused_by_name(use_keys: UseKeys, index: str) -> None:
    use_keys(index=index)
    refused(index_key, "AIXIN_INDEX_KEY", index)


def refused(read: Callable[[], object], name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=name) as caught:
        read()
    assert not {part for part in re.split("[:,;]", value) if len(part) > 10 and part in str(caught.value)}


def test_keys_do_not_show_themselves(use_keys: UseKeys) -> None:
    use_keys(fields=f"1:{AES}", index=INDEX)
    shown = repr(field_keys()) + repr(index_key())
    assert repr(base64.b64decode(AES)) not in shown
    assert repr(base64.b64decode(INDEX)) not in shown
