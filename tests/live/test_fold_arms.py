"""Arms: the published formula, drawn once, kept by the earlier trigger."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from customerintel.live.fold_arms import CONTROL, TREATED, Arms, bucket_of
from customerintel.live.fold_decisions import holdout_arm


def arms_of(*salts: str) -> Arms:
    return Arms(salts, room=4)


def test_the_bucket_is_that_of_the_documented_formula() -> None:
    digest = blake2b(b"s\0c42", digest_size=8).digest()
    assert bucket_of("s", "c42") == int.from_bytes(digest, "big") % 10_000


def test_the_share_of_control_is_about_the_one_asked_for() -> None:
    arms = Arms(["s"], room=20_000)
    drawn = [arms.draw("s", 0.1, row, f"c{row}", 7)[0] for row in range(20_000)]
    assert abs(np.mean(np.array(drawn) == CONTROL) - 0.1) < 0.01


def test_an_arm_is_drawn_once() -> None:
    arms = arms_of("s")
    first = arms.draw("s", 1.0, 0, "c1", 5)
    assert first == (CONTROL, 5)
    assert arms.draw("s", 0.0, 0, "c1", 9) == first
    assert arms.known("s", 1) == (0, 0)
    assert arms.known("other", 1) == (0, 0)


def test_a_merge_keeps_the_arm_of_the_earlier_trigger() -> None:
    arms = arms_of("s", "t")
    arms.draw("s", 1.0, 0, "a", 5)
    arms.draw("s", 0.0, 1, "b", 9)
    arms.draw("t", 0.0, 0, "a", 9)
    arms.draw("t", 1.0, 1, "b", 5)
    arms.merge(0, 1)
    assert arms.known("s", 1) == (CONTROL, 5)
    assert arms.known("t", 1) == (CONTROL, 5)
    arms.clear(1)
    assert arms.known("s", 1) == (0, 0)


def test_control_in_one_comparison_is_control() -> None:
    arms = arms_of("own", "all")
    arms.draw("all", 1.0, 0, "a", 3)
    assert holdout_arm(arms, [("own", 0.0), ("all", 1.0)], 0, "a", 8) == (CONTROL, 8)
    assert holdout_arm(arms, [("all", 0.0)], 1, "b", 8) == (TREATED, 8)


def test_state() -> None:
    arms = arms_of("s", "t")
    arms.draw("s", 1.0, 2, "a", 5)
    again = Arms.from_state(arms.state(3), room=8)
    assert again.salts == ("s", "t")
    assert again.known("s", 2) == (CONTROL, 5)
    assert again.known("t", 2) == (0, 0)
