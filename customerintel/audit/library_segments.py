"""What a simulated public library takes its neighbourhoods and their people to be, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["GENRES", "SEGMENTS", "SegmentOfPeople"]


@dataclass(frozen=True)
class SegmentOfPeople:
    """How the people of one kind of neighbourhood use the library.

    Attributes
    ----------
    name : str
        Of the segment.
    share : float
        Of the block groups, about.
    joins : float
        Share of its residents who hold a card.
    visits : float
        Mean visits a year of a card holder who is still active.
    unevenness : float
        Shape of the gamma distribution of visits; smaller is more uneven.
    digital : float
        Log-odds that a loan is digital, at the start.
    shift : float
        By how much these log-odds grow in a year.
    leaves : float
        Share of the card holders who stop within a year.
    """

    name: str
    share: float
    joins: float
    visits: float
    unevenness: float
    digital: float
    shift: float
    leaves: float


SEGMENTS: Final = (
    SegmentOfPeople("young families", 0.18, 0.62, 14.0, 1.0, -2.2, 0.5, 0.10),
    SegmentOfPeople("retired homeowners", 0.14, 0.55, 12.0, 1.1, -3.2, 0.4, 0.07),
    SegmentOfPeople("urban singles", 0.16, 0.38, 6.0, 0.7, -0.6, 0.9, 0.22),
    SegmentOfPeople("students", 0.08, 0.52, 8.0, 0.7, -0.3, 0.9, 0.35),
    SegmentOfPeople("established professionals", 0.15, 0.48, 8.0, 0.8, -0.9, 0.9, 0.11),
    SegmentOfPeople("newcomers", 0.09, 0.45, 11.0, 0.8, -1.6, 0.6, 0.20),
    SegmentOfPeople("rural households", 0.11, 0.33, 6.5, 0.9, -2.0, 0.7, 0.10),
    SegmentOfPeople("stretched households", 0.09, 0.24, 5.0, 0.7, -2.4, 0.5, 0.20),
)

#: What is borrowed, with its share of the loans.
GENRES: Final = {
    "fiction": 0.34, "children": 0.24, "film": 0.16, "non-fiction": 0.16, "music": 0.06,
    "languages": 0.04,
}  # fmt: skip
