"""What the kill harness feeds: rules of every kind, and a fixed stream of steps for a seed."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from customerintel import live

START = datetime(2026, 3, 27, 6, tzinfo=UTC)
FAR = START + timedelta(days=40)
N_CUSTOMERS = 24
#: Attempts are what a kill costs; no number of them makes an action fail here.
_PATIENT = {"max_attempts": 1_000}
_NAMES = ("Product Viewed", "Product Added", "Order Completed", "Visit", "Email Opened")


def rules() -> list[live.Rule]:
    """Return one rule of each kind: momentary, counting, silent, daily, in sequence, held out."""
    added, ordered = live.On("Product Added"), live.On("Order Completed")
    viewed = live.Count("Product Viewed", window="6h")
    return [
        live.Rule(
            id="cart", version=1, when=live.Absence(after=added, of=ordered, within="30m"),
            where=live.P("cart_total") > 20, limits=live.Limits(once_per="6h", **_PATIENT),
            holdout=live.Holdout(0.2, salt="cart"),
            do=[live.Action("email", template="cart"), live.Action("push", text="cart")],
        ),
        live.Rule(
            id="calm", version=1, when=live.Absence(after=ordered, of=ordered, within="2d"),
            limits=live.Limits(**_PATIENT), do=[live.Action("winback")],
        ),
        live.Rule(
            id="keen", version=1, when=viewed >= 3, limits=live.Limits(**_PATIENT),
            do=[live.Action("offer")],
        ),
        live.Rule(
            id="path", version=1, limits=live.Limits(**_PATIENT), do=[live.Action("email")],
            when=live.Sequence(live.On("Product Viewed"), added, within="1h"),
            requires_consent="email_marketing",
        ),
        live.Rule(
            id="less", version=1, limits=live.Limits(**_PATIENT), do=[live.Action("tips")],
            when=live.Drop(live.Count("Visit"), window="1d", versus="previous", by=0.5, at_least=2),
        ),
        live.Rule(
            id="opened", version=1, when=live.On("Email Opened"),
            where=live.P("value") > 10, limits=live.Limits(once_per="2h", **_PATIENT),
            do=[live.Action("call")],
        ),
    ]  # fmt: skip


def consent() -> list[dict[str, object]]:
    """Return entries that let every second customer have mail."""
    return [
        {
            "customer_id": f"c{n}", "purpose": "email_marketing", "basis": "consent",
            "status": "granted", "timestamp": "2026-01-01",
        }
        for n in range(0, N_CUSTOMERS, 2)
    ]  # fmt: skip


def steps(seed: int, n: int) -> list[tuple[object, ...]]:
    """Return the steps of a stream: events with offsets, ticks, merges, snapshots, work."""
    generator = random.Random(seed)
    now, offset, found = START, 0, []
    for _ in range(n):
        kind = generator.choices(
            ("events", "tick", "merge", "snapshot", "work"), (10, 3, 1, 0.5, 5)
        )[0]
        if kind == "events":
            size = generator.choice((1, 1, 2, 5, 20))
            events, offsets = [], []
            for _ in range(size):
                now += timedelta(seconds=generator.expovariate(1 / 240))
                events.append(_event(generator, now, offset))
                offsets.append(offset)
                offset += generator.choice((1, 1, 3))
            found.append(("events", events, offsets))
        elif kind == "tick":
            now += timedelta(minutes=generator.choice((0, 10, 45, 600)))
            found.append(("tick", now))
        elif kind == "merge":
            found.append(("merge", f"a{generator.randrange(9)}", f"c{generator.randrange(9)}"))
        else:
            found.append((kind,))
    return found


def _event(generator: random.Random, now: datetime, offset: int) -> dict[str, object]:
    n = generator.randrange(N_CUSTOMERS)
    late = timedelta(minutes=generator.choice((0, 0, 0, 7)))
    # Some come twice, some belong to nobody known yet, some cannot be read.
    message = offset - 1 if generator.random() < 0.03 else offset
    event: dict[str, object] = {
        "event": generator.choice(_NAMES),
        "timestamp": (now - late).isoformat(),
        "properties": {"cart_total": generator.randrange(60), "value": generator.randrange(30)},
    }
    if generator.random() < 0.9:
        event["messageId"] = f"m{message}"
    if generator.random() >= 0.02:
        event["userId" if generator.random() < 0.8 else "anonymousId"] = f"c{n}"
    if "anonymousId" in event:
        event["anonymousId"] = f"a{n % 9}"
    return event
