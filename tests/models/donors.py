"""Donors, opportunities and models of them, for the tests of the BG/BB model."""

from __future__ import annotations

from customerintel import models

#: Donors of Fader, Hardie and Shang (2010): frequency, recency, donors; 6 opportunities each.
DONORS = [
    (0, 0, 3464), (1, 1, 1091), (1, 2, 277), (1, 3, 129), (1, 4, 78), (1, 5, 119), (1, 6, 129),
    (2, 2, 613), (2, 3, 255), (2, 4, 155), (2, 5, 173), (2, 6, 234), (3, 3, 322), (3, 4, 181),
    (3, 5, 225), (3, 6, 357), (4, 4, 240), (4, 5, 284), (4, 6, 512), (5, 5, 335), (5, 6, 728),
    (6, 6, 1203),
]  # fmt: skip
PARAMS = {"alpha": 1.2035224, "beta": 0.7497164, "gamma": 0.6567181, "delta": 2.7834417}


def donors():
    x, t_x, weight = map(list, zip(*DONORS, strict=True))
    return {"frequency": x, "recency": t_x, "T": [6] * len(x), "weight": weight}


def given_params(alpha=1.2, beta=0.75, gamma=0.66, delta=2.8, unit=None):
    params = {"alpha": alpha, "beta": beta, "gamma": gamma, "delta": delta}
    return models.BetaGeoBetaBinomial.from_params(params, unit=unit)


def rows(*histories):
    x, t_x, n = zip(*histories, strict=True)
    return {"frequency": list(x), "recency": list(t_x), "T": list(n)}
