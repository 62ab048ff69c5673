"""Customers of a known spend model."""

from __future__ import annotations

import numpy as np


def simulate(n, p, q, gamma, seed, share=0.4):
    """Draw customers with a geometric number of repeat purchases, of which some have none."""
    rng = np.random.default_rng(seed)
    x = rng.geometric(share, n) - 1
    rate = rng.gamma(q, 1.0 / gamma, n)
    m = np.zeros(n)
    m[x > 0] = rng.gamma(p * x[x > 0]) / (x[x > 0] * rate[x > 0])
    return {"frequency": x, "monetary_value": m}
