"""`fit`: learn what sets the seeds apart from everybody else."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customerintel.exceptions import InvalidArgumentError, SchemaError
from customerintel.lookalike.blas_limit import one_blas_thread
from customerintel.lookalike.choosing import Candidate, choose_method
from customerintel.lookalike.coded import Coded
from customerintel.lookalike.consent_filter import allowed, check_consent, check_purpose
from customerintel.lookalike.fit_settings import FitSettings
from customerintel.lookalike.fitted_model import LookalikeModel
from customerintel.lookalike.fitted_on import FittedOn
from customerintel.lookalike.likeness import Training, fit_method
from customerintel.lookalike.people import People, read_population
from customerintel.lookalike.score_explanation import Typical
from customerintel.lookalike.seed_list import Seeds, effective_number, read_seeds
from customerintel.lookalike.single_traits import best_trait
from customerintel.lookalike.trait_differences import compare_traits
from customerintel.models.progress import progress_bar
from customerintel.schema import PII, Purpose
from customerintel.tables.ids import CustomerIds
from customerintel.tables.notices import warn_caller

__all__ = ["fit"]

Floats = NDArray[np.float64]

#: Fewer seeds, or others, say nothing.
LEAST = 10
#: Fewer seeds say little.
FEW = 100
#: A trait with this AUC by itself most likely says who is a seed.
GIVEAWAY = 0.999
#: Seeds that are learnt from, at most.
MOST_SEEDS = 100_000


def fit(
    seeds: Any,
    population: Any,
    *,
    customer_id: str | None = None,
    method: str = "auto",
    exclude: Sequence[str] = (),
    traits: Sequence[str] | None = None,
    weights: Any = None,
    consent: Any = None,
    purpose: str | Purpose = Purpose.PROFILING,
    restricted_use: str | None = None,
    acknowledge: bool = False,
    kinds: Mapping[str, str] | None = None,
    pii: Mapping[str, str | PII] | None = None,
    allow: Sequence[str] = (),
    max_levels: int = 250,
    sample: int = 200_000,
    seed: int = 0,
    progress: bool = False,
) -> LookalikeModel:
    """Learn what sets the best customers apart from the population.

    Parameters
    ----------
    seeds : array, list, CustomerIds, table or object with ``customer_id``
        Ids of the customers to find more of, at least 10, better 1,000 to 5,000; each counts
        once. They must be rows of the population: those that are not are counted and warned of.
    population : CustomerTable or table
        One row per person: an id and traits, seeds among them.
    customer_id : str, optional
        Column of the ids; not needed where it is called so, or for a `CustomerTable`.
    method : str, default "auto"
        "logistic": log-odds added up over traits, each with a curve or an effect per level.
        "logistic_pairs": the same with pairs of traits that act together. "pu_elkan_noto": the
        same, as the chance to be a positive where some are unknown, which is too high unless the
        people who rank highest are all positives (`LookalikeModel.c_`). "centroid": cosine to the
        seeds' mean. "mahalanobis": nearness to it in the seeds' spread. "knn": nearness to the
        10 nearest of at most 2,000 seeds by Gower's distance. "boosting": trees, and "blend":
        trees and pairs; both need the extra ``sklearn``. "auto" tries "logistic",
        "logistic_pairs" and, where scikit-learn is installed, both of these on seeds that are
        held out, and takes what finds most (`LookalikeModel.candidates_`).
    exclude : str or sequence of str
        Columns that are no traits, such as attributes to audit by. Identity and sensitive data
        and free text are left out anyway.
    traits : sequence of str, optional
        Columns that are the traits, and no others.
    weights : array of float, optional
        Above 0, one per seed as given: what it is worth, or how recent it is.
    consent : ConsentLedger or False, optional
        Only people whom ``consent.allowed(ids, purpose)`` allows are learnt from and ranked.
    purpose : Purpose or str, default "profiling"
        What consent is asked for.
    restricted_use : {"housing", "credit", "employment"}, optional
        What the ranking is for, where the law restricts it: refused unless acknowledged.
    acknowledge : bool, default False
        That the law was looked at. Traits of age, gender, family, origin and place are left out
        then, with a warning, as far as their names tell; names cannot tell all: look at
        `Fairness.proxies`.
    kinds, pii, allow, max_levels
        As `read_traits` takes them.
    sample : int, default 200,000
        People other than seeds who are learnt from, at most, drawn by chance.
    seed : int, default 0
        Of all draws.
    progress : bool, default False
        Whether to show a bar; needs the extra ``progress``.

    Returns
    -------
    LookalikeModel

    Raises
    ------
    InvalidArgumentError
        If there are too few seeds or others, no trait is left, the use is restricted, or an
        argument cannot be used.
    SchemaError
        If a column is missing or cannot be a trait, or ids are of two kinds.
    DataValidationError
        If an id is missing or stands twice.
    MissingDependencyError
        If "boosting" or "blend" is asked for without scikit-learn.

    Notes
    -----
    Traits that exist only because somebody is a customer (age of the account, service contacts)
    tell seeds from others by themselves: leave them out.

    Examples
    --------
    >>> import numpy as np
    >>> import customerintel as ci
    >>> rng = np.random.default_rng(1)
    >>> people = {
    ...     "customer_id": np.arange(2_000),
    ...     "visits": rng.poisson(4.0, 2_000),
    ...     "plan": rng.choice(["basic", "gold"], 2_000),
    ... }
    >>> best = np.flatnonzero((people["visits"] > 5) & (people["plan"] == "gold"))
    >>> model = ci.lookalike.fit(best[::2], people, method="logistic")
    >>> ranked = model.score(people)
    >>> ranked.n_seeds_left_out == len(best[::2])
    True
    >>> bool(np.isin(ranked.top(50).customer_id, best).mean() > 0.9)
    True
    """
    settings = FitSettings.checked({
        "customer_id": customer_id, "method": method, "exclude": exclude, "traits": traits,
        "kinds": kinds, "pii": pii, "allow": allow, "max_levels": max_levels, "purpose": purpose,
        "restricted_use": restricted_use, "acknowledge": acknowledge, "sample": sample,
        "seed": seed,
    })  # fmt: skip
    check_consent(consent)
    wanted = read_seeds(seeds, weights)
    with progress_bar(3, "look-alikes", shown=progress) as step:
        people = read_population(population, settings)
        is_seed, weight, facts = _place_seeds(wanted, people, consent, settings)
        step()
        training = _training(people.coded, is_seed, weight, settings)
        name, candidates = settings.method, tuple[Candidate, ...]()
        with one_blas_thread():
            if name == "auto":
                name, candidates = choose_method(training)
            step()
            likeness = fit_method(name, training)
        step()
    inside = is_seed >= 0
    coded = people.coded.take(inside) if not inside.all() else people.coded
    chosen = is_seed[inside] == 1
    single, auc = best_trait(coded, chosen)
    _warn_of_giveaways(single.name, auc)
    return LookalikeModel(
        settings=settings, fitted_on=facts, candidates_=candidates, columns=people.columns,
        left_out=people.left_out, kind=people.kind, seed_ids=wanted.ids, consent=consent,
        _likeness=likeness, _typical=Typical.of(coded),
        _differences=compare_traits(coded.take(chosen), weight[is_seed == 1], coded, people.kind),
        _single=single,
    )  # fmt: skip


def _warn_of_giveaways(name: str, auc: float) -> None:
    if auc > GIVEAWAY:
        warn_caller(
            f"The trait {name!r} alone tells seeds from all others. If it says who is a seed, "
            "nobody else can be found by it: leave it out with exclude=."
        )
    elif auc <= 0.5:
        warn_caller(
            "No trait tells seeds from others better than chance: the ranking is one of chance. "
            "Give traits in which the seeds differ."
        )


def _place_seeds(
    seeds: Seeds, people: People, consent: Any, settings: FitSettings
) -> tuple[NDArray[np.int8], Floats, FittedOn]:
    """Return who is a seed (1), another (0), or not to be used (−1), and weights."""
    kinds = ["integers" if ids.texts is None else "texts" for ids in (seeds.ids, people.ids)]
    if kinds[0] != kinds[1]:
        raise SchemaError(
            f"The seeds are {kinds[0]} and the ids of the population {kinds[1]}, so nobody could "
            "be found. Give both as the same type."
        )
    rows, which = people.ids.match(seeds.ids)
    n_absent = len(seeds.ids) - len(rows)
    if not len(rows):
        raise InvalidArgumentError(
            f"None of the {len(seeds.ids):,} seeds is a row of the population. Give a population "
            "that holds the seeds too, with the same ids."
        )
    if n_absent:
        warn_caller(
            f"{n_absent:,} of {len(seeds.ids):,} seeds are not rows of the population and are "
            "not learnt from. Add their rows, or check the ids."
        )
    is_seed, weight = np.zeros(len(people.ids), np.int8), np.ones(len(people.ids))
    is_seed[rows], weight[rows] = 1, seeds.weights[which]
    may = allowed(consent, people.ids, check_purpose(settings.purpose))
    n_barred, barred_seeds = int((~may).sum()), int((~may & (is_seed == 1)).sum())
    is_seed[~may] = -1
    n_seeds, n_others = int((is_seed == 1).sum()), int((is_seed == 0).sum())
    _check_counts(n_seeds, n_others, n_barred)
    weight[is_seed == 1] /= weight[is_seed == 1].mean()
    n_eff = effective_number(weight[is_seed == 1])
    return is_seed, weight, FittedOn(
        n_population=len(people.ids), n_seeds=n_seeds, n_eff=n_eff, n_seeds_absent=n_absent,
        n_without_consent=n_barred, n_seeds_without_consent=barred_seeds,
        consent_asked=consent is not None and consent is not False,
        data_hash=_digest(people.coded, people.ids, is_seed, weight),
    )  # fmt: skip


def _check_counts(n_seeds: int, n_others: int, n_barred: int) -> None:
    barred = f" ({n_barred:,} people may not be used for want of consent)" if n_barred else ""
    if not n_others and n_seeds >= LEAST:
        raise InvalidArgumentError(
            f"Everybody in the population is a seed{barred}: there is nobody to tell seeds from. "
            "Give a population of which the seeds are a part."
        )
    if n_seeds < LEAST:
        raise InvalidArgumentError(
            f"{n_seeds} seeds in the population are too few to learn from{barred}; give at least "
            f"{LEAST}, better 1,000 or more."
        )
    if n_others < LEAST:
        raise InvalidArgumentError(
            f"Only {n_others} in the population are no seeds{barred}; at least {LEAST} are needed "
            "to tell seeds from."
        )
    if n_seeds < FEW:
        warn_caller(
            f"{n_seeds} seeds are few: the ranking hangs on chance. Give at least {FEW}, better "
            "1,000 or more."
        )


def _training(
    coded: Coded, is_seed: NDArray[np.int8], weight: Floats, settings: FitSettings
) -> Training:
    """Return all seeds, or many, and a sample of the others."""
    inside = np.flatnonzero(is_seed >= 0)
    whole = Training(coded, is_seed == 1, weight, 0.0, settings.seed)
    if len(inside) < len(is_seed):
        whole = whole.take(inside)
    n_seeds = min(int(whole.is_seed.sum()), MOST_SEEDS)
    return whole.thinned(settings.sample + n_seeds, MOST_SEEDS)


def _digest(coded: Coded, ids: CustomerIds, is_seed: NDArray[np.int8], weight: Floats) -> str:
    """Return a digest of what was learnt from, the same whatever the order of its rows."""
    digest = hashlib.sha256(np.int64(coded.n).tobytes())
    for name in sorted(coded.numbers):
        digest.update(name.encode("utf-8", "surrogatepass"))
        digest.update(np.ascontiguousarray(coded.numbers[name]).tobytes())
    for name in sorted(coded.labels):
        trait = coded.labels[name]
        digest.update("\0".join((name, *trait.levels)).encode("utf-8", "surrogatepass"))
        digest.update(np.ascontiguousarray(trait.codes).tobytes())
    digest.update(np.ascontiguousarray(ids.keys).tobytes())
    digest.update(is_seed.tobytes() + np.ascontiguousarray(weight).tobytes())
    return digest.hexdigest()
