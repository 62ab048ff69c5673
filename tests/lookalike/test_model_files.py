"""Models in files: whole or not at all, unchanged, and with what they may not forget."""

from __future__ import annotations

import copy
import functools
import json
import os

import numpy as np
import pytest
from lookalike.people_with_seeds import seeds_of, table

from customerintel import lookalike
from customerintel.exceptions import DataQualityWarning, InvalidArgumentError


@functools.cache
def fitted(method="logistic"):
    people = table()
    return lookalike.fit(seeds_of(people), people, method=method)


def places(value, path=()):
    """Every place of a JSON value, but for later entries of lists."""
    yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*path, name))
    elif isinstance(value, list):
        for k, inner in enumerate(value[:1]):
            yield from places(inner, (*path, k))


@pytest.mark.parametrize("method", ["logistic", "knn"])
def test_a_file_that_was_changed_anywhere_is_refused(method, tmp_path):
    path = tmp_path / "model.json"
    fitted(method).save(path)
    content = json.loads(path.read_text())
    tried = [None, [], 10**400, float("inf"), "x"]
    for count, place in enumerate(one for one in places(content) if one):
        changed = copy.copy(content)
        inner = changed
        for name in place[:-1]:
            inner[name] = copy.copy(inner[name])
            inner = inner[name]
        value = tried[count % len(tried)]
        inner[place[-1]] = value if inner[place[-1]] != value else 1
        path.write_text(json.dumps(changed))
        with pytest.raises(InvalidArgumentError):
            lookalike.load(path)
    path.write_text(json.dumps(content, indent=2))  # the same with other spaces
    assert lookalike.load(path).traits == fitted(method).traits
    path.write_text(json.dumps(content, sort_keys=True))  # the traits have an order
    with pytest.raises(InvalidArgumentError, match="its digest differs"):
        lookalike.load(path)


def test_a_file_is_written_as_a_whole_or_stays_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "model.json"
    fitted().save(path)
    before = path.read_bytes()

    def full(_):
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(InvalidArgumentError, match="No space left on device"):
            fitted("knn").save(path)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["model.json"]


@pytest.mark.parametrize("name", [".", "a" * 300, "a\0b"])
def test_a_name_that_is_none_of_a_file_is_refused(name, tmp_path):
    with pytest.raises(InvalidArgumentError, match=r"(cannot be written|no folder|is a folder)"):
        fitted().save(f"{tmp_path}/{name}")
    assert not [one for one in tmp_path.iterdir() if one.is_file()]
    with pytest.raises(InvalidArgumentError):
        lookalike.load(f"{tmp_path}/{name}")


class Ledger:
    """Bars some people."""

    def __init__(self, barred):
        self.barred = barred

    def allowed(self, ids, purpose, at=None):
        return ~np.isin(ids, self.barred)


def test_a_model_of_a_ledger_asks_for_one_after_it_was_read(tmp_path):
    people = table()
    seeds = seeds_of(people)
    ledger = Ledger(np.setdiff1d(people["customer_id"], seeds)[:200])
    model = lookalike.fit(seeds, people, method="logistic", consent=ledger)
    model.save(tmp_path / "model.json")
    read = lookalike.load(tmp_path / "model.json")
    assert read.fitted_on.consent_asked
    calls = (
        lambda: read.score(people),
        lambda: read.refit(seeds, people),
        lambda: read.evaluate(people["customer_id"], people),
        lambda: read.fairness(people | {"zone": people["plan"]}, "zone"),
    )
    for call in calls:
        with pytest.raises(InvalidArgumentError, match="fitted with a ledger of consents"):
            call()
    assert read.score(people, consent=ledger).n_without_consent == 200
    assert lookalike.load(tmp_path / "model.json", consent=ledger).score(people).method
    assert read.score(people, consent=False).n_without_consent == 0
    assert not read.refit(seeds, people, consent=False).fitted_on.consent_asked
    bare = lookalike.load(tmp_path / "model.json", consent=False)
    assert len(bare.score(people)) == len(people["visits"]) - len(seeds)
    assert len(model.score(people)) == len(bare.score(people)) - 200


def test_a_restricted_use_is_told_again_once(tmp_path, recwarn):
    people = table()
    with pytest.warns(DataQualityWarning, match="Look-alikes for housing"):
        model = lookalike.fit(
            seeds_of(people), people, method="logistic", restricted_use="housing", acknowledge=True
        )
    with pytest.warns(DataQualityWarning, match="Look-alikes for housing"):
        model.score(people)
    model.score(people)
    model.save(tmp_path / "model.json")
    with pytest.warns(DataQualityWarning, match="Look-alikes for housing"):
        read = lookalike.load(tmp_path / "model.json")
    read.score(people)
    assert not recwarn.list
