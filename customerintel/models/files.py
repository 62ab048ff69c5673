"""Models in files: `load`, and what `FittedModel.save` writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from customerintel import models
from customerintel.exceptions import InvalidArgumentError
from customerintel.models.arguments import number_to_json
from customerintel.models.results import FittedModel

__all__ = ["content_of", "load", "rebuild", "write"]

FORMAT = "customerintel.model"
VERSION = 1
STATUSES = ("interior", "boundary", "not_converged", "given")


def load(path: str | Path) -> Any:
    """Read a model that was saved.

    Parameters
    ----------
    path : str or Path
        Written by ``fit.save(path)``. It is JSON and holds no code.

    Returns
    -------
    FittedModel
        A model of the class that was saved, with equal parameters, covariance and status; its
        predictions are the same to the last bit.

    Raises
    ------
    InvalidArgumentError
        If there is no such file, it is no JSON, of another format or version, of a model that
        is not known, or incomplete.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from customerintel import models
    >>> spend = models.GammaGamma.from_params(dict(p=6.25, q=3.74, gamma=15.44))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     spend.save(Path(folder) / "spend.json")
    ...     models.load(Path(folder) / "spend.json")
    GammaGamma(p=6.25, q=3.74, gamma=15.44, status=given)
    """
    if not isinstance(path, str | Path):
        raise InvalidArgumentError(
            f"load takes the path of a saved model, a str or a Path; got {type(path).__name__}."
        )
    return rebuild(_parse(Path(path)), Path(path).name)


def rebuild(content: Any, name: str) -> Any:
    """Return the fitted model that `content_of` told of.

    Parameters
    ----------
    content : object
        As JSON has it.
    name : str
        Where it comes from, for messages.
    """
    if not isinstance(content, Mapping) or content.get("format") != FORMAT:
        raise InvalidArgumentError(
            f"{name!r} is not a saved model (format {FORMAT!r}). Give the path that fit.save() "
            "wrote to."
        )
    version = content.get("format_version")
    if version != VERSION:
        raise InvalidArgumentError(
            f"{name!r} has format_version {version!r}, and this release reads {VERSION}. Fit and "
            "save the model again, or use the release that wrote it."
        )
    kind = _model(content.get("model"), name)
    try:
        return _rebuild(kind, content)
    except InvalidArgumentError as error:
        raise InvalidArgumentError(f"{name!r} holds what no model can be: {error}") from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidArgumentError(
            f"{name!r} is not complete ({type(error).__name__}: {error}). Fit and save the model "
            "again."
        ) from None


def write(fit: FittedModel, path: str | Path) -> None:
    """Write a model as JSON; the body of `FittedModel.save`."""
    content = content_of(fit)
    target = Path(path)
    if not target.parent.is_dir():
        raise InvalidArgumentError(
            f"There is no folder to write {target.name!r} to. Make it first, or correct the path."
        )
    target.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def content_of(fit: FittedModel) -> dict[str, Any]:
    """Return all that makes a fitted model, as JSON has it."""
    return {
        "format": FORMAT,
        "format_version": VERSION,
        "model": type(fit).__name__,
        "params": dict(zip(fit._names, fit._values.tolist(), strict=True)),
        "covariance": [[number_to_json(x) for x in row] for row in fit.covariance_.tolist()],
        "log_likelihood": number_to_json(fit.log_likelihood_),
        "status": fit.status_,
        "boundary": list(fit.boundary_),
        "n_customers": number_to_json(fit.n_customers_),
        "unit": fit.unit_,
        **fit._details(),
    }


def _rebuild(kind: type[FittedModel], content: Mapping[str, Any]) -> FittedModel:
    fitted = kind._read(content)
    k = len(fitted._names)
    if fitted.covariance_.shape != (k, k) or fitted.status_ not in STATUSES:
        raise ValueError("covariance or status")
    return fitted


def _parse(path: Path) -> Any:
    if not path.is_file():
        raise InvalidArgumentError(
            f"There is no file {path.name!r} in the folder given. Check the path to the model."
        )
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError, RecursionError) as error:
        raise InvalidArgumentError(
            f"{path.name!r} cannot be read as JSON ({type(error).__name__}). Give the path that "
            "fit.save() wrote to, and check that the file is complete."
        ) from None


def _model(model: object, name: str) -> type[FittedModel]:
    """Return the class of a name; only names of this package's models, never others."""
    found = getattr(models, model) if isinstance(model, str) and model in models.__all__ else None
    if isinstance(found, type) and issubclass(found, FittedModel) and found is not FittedModel:
        return found
    raise InvalidArgumentError(
        f"{name!r} holds a model {model!r}, which this release does not have. Use the release "
        "that wrote it."
    )
