"""What each feature of a customer is: its unit, its formula, its source, and when it is NaN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

__all__ = ["Feature", "features_for"]


class Feature(NamedTuple):
    """One feature in words.

    Parameters
    ----------
    unit : str
        Of its values.
    formula : str
        How it is made.
    source : str
        Where the formula comes from.
    undefined : str
        When it is NaN.
    """

    unit: str
    formula: str
    source: str
    undefined: str

    def __str__(self) -> str:
        return f"{self.formula} [{self.unit}]; {self.source}; NaN: {self.undefined}"


_SUMMARY: Final = "as `History.summarize`"
_MODELS: Final = "Fader, Hardie and Lee (2005), section 2; as `History.summarize`"
_HERE: Final = "defined here"
_NO_MONEY: Final = "without amounts"
_NO_GAP: Final = "without a repeat purchase"
_FEW_GAPS: Final = "with fewer than 3 purchase days"

_BEFORE: Final = {
    "frequency": Feature("days", "distinct purchase days - 1", _MODELS, "never"),
    "recency": Feature("days", "last purchase day - first purchase day", _MODELS, "never"),
    "T": Feature("days", "day of the moment - first purchase day", _MODELS, "never"),
    "time_since_last": Feature("days", "day of the moment - last purchase day", _SUMMARY, "never"),
    "n_transactions": Feature(
        "transactions", "purchases and returns, an order counting once", _SUMMARY, "never"
    ),
    "total_amount": Feature("money", "all spent, net of all returned", _SUMMARY, _NO_MONEY),
    "monetary_value": Feature(
        "money", "net spend after the first purchase day / frequency", _MODELS,
        f"{_NO_GAP}; {_NO_MONEY}",
    ),
    "mean_amount": Feature("money", "total_amount / (frequency + 1)", _HERE, _NO_MONEY),
    "first_amount": Feature("money", "net spend of the first purchase day", _HERE, _NO_MONEY),
    "gap_mean": Feature("days", "recency / frequency: the mean gap", _HERE, _NO_GAP),
    "gap_std": Feature("days", "sample standard deviation of the gaps", _HERE, _FEW_GAPS),
    "regularity": Feature(
        "none",
        "(1/v - 1)/2, v the mean of ((g - g')/(g + g'))² over successive gaps and one pair of "
        "1/3: the Erlang shape k, 1 is random",
        "Wheat and Morrison (1990), Var M = 1/(4(2k + 1)); shrunk here", _FEW_GAPS,
    ),
    "clumpiness": Feature(
        "none",
        "1 + Σ x log x / log(n + 1) over the n + 1 gaps, those to both ends of the customer's "
        "life included, as shares of their sum",
        "Zhang, Bradlow and Small (2013; 2015), H_p", "never",
    ),
    "overdue_ratio": Feature("none", "time_since_last / gap_mean", _HERE, _NO_GAP),
}  # fmt: skip

_AFTER: Final = {
    "frequency_trend": Feature(
        "log ratio",
        "log((later + 1/2) / (earlier + 1/2)), the repeat purchase days in the two halves of "
        "the customer's life",
        "Haldane (1956)", _NO_GAP,
    ),
    "spend_trend": Feature(
        "log ratio",
        "as frequency_trend with the halves' net spend, at least 0, and half of monetary_value",
        _HERE, f"{_NO_GAP}; where monetary_value is not above 0; {_NO_MONEY}",
    ),
    "breadth": Feature(
        "categories", "distinct categories of the purchases", _HERE,
        "without a category column, or where no purchase has a category",
    ),
    "return_share": Feature(
        "share", "returns / n_transactions; 0 with returns='drop' or 'keep'", _HERE, "never"
    ),
    "weekend_share": Feature(
        "share", "purchase days on Saturday or Sunday / purchase days", _HERE, "never"
    ),
}  # fmt: skip


def features_for(windows: Sequence[int], ahead: int) -> dict[str, Feature]:
    """Return the features in the order of their columns.

    Parameters
    ----------
    windows : sequence of int
        Days.
    ahead : int
        Days.
    """
    purchases = {
        f"purchases_{days}d": Feature(
            "days", f"distinct purchase days in the last {days} days", _SUMMARY, "never"
        )
        for days in windows
    }
    spend = {
        f"spend_{days}d": Feature(
            "money", f"net amount of the rows of the last {days} days", _SUMMARY, _NO_MONEY
        )
        for days in windows
    }
    season = Feature(
        "share",
        f"purchase days that lay in the {ahead} days after the moment's day, one or more years "
        "(365.25 days, rounded) ago / purchase days",
        _HERE, "where the customer came after the last such days",
    )  # fmt: skip
    return {**_BEFORE, **purchases, **spend, **_AFTER, "season_share": season}
