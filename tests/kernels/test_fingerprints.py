"""Fingerprints of texts against arithmetic with Python's integers, and what is built on them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import customerintel as ci
from customerintel._kernels import naming as kernels
from customerintel._kernels import threads
from customerintel.tables import naming
from customerintel.tables.text import Text

PRIME = 2**61 - 1
KEYS = [int(key) for key in naming.KEYS]


def _part(raw: bytes, which: int) -> int:
    """Sum the products word by word, as the formula says."""
    total = len(raw) * KEYS[which] % PRIME
    full = max(0, (len(raw) - 1) // 14)
    blocks = [raw[14 * k : 14 * k + 14] for k in range(full)]
    if len(raw) >= 14:
        blocks.append(raw[-14:])
    elif len(raw) >= 8:
        blocks.append(raw[:7] + raw[-7:])
    else:
        blocks.append(raw)
    place = 0
    for number, block in enumerate(blocks):
        # texts under eight bytes are one word
        cut = 8 if len(raw) < 8 else 7
        left, right = (int.from_bytes(piece, "little") for piece in (block[:cut], block[cut:]))
        at = 4 + 4 * place + 2 * which
        total = (total + (left + KEYS[at]) * (right + KEYS[at + 1])) % PRIME
        place += 1
        if place == 16 and number < len(blocks) - 1:
            place, total = 0, total * KEYS[2 + which] % PRIME
    return total


@given(st.binary(max_size=600))
def test_a_fingerprint_is_the_sum_of_its_products(raw):
    data = np.frombuffer(b"?" + raw + b"?", np.uint8)
    found = kernels._fingerprint(data, np.int64(1), np.int64(1 + len(raw)), naming.KEYS)
    assert [int(part) for part in found] == [_part(raw, 0), _part(raw, 1)]


@pytest.mark.parametrize("length", [*range(1, 45), 223, 224, 225, 238, 239, 448, 450])
def test_every_byte_counts_and_so_does_the_length(length):
    plain = bytes(length)
    words = [
        plain + b"\0",
        plain[:-1],
        *(plain[:k] + b"\1" + plain[k + 1 :] for k in range(length)),
    ]
    seen = {_of(word) for word in words}
    assert len(seen) == length + 2
    assert _of(plain) not in seen


def _of(raw: bytes) -> tuple[int, int]:
    data = np.frombuffer(raw + b"?", np.uint8)
    one, other = kernels._fingerprint(data, np.int64(0), np.int64(len(raw)), naming.KEYS)
    return int(one), int(other)


@pytest.fixture(params=[(1, 131_072), (3, 2_000)], ids=["one thread", "three threads"])
def _small_parts(request, monkeypatch):
    n_threads, rows = request.param
    monkeypatch.setattr(naming, "PARTITION_ROWS", rows)
    monkeypatch.setattr(threads, "ROWS_PER_THREAD", rows)
    ci.set_threads(n_threads)
    yield
    ci.set_threads(None)


@pytest.mark.usefixtures("_small_parts")
@pytest.mark.parametrize("n_distinct", [1, 2, 40, 9_000])
def test_many_rows_are_numbered_as_sorting_would(n_distinct):
    rng = np.random.default_rng(n_distinct)
    words = [f"{'customer-' * (k % 4)}{k}" for k in range(n_distinct)]
    # half of the rows are of one customer: a partition may be far larger than the others
    picks = np.where(rng.random(20_000) < 0.5, 0, rng.integers(0, n_distinct, 20_000))
    codes, distinct = naming.code_texts(Text.of([words[pick] for pick in picks]))
    expected, places = np.unique([words[pick] for pick in picks], return_inverse=True)
    assert distinct.to_list() == expected.tolist()
    assert codes.tolist() == places.tolist()


def test_no_texts_at_all():
    codes, distinct = naming.code_texts(Text.of([]))
    assert len(codes) == len(distinct) == 0
