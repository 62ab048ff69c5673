"""Look-alike models in files: JSON, which holds no code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from customerintel.exceptions import CustomerIntelError, InvalidArgumentError
from customerintel.lookalike.choosing import Candidate
from customerintel.lookalike.fit_settings import FitSettings
from customerintel.lookalike.fitted_model import LookalikeModel
from customerintel.lookalike.fitted_on import FittedOn
from customerintel.lookalike.likeness import kind_of
from customerintel.lookalike.restricted_use import remind_of
from customerintel.lookalike.score_explanation import Typical
from customerintel.lookalike.single_traits import SingleTrait
from customerintel.lookalike.trait_differences import TraitDifferences
from customerintel.tables.ids import CustomerIds
from customerintel.tables.kinds import Kind
from customerintel.tables.text import Text
from customerintel.tables.trait_columns import TraitColumn
from customerintel.tables.whole_files import replace_file

__all__ = ["load", "write"]

FORMAT = "customerintel.lookalike"
VERSION = 1


def write(model: LookalikeModel, path: str | Path) -> None:
    """Write a model; the body of `LookalikeModel.save`."""
    if not isinstance(path, str | Path):
        raise InvalidArgumentError(
            f"save takes a path to write to, a str or a Path; got {type(path).__name__}."
        )
    ids = model.seed_ids
    content = {
        "format": FORMAT,
        "format_version": VERSION,
        "method": model.method_,
        "likeness": model._likeness.to_state(),
        "settings": model.settings.to_state(),
        "fitted_on": vars(model.fitted_on),
        "candidates": [vars(one) for one in model.candidates_],
        "columns": {name: list(column) for name, column in model.columns.items()},
        "left_out": model.left_out,
        "kind": [model.kind.name, model.kind.eager],
        "seed_ids": ids.to_numpy().tolist(),
        "ids_are_texts": ids.texts is not None,
        "typical": vars(model._typical),
        "differences": model._differences.to_state(),
        "single": model._single.to_state(),
    }
    # plain values only, so that what is read again has the same digest
    content = json.loads(json.dumps(content, default=_plain))
    content["digest"] = _digest(content)
    replace_file(Path(path), json.dumps(content) + "\n")


def _digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of all but the digest itself, in its order, whatever the spaces."""
    rest = {name: value for name, value in content.items() if name != "digest"}
    return hashlib.sha256(json.dumps(rest).encode("ascii")).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    raise TypeError(type(value).__name__)


def load(path: str | Path, *, consent: Any = None) -> LookalikeModel:
    """Read a model that was saved.

    Parameters
    ----------
    path : str or Path
        Written by ``model.save(path)``.
    consent : ConsentLedger or False, optional
        The ledger to rank by; none is kept in the file. A model that was fitted with one needs
        it here or at each call. False: nobody has to be asked.

    Returns
    -------
    LookalikeModel
        Its scores are the same to the last bit. Tables it makes of its own are of pandas where
        those of the population were of a kind that needs a session.

    Raises
    ------
    InvalidArgumentError
        If there is no such file, it holds no model of this version, or it is not as it was
        written: a digest in it guards against damage, and not against malice.

    Warns
    -----
    DataQualityWarning
        If the model is for a use that the law restricts.
    """
    from customerintel.lookalike.consent_filter import check_consent

    check_consent(consent)
    if not isinstance(path, str | Path):
        raise InvalidArgumentError(
            f"load takes the path of a saved model, a str or a Path; got {type(path).__name__}."
        )
    name = Path(path).name
    content = _parse(Path(path))
    if not isinstance(content, Mapping) or content.get("format") != FORMAT:
        raise InvalidArgumentError(
            f"{name!r} is not a saved look-alike model (format {FORMAT!r}). Give the path that "
            "model.save() wrote to."
        )
    if content.get("format_version") != VERSION:
        raise InvalidArgumentError(
            f"{name!r} has format_version {content.get('format_version')!r}, and this release "
            f"reads {VERSION}. Fit and save the model again, or use the release that wrote it."
        )
    if content.get("digest") != _digest(content):
        raise InvalidArgumentError(
            f"{name!r} is not complete, or was changed after it was saved: its digest differs. "
            "Take an intact copy, or fit and save the model again."
        )
    try:
        model = _rebuild(content, consent)
    except (CustomerIntelError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise InvalidArgumentError(
            f"{name!r} is not complete ({type(error).__name__}). Fit and save the model again."
        ) from None
    remind_of(model, model.settings.restricted_use)
    return model


def _parse(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8") if path.is_file() else None
        content = None if text is None else json.loads(text)
    except (OSError, ValueError, RecursionError):
        raise InvalidArgumentError(
            f"{path.name!r} cannot be read as JSON. Give the path that model.save() wrote to."
        ) from None
    if text is None:
        raise InvalidArgumentError(
            f"There is no file {path.name!r} in the folder given. Check the path to the model."
        )
    return content


def _rebuild(content: Mapping[str, Any], consent: Any) -> LookalikeModel:
    kind = Kind(*map(str, content["kind"]))
    if kind.name.startswith("pyspark"):
        kind = Kind("pandas")
    return LookalikeModel(
        settings=FitSettings.from_state(content["settings"]),
        fitted_on=FittedOn(**content["fitted_on"]),
        candidates_=tuple(Candidate(**one) for one in content["candidates"]),
        columns={
            str(name): TraitColumn(str(one[0]), tuple(one[1]), bool(one[2]))
            for name, one in content["columns"].items()
        },
        left_out=dict(content["left_out"]),
        kind=kind,
        seed_ids=_ids(content["seed_ids"], texts=bool(content["ids_are_texts"])),
        consent=consent,
        _likeness=kind_of(content["method"]).from_state(content["likeness"]),
        _typical=Typical(**content["typical"]),
        _differences=TraitDifferences.from_state(content["differences"], kind),
        _single=SingleTrait.from_state(content["single"]),
    )


def _ids(values: list[Any], *, texts: bool) -> CustomerIds:
    if not texts:
        return CustomerIds(np.array(values, np.int64))
    return CustomerIds(np.arange(len(values)), Text.of([str(value) for value in values]))
