"""Results whose mappings nobody can change, and that can be copied and pickled all the same."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

__all__ = ["ClosedMappings"]


class ClosedMappings:
    """For dataclasses, all of whose mappings are closed."""

    def __getstate__(self) -> dict[str, Any]:
        # closed mappings cannot be pickled
        return {name: _opened(value) for name, value in vars(self).items()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update((name, _closed(value)) for name, value in state.items())


def _opened(value: Any) -> Any:
    if not isinstance(value, MappingProxyType):
        return value
    return {name: _opened(one) for name, one in value.items()}


def _closed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return MappingProxyType({name: _closed(one) for name, one in value.items()})
