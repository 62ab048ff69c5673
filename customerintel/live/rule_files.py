"""Rules in files, and the JSON Schema of such files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from customerintel.exceptions import InvalidArgumentError
from customerintel.live.rule import Rule
from customerintel.live.rule_reading import rules_of_text
from customerintel.live.rule_set import RuleSet
from customerintel.tables.whole_files import replace_file

__all__ = ["read_rules", "rules_schema", "write_rules"]


def read_rules(
    path: str | PathLike[str], estimators: Mapping[str, Any] | None = None
) -> list[Rule]:
    """Read rules from a JSON file.

    Parameters
    ----------
    path : path-like
        The file, in UTF-8; of the shape that `write_rules` writes and `rules_schema` describes.
    estimators : mapping of str to object, optional
        Estimators by the name of their score; needed for those of your own.

    Returns
    -------
    list of Rule
        In the order of the file.

    Raises
    ------
    InvalidArgumentError
        If the file cannot be read, or with all faults of all rules and where they are.

    Examples
    --------
    >>> import tempfile
    >>> from customerintel.live import Action, On, Rule
    >>> hello = Rule("hello", 1, when=On("Signed Up"), do=[Action("email")])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_rules(Path(folder, "rules.json"), [hello])
    ...     read_rules(Path(folder, "rules.json")) == [hello]
    True
    """
    file = _path(path)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidArgumentError(
            f"{file.name!r} cannot be read as text. Rule files are JSON in UTF-8."
        ) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "no file name"
        raise InvalidArgumentError(
            f"The rules in {file.name!r} cannot be read ({reason}). Give another path."
        ) from None
    return list(RuleSet(rules_of_text(text, estimators, repr(file.name))))


def write_rules(path: str | PathLike[str], rules: RuleSet | Iterable[Rule]) -> None:
    """Write rules to a JSON file, as a whole or not at all.

    Parameters
    ----------
    path : path-like
        The file; one that is there is replaced.
    rules : RuleSet or iterable of Rule
        What to write.

    Raises
    ------
    InvalidArgumentError
        If a rule holds a `Predicate`, the rules do not go together, or the file cannot be
        written.
    """
    file = _path(path)
    replace_file(file, (rules if isinstance(rules, RuleSet) else RuleSet(rules)).to_json())


def rules_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of rule files.

    Returns
    -------
    dict
        For editors and for checks before the library; what a single field cannot tell, such as
        a window that is no multiple of its grain, only `read_rules` finds.

    Examples
    --------
    >>> rules_schema()["$defs"]["absence"]["required"]
    ['is', 'after', 'of', 'within']
    """
    from customerintel.live.rule_schema import schema_of_rules

    return schema_of_rules()


def _path(path: Any) -> Path:
    if not isinstance(path, (str, PathLike)):
        raise InvalidArgumentError(f"path must be a path to a file; got {type(path).__name__}.")
    return Path(path)
