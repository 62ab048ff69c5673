"""Pseudonyms: known answers, no collisions, and no key where it does not belong."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import traceback
import unicodedata
from uuid import UUID

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import SecretStr

from customerintel.exceptions import InvalidArgumentError
from customerintel.schema import key_id, pseudonymise

KEY = bytes(range(32))
OPTIONS = {"key": KEY, "domain": "tests"}
PARTS = st.text(min_size=1, max_size=6)


def by_hand(key, message):
    """HMAC-SHA256 out of SHA-256 alone: RFC 2104, section 2."""
    key = hashlib.sha256(key).digest() if len(key) > 64 else key
    key = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in key) + inner).digest()


def framed(*parts):
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


@pytest.mark.parametrize(
    ("key", "data", "mac"),
    [
        (  # RFC 4231, section 4.2 (test case 1)
            b"\x0b" * 20,
            b"Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (  # RFC 4231, section 4.3 (test case 2)
            b"Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (  # RFC 4231, section 4.7 (test case 6)
            b"\xaa" * 131,
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
    ],
)
def test_the_mac_below_is_that_of_the_rfc(key, data, mac):
    assert by_hand(key, data).hex() == mac
    assert hmac.digest(key, data, "sha256").hex() == mac
    state = hmac.new(key, data[:3], "sha256").copy()
    state.update(data[3:])
    assert state.hexdigest() == mac


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("c1", (b"str", b"c1")),
        (5, (b"int", b"5")),
        (-7, (b"int", b"-7")),
        ("é", (b"str", b"\xc3\xa9")),
    ],
)
@pytest.mark.parametrize("key", [KEY, b"k" + b"\xaa" * 130], ids=["32 bytes", "131 bytes"])
def test_known_answers(value, parts, key):
    message = framed(b"customerintel/pseudonym/1", b"news", b"customer_id", *parts)
    whole = base64.b32encode(by_hand(key, message)).decode()
    assert pseudonymise(value, key=key, domain="news") == whole[:26]
    assert pseudonymise(value, key=key, domain="news", length=52) == whole[:52]


def test_pseudonyms_never_change_between_releases():
    assert pseudonymise(["c1", 5], key=KEY, domain="news") == PINNED


PINNED = ["CDVQ476UZ3DV4ORA5SZSLJ4L6L", "QRRNX5I6L73KZO25C66FPQWR4H"]


@given(PARTS, PARTS, PARTS, PARTS, PARTS, PARTS)
def test_no_two_inputs_run_together(domain, field, value, domain2, field2, value2):
    assume((domain, field, value) != (domain2, field2, value2))
    first = pseudonymise(value, key=KEY, domain=domain, field=field)
    assert first != pseudonymise(value2, key=KEY, domain=domain2, field=field2)


def test_concatenations_differ():
    assert pseudonymise("c", key=KEY, domain="a", field="b") != pseudonymise(
        "c", key=KEY, domain="ab", field="c"
    )
    assert pseudonymise("bc", key=KEY, domain="a", field="f") != pseudonymise(
        "c", key=KEY, domain="ab", field="f"
    )


def test_an_integer_and_its_digits_differ():
    assert pseudonymise(5, **OPTIONS) != pseudonymise("5", **OPTIONS)
    assert pseudonymise(5, **OPTIONS) == pseudonymise(5.0, **OPTIONS)
    assert pseudonymise(5, **OPTIONS) == pseudonymise(np.int8(5), **OPTIONS)


@given(st.lists(st.integers() | st.text(max_size=5), max_size=20))
def test_equal_values_and_only_they_have_equal_pseudonyms(values):
    found = pseudonymise(values, **OPTIONS)
    assert len(set(found)) == len({(type(value), value) for value in values})
    assert found == [pseudonymise(value, **OPTIONS) for value in values]


def test_nulls_stay_null():
    nulls = [None, float("nan"), pd.NA, pd.NaT]
    assert pseudonymise(nulls, **OPTIONS) == [None] * 4
    assert pseudonymise(None, **OPTIONS) is None
    assert pseudonymise("", **OPTIONS) is not None


def test_the_shape_is_kept():
    one = pseudonymise("c1", **OPTIONS)
    assert isinstance(one, str)
    assert len(one) == 26
    assert pseudonymise(("c1", None), **OPTIONS) == [one, None]
    grid = pseudonymise(np.array([["c1", "c2", "c3"]] * 2), **OPTIONS)
    assert grid.dtype == object
    assert grid.shape == (2, 3)
    assert grid[1, 0] == one
    assert pseudonymise(np.array([], dtype=object), **OPTIONS).shape == (0,)
    assert pseudonymise([], **OPTIONS) == []
    floats = pseudonymise(np.array([1.0, np.nan]), **OPTIONS)
    assert floats.tolist() == [pseudonymise(1, **OPTIONS), None]


def test_normalisation():
    plain = pseudonymise("jane@x.org", **OPTIONS)
    assert pseudonymise(" Jane@X.org ", **OPTIONS, normalise="email") == plain
    assert pseudonymise(" Jane@X.org ", **OPTIONS) != plain
    dotted = pseudonymise("j.ane@x.org", **OPTIONS, normalise="email")
    assert dotted != plain
    names = ["Straße", "STRASSE", "\u017ftrasse"]
    assert len(set(pseudonymise(names, **OPTIONS, normalise="name"))) == 1
    accents = ["Zo\u00eb", "ZOE\u0308", "\uff3aoe\u0308"]
    assert len(set(pseudonymise(accents, **OPTIONS, normalise="name"))) == 1


@given(st.text(max_size=8))
def test_names_that_differ_in_case_or_form_only_are_one(text):
    known = pseudonymise(text, **OPTIONS, normalise="name")
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        other = unicodedata.normalize(form, text)
        assert pseudonymise(other, **OPTIONS, normalise="name") == known
    folded = unicodedata.normalize("NFKC", text.casefold())
    assert pseudonymise(folded, **OPTIONS, normalise="name") == known


def test_secrets_uuids_and_odd_texts():
    assert pseudonymise(SecretStr("c1"), **OPTIONS) == pseudonymise("c1", **OPTIONS)
    uuid = UUID(int=5)
    assert pseudonymise(uuid, **OPTIONS) == pseudonymise(str(uuid), **OPTIONS)
    assert pseudonymise("\ud800", **OPTIONS) != pseudonymise("\ud801", **OPTIONS)


@given(st.binary(min_size=32, max_size=80), st.binary(min_size=32, max_size=80))
def test_another_key_gives_other_pseudonyms(key, other):
    # RFC 2104: keys up to a block are padded with zeros, longer ones are hashed
    assume(len(set(key)) > 1 and len(set(other)) > 1)
    assume(key.rstrip(b"\0") != other.rstrip(b"\0"))
    assert pseudonymise("c1", key=key, domain="d") != pseudonymise("c1", key=other, domain="d")
    assert key_id(key) != key_id(other)


def test_key_id():
    expected = base64.b32encode(by_hand(KEY, framed(b"customerintel/key-id/1"))).decode()
    assert key_id(KEY) == expected[:16]
    assert key_id(KEY) != pseudonymise("", **OPTIONS)[:16]


BAD = {
    "no bytes": {"key": "x" * 32},
    "no key": {"key": None},
    "short": {"key": b"\x01\x02canary-key"},
    "one byte repeated": {"key": b"\0" * 32},
    "empty domain": {"domain": ""},
    "domain no text": {"domain": 5},
    "empty field": {"field": ""},
    "too short": {"length": 25},
    "too long": {"length": 53},
    "length no integer": {"length": 26.0},
    "length true": {"length": True},
    "normalise": {"normalise": "phone"},
}


@pytest.mark.parametrize("change", BAD.values(), ids=BAD)
def test_bad_arguments(change):
    with pytest.raises(InvalidArgumentError) as caught:
        pseudonymise("canary", **(OPTIONS | change))
    assert "canary" not in str(caught.value)


def test_the_key_has_no_default():
    with pytest.raises(TypeError):
        pseudonymise("c1", domain="d")
    with pytest.raises(TypeError):
        pseudonymise("c1", key=KEY)


@pytest.mark.parametrize("value", [b"canary", 1.5, ["canary"], {"canary"}, True])
def test_values_that_are_no_identifiers(value):
    with pytest.raises(InvalidArgumentError, match="row 1") as caught:
        pseudonymise(["c1", value], **OPTIONS)
    assert "canary" not in str(caught.value)


def test_a_table_column_is_told_what_to_do():
    with pytest.raises(InvalidArgumentError, match="to_numpy"):
        pseudonymise(pd.Series(["c1"]), **OPTIONS)


def test_no_key_in_any_message():
    key = secrets.token_bytes(16)
    with pytest.raises(InvalidArgumentError) as caught:
        key_id(key)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value.args)
    for text in (repr(key), key.hex(), str(list(key))):
        assert text not in told
