"""Models that are saved and read again."""

from __future__ import annotations

import json
import math
import warnings

import numpy as np
import pytest
from models.spend_data import simulate

from customerintel import models
from customerintel.exceptions import ConvergenceWarning, InvalidArgumentError
from customerintel.models.results import FittedModel

CUSTOMERS = {
    "frequency": [0, 1, 3, 0, 2, 8],
    "recency": [0.0, 5.1, 28.3, 0.0, 1.0 / 3.0, 37.0],
    "T": [38.0, 38.0, 31.7, 12.0, 38.0, 38.0],
    "monetary_value": [0.0, 8.1, 23.7, 0.0, 12.9, 30.01],
    "weight": [50, 20, 9, 40, 15, 4],
}


PURCHASES = ("BetaGeoNBD", "ModifiedBetaGeoNBD", "NBD", "ParetoNBD")


@pytest.fixture(scope="module", params=[*PURCHASES, "GammaGamma"])
def fit(request):
    """Fit each model of purchases, on the boundary or not, and that of spend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        if request.param in PURCHASES:
            return getattr(models, request.param)().fit(CUSTOMERS, unit="week")
    return models.GammaGamma().fit(simulate(300, 4.0, 3.0, 20.0, seed=9))


def same(left, right):
    for name in ("params_", "status_", "boundary_", "unit_", "n_customers_", "log_likelihood_"):
        assert getattr(left, name) == getattr(right, name)
    np.testing.assert_array_equal(left.covariance_, right.covariance_)
    assert list(left.params_) == list(right.params_)
    np.testing.assert_array_equal(
        list(left.standard_errors_.values()), list(right.standard_errors_.values())
    )
    return True


@pytest.mark.parametrize("kind", ["path", "text"])
def test_comes_back_as_it_was(fit, kind, tmp_path):
    path = tmp_path / "ü model.json"
    fit.save(path if kind == "path" else str(path))
    back = models.load(path if kind == "path" else str(path))
    assert type(back) is type(fit)
    assert same(fit, back)
    assert repr(back) == repr(fit)
    assert back.aic_ == fit.aic_
    assert back.bic_ == fit.bic_
    if isinstance(fit, models.GammaGamma):
        assert back.frequency_spend_correlation_ == fit.frequency_spend_correlation_
        predictions = [model.expected_spend(CUSTOMERS) for model in (fit, back)]
    else:
        predictions = [model.expected_purchases(CUSTOMERS, 39.0) for model in (fit, back)]
    np.testing.assert_array_equal(*predictions)


def test_given_parameters_come_back(tmp_path):
    given = models.GammaGamma.from_params({"p": 0.1, "q": 1 / 3, "gamma": 1e-99})
    given.save(tmp_path / "m.json")
    back = models.load(tmp_path / "m.json")
    assert back.params_ == given.params_
    assert back.status_ == "given"
    assert math.isnan(back.log_likelihood_)
    assert math.isnan(back.n_customers_)
    assert math.isnan(back.frequency_spend_correlation_)
    assert np.isnan(back.covariance_).all()


def test_the_boundary_of_an_infinite_mean_comes_back(tmp_path):
    with pytest.warns(ConvergenceWarning):
        fit = models.GammaGamma().fit(simulate(2_000, 6.0, 0.7, 15.0, seed=1))
    fit.save(tmp_path / "m.json")
    back = models.load(tmp_path / "m.json")  # without another warning
    assert same(fit, back)
    assert back.boundary_ == ("q ≤ 1",)


def test_the_file_is_plain_json(tmp_path):
    path = tmp_path / "m.json"
    models.GammaGamma.from_params({"p": 1.5, "q": 2.5, "gamma": 3.5}).save(path)
    content = json.loads(path.read_text("utf-8"), parse_constant=pytest.fail)
    assert content["format"] == "customerintel.model"
    assert content["format_version"] == 1
    assert content["model"] == "GammaGamma"
    assert content["params"] == {"p": 1.5, "q": 2.5, "gamma": 3.5}


# -- files that are no models -----------------------------------------------------------------


@pytest.fixture
def written(tmp_path):
    """Save a model, change what the file holds, and give the path."""
    path = tmp_path / "m.json"
    models.GammaGamma().fit(simulate(300, 4.0, 3.0, 20.0, seed=9)).save(path)

    def write(change):
        content = json.loads(path.read_text("utf-8"))
        change(content)
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    return write


def refusal(path):
    with pytest.raises(InvalidArgumentError) as caught:
        models.load(path)
    return str(caught.value)


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_another_version(written, version):
    path = written(lambda content: content.update(format_version=version))
    assert refusal(path) == (
        f"'m.json' has format_version {version!r}, and this release reads 1. Fit and save the "
        "model again, or use the release that wrote it."
    )


@pytest.mark.parametrize("name", ["Gompertz", "load", "lifetime_value", "FittedModel", None, 3])
def test_another_model(written, name):
    path = written(lambda content: content.update(model=name))
    assert refusal(path) == (
        f"'m.json' holds a model {name!r}, which this release does not have. Use the release that "
        "wrote it."
    )


@pytest.mark.parametrize("text", ['{"format": "customerintel.rfm"}', "{}", "[1]", "3", "null"])
def test_another_format(tmp_path, text):
    (tmp_path / "m.json").write_text(text, encoding="utf-8")
    assert refusal(tmp_path / "m.json") == (
        "'m.json' is not a saved model (format 'customerintel.model'). Give the path that "
        "fit.save() wrote to."
    )


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "JSONDecodeError"),
        (b'{"format": "customer', "JSONDecodeError"),
        (b"\xff\xfe\x00", "UnicodeDecodeError"),
        (b"[" * 100_000, "RecursionError"),
    ],
    ids=["empty", "cut off", "no text", "too deep"],
)
def test_broken_json(tmp_path, content, error):
    (tmp_path / "m.json").write_bytes(content)
    assert refusal(tmp_path / "m.json") == (
        f"'m.json' cannot be read as JSON ({error}). Give the path that fit.save() wrote to, and "
        "check that the file is complete."
    )


@pytest.mark.parametrize(
    "key", ["params", "covariance", "log_likelihood", "status", "boundary", "n_customers", "unit"]
)
def test_a_missing_part(written, key):
    path = written(lambda content: content.pop(key))
    assert refusal(path) == (
        f"'m.json' is not complete (KeyError: {key!r}). Fit and save the model again."
    )


@pytest.mark.parametrize(
    "change",
    [
        {"covariance": []},
        {"covariance": [1.0, 2.0, 3.0]},
        {"covariance": [[1.0], [2.0]]},
        {"covariance": [[1.0, 2.0], [2.0, 1.0]]},
        {"covariance": "none"},
        {"boundary": 3},
        {"status": "perfect"},
    ],
    ids=str,
)
def test_parts_of_another_kind(written, change):
    path = written(lambda content: content.update(change))
    assert refusal(path).startswith("'m.json' is not complete (")


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"p": 1.0, "q": -1.0, "gamma": 2.0}, "The parameter q must be positive; got -1.0."),
        ({"p": "x", "q": 1.0, "gamma": 2.0}, "The parameter p must be a number; got str."),
        ({"p": None, "q": 1.0, "gamma": 2.0}, "The parameter p must be a number; got NoneType."),
        (3, "GammaGamma takes its parameters as a dict of names and numbers; got int."),
        ({"p": 1.0}, "GammaGamma has the parameters p, q, gamma; got p."),
    ],
)
def test_parameters_that_cannot_be(written, params, message):
    path = written(lambda content: content.update(params=params))
    assert refusal(path) == f"'m.json' holds what no model can be: {message}"


def test_no_file(tmp_path):
    message = "There is no file 'none.json' in the folder given. Check the path to the model."
    assert refusal(tmp_path / "none.json") == message
    (tmp_path / "none.json").mkdir()
    assert refusal(str(tmp_path / "none.json")) == message


@pytest.mark.parametrize("path", [None, 3, b"m.json"])
def test_no_path(path):
    assert refusal(path) == (
        f"load takes the path of a saved model, a str or a Path; got {type(path).__name__}."
    )


def test_every_model_is_found_by_its_name():
    named = [getattr(models, name) for name in models.__all__]
    kinds = [kind for kind in named if isinstance(kind, type) and issubclass(kind, FittedModel)]
    assert len(kinds) >= 5
    assert all(kind.__name__ in models.__all__ for kind in kinds)
