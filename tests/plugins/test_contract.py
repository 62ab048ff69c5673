"""What keeps a contract, and what is said of what does not."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from unittest import mock

import pytest
from plugins.built_in import Recency
from plugins.site_folder import a_registry

from customerintel.exceptions import PluginCallError, PluginContractError
from customerintel.plugins import CHURN_ESTIMATOR, RELATIONSHIP_CLASSIFIER


class Wide:
    """It takes more than it is given."""

    api_version = 1

    def fit(self, history, *extra, horizon_days, **options):
        return self

    @staticmethod
    def predict(history, scale=1.0):
        return history

    def to_state(self):
        return {}

    @classmethod
    def from_state(cls, state):
        return cls()

    def contributions(self, history, /):
        return {}


@dataclass(slots=True)
class Slots:
    api_version: int = 1

    def fit(self, history, /, *, horizon_days):
        return self

    def predict(self, history, /):
        return history


class Late(Recency):
    """Only its objects know their version."""

    @property
    def api_version(self):
        return 1


@pytest.mark.parametrize("kind", [Recency, Wide, Slots, Late], ids=lambda kind: kind.__name__)
def test_classes_and_objects_that_keep_it(kind):
    assert CHURN_ESTIMATOR.faults(kind) == []
    assert CHURN_ESTIMATOR.faults(kind()) == []


def faults(**members) -> list[str]:
    """Return the faults of an estimator with other members, of the class as of its objects."""
    given = {name: value for name, value in members.items() if value is not ...}
    bases = {name: value for name, value in vars(Recency).items() if name in {"fit", "predict"}}
    body = {"api_version": 1, **bases, **given}
    kind = type("Made", (), {name: body[name] for name in body if members.get(name) is not ...})
    assert CHURN_ESTIMATOR.faults(kind) == CHURN_ESTIMATOR.faults(kind())
    return CHURN_ESTIMATOR.faults(kind)


def test_all_that_is_missing_is_listed():
    assert faults(api_version=..., fit=..., predict=...) == [
        "api_version is missing: set api_version = 1 in the class",
        "fit is missing: it is called as fit(history, horizon_days=…)",
        "predict is missing: it is called as predict(history)",
    ]


async def later(self, history):
    return history


SHAPES = {
    "too few": ("predict", lambda self: 0, "predict(history)", "too many positional arguments"),
    "too many": (
        "predict",
        lambda self, history, other: 0,
        "predict(history)",
        "missing a required argument: 'other'",
    ),
    "no horizon": (
        "fit",
        lambda self, history: self,
        "fit(history, horizon_days=…)",
        "got an unexpected keyword argument 'horizon_days'",
    ),
    "an option that may be missing": ("to_state", lambda self, x: {}, "to_state()", "'x'"),
}


@pytest.mark.parametrize("case", SHAPES)
def test_a_method_that_cannot_be_called_so(case):
    name, method, call, why = SHAPES[case]
    (fault,) = faults(**{name: method})
    assert fault.startswith(f"{name} is called as {call}, which does not fit: ")
    assert fault.endswith(why)


def test_members_of_other_kinds():
    assert faults(predict=3, fit=None, api_version=True) == [
        "api_version must be an int, such as 1; it is True",
        "fit is no method; it is None",
        "predict is no method; it is 3",
    ]
    assert faults(predict=later) == ["predict must not be async: it is called, not awaited"]
    assert faults(api_version="1") == ["api_version must be an int, such as 1; it is of type str"]


def test_versions_say_what_to_upgrade():
    assert faults(api_version=2) == [
        "api_version is 2, newer than this release knows (1): upgrade customerintel"
    ]
    (fault,) = CHURN_ESTIMATOR.faults(type("Old", (Recency,), {"api_version": 0}), "acme-churn")
    assert fault == "api_version is 0, older than this release knows (1): upgrade acme-churn"


def test_a_property_that_raises_is_a_fault_and_no_error():
    class Moody(Recency):
        @property
        def predict(self):
            raise ZeroDivisionError

    assert CHURN_ESTIMATOR.faults(Moody) == []
    assert CHURN_ESTIMATOR.faults(Moody()) == [
        "predict is no method; it is not to be read (ZeroDivisionError)"
    ]


def test_callables_without_a_signature_are_trusted():
    class Compiled(Recency):
        predict = mock.Mock(side_effect=[0], __signature__="none")

    with mock.patch("inspect.signature", side_effect=ValueError("no signature")):
        assert CHURN_ESTIMATOR.faults(Compiled) == []
        assert a_registry().load("recency").make(strength=2.0).strength == 2.0


def classifier(labels) -> list[str]:
    class Made:
        api_version = 1

        def __init__(self):
            self.labels = labels

        def predict_proba(self, signals, /):
            return signals

    assert RELATIONSHIP_CLASSIFIER.faults(Made) == []  # __init__ may set them
    at_class = type("AtClass", (Made,), {"labels": labels})
    assert RELATIONSHIP_CLASSIFIER.faults(at_class) == RELATIONSHIP_CLASSIFIER.faults(Made())
    return RELATIONSHIP_CLASSIFIER.faults(Made())


def test_labels_of_a_classifier():
    assert classifier(("a", "b")) == []
    assert classifier(["a", "b"]) == ["labels must be a tuple of str; it is of type list"]
    assert classifier(("a", 1)) == ["labels must be a tuple of str; it is of type tuple"]
    assert classifier(()) == ["labels must hold at least one name, and none twice"]
    assert classifier(("a", "a")) == ["labels must hold at least one name, and none twice"]
    bare = type("Bare", (), {"api_version": 1, "predict_proba": lambda self, signals: signals})
    assert RELATIONSHIP_CLASSIFIER.faults(bare()) == ["labels is missing"]


class Learning:
    api_version = 1

    def __init__(self):
        self.labels = ("a", "b")

    def predict_proba(self, signals, /):
        return signals

    def fit(self, signals, labels, /):
        return self

    def adapt(self, signals, /):
        return self


def test_a_classifier_may_learn_and_adapt():
    assert RELATIONSHIP_CLASSIFIER.faults(Learning) == []
    assert RELATIONSHIP_CLASSIFIER.faults(Learning()) == []


@pytest.mark.parametrize(
    ("name", "method", "call"),
    [
        ("predict_proba", lambda self: 0, "predict_proba(signals)"),
        ("fit", lambda self, signals: self, "fit(signals, labels)"),
        ("adapt", lambda self: self, "adapt(signals)"),
        ("to_state", lambda self, x: {}, "to_state()"),
    ],
)
def test_methods_of_a_classifier_that_cannot_be_called(name, method, call):
    kind = type("Odd", (Learning,), {name: method})
    (fault,) = RELATIONSHIP_CLASSIFIER.faults(kind)
    assert fault.startswith(f"{name} is called as {call}, which does not fit: ")
    assert RELATIONSHIP_CLASSIFIER.faults(kind()) == [fault]


def test_what_a_factory_makes_is_held_to_the_contract():
    registry = a_registry()
    registry.register("acme-int", lambda: 3)
    with pytest.raises(PluginContractError, match=r"api_version is missing.*fit.*predict"):
        registry.load("acme-int").make()
    registry.register("acme-class", lambda: Recency)
    with pytest.raises(PluginContractError, match="returns the class Recency"):
        registry.load("acme-class").make()


def test_a_constructor_that_raises_is_named():
    registry = a_registry()

    @registry.register("acme-moody")
    class Moody(Recency):
        def __init__(self):
            raise RuntimeError("no licence")

    with pytest.raises(PluginCallError, match="raised when it was made: RuntimeError: no licence"):
        registry.load("acme-moody").make()


def test_a_partial_is_a_factory_and_an_estimator_is_none():
    registry = a_registry()
    registry.register("acme-partial", functools.partial(Recency, strength=2.0))
    assert registry.load("acme-partial").make().strength == 2.0
    with pytest.raises(PluginContractError, match="it is of type Recency and must be a class"):
        registry.register("acme-object", Recency())

    class Callable(Recency):
        def __call__(self):
            return self

    with pytest.raises(PluginContractError, match="it is of type Callable and must be a class"):
        registry.register("acme-object", Callable())


def test_what_needs_arguments_is_refused():
    with pytest.raises(PluginContractError, match=r"without arguments.*'x'"):
        a_registry().register("acme-x", lambda x: Recency())
