"""Prospects, later seeds and audits that cannot be used: class and whole message."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

import numpy as np
import pytest
from lookalike.people_with_seeds import rows_of
from lookalike.test_bad_lookalike import PEOPLE, SEEDS, N, fit, fitted, with_

from customerintel import lookalike
from customerintel.exceptions import InvalidArgumentError, SchemaError

#: People who were no seeds when the model was fitted.
LATER = np.setdiff1d(PEOPLE["customer_id"], SEEDS)[:30]


@functools.cache
def ranked():
    return fitted().score(PEOPLE)


class Everybody:
    """A ledger by which all may be used."""

    def allowed(self, ids, purpose, at=None):
        return np.ones(len(ids), bool)


def reread(change, consent=None):
    """Save a model, change its file, and read it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        fit(consent=consent).save(path)
        path.write_text(change(path.read_text()))
        return lookalike.load(path)


#: What is given: a call, the class and the whole message.
CASES = {
    "prospects without a trait": (
        lambda: fitted().score({"customer_id": [1], "visits": [2]}),
        SchemaError,
        (
            "Column 'spend' (for a trait of the model) is not in the table. It has 2 "
            "columns: 'customer_id', 'visits'."
        ),
    ),
    "prospects with a trait of another type": (
        lambda: fitted().score(with_(visits=PEOPLE["branch"])),
        SchemaError,
        (
            "Column 'visits' cannot be read as before: it held numbers and now holds "
            "categories; convert it to what it was."
        ),
    ),
    "prospects that are no table": (
        lambda: fitted().score(7),
        SchemaError,
        (
            "int is not a table that can be read. Give a pandas, polars, pyarrow, modin, "
            "DuckDB, Dask, Ibis or PySpark table, a dict of arrays, or a path to "
            "TransactionLog.from_csv or from_parquet."
        ),
    ),
    "a top of nobody": (
        lambda: ranked().top(0),
        InvalidArgumentError,
        (
            "top() takes a share above 0, at most 1.0, or a whole number of people of at "
            "least 1; got 0."
        ),
    ),
    "a top of more than all": (
        lambda: ranked().top(1.5),
        InvalidArgumentError,
        (
            "top() takes a share above 0, at most 1.0, or a whole number of people of at "
            "least 1; got 1.5."
        ),
    ),
    "a top of True": (
        lambda: ranked().top(True),
        InvalidArgumentError,
        (
            "top() takes a share above 0, at most 1.0, or a whole number of people of at "
            "least 1; got True."
        ),
    ),
    "an explanation of somebody who is not ranked": (
        lambda: ranked().explain(int(SEEDS[0])),
        InvalidArgumentError,
        (
            "This customer is not among the ranked prospects: unknown, a seed, without "
            "consent, or below the top that was taken."
        ),
    ),
    "an explanation of a text where ids are integers": (
        lambda: ranked().explain("p1"),
        SchemaError,
        "The ids of these prospects are integers; explain() got a str.",
    ),
    "a model of a file that is not there": (
        lambda: lookalike.load("/nowhere/model.json"),
        InvalidArgumentError,
        "There is no file 'model.json' in the folder given. Check the path to the model.",
    ),
    "a model saved to a folder that is not there": (
        lambda: fitted().save("/nowhere/at/all/model.json"),
        InvalidArgumentError,
        "There is no folder to write 'model.json' to. Make it first, or correct the path.",
    ),
    "boosting to be saved": (
        lambda: fit(method="boosting").save("model.json"),
        InvalidArgumentError,
        (
            "A model of method 'boosting' cannot be saved: scikit-learn's trees can only be "
            "pickled, and a pickle runs whatever code it holds. To save one, fit with "
            "method='logistic_pairs'; or keep what score() returned."
        ),
    ),
    "a model saved to what is no path": (
        lambda: fitted().save(5),
        InvalidArgumentError,
        "save takes a path to write to, a str or a Path; got int.",
    ),
    "a changed file": (
        lambda: reread(lambda text: text.replace('"seed": 0', '"seed": 1')),
        InvalidArgumentError,
        (
            "'model.json' is not complete, or was changed after it was saved: its digest "
            "differs. Take an intact copy, or fit and save the model again."
        ),
    ),
    "half of a file": (
        lambda: reread(lambda text: text[: len(text) // 2]),
        InvalidArgumentError,
        ("'model.json' cannot be read as JSON. Give the path that model.save() wrote to."),
    ),
    "a model of a ledger that ranks without one": (
        lambda: reread(str, consent=Everybody()).score(PEOPLE),
        InvalidArgumentError,
        (
            "This model was fitted with a ledger of consents, which its file does not hold. Give "
            "load() or this call consent=ledger; or consent=False, if nobody has to be asked."
        ),
    ),
    "no held-out seeds": (
        lambda: fitted().evaluate([], PEOPLE),
        InvalidArgumentError,
        "There are no held-out seeds. Give the ids of seeds who were not learnt from.",
    ),
    "held-out seeds of whom none is a prospect": (
        lambda: fitted().evaluate(SEEDS, PEOPLE),
        InvalidArgumentError,
        (
            "None of the 1,254 prospects are held-out seeds. Give later seeds who were not "
            "learnt from, and prospects of whom they are a part."
        ),
    ),
    "held-out seeds who are all the prospects": (
        lambda: fitted().evaluate(PEOPLE["customer_id"], PEOPLE),
        InvalidArgumentError,
        (
            "All of the 1,254 prospects are held-out seeds. Give later seeds who were not "
            "learnt from, and prospects of whom they are a part."
        ),
    ),
    "held-out seeds that are texts where ids are integers": (
        lambda: fitted().evaluate(["p1", "p2"], PEOPLE),
        SchemaError,
        (
            "The held-out seeds and the prospects have ids of different types, so nobody "
            "could be found. Give both as integers or both as texts."
        ),
    ),
    "a baseline of categories": (
        lambda: fitted().evaluate(LATER, PEOPLE, baselines="plan"),
        InvalidArgumentError,
        (
            "The baseline 'plan' holds no numbers to rank by. Give a column of numbers, the "
            "greater the better."
        ),
    ),
    "a baseline that is no column": (
        lambda: fitted().evaluate(LATER, PEOPLE, baselines=["vists"]),
        SchemaError,
        (
            "Column 'vists' (for baselines) is not in the table. Did you mean 'visits'? It "
            "has 6 columns: 'customer_id', 'visits', 'spend', 'age', 'plan', 'branch'."
        ),
    ),
    "an evaluation of the first nobody": (
        lambda: fitted().evaluate(LATER, PEOPLE, top=0),
        InvalidArgumentError,
        "A share of the prospects must be above 0 and at most 1, such as 0.05; got 0.",
    ),
    "an evaluation at level 1": (
        lambda: fitted().evaluate(LATER, PEOPLE, level=1.0),
        InvalidArgumentError,
        "level must lie between 0 and 1, such as 0.95; got 1.0.",
    ),
    "an interval of a recall without a share": (
        lambda: fitted().evaluate(LATER, PEOPLE).interval("recall"),
        InvalidArgumentError,
        (
            "interval takes 'auc', or 'recall' or 'lift' with a share such as 0.05; got "
            "'recall' and None."
        ),
    ),
    "a fairness audit by traits of the model": (
        lambda: fitted().fairness(PEOPLE, ["plan", "age"]),
        InvalidArgumentError,
        (
            "'plan', 'age' are traits of this model. An attribute to audit by must not be "
            "learnt from: fit with exclude=['plan', 'age'], and audit then."
        ),
    ),
    "a fairness audit by nothing": (
        lambda: fitted().fairness(PEOPLE, []),
        InvalidArgumentError,
        "attributes names no column to audit by, such as ['age_band', 'gender'].",
    ),
    "a fairness audit by a number": (
        lambda: fitted().fairness(PEOPLE, 5),
        InvalidArgumentError,
        "attributes takes a list of column names; got int.",
    ),
    "a fairness audit of prospects who are all seeds": (
        lambda: fitted().fairness(
            rows_of(PEOPLE, np.isin(PEOPLE["customer_id"], SEEDS)), ["gender"]
        ),
        InvalidArgumentError,
        (
            "There is nobody to choose from: all prospects are seeds of the model, or without "
            "consent. Give prospects of whom some are neither."
        ),
    ),
    "a fairness audit by what names people": (
        lambda: fitted().fairness(with_(email=PEOPLE["branch"]), "email"),
        InvalidArgumentError,
        (
            "'email' is identity data (PII class direct), which names people and not groups of "
            "them. Audit by an attribute such as 'age_band'."
        ),
    ),
    "a fairness audit by 300 groups": (
        lambda: fitted().fairness(
            with_(zone=np.array([f"k{k % 300}" for k in range(N)], object)), "zone"
        ),
        InvalidArgumentError,
        "'zone' has 300 levels; to audit by, at most 100. Make a column of fewer groups of it.",
    ),
    "a fairness audit of nobody selected": (
        lambda: fitted().fairness(with_(gender=PEOPLE["plan"]), "gender", selected=0),
        InvalidArgumentError,
        (
            "selected takes a share above 0, at most 1.0, or a whole number of people of at "
            "least 1; got 0."
        ),
    ),
    "a fairness audit with a negative smallest group": (
        lambda: fitted().fairness(with_(gender=PEOPLE["plan"]), "gender", min_cell=-1),
        InvalidArgumentError,
        "min_cell must be a whole number of customers, at least 0; got -1.",
    ),
}


@pytest.mark.parametrize("given", list(CASES))
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


def test_prospects_who_are_all_seeds_leave_nobody():
    only = rows_of(PEOPLE, np.isin(PEOPLE["customer_id"], SEEDS))
    found = fitted().score(only)
    assert (len(found), found.n_seeds_left_out) == (0, len(SEEDS))
