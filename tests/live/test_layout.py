"""Where state lies in a record, and what a record without anything holds."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from customerintel._kernels import live_words as w
from customerintel.live.layout import LINE, Item, Layout, LayoutBuilder

KINDS = ("count", "sum", "timer", "sequence", "passed", "seen")


@given(sizes=st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 40)), max_size=30))
def test_items_do_not_overlap_and_lines_are_not_torn(sizes: list[tuple[str, int]]) -> None:
    builder = LayoutBuilder()
    for k, (kind, size) in enumerate(sizes):
        least = w.KEPT if kind == "timer" else 1
        builder.add(str(k), kind, max(size, least), size)
    layout = builder.build()
    used = np.zeros(layout.width, int)
    used[: w.HEADER] += 1
    for item in layout.items.values():
        used[item.offset : item.offset + item.size] += 1
        if item.size <= LINE:
            assert item.offset // LINE == (item.offset + item.size - 1) // LINE
    assert used.max() <= 1
    assert layout.width % LINE == 0
    assert Layout.from_data(layout.to_data()).items == layout.items


def test_empty_record_knows_nothing() -> None:
    builder = LayoutBuilder()
    builder.add("c", "count", 3, 7)
    builder.add("s3", "sum", 4, 3)
    builder.add("e", "count", 1, 0)
    builder.add("t", "timer", 5, 0, ("x",))
    builder.add_run("score", ["s", "s2"])
    layout = builder.build()
    record, items = layout.empty, layout.items
    assert record[items["c"].offset] == 0
    assert record[items["s3"].offset] == -1
    assert record[items["e"].offset] == 0
    assert record[items["t"].offset] == w.NEVER
    assert np.isnan(record.view(float)[items["t"].offset + w.KEPT])
    assert np.isnan(record.view(float)[items["s2"].offset])
    assert items["s2"].offset == items["s"].offset + 1
    assert record[w.W_DUE] == w.FAR


def test_bits_take_one_word_for_62() -> None:
    builder = LayoutBuilder()
    word = builder.add_bits("edge", [str(k) for k in range(63)], w.W_EDGES)
    layout = builder.build()
    assert layout.items["61"] == Item("edge", word, 1, 61)
    assert layout.items["62"] == Item("edge", word + 1, 1, 0)
