"""What BG/CNBD-k and MBG/CNBD-k are held against: their definitions, slowly."""

from __future__ import annotations

import mpmath as mp
import numpy as np

from customerintel.models import BetaGeoCNBD, ModifiedBetaGeoCNBD
from customerintel.models.simulation import draw_purchases

MODELS = [BetaGeoCNBD, ModifiedBetaGeoCNBD]
EARLY = {BetaGeoCNBD: 0, ModifiedBetaGeoCNBD: 1}
#: r, α, a, b: ordinary; a + b < 1; a = 1; many alike customers.
PARAMS = [
    (0.9, 4.0, 0.8, 2.5),
    (0.3, 2.0, 0.15, 0.35),
    (1.5, 1.0, 1.0, 2.0),
    (300.0, 400.0, 12.0, 90.0),
]
HISTORIES = [(0, 0.0, 38.86), (2, 30.43, 38.86), (26, 30.857, 31.0), (1, 0.5, 60.0), (4, 20.0, 26)]


def given(model, k, params=PARAMS[0], unit="week"):
    return model.from_params(dict(zip(model.parameters, params, strict=True)), unit=unit, k=k)


def table(rows):
    columns = np.array(rows, np.float64).T
    return dict(zip(("frequency", "recency", "T"), columns, strict=True))


def made_up(n=300, k=3, seed=3, params=(0.9, 4.0, 0.8, 2.5)):
    """Customers who are lost now and then, as of ages in sevenths of a week, with their gaps."""
    rng = np.random.default_rng(seed)
    age = rng.integers(30, 280, n) / 7
    r, alpha, a, b = params
    rate, dropout = rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n)
    who, when = draw_purchases(rng, rate, age, dropout, k)
    last = np.zeros(n)
    np.maximum.at(last, who - 1, when)
    again = who[1:] == who[:-1]
    gaps = np.bincount(who[1:][again], np.log(np.diff(when)[again]), n + 1)[1:]
    found = {"frequency": np.bincount(who)[1:] - 1.0, "recency": last, "T": age}
    return {**found, "sum_log_gaps": gaps}


def history(early, k, params, row):
    """Log-likelihood without the gaps, P(alive), and P(j ticks since the last purchase | alive)."""
    r, alpha, a, b = map(mp.mpf, params)
    x, last, age = map(mp.mpf, row)
    n, shape = x + early, r + k * x
    head = mp.rf(r, k * x) * alpha**r / mp.beta(a, b)
    ticks = [
        (age - last) ** j / mp.factorial(j) * mp.rf(shape, j) / (alpha + age) ** (shape + j)
        for j in range(k)
    ]
    alive = mp.beta(a, b + n) * mp.fsum(ticks)
    lost = mp.beta(a + 1, b + n - 1) / (alpha + last) ** shape if n else mp.mpf(0)
    total = alive + lost
    return mp.log(head * total), alive / total, [tick / mp.fsum(ticks) for tick in ticks]


def tick_chances(shape, rate, t, n):
    """P(0), …, P(n − 1) ticks within t."""
    z, found = t / (rate + t), [(rate / (rate + t)) ** shape]
    for i in range(1, n):
        found.append(found[-1] * (shape + i - 1) / i * z)
    return found


def predictions(early, k, params, row, t, n=600):
    """P(alive at T + t), E purchases, and P(0) … P(4) purchases, from the ticks to come."""
    r, alpha, a, b = map(mp.mpf, params)
    x, _, age = map(mp.mpf, row)
    _, alive, phases = history(early, k, params, row)
    B = b + x + early
    seen = [mp.mpf(1)]  # E[(1 − p)^m]
    for m in range(n // k + 2):
        seen.append(seen[-1] * (B + m) / (a + B + m))
    stays, bought, counts = mp.mpf(0), mp.mpf(0), [mp.mpf(0)] * 5
    for j, phase in enumerate(phases):
        chances = tick_chances(r + k * x + j, alpha + age, mp.mpf(t), n)
        for ticks, chance in enumerate(chances):
            made = (ticks + j) // k
            stays += phase * chance * seen[made]
            # the sum over m ≤ made of E[(1 − p)^(m − 1)]
            bought += phase * chance * mp.fsum(seen[:made])
            for m in range(min(made, 4) + 1):
                lost = seen[m - 1] - seen[m] if m else 0
                counts[m] += phase * chance * (lost + (seen[m] if m == made else 0))
    counts = [alive * count for count in counts]
    counts[0] += 1 - alive
    return alive * stays, alive * bought, counts


def for_ever(early, k, params, row, discount):
    """E discounted purchases for ever, by an integral over λ of what happens at that λ."""
    r, alpha, a, b = map(mp.mpf, params)
    x, last, age = map(mp.mpf, row)
    _, alive, _ = history(early, k, params, row)
    shape, rate, B = r + k * x, alpha + age, b + x + early

    def weight(y, *, of):
        lam = mp.exp(y)
        phi = lam / (lam + discount)
        ticks = [(lam * (age - last)) ** j / mp.factorial(j) for j in range(k)]
        density = mp.exp(shape * y - lam * rate)
        if not of:
            return density * mp.fsum(ticks)
        ahead = mp.fsum(tick * phi ** (k - j) for j, tick in enumerate(ticks))
        return density * ahead * mp.hyp2f1(1, B, a + B, phi**k)

    middle = mp.log((shape + k / 2) / rate)
    width = 1 / mp.sqrt(shape)
    cuts = [middle + width * c for c in (-40, -20, -10, -6, -3, -1, 0, 1, 2, 3, 5, 8, 12)]
    return (
        alive
        * mp.quad(lambda y: weight(y, of=True), cuts)
        / mp.quad(lambda y: weight(y, of=False), cuts)
    )
