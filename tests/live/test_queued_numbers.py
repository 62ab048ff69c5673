"""Numbers in the payload of an action: written by hand, as JSON writes them."""

from __future__ import annotations

import json
import math

from hypothesis import given
from hypothesis import strategies as st

from customerintel.live.queued_actions import _numbers

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(st.dictionaries(st.text(), FINITE | st.just(math.nan)))
def test_numbers_are_written_as_json_writes_them(values):
    there = {name: number for name, number in values.items() if not math.isnan(number)}
    assert _numbers(values) == json.dumps(there)
