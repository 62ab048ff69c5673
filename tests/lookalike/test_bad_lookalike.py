"""Seeds, populations and prospects that cannot be used: class and whole message, or the result."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from lookalike.people_with_seeds import seeds_of, table

from customerintel import lookalike
from customerintel.exceptions import (
    DataQualityWarning,
    DataValidationError,
    InvalidArgumentError,
    MissingDependencyError,
    SchemaError,
)

PEOPLE = table()
SEEDS = seeds_of(PEOPLE)
N = len(PEOPLE["visits"])


def fit(seeds=SEEDS, people=PEOPLE, **changes):
    return lookalike.fit(seeds, people, **{"method": "logistic", **changes})


@functools.cache
def fitted():
    return fit()


def with_(**columns):
    return PEOPLE | columns


NOTES = np.array([f"wrote to us of order {k} and was not happy at all" for k in range(N)], object)
DOUBLED = np.where(np.arange(N) == 5, PEOPLE["customer_id"][0], PEOPLE["customer_id"])
CONSTANT = {
    "customer_id": PEOPLE["customer_id"],
    "plan": np.full(N, "gold", object),
    "visits": np.ones(N),
}


class Half:
    """A ledger that answers for half of the people."""

    def allowed(self, ids, purpose, at=None):
        return np.ones(len(ids) // 2, bool)


#: What is given: a call, the class and the whole message.
CASES = {
    "seeds of whom none is in the population": (
        lambda: fit(np.arange(10**6, 10**6 + 200)),
        InvalidArgumentError,
        (
            "None of the 200 seeds is a row of the population. Give a population that holds "
            "the seeds too, with the same ids."
        ),
    ),
    "seeds who are the whole population": (
        lambda: fit(PEOPLE["customer_id"]),
        InvalidArgumentError,
        (
            "Everybody in the population is a seed: there is nobody to tell seeds from. Give "
            "a population of which the seeds are a part."
        ),
    ),
    "no seeds": (
        lambda: fit([]),
        InvalidArgumentError,
        "There are no seeds. Give the ids of at least 10 people.",
    ),
    "nine seeds": (
        lambda: fit(SEEDS[:9]),
        InvalidArgumentError,
        (
            "9 seeds in the population are too few to learn from; give at least 10, better "
            "1,000 or more."
        ),
    ),
    "all but nine are seeds": (
        lambda: fit(PEOPLE["customer_id"][9:]),
        InvalidArgumentError,
        "Only 9 in the population are no seeds; at least 10 are needed to tell seeds from.",
    ),
    "a text as seeds": (
        lambda: fit("best"),
        InvalidArgumentError,
        "seeds takes the ids of customers, one per entry of an array or a list, not one str.",
    ),
    "a seed that is missing": (
        lambda: fit([1.0, 2.0, float("nan")]),
        InvalidArgumentError,
        (
            "seeds holds entries that are no ids (null_customer_id; entries 2, counted from "
            "0). Leave them out."
        ),
    ),
    "seeds that are texts where ids are integers": (
        lambda: fit([f"p{k}" for k in SEEDS]),
        SchemaError,
        (
            "The seeds are texts and the ids of the population integers, so nobody could be "
            "found. Give both as the same type."
        ),
    ),
    "weights for some of the seeds": (
        lambda: fit(weights=[1.0, 2.0]),
        InvalidArgumentError,
        "weights must hold one number per seed as given: 246; got shape (2,).",
    ),
    "weights that are not positive": (
        lambda: fit(weights=np.where(np.arange(len(SEEDS)) == 4, 0.0, 1.0)),
        InvalidArgumentError,
        (
            "1 of 246 weights are not positive numbers (places 4). Leave those seeds out, or "
            "weigh them."
        ),
    ),
    "weights that are texts": (
        lambda: fit(weights=["high"] * len(SEEDS)),
        InvalidArgumentError,
        "weights must be numbers, one per seed.",
    ),
    "an unknown method": (
        lambda: fit(method="svm"),
        InvalidArgumentError,
        (
            "method must be one of 'auto', 'logistic', 'logistic_pairs', 'pu_elkan_noto', "
            "'centroid', 'mahalanobis', 'knn', 'boosting', 'blend'; got 'svm'."
        ),
    ),
    "a population without an id": (
        lambda: fit(people={"visits": PEOPLE["visits"]}),
        SchemaError,
        (
            "Column 'customer_id' (for customer_id) is not in the table. It has 1 column: "
            "'visits'. Name the column: lookalike.fit(…, customer_id=\"…\")."
        ),
    ),
    "a person who stands twice in the population": (
        lambda: fit(people=with_(customer_id=DOUBLED)),
        DataValidationError,
        (
            "1 of 1,500 rows break a rule (rows count from 0):\n  duplicate_customer_id in 1 "
            'row: 5\nCorrect them, or read with on_invalid="quarantine" to keep the good rows '
            "and find the others in .rejected."
        ),
    ),
    "exclude that names no column": (
        lambda: fit(exclude=["gendr"]),
        SchemaError,
        (
            "Column 'gendr' (for exclude) is not in the table. Did you mean 'spend'? It has "
            "5 columns: 'visits', 'spend', 'age', 'plan', 'branch'."
        ),
    ),
    "exclude that is a number": (
        lambda: fit(exclude=5),
        InvalidArgumentError,
        "exclude takes a list of column names; got int.",
    ),
    "only traits with one level or value": (
        lambda: fit(people=CONSTANT),
        InvalidArgumentError,
        (
            "No trait is left to tell people apart by. Left out: 'plan': it has one value, "
            "or none, in all rows; 'visits': it has one value, or none, in all rows. Give a "
            "table with columns that describe people, or name them in traits=."
        ),
    ),
    "no trait at all": (
        lambda: fit(people={"customer_id": PEOPLE["customer_id"]}),
        InvalidArgumentError,
        (
            "No trait is left to tell people apart by. Give a table with columns that "
            "describe people, or name them in traits=."
        ),
    ),
    "free text asked for as a trait": (
        lambda: fit(people=with_(notes=NOTES), traits=["visits", "notes"]),
        SchemaError,
        (
            "Column 'notes' cannot be a trait: it is free text or names one by one (1,500 "
            "distinct texts in 1,500 rows, of 49 letters and 12.0 words on average), of "
            "which there are no levels; leave it out, or make a column of few categories of "
            "it."
        ),
    ),
    "identity data asked for as a trait": (
        lambda: fit(people=with_(email=NOTES), traits=["visits", "email"]),
        SchemaError,
        (
            "Column 'email' cannot be a trait: identity data (PII class direct); "
            "allow=('email',) takes it all the same."
        ),
    ),
    "an unknown purpose": (
        lambda: fit(purpose="fun"),
        InvalidArgumentError,
        (
            "purpose must be one of 'service', 'analytics', 'personalisation', "
            "'email_marketing', 'ad_matching', 'profiling', 'research'; got 'fun'."
        ),
    ),
    "consent that is no ledger": (
        lambda: fit(consent={"a": True}),
        InvalidArgumentError,
        "consent takes a ConsentLedger, or another object with allowed(ids, purpose); got dict.",
    ),
    "a ledger that answers for half of the people": (
        lambda: fit(consent=Half()),
        InvalidArgumentError,
        (
            "consent.allowed() must return True or False for each of 1,500 ids; it returned "
            "an array of bool of shape (750,)."
        ),
    ),
    "a restricted use": (
        lambda: fit(restricted_use="credit"),
        InvalidArgumentError,
        (
            "Look-alikes for credit are refused: who is left out of such offers may be "
            "unlawful discrimination, even if no protected trait is used. Take legal advice; "
            "with acknowledge=True they are made without traits of age, gender, family, "
            "origin and place, and you must audit the result with model.fairness."
        ),
    ),
    "an unknown restricted use": (
        lambda: fit(restricted_use="loans"),
        InvalidArgumentError,
        "restricted_use must be one of 'housing', 'credit', 'employment', or None; got 'loans'.",
    ),
    "a sample of ten": (
        lambda: fit(sample=10),
        InvalidArgumentError,
        "sample must be a whole number of people, at least 1000; got 10.",
    ),
    "a negative seed of the draws": (
        lambda: fit(seed=-1),
        InvalidArgumentError,
        "seed must be a whole number of at least 0; got -1.",
    ),
}


@pytest.mark.parametrize("given", list(CASES))
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


def test_seeds_that_are_not_in_the_population_are_counted():
    absent = np.concatenate([SEEDS, [10**7, 10**7 + 1]])
    message = rf"2 of {len(SEEDS) + 2} seeds are not rows of the population and are not learnt from"
    with pytest.warns(DataQualityWarning, match=message):
        model = fit(absent)
    assert model.fitted_on.n_seeds_absent == 2
    assert model.fitted_on.n_seeds == len(SEEDS)


def test_few_seeds_are_warned_of():
    with pytest.warns(DataQualityWarning, match="^40 seeds are few: the ranking hangs on chance"):
        model = fit(SEEDS[:40], method="auto")
    assert len(model.score(PEOPLE)) == N - 40


def test_free_text_and_constants_are_left_out_with_a_reason():
    people = with_(notes=NOTES, same=np.full(N, "a", object), gone=np.full(N, np.nan))
    model = fit(people=people)
    assert model.traits == fitted().traits
    assert "is free text" in model.left_out["notes"]
    assert model.left_out["same"] == "it has one value, or none, in all rows"
    assert "no value" in model.left_out["gone"]


def test_without_scikit_learn_boosting_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name, package=None: None)
    for method in ("boosting", "blend"):
        with pytest.raises(MissingDependencyError) as caught:
            fit(method=method)
        assert str(caught.value) == (
            "method='boosting' needs scikit-learn, which is not installed. Use method='auto', or "
            'install it: pip install "customerintel[sklearn]".'
        )


def test_a_category_with_a_level_per_person_is_scored():
    rare = np.array([f"k{k % 700}" for k in range(N)], object)
    model = fit(people=with_(code_name=rare))
    assert np.isfinite(model.score_rows(with_(code_name=rare))[1]).all()
