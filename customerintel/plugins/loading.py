"""`Slot`: where one plugin is imported, once, however many threads ask for it."""

from __future__ import annotations

import math
import re
import sys
import threading
from importlib import import_module
from typing import Any

from customerintel.exceptions import MissingDependencyError, PluginError, PluginLoadError
from customerintel.plugins.candidates import BUILT_IN, Candidate
from customerintel.plugins.contract import Contract
from customerintel.plugins.importing import LIMIT, TooLongError, call_within, time_limit
from customerintel.plugins.loaded import LoadedPlugin, advice, check_factory, described

__all__ = ["Slot"]

_VALUE = re.compile(r"[\w.]+\s*(:\s*[\w.]+)?\s*(\[.*\])?\s*$")


class Slot:
    """The place of one plugin: empty, loaded, or found to be broken.

    Each has a lock of its own, so that an import that takes long holds up only those who ask for
    this plugin.

    Parameters
    ----------
    candidate : Candidate
        What to load.
    plugin : LoadedPlugin, optional
        The plugin itself, where nothing is left to be loaded.
    """

    def __init__(self, candidate: Candidate, plugin: LoadedPlugin | None = None) -> None:
        self._candidate = candidate
        self._plugin = plugin
        self._failure: tuple[type[PluginError], str, BaseException | None] | None = None
        self._lock = threading.RLock()

    def load(self, contract: Contract) -> LoadedPlugin:
        """Return the plugin, importing it the first time.

        Raises
        ------
        PluginLoadError
            If it cannot be imported.
        PluginContractError
            If it does not keep the contract.
        MissingDependencyError
            If a built-in needs what is not installed; the only failure that is tried again.
        """
        with self._lock:
            if self._plugin is not None:
                return self._plugin
            if self._failure is not None:
                # a new error each time: one that is raised twice collects both tracebacks
                kind, message, cause = self._failure
                raise kind(message) from cause
            try:
                self._plugin = self._load(contract)
            except PluginError as error:
                self._failure = type(error), str(error), error.__cause__
                raise
        return self._plugin

    def _load(self, contract: Contract) -> LoadedPlugin:
        import logging

        one = self._candidate
        factory = self._import(contract)
        check_factory(factory, one, contract)
        logging.getLogger("customerintel").debug("Loaded: %s", described(one, contract))
        return LoadedPlugin(one.name, factory, one, contract)

    def _import(self, contract: Contract) -> Any:
        one = self._candidate
        is_own = one.source == BUILT_IN
        seconds = math.inf if is_own else time_limit()
        try:
            if is_own:
                return _attribute(one.value)
            _check_value(one.value)
            if _is_being_imported(one.value):
                seconds = math.inf  # another thread would wait for this one, and this one for it
            return call_within(one.point.load, seconds)
        except TooLongError:
            reason = (
                f"its import did not end within {seconds:g} seconds. If it is only slow, set "
                f"{LIMIT} to more, or to 0 for no limit"
            )
            cause: BaseException | None = None
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:
            if is_own and isinstance(error, MissingDependencyError):
                raise
            reason, cause = f"{type(error).__name__}: {error}".removesuffix("."), error
        raise PluginLoadError(
            f"{described(one, contract)} cannot be loaded: {reason}. {advice(one)} Then call "
            "refresh(), or start anew."
        ) from cause


def _is_being_imported(value: str) -> bool:
    """Whether the package of an object is at this moment being imported."""
    package = value.partition(":")[0].strip().partition(".")[0]
    spec = getattr(sys.modules.get(package), "__spec__", None)
    return bool(getattr(spec, "_initializing", False))


def _check_value(value: str) -> None:
    """Make sure that an entry point names an object; importlib's own error does not say so.

    Raises
    ------
    ValueError
        If it does not.
    """
    if not _VALUE.match(value):
        raise ValueError(f"{value!r} is not of the form 'package.module:Object'")


def _attribute(value: str) -> Any:
    """Return what ``package.module:Object`` names."""
    module, _, name = value.partition(":")
    return getattr(import_module(module), name)
