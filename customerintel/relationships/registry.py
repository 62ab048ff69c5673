"""The relationship classifiers that can be had by name: built in, installed, or registered here."""

from __future__ import annotations

from customerintel.plugins import RELATIONSHIP_CLASSIFIER, Registry

__all__ = [
    "CLASSIFIERS",
    "block",
    "names",
    "plugins",
    "refresh",
    "register",
    "unblock",
    "unregister",
]

CLASSIFIERS = Registry(
    group="customerintel.relationship_classifiers",
    contract=RELATIONSHIP_CLASSIFIER,
    builtins={
        "prototype": "customerintel.relationships.prototype:PrototypeClassifier",
        "supervised": "customerintel.relationships.supervised:SupervisedClassifier",
        "survey": "customerintel.relationships.survey_classifier:SurveyClassifier",
    },
)

names = CLASSIFIERS.names
plugins = CLASSIFIERS.plugins
register = CLASSIFIERS.register
unregister = CLASSIFIERS.unregister
block = CLASSIFIERS.block
unblock = CLASSIFIERS.unblock
refresh = CLASSIFIERS.refresh
