"""One answer to one item of a survey."""

from __future__ import annotations

from typing import Annotated

from customerintel.schema.fields import PII, Category, Tag
from customerintel.schema.kinds import Id, Moment, Number, SecretText, Text
from customerintel.schema.record import Record
from customerintel.schema.rules import MESSAGES, Problem

__all__ = ["SurveyAnswer"]

_KEY = Tag(Category.IDENTITY, PII.DIRECT)
_WHEN = Tag(Category.QUANTITATIVE, PII.BEHAVIOURAL)
_ASKED = Tag(Category.QUALITATIVE, PII.NONE)
_SAID = Tag(Category.QUALITATIVE, PII.BEHAVIOURAL)
_WROTE = Tag(Category.QUALITATIVE, PII.SENSITIVE)


class SurveyAnswer(Record):
    """A number on a scale, a free text, or both; at least one of them.

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
        if value is None:
            if self.text is None:
                self._refuse(Problem.NULL, "value", "give a value, a text, or both")
        elif (low is not None and value < low) or (high is not None and value > high):
            self._refuse(Problem.OUT_OF_RANGE, "value", MESSAGES[Problem.OUT_OF_RANGE])
