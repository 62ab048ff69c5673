"""Rules, events and histories that the tests of the engine share."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

import customerintel as ci
from customerintel import live
from customerintel.tables import History

START = datetime(2026, 5, 1, 8, tzinfo=UTC)
NAMES = (
    "Product Viewed", "Product Added", "Order Completed", "Visit", "Email Opened", "Order Refunded",
)  # fmt: skip


def at(minutes: float) -> str:
    """Return a moment after the start, as events write it."""
    return (START + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def event(who: str, name: str, minutes: float, message: str | None = None, **properties: Any):
    """Return an event as a dict."""
    found: dict[str, Any] = {"event": name, "userId": who, "timestamp": at(minutes)}
    if message is not None:
        found["messageId"] = message
    if properties:
        found["properties"] = properties
    return found


def rules() -> list[live.Rule]:
    """Return one rule of each kind that needs no history."""
    bought, viewed = live.On("Order Completed"), live.On("Product Viewed")
    return [
        live.Rule(
            id="cart", version=1, do=[live.Action("email", template="cart"), live.Action("app")],
            when=live.Absence(after=live.On("Product Added"), of=bought, within="30m"),
            where=live.P("cart_total") > 20,
            limits=live.Limits(once_per="1d"),
            holdout=live.Holdout(0.3, salt="cart-2026"),
        ),
        live.Rule(
            id="keen", version=1, when=live.Count(viewed, window="1d") >= 3,
            do=[live.Action("offer")],
        ),
        live.Rule(
            id="fewer", version=2, do=[live.Action("tips")],
            when=live.Drop(live.Count("Visit"), window="2d", versus="previous", by=0.5, at_least=2),
        ),
        live.Rule(
            id="path", version=1, do=[live.Action("call")],
            when=live.Sequence(viewed, live.On("Product Added"), bought, within="6h"),
        ),
        live.Rule(id="opened", version=1, when=live.On("Email Opened"), do=[live.Action("desk")]),
    ]  # fmt: skip


def stream(n: int = 600, seed: int = 1, people: int = 25) -> list[dict[str, Any]]:
    """Return events of some days: duplicates, late ones, returns, and people who log in."""
    dice = random.Random(seed)
    found: list[dict[str, Any]] = []
    now = 0.0
    for number in range(n):
        now += dice.expovariate(1 / 12)
        who = f"c{dice.randrange(people)}"
        late = dice.choice((0, 0, 0, 0, 7, 90))
        name = dice.choice(NAMES)
        one = event(who, name, now - late, f"m{number}", cart_total=dice.randrange(60), total=9.5)
        if dice.random() < 0.1:
            one["anonymousId"] = f"anon-{dice.randrange(9)}"
            one |= {"type": "identify"} if dice.random() < 0.4 else {}
            if one.get("type") == "identify":
                del one["event"]
            elif dice.random() < 0.6:
                del one["userId"]
        found.append(one)
        if dice.random() < 0.05:
            found.append(dict(dice.choice(found[-20:])))
    return found


def rows(engine: live.Engine) -> list[tuple[Any, ...]]:
    """Return the whole outbox."""
    frame = engine.outbox.to_frame("dict")
    columns = [frame[name].astype(str).tolist() for name in frame]
    return list(zip(*columns, strict=True))


def finish(engine: live.Engine, now: Any = "2026-06-30T00:00:00Z") -> list[tuple[Any, ...]]:
    """Let all that is due happen; return the whole outbox."""
    while engine.tick(now).pending:
        pass
    return rows(engine)


def history() -> History:
    """Return purchases of 40 customers up to the start."""
    dice = np.random.default_rng(7)
    who = dice.integers(0, 40, 400)
    days = dice.integers(0, 360, 400)
    log = ci.TransactionLog.from_frame(
        {
            "customer_id": np.array([f"c{one}" for one in who], object),
            "timestamp": np.datetime64("2025-05-01", "us") + days.astype("m8[D]"),
            "amount": dice.gamma(2.0, 20.0, 400),
        }
    )
    return log.as_of("2026-04-30")
