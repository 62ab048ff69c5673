"""What logs may be like: the checks that change the data, or plant a future in them."""

from __future__ import annotations

import numpy as np

from customerintel.testing.datasets import MOMENT
from customerintel.testing.disturbances import stir, with_future
from customerintel.testing.estimator_subject import EstimatorSubject, valid
from customerintel.testing.subject import Broken, in_time, require, same

__all__ = [
    "empty", "fit_empty", "fit_one_customer", "no_amounts", "no_look_ahead", "one_customer",
    "row_order", "table_kind", "text_ids", "unseen_categories", "unseen_customers",
]  # fmt: skip


def row_order(subject: EstimatorSubject) -> None:
    """Predict the same whatever the order of the log's rows."""
    rows = subject.rows.until(MOMENT)
    shuffled = rows.take(np.random.default_rng(subject.seed).permutation(len(rows)))
    history = shuffled.history()
    same(
        subject.ask(subject.fit(history), history),
        subject.reference,
        "after the rows of the log were shuffled",
        "Sort by time whatever you read from history.to_frame(), or use features().",
    )


def table_kind(subject: EstimatorSubject) -> None:
    """Predict the same whatever kind of table the log was made from."""
    history = subject.rows.until(MOMENT).history(kind="dict")
    same(
        subject.ask(subject.fit(history), history),
        subject.reference,
        "with a log made from a dict of arrays in place of a pandas table",
        "history.to_frame() is of the caller's kind: use features() or summarize().",
    )


def text_ids(subject: EstimatorSubject) -> None:
    """Take ids for names: learn and predict where they are texts in place of integers."""
    history = subject.few.until(MOMENT).history(texts=True)
    valid(
        subject.ask(subject.fit(history), history),
        history,
        "with text ids",
        "Do not compute with history.customer_id.",
    )


def unseen_customers(subject: EstimatorSubject) -> None:
    """Predict for customers who were not there in `fit`."""
    rows = subject.few.until(MOMENT)
    customers = np.unique(rows.customer)
    made = subject.fit(rows.of(customers[::2]).history())
    history = rows.of(customers[1::2]).history()
    valid(
        subject.ask(made, history),
        history,
        "for customers that fit had not seen",
        "Predict from what a customer did, not from who it is.",
    )


def unseen_categories(subject: EstimatorSubject) -> None:
    """Predict where there are categories that were not there in `fit`."""
    rows = subject.few.until(MOMENT)
    made = subject.fit(rows.history())
    odd = np.where(np.arange(len(rows)) % 3 == 0, "new in store", rows.category).astype(object)
    history = stir(rows, category=odd).history()
    valid(
        subject.ask(made, history),
        history,
        "with a category that fit had not seen",
        "Give words that fit did not see a place of their own.",
    )


def no_amounts(subject: EstimatorSubject) -> None:
    """Learn from a log without amounts (visits, checkouts), and predict for it."""
    history = subject.few.until(MOMENT).history(amounts=False)
    valid(
        subject.ask(subject.fit(history), history),
        history,
        "with a log without amounts",
        "Money is NaN there: leave such features out.",
    )


def one_customer(subject: EstimatorSubject) -> None:
    """Predict for a history of one customer."""
    rows = subject.rows.until(MOMENT)
    made = subject.fit(rows.history())
    ids, counts = np.unique(rows.take(rows.amount >= 0.0).customer, return_counts=True)
    for which, words in ((counts.argmax(), "many purchases"), (counts.argmin(), "one purchase")):
        history = rows.of(ids[[which]]).history()
        valid(
            subject.ask(made, history),
            history,
            f"for a single customer with {words}",
            "Take means and spreads from fit, not from the customers at hand.",
        )


def empty(subject: EstimatorSubject) -> None:
    """Return an empty array for a history without customers."""
    rows = subject.rows.until(MOMENT)
    made = subject.fit(rows.history())
    history = rows.take(np.zeros(len(rows), bool)).history()
    found = in_time(lambda: subject.ask(made, history), "predict with an empty history")
    valid(found, history, "with an empty history", "Return np.empty(0) where nobody is.")


def _fit_little(subject: EstimatorSubject, rows: np.ndarray, words: str) -> None:
    """See that a fit to next to nothing either raises or makes a usable estimator."""
    plain = subject.few.until(MOMENT)
    little, history = plain.take(rows).history(), plain.history()
    try:
        made = in_time(lambda: subject.fit(little), f"fit to {words}")
    except Broken:
        raise
    except Exception as error:  # noqa: BLE001 - whichever error the estimator chooses
        require(
            that=bool(str(error).strip()),
            message=f"fit to {words} raised {type(error).__name__} without a message.",
            what_to_do="Say what is missing in the error.",
        )
        return
    found = in_time(lambda: subject.ask(made, history), f"predict after a fit to {words}")
    valid(found, history, f"after a fit to {words}", "Raise an error in fit where it cannot learn.")


def fit_one_customer(subject: EstimatorSubject) -> None:
    """Raise an error with a message in a fit to one customer, or work."""
    rows = subject.few.until(MOMENT)
    first = rows.customer[rows.amount > 0][0]
    _fit_little(subject, rows.customer == first, "one customer")


def fit_empty(subject: EstimatorSubject) -> None:
    """Raise an error with a message in a fit to an empty history, or work; come back."""
    _fit_little(subject, np.zeros(len(subject.few.until(MOMENT)), bool), "an empty history")


def no_look_ahead(subject: EstimatorSubject) -> None:
    """Learn and predict from nothing that happens after the moment of the history."""
    advice = "Read only what history shows; its log is none of an estimator's business."
    plain, planted = subject.history(), with_future(subject.rows).history()
    made = subject.fit(plain)
    same(
        subject.ask(made, planted),
        subject.reference,
        "predict, with purchases, returns and customers of the future planted in the log",
        advice,
    )
    same(
        subject.ask(subject.fit(planted), plain),
        subject.reference,
        "fit, with purchases, returns and customers of the future planted in the log",
        advice,
    )
    same(
        subject.ask(subject.fit(planted), planted),
        subject.reference,
        "fit and predict, with purchases, returns and customers of the future planted in the log",
        advice,
    )
