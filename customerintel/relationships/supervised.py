"""`SupervisedClassifier`: scikit-learn's histogram boosting on the signals."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from customerintel.churn.boosting_rows import boosting, hold_out, telling, threads_for
from customerintel.exceptions import InvalidArgumentError, MissingDependencyError, NotFittedError
from customerintel.models.arguments import check_seed, whole_number
from customerintel.relationships.binned_signals import stated_codes
from customerintel.relationships.binning import MISSING
from customerintel.relationships.type_registry import read_types
from customerintel.tables.results import one_line

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

    from customerintel.relationships.ranks import Reference
    from customerintel.relationships.signal_set import Signals

__all__ = ["SupervisedClassifier"]

if find_spec("sklearn") is None:
    raise MissingDependencyError(
        'The classifier "supervised" needs scikit-learn: pip install "customerintel[sklearn]".'
    )

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Labelled customers that the shares of all weigh as much as in the probabilities.
FEW = 1.0
#: Fewest customers of a type whose rows are held out to find the number of trees.
FEWEST = 2
#: Folds that are held out, at most.
HELD = 2


class SupervisedClassifier:
    """Boosted trees on the signals and the stated type; needs `fit`, and the extra ``sklearn``.

    The trees are scikit-learn's ``HistGradientBoostingClassifier`` [1]_, which has a branch for
    NaN, so nothing has to be filled in. How many to grow is decided by the log loss on held-out
    customers, and the same customers tell by which power the probabilities are to be taken:
    temperature scaling [2]_.

    Parameters
    ----------
    types : str, TypeRegistry, mapping or path, optional
        See `read_types`; ``"core"`` if not given.
    random_state : int, default 0
        Of the folds and of scikit-learn.
    max_iter : int, default 100
        Trees per type, at most.

    Attributes
    ----------
    types : TypeRegistry
        What labels are read by.
    labels : tuple of str
        Before `fit` all types; then those that it has seen, in the order of the types.
    n_iter_ : int
        Trees per type that were grown; 0: everybody gets the shares of the labels.
    temperature_ : float
        What log-odds are divided by: above 1, the trees are too sure of themselves.
    n_rows_ : int
        Labelled customers that were learned from.

    Notes
    -----
    Where every label is what the customer stated, the statements are no evidence, and are left
    out: they would explain themselves. Rates are drawn to those of the base that was learned
    from, whatever base is asked about.

    There is no `to_state`: scikit-learn keeps trees in objects that only pickle can write, and
    a pickle runs whatever code it holds when it is read. Keep the labelled customers, and fit
    anew.

    References
    ----------
    .. [1] Friedman, J. H. (2001). Greedy Function Approximation: A Gradient Boosting Machine.
       Annals of Statistics 29(5), algorithm 6.
    .. [2] Guo, C., Pleiss, G., Sun, Y. and Weinberger, K. Q. (2017). On Calibration of Modern
       Neural Networks. ICML 34, section 4.2.

    Examples
    --------
    >>> from customerintel.relationships.supervised import SupervisedClassifier
    >>> SupervisedClassifier()
    SupervisedClassifier(types=core@1, status=not fitted)
    """

    api_version: ClassVar[int] = 1

    n_iter_: int
    temperature_: float
    n_rows_: int
    _trees: HistGradientBoostingClassifier | None
    _reference: Reference

    def __init__(self, types: Any = None, *, random_state: int = 0, max_iter: int = 100) -> None:
        self.types = read_types("core" if types is None else types)
        self.labels: tuple[str, ...] = self.types.labels
        self.random_state = random_state
        self.max_iter = whole_number(max_iter, "max_iter", "trees", least=1)

    def fit(self, signals: Signals, labels: Any, /) -> Self:
        """Learn from customers whose type is known.

        Parameters
        ----------
        signals : Signals
            What is known of customers, some of them with a label.
        labels : array of str, shape (n_customers,)
            Keys, names or aliases of types; None where the type is not known.

        Returns
        -------
        SupervisedClassifier
            Itself.

        Raises
        ------
        InvalidArgumentError
            If there is not one label per customer, one is no type, or fewer than two types
            have a customer.
        """
        check_seed(self.random_state, "random_state")
        codes = _read_labels(labels, len(signals), self.types)
        rows = np.flatnonzero(codes >= 0)
        seen, y = np.unique(codes[rows], return_inverse=True)
        if len(seen) < 2:
            raise InvalidArgumentError(
                "SupervisedClassifier.fit needs customers of at least two types; the "
                f"{len(rows):,} labels name {len(seen)}. Label more customers."
            )
        self.labels = tuple(self.types.labels[one] for one in seen)
        self._reference, self._names = signals.reference, tuple(signals.names)
        some = signals.take(rows)
        said = stated_codes(some.stated, self.types).astype(np.int64)
        spoke = said != MISSING
        self._hears = not (spoke.any() and bool((said == codes[rows])[spoke].all()))
        X = self._columns_of(some)
        self._telling = telling(X)
        self.n_rows_, self.n_iter_, self.temperature_, self._trees = len(rows), 0, 1.0, None
        self._shares = (np.bincount(y) + FEW / len(seen)) / (len(y) + FEW)
        if self._telling.any():
            with boosting(len(y)):
                self._grow(X[:, self._telling], y)
        return self

    def _grow(self, X: Floats, y: Ints) -> None:
        """Find how many trees to grow, and by which temperature; then grow them."""
        held = [
            test
            for test in hold_out(np.arange(len(y)), int(self.random_state))
            if (np.bincount(y[~test], minlength=len(self.labels)) >= FEWEST).all() and test.any()
        ][:HELD]
        if not held:
            return
        grown = [self._unfitted(len(y)).fit(X[~test], y[~test]) for test in held]
        losses = np.zeros(self.max_iter)
        for trees, test in zip(grown, held, strict=True):
            for step, p in enumerate(trees.staged_predict_proba(X[test])):
                losses[step] += _losses(np.log(_bounded(p)), y[test])
        flat = sum(_losses(np.tile(np.log(self._shares), (int(t.sum()), 1)), y[t]) for t in held)
        if losses.min() >= flat:
            return
        self.n_iter_ = int(losses.argmin()) + 1
        z = []
        for trees, test in zip(grown, held, strict=True):
            staged = trees.staged_predict_proba(X[test])
            best = next(p for step, p in enumerate(staged, start=1) if step == self.n_iter_)
            z.append(np.log(_bounded(best)))
        self.temperature_ = _temperature(np.concatenate(z), np.concatenate([y[t] for t in held]))
        self._trees = self._unfitted(len(y)).set_params(max_iter=self.n_iter_).fit(X, y)

    def _unfitted(self, n: int) -> HistGradientBoostingClassifier:
        from sklearn.ensemble import HistGradientBoostingClassifier

        return HistGradientBoostingClassifier(
            max_iter=self.max_iter,
            learning_rate=0.1,
            max_leaf_nodes=8,
            min_samples_leaf=min(40, max(5, n // 100)),
            l2_regularization=1.0,
            early_stopping=False,
            random_state=int(self.random_state),
        )

    def predict_proba(self, signals: Signals, /) -> Floats:
        """Return the probability of each label for each customer.

        Parameters
        ----------
        signals : Signals
            Of any base; signals that `fit` did not have are left out.

        Returns
        -------
        ndarray of float64, shape (n_customers, len(labels))
            Rows sum to 1; NaN where no signal is known and nothing is stated.

        Raises
        ------
        NotFittedError
            Before `fit`.
        """
        if not hasattr(self, "_names"):
            raise NotFittedError(
                "This SupervisedClassifier is not fitted yet: call fit(signals, labels), or "
                "customerintel.relationships.calibrate('supervised', labelled)."
            )
        X = self._columns_of(signals.against(self._reference))
        out = np.tile(self._shares, (len(X), 1))
        if self._trees is not None and len(X):
            with threads_for(len(X)):
                p = self._trees.predict_proba(X[:, self._telling])
            out = _cooled(np.log(_bounded(p)), self.temperature_)
        known = ~np.isnan(X[:, : len(self._names)]).all(axis=1) | (X == 1.0)[
            :, len(self._names) :
        ].any(axis=1)
        out[~known] = np.nan
        return out

    def _columns_of(self, signals: Signals) -> Floats:
        """Return the signals that `fit` had, and a column per type that may be stated."""
        there = set(signals.names)
        unknown = np.full(len(signals), np.nan)
        columns = [signals[name] if name in there else unknown for name in self._names]
        said = stated_codes(signals.stated, self.types)
        if self._hears:
            columns += [(said == place).astype(np.float64) for place in range(len(self.types))]
        shape = (len(columns), len(signals))
        return np.array(columns, np.float64).reshape(shape).T

    def __repr__(self) -> str:
        if not hasattr(self, "_names"):
            return one_line("SupervisedClassifier", types=self.types.id, status="not fitted")
        return one_line(
            "SupervisedClassifier", types=self.types.id, labels=len(self.labels),
            trees=self.n_iter_, rows=self.n_rows_,
        )  # fmt: skip


def _read_labels(labels: Any, n: int, types: Any) -> Ints:
    """Return the place of each label's type, -1 for None."""
    given = np.empty(len(labels), object)
    given[:] = list(labels)
    if len(given) != n:
        raise InvalidArgumentError(
            f"SupervisedClassifier.fit got {len(given):,} labels for {n:,} customers. Give one "
            "per customer in the order of signals.customer_id, None where it is not known."
        )
    codes = stated_codes(given, types).astype(np.int64)
    strange = np.flatnonzero((codes == MISSING) & [one is not None for one in given.tolist()])
    if strange.size:
        rows = ", ".join(map(str, strange[:5].tolist()))
        raise InvalidArgumentError(
            f"SupervisedClassifier.fit got {strange.size:,} labels that are no types of "
            f"{types.id} (rows {rows}). The types are: {', '.join(types.labels)}."
        )
    return np.where(codes == MISSING, -1, codes)


def _bounded(p: Floats) -> Floats:
    return np.maximum(p, 1e-12)


def _losses(z: Floats, y: Ints) -> float:
    """Return the sum of log losses of unscaled log-probabilities."""
    from scipy.special import logsumexp

    return float((logsumexp(z, axis=1) - z[np.arange(len(y)), y]).sum())


def _cooled(z: Floats, temperature: float) -> Floats:
    from scipy.special import softmax

    return np.asarray(softmax(z / temperature, axis=1), np.float64)


def _temperature(z: Floats, y: Ints) -> float:
    """Return the temperature with the least log loss."""
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(lambda t: _losses(z / t, y), bounds=(0.25, 8.0), method="bounded")
    return float(found.x)
