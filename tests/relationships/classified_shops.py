"""Small simulated shops, their signals and tables, made once for all tests."""

from __future__ import annotations

from functools import cache

import customerintel as ci


@cache
def shop(n=900, types="core", seed=1):
    """A simulated shop."""
    return ci.relationships.simulate(n, types=types, seed=seed)


def logs(made, *, survey=True):
    """What `signals` and `classify` take besides the history."""
    found = {"interactions": made.interactions}
    return {**found, "survey": made.survey, "customers": made.customers} if survey else found


@cache
def known(n=900, types="core", seed=1):
    """All signals of a shop."""
    made = shop(n, types, seed)
    return ci.relationships.signals(made.as_of(), **logs(made))


@cache
def learned(n=900, types="core", seed=1):
    """A prototype classifier that was calibrated on the true types."""
    return ci.relationships.calibrate("prototype", shop(n, types, seed))


@cache
def table(n=900, types="core", seed=1):
    """The table of a shop by the description of the types alone."""
    made = shop(n, types, seed)
    return ci.relationships.classify(made.as_of(), types=types, **logs(made))
