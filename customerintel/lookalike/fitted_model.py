"""`LookalikeModel`: what was learned of the seeds, ready to rank others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from customerintel.lookalike.choosing import Candidate
from customerintel.lookalike.consent_filter import ledger_for
from customerintel.lookalike.fit_settings import FitSettings
from customerintel.lookalike.fitted_on import FittedOn
from customerintel.lookalike.likeness import Likeness
from customerintel.lookalike.people import People, read_prospects
from customerintel.lookalike.ranking import RankedProspects
from customerintel.lookalike.ranking_people import eligible, rank_people
from customerintel.lookalike.restricted_use import remind_of
from customerintel.lookalike.score_explanation import Typical
from customerintel.lookalike.single_traits import SingleTrait
from customerintel.lookalike.trait_differences import TraitDifferences
from customerintel.schema import Purpose
from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind
from customerintel.tables.results import html_table, one_line
from customerintel.tables.trait_columns import TraitColumn

if TYPE_CHECKING:
    from customerintel.lookalike.audience_fairness import Fairness
    from customerintel.lookalike.evaluation import Evaluation

__all__ = ["LookalikeModel"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class LookalikeModel:
    """What sets the seeds apart; made by `fit` or `load`.

    Attributes
    ----------
    settings : FitSettings
        What `fit` was asked.
    fitted_on : FittedOn
        Counts and the digest of the data.
    candidates_ : tuple of Candidate
        With ``method="auto"``: how each did on seeds held out, and why one was chosen.
    columns : dict of str to TraitColumn
        The traits, and how each is read.
    left_out : dict of str to str
        Columns that are no traits, and why.
    seed_ids : CustomerIds
        The seeds, ascending: they are never prospects.
    consent : ConsentLedger, None or False
        As given to `fit` or `load`.
    """

    settings: FitSettings
    fitted_on: FittedOn
    candidates_: tuple[Candidate, ...]
    columns: dict[str, TraitColumn]
    left_out: dict[str, str]
    kind: Kind
    seed_ids: CustomerIds
    consent: Any
    _likeness: Likeness
    _typical: Typical
    _differences: TraitDifferences
    _single: SingleTrait

    @property
    def method_(self) -> str:
        """The method that was used; of "auto", the one that was chosen."""
        return self._likeness.name

    @property
    def traits(self) -> tuple[str, ...]:
        """Names of the traits."""
        return tuple(self.columns)

    @property
    def n_eff(self) -> float:
        """Number of equally weighted seeds that say as much."""
        return self.fitted_on.n_eff

    @property
    def c_(self) -> float:
        """Of "pu_elkan_noto": share of the positives that are seeds, from below; else NaN.

        It is right only where the people who rank highest are all positives; where traits leave
        doubt, the true share is higher, and so are the scores too high by that factor.
        """
        return float(getattr(self._likeness, "c", np.nan))

    @property
    def pairs_(self) -> tuple[tuple[str, str], ...]:
        """Traits that act together, the strongest first; empty where the method has none."""
        inner: Any = self._likeness
        inner = getattr(inner, "odds", getattr(inner, "additive", inner))
        if not hasattr(inner, "encoder"):
            return ()
        names, pairs = inner.encoder.names, inner.encoder.pairs
        return tuple((names[pair.first], names[pair.second]) for pair in pairs)

    def score(
        self,
        prospects: Any,
        *,
        customer_id: str | None = None,
        consent: Any = None,
        purpose: str | Purpose | None = None,
    ) -> RankedProspects:
        """Rank people by their likeness to the seeds.

        Parameters
        ----------
        prospects : CustomerTable or table
            One row per person, with the columns of :attr:`traits`. Seeds among them are left
            out, and so are those without consent.
        customer_id : str, optional
            Column of the ids; the one of `fit` if not given.
        consent : ConsentLedger or False, optional
            The one of `fit` or `load` if not given. False: nobody has to be asked.
        purpose : Purpose or str, optional
            The one of `fit` if not given; "ad_matching" where ids go to an ad platform.

        Returns
        -------
        RankedProspects

        Raises
        ------
        SchemaError
            If a trait is missing or holds another kind of values.
        DataValidationError
            If an id is missing or stands twice.
        InvalidArgumentError
            If an argument cannot be used, or the model was fitted with a ledger of consents and
            there is none now.
        """
        remind_of(self, self.settings.restricted_use)
        return rank_people(self, *eligible(self, prospects, customer_id, consent, purpose))

    def score_rows(
        self, table: Any, *, customer_id: str | None = None
    ) -> tuple[CustomerIds, Floats]:
        """Return the score of every row, seeds and all, in ascending order of ids.

        The arguments are those of `score`; scores are of shape (n,).
        """
        people = self._read(table, customer_id)
        return people.ids, self._likeness.chance(self._likeness.margin(people.coded))

    def _read(self, table: Any, customer_id: str | None) -> People:
        name = self.settings.customer_id if customer_id is None else customer_id
        return read_prospects(table, name, self.columns)

    def evaluate(
        self, holdout_seeds: Any, prospects: Any, *, customer_id: str | None = None,
        top: Any = (0.01, 0.05, 0.10), baselines: Sequence[str] = (), level: float = 0.95,
    ) -> Evaluation:  # fmt: skip
        """Look where seeds who came later stand among the prospects.

        Parameters
        ----------
        holdout_seeds : array, list, CustomerIds, table or object with ``customer_id``
            Ids of later seeds who were not learnt from.
        prospects : CustomerTable or table
            People whom they are a part of; seeds of `fit` and people without consent are left out.
        customer_id : str, optional
            Column of the ids; the one of `fit` if not given.
        top : float or sequence of float, default (0.01, 0.05, 0.10)
            Shares of the prospects for recall, lift and precision.
        baselines : sequence of str
            Columns of numbers to rank by instead, the greater the better.
        level : float, default 0.95
            Of the intervals.
        """
        from customerintel.lookalike.judging import evaluate_model

        name = self.settings.customer_id if customer_id is None else customer_id
        people = eligible(self, prospects, customer_id)[0]
        return evaluate_model(
            self, holdout_seeds, prospects, people, customer_id=name, top=top,
            baselines=baselines, level=level,
        )  # fmt: skip

    def fairness(
        self, prospects: Any, attributes: Any, *, selected: float = 0.05,
        customer_id: str | None = None, level: float = 0.95, min_cell: int = 10,
    ) -> Fairness:  # fmt: skip
        """Compare who would be chosen with all prospects, by attributes that are no traits.

        Parameters
        ----------
        prospects : CustomerTable or table
            As for `score`, with the columns of the attributes.
        attributes : str or sequence of str
            Columns to audit by, each of at most 100 groups; none that names people.
        selected : float or int, default 0.05
            How many are chosen, as `RankedProspects.top` takes it.
        customer_id : str, optional
            Column of the ids; the one of `fit` if not given.
        level : float, default 0.95
            Of the intervals.
        min_cell : int, default 10
            Smaller groups are told of together, or not at all: see `GroupRates`.

        Raises
        ------
        SchemaError
            If a column is missing or cannot be an attribute.
        InvalidArgumentError
            If an attribute is a trait of the model, names people or has too many groups; if there
            is nobody to choose from; or an argument cannot be used.
        """
        from customerintel.lookalike.judging import fairness_of_model

        name = self.settings.customer_id if customer_id is None else customer_id
        people = eligible(self, prospects, customer_id)[0]
        return fairness_of_model(
            self, prospects, people, attributes, customer_id=name, selected=selected, level=level,
            min_cell=min_cell,
        )  # fmt: skip

    def refit(
        self, seeds: Any, population: Any, *, weights: Any = None, consent: Any = None
    ) -> LookalikeModel:
        """Fit to other seeds or people with the same settings, and the method that was chosen.

        Parameters
        ----------
        seeds, population, weights
            As for `fit`.
        consent : ConsentLedger or False, optional
            The one of this model if not given. False: nobody has to be asked.

        Raises
        ------
        InvalidArgumentError
            If this model was fitted with a ledger and none is here; and as `fit` does.
        """
        from customerintel.lookalike.fitting_seeds import fit

        settings = replace(self.settings, method=self.method_).as_arguments()
        asked = self.fitted_on.consent_asked
        ledger = ledger_for(consent, self.consent, asked=asked)
        return fit(seeds, population, weights=weights, consent=ledger, **settings)

    def explain(self) -> TraitDifferences:
        """Tell in which traits the seeds differ from the population."""
        return self._differences

    def save(self, path: str | Path) -> None:
        """Write the model as JSON; `load` reads it.

        The file holds the ids of the seeds, who are never prospects, and, of "knn", their
        traits: keep it as you keep personal data. The ledger of consents is not in it, only
        whether there was one.

        Raises
        ------
        InvalidArgumentError
            If the file cannot be written: what stood there is as it was. Or if the method's
            trees cannot be.
        """
        from customerintel.lookalike.model_files import write

        write(self, path)

    def __repr__(self) -> str:
        return one_line("LookalikeModel", **self._facts())

    def _repr_html_(self) -> str:
        return html_table("Look-alike model", list(self._facts().items()))

    def _facts(self) -> dict[str, object]:
        return {
            "method": self.method_, "seeds": self.fitted_on.n_seeds,
            "population": self.fitted_on.n_population, "traits": len(self.columns),
            "pairs": len(self.pairs_) or None,
        }  # fmt: skip
