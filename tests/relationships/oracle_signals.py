"""Signals of relationships by plain loops over rows, one customer after the other.

Times are days since 1970 with fractions (UTC). A purchase row is ``(customer, time, amount,
promo, category)``, a return has a negative amount; a contact is ``(customer, time, kind, way,
sentiment, resolved, channel, campaign)``.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from itertools import pairwise
from statistics import mean, median

NAN = math.nan
YEAR = 365.25
SERVICE = (
    "call", "chat", "support_request", "special_request", "complaint", "escalation", "dispute",
)  # fmt: skip
GRIEVANCES = ("complaint", "escalation", "dispute")
SAID = (
    *SERVICE, "idea", "feedback", "comment", "review", "referral", "community", "social_post",
)  # fmt: skip
PER_ORDER = {
    "inbound_rate": SERVICE,
    "complaint_rate": ("complaint",),
    "escalation_rate": ("escalation",),
    "dispute_rate": ("dispute",),
    "request_rate": ("special_request",),
}
PER_YEAR = {
    "visit_rate": ("visit", "page_view", "login"),
    "idea_rate": ("idea",),
    "feedback_rate": ("feedback", "comment"),
    "review_rate": ("review",),
    "referral_rate": ("referral",),
    "community_rate": ("community", "social_post"),
    "opt_outs": ("opt_out", "spam_report"),
}
INBOUND_ONLY = SAID


def strength(between, within, weak, n):
    if within <= 0:
        return 0.1 if between > 0 else weak
    ratio = (n * max(0.0, between) / within + 20 / weak) / (n + 20)
    return min(1e4, max(0.1, 1 / ratio))


def beta_prior(pairs, weak=2.0):
    pairs = [(x, n) for x, n in pairs if n > 0]
    total = sum(n for _, n in pairs)
    if not total:
        return 0.0, weak
    p = sum(x for x, _ in pairs) / total
    room = total - sum(n * n for _, n in pairs) / total - (len(pairs) - 1)
    if not 0 < p < 1 or room <= 0:
        return p, weak
    spread = sum(n * (x / n - p) ** 2 for x, n in pairs) / (p * (1 - p))
    rho = (spread - (len(pairs) - 1)) / room
    return p, strength(rho, max(0.0, 1 - rho), weak, len(pairs))


def gamma_prior(pairs, weak=1.0):
    pairs = [(x, t) for x, t in pairs if t > 0]
    total = sum(t for _, t in pairs)
    if not total:
        return 0.0, weak
    m = sum(x for x, _ in pairs) / total
    v = sum((x - m * t) ** 2 - m * t for x, t in pairs) / sum(t * t for _, t in pairs)
    return m, strength(v, m, weak, len(pairs))


def mean_prior(samples, weak=2.0):
    samples = [one for one in samples if one]
    n = sum(len(one) for one in samples)
    if not n:
        return 0.0, weak
    m = sum(map(sum, samples)) / n
    room = n - sum(len(one) ** 2 for one in samples) / n
    if n == len(samples) or room <= 0:
        return m, weak
    squares = sum((v - mean(one)) ** 2 for one in samples for v in one)
    within = squares / (n - len(samples))
    spread = sum(len(one) * (mean(one) - m) ** 2 for one in samples)
    between = (spread - (len(samples) - 1) * within) / room
    return m, strength(between, within, weak, len(samples))


def pulled(total, trials, prior):
    return (total + prior[1] * prior[0]) / (trials + prior[1]) if trials > 0 else NAN


def purchase_days(rows):
    return sorted({math.floor(row[1]) for row in rows if row[2] >= 0})


def clumpiness(days, now):
    parts = [1, *(b - a for a, b in pairwise(days)), now - days[-1] + 1]
    shares = [part / sum(parts) for part in parts]
    return 1 + sum(x * math.log(x) for x in shares) / math.log(len(parts))


def trend(days, now):
    middle = (now - days[0]) / 2
    after = sum(
        0.5 if d - days[0] - 0.5 == middle else d - days[0] - 0.5 > middle for d in days[1:]
    )
    return math.log((after + 0.5) / (len(days) - 1 - after + 0.5))


def of_purchases(rows, now, first_event):
    """Return, by signal, the value, or a pair of total and trials where it is shrunk."""
    days = purchase_days(rows)
    gaps = [b - a for a, b in pairwise(days)]
    bought = sorted((row for row in rows if row[2] >= 0), key=lambda row: row[1])
    named = [row for row in bought if row[4] is not None]
    counts = Counter(row[4] for row in named)
    found = {
        "tenure": now - first_event,
        "time_since_last": now - days[-1],
        "purchase_rate": (len(gaps), (now - days[0]) / YEAR),
        "overdue_ratio": (now - days[-1]) / median(gaps) if gaps else NAN,
        "clumpiness": clumpiness(days, now) if len(days) > 2 else NAN,
        "burst_share": max(sum(0 <= d - a < 30 for d in days) for a in days) / len(days)
        if gaps
        else NAN,
        "frequency_trend": trend(days, now) if gaps else NAN,
        "breadth": len(counts) or NAN,
        "effective_categories": math.exp(
            -sum(c / len(named) * math.log(c / len(named)) for c in counts.values())
        )
        if named
        else NAN,
    }
    uneven = NAN
    if len(gaps) > 1:
        m = mean(gaps)
        uneven = sum((g - m) ** 2 for g in gaps) / m**2
    found["regularity"] = (uneven, max(0, len(gaps) - 1))
    found["last_pair"] = gaps[-1] / (gaps[-1] + gaps[-2]) if len(gaps) > 1 else None
    later = [row for row in named if math.floor(row[1]) > math.floor(named[0][1])]
    new = 0
    for row in later:
        earlier = {r[4] for r in named if math.floor(r[1]) < math.floor(row[1])}
        new += row[4] not in earlier
    found["novelty"] = (new, len(later))
    sales = sum(row[2] for row in bought)
    n = len(bought) if sales > 0 else 0
    promo = sum(row[2] for row in bought if row[3]) / sales if n else 0.0
    back = min(1.0, -sum(row[2] for row in rows if row[2] < 0) / sales) if n else 0.0
    found["promo_share"] = (promo * n, n)
    found["full_price_share"] = ((1 - promo) * n, n)
    found["return_share"] = (back * n, n)
    return found


def of_contacts(rows, orders, contacts, now, start, first_event):
    """Return, by signal, pairs of total and trials, or lists of sentiments."""
    began = max(start, first_event)
    n_orders = sum(math.floor(t) >= began for t in orders)
    years = (now - began + 1) / YEAR
    theirs = [c for c in contacts if c[3] != "outbound"]
    seen = Counter(c[2] for c in contacts if c[3] != "outbound" or c[2] not in INBOUND_ONLY)
    found = {}
    for name, kinds in PER_ORDER.items():
        x = sum(seen[kind] for kind in kinds)
        found[name] = (x, max(n_orders, int(x > 0)))
    for name, kinds in PER_YEAR.items():
        found[name] = (sum(seen[kind] for kind in kinds), years)
    complaints = [c for c in theirs if c[2] == "complaint"]
    unresolved = sum(c[5] is None or c[5] > rows["until"] for c in complaints)
    found["unresolved_share"] = (unresolved, len(complaints))
    sent = sum(c[2] == rows["message"] for c in contacts)
    answered = {}
    for kind in ("open", "click"):
        of_kind = [c[7] for c in sorted(contacts, key=lambda c: c[1]) if c[2] == kind]
        again = sum(a is not None and a == b for a, b in pairwise(of_kind))
        answered[kind] = len(of_kind) - again
    found["responsiveness"] = (min(sent, max(answered.values())), sent)
    found["click_rate"] = (min(sent, answered["click"]), sent)
    met = [
        c
        for c in contacts
        if c[6] in ("Store", "phone") and c[2] not in (*rows["apart"], *rows["ours"])
    ]
    spoken = [c for c in contacts if c[2] in (*SAID, "survey_sent")]
    spoken += [c for c in contacts if c[2] == "other" and c[3] is not None]
    every = [c for c in contacts if c in met or c in spoken]
    own = [
        c for c in every
        if c[3] != "outbound" and c[2] not in (*GRIEVANCES, *rows["ours"])
    ]  # fmt: skip
    personal = [c for c in every if c in met or c[2] in ("call", "chat", "support_request")]
    # what is sent counts as a contact, and one through people only once
    found["initiative"] = (len(own), len(every) + sent)
    found["personal_share"] = (len(personal), len(every) + sent)
    felt = [
        c[4] for c in theirs if c[4] is not None and c[2] not in rows["ours"]
    ]  # fmt: skip
    found["positive_sentiment"] = [max(s, 0.0) for s in felt]
    found["negative_sentiment"] = [max(-s, 0.0) for s in felt]
    return found


def stratum(days, day, usual):
    before = [d for d in days if d <= day]
    if not before:
        return None
    n = len(before)
    gap = (before[-1] - before[0]) / (n - 1) if n > 1 else usual
    late = sum((day - before[-1]) / gap >= bound for bound in (0.5, 1, 2))
    return sum(n > bound for bound in (1, 2, 4, 8)), late


def tolerance(days, complaints, until, usual):
    """Return, by customer, outcomes less base; None where no complaint counts."""
    counted = defaultdict(list)
    for customer, times in complaints.items():
        last = None
        for time in sorted(times):
            if time + 90 <= until and (last is None or time - last >= 1):
                counted[customer].append(math.floor(time))
                last = time
    every = sorted(day for held in counted.values() for day in held)
    if not every:
        return None
    looks = [every[math.ceil((k + 0.5) / 16 * len(every)) - 1] for k in range(16)]
    asked = [(c, day) for c in days if c not in complaints for day in looks]
    if not any(stratum(days[c], day, usual) for c, day in asked):
        asked = [(c, day) for c, held in counted.items() for day in held]
    chances, outcomes = Counter(), Counter()
    for c, day in asked:
        if (where := stratum(days[c], day, usual)) is not None:
            chances[where] += 1
            outcomes[where] += any(day < d <= day + 90 for d in days[c])
    overall = sum(outcomes.values()) / max(1, sum(chances.values()))
    found = {c: [] for c in days}
    for c, held in counted.items():
        for day in held:
            if (where := stratum(days[c], day, usual)) is not None:
                base = (outcomes[where] + 20 * overall) / (chances[where] + 20)
                found[c].append(any(day < d <= day + 90 for d in days[c]) - base)
    return found


def mid_rank(values, value):
    """Return the mid-rank percentile of a value among values."""
    known = [v for v in values if not math.isnan(v)]
    if math.isnan(value) or not known:
        return NAN
    share = (sum(v < value for v in known) + sum(v == value for v in known) / 2) / len(known)
    return min(1 - 0.5 / len(known), max(0.5 / len(known), share))
