"""One answer to one item of a survey."""

from __future__ import annotations

import re
from typing import Annotated, Final

from customerintel.schema.fields import PII, Category, Tag
from customerintel.schema.forms import TextForm
from customerintel.schema.kinds import Id, Moment, Number, SecretText, Text
from customerintel.schema.record import Record
from customerintel.schema.rules import MESSAGES, Problem

__all__ = ["SurveyAnswer"]

_KEY = Tag(Category.IDENTITY, PII.DIRECT)
_WHEN = Tag(Category.QUANTITATIVE, PII.BEHAVIOURAL)
_ASKED = Tag(Category.QUALITATIVE, PII.NONE)
_SAID = Tag(Category.QUALITATIVE, PII.BEHAVIOURAL)
_WROTE = Tag(Category.QUALITATIVE, PII.SENSITIVE)
_BETWEEN: Final = re.compile(r"[\W_]+")


def _snake(text: str) -> str:
    return _BETWEEN.sub("_", text.lower()).strip("_")


#: A word out of a closed list, in lower case with underscores; what is longer is free text.
Word = Annotated[
    str,
    TextForm(
        _snake,
        r"(?=\w{1,40}$)[^\W_]+(?:_[^\W_]+){0,3}",
        "give a word such as best_friend, at most 40 letters long and of at most four words",
    ),
]


class SurveyAnswer(Record):
    """A number on a scale, a word out of a list, a free text: at least one of them.

    Free text can hold anything, also special categories of data. It is masked everywhere
    and read only by ``answer.text.get_secret_value()``.

    Examples
    --------
    >>> answer = SurveyAnswer(customer_id=7, timestamp="2024-05-01", instrument="nps",
    ...                       item="recommend", scale_min=0, scale_max=10, value=9)
    >>> answer.value, answer.scale
    (9.0, (0.0, 10.0))
    """

    customer_id: Annotated[Id, _KEY]
    """Whose answer it is."""
    timestamp: Annotated[Moment, _WHEN]
    """When it was given, in UTC."""
    instrument: Annotated[Text, _ASKED]
    """Name of the questionnaire."""
    version: Annotated[Text | None, _ASKED] = None
    """Version of the questionnaire; answers to different versions are not comparable."""
    item: Annotated[Text, _ASKED]
    """Name of the question."""
    scale_min: Annotated[Number | None, _ASKED] = None
    """Lowest possible value."""
    scale_max: Annotated[Number | None, _ASKED] = None
    """Highest possible value."""
    value: Annotated[Number | None, _SAID] = None
    """Answer as a number, within the scale."""
    choice: Annotated[Word | None, _SAID] = None
    """Answer as a word out of a list, in lower case with underscores."""
    stated_type: Annotated[Word | None, _SAID] = None
    """Type of relationship that the customer says to have, whatever the item."""
    desired_type: Annotated[Word | None, _SAID] = None
    """Type of relationship that the customer says to wish for, whatever the item."""
    text: Annotated[SecretText | None, _WROTE] = None
    """Answer in the customer's words, masked."""
    answer_id: Annotated[Id | None, _WHEN] = None
    """Identifier of the answer in its source."""

    @property
    def scale(self) -> tuple[float | None, float | None]:
        """Lowest and highest possible value, None where not known."""
        return self.scale_min, self.scale_max

    def _agree(self) -> None:
        """Check that the scale has a length, that the value lies on it, and that one is given."""
        low, high, value = self.scale_min, self.scale_max, self.value
        if low is not None and high is not None and low >= high:
            advice = "the highest value of a scale lies above its lowest"
            self._refuse(Problem.OUT_OF_RANGE, "scale_max", advice)
        said = (self.choice, self.stated_type, self.desired_type, self.text)
        if value is None:
            if all(part is None for part in said):
                self._refuse(Problem.NULL, "value", "give a value, a choice, a type or a text")
        elif (low is not None and value < low) or (high is not None and value > high):
            self._refuse(Problem.OUT_OF_RANGE, "value", MESSAGES[Problem.OUT_OF_RANGE])
