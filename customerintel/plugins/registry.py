"""`Registry`: names of plugins to plugins, whoever brings them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, overload

from customerintel._version import __version__
from customerintel.exceptions import (
    CustomerIntelError,
    InvalidArgumentError,
    MissingDependencyError,
    PluginNotFoundError,
)
from customerintel.plugins.candidates import (
    BUILT_IN,
    REGISTERED,
    Candidate,
    Resolution,
    resolve,
)  # fmt: skip
from customerintel.plugins.contract import Contract
from customerintel.plugins.discovery import NOBODY, allowed_names, installed
from customerintel.plugins.listing import Listed, PluginListing
from customerintel.plugins.loaded import LoadedPlugin, check_factory, defined_at
from customerintel.plugins.loading import Slot
from customerintel.plugins.messages import (
    check_name,
    not_found,
    refused,
    warn_of_claims,
    warn_of_replacement,
)

__all__ = ["Registry"]

F = TypeVar("F")


class Registry:
    """Plugins of one kind: built in, installed with other packages, or registered here.

    Names are listed without importing anything. A plugin is imported when it is first asked for
    by name, once, and nothing that a plugin does wrong keeps others from working. Of several
    claims to a name the first of these holds: registered, built in, installed; of installed
    distributions the first by name. A conflict is warned of, and ``"distribution:name"`` asks
    for one of them (``"customerintel:name"`` for a built-in).

    All methods may be called from any thread.

    Parameters
    ----------
    group : str
        Group of entry points, such as ``"customerintel.churn_estimators"``.
    contract : Contract
        What plugins are held to.
    builtins : mapping of str to str
        Name to ``"package.module:Object"`` of what the library itself has.
    discover : bool, default True
        Whether installed packages are looked at; False where the environment is not trusted.

    Notes
    -----
    ``CUSTOMERINTEL_PLUGINS=none`` keeps all installed plugins out and
    ``CUSTOMERINTEL_PLUGINS=acme-gap,other`` lets in those only; it is read at each call and
    concerns neither built-in nor registered ones. An import that takes longer than
    ``CUSTOMERINTEL_PLUGIN_TIMEOUT`` seconds (30; 0: no limit) is given up. It runs in a thread of
    its own, except without limit.

    Examples
    --------
    >>> from customerintel.plugins import CHURN_ESTIMATOR, Registry
    >>> own = {"recency": "acme.recency:Recency"}  # imported when it is asked for
    >>> scorers = Registry(group="acme.scorers", contract=CHURN_ESTIMATOR, builtins=own)
    >>> @scorers.register("acme-none")
    ... class Nobody:
    ...     api_version = 1
    ...     def fit(self, history, /, *, horizon_days): ...
    ...     def predict(self, history, /): ...
    >>> scorers.names()
    ('acme-none', 'recency')
    """

    def __init__(
        self, *, group: str, contract: Contract, builtins: Mapping[str, str], discover: bool = True
    ) -> None:  # fmt: skip
        self.group = group
        self.contract = contract
        self._builtins = tuple(
            Candidate(name, value, BUILT_IN, "customerintel", __version__)
            for name, value in builtins.items()
        )
        self._discover = discover
        self._lock = threading.RLock()
        self._registered: dict[str, Candidate] = {}
        self._blocked: set[str] = set()
        self._installed: tuple[Candidate, ...] | None = None
        self._slots: dict[Candidate, Slot] = {}
        self._warned: set[tuple[Candidate, ...]] = set()

    def names(self) -> tuple[str, ...]:
        """Return the names of all plugins that may be used, in their order; imports none.

        Warns
        -----
        PluginConflictWarning
            Once, if a name is claimed more than once.
        """
        return tuple(self._resolve().winners)

    def load(self, name: str) -> LoadedPlugin:
        """Return a plugin, importing it if this is the first time that it is asked for.

        Parameters
        ----------
        name : str
            One of `names`, or ``"distribution:name"`` to choose among several.

        Raises
        ------
        PluginNotFoundError
            If there is no such plugin, or it is blocked or not allowed.
        PluginLoadError
            If it cannot be imported. It is tried again after `refresh`.
        PluginContractError
            If it does not keep the contract; all faults are listed.
        MissingDependencyError
            If a built-in needs an optional package that is not installed.

        Warns
        -----
        PluginConflictWarning
            Once, if a name is claimed more than once.
        """
        if not isinstance(name, str):
            raise InvalidArgumentError(
                f"The name of a {self.contract.kind} must be a str; got {type(name).__name__}."
            )
        found = self._resolve()
        one = found.find(name)
        if one is None:
            raise not_found(self.contract, name, found)
        return self._slot(one).load(self.contract)

    def plugins(self) -> PluginListing:
        """Load every plugin, and return which of them can be used and why the others cannot.

        One object of each is made too, since only this shows all faults.

        Returns
        -------
        PluginListing
            One row per plugin; those that are blocked or not allowed are listed, not loaded.
        """
        found = self._resolve()
        rows = [self._listed(name, one) for name, one in found.winners.items()]
        rows += [self._listed(one.full_name, one) for one in found.others]
        rows += [
            Listed.of(one.full_name, one, "not used", refused(self.contract, one, reason))
            for one, reason in found.refused.items()
        ]
        return PluginListing(self.contract.kind, tuple(sorted(rows, key=lambda row: row.name)))

    def _listed(self, name: str, one: Candidate) -> Listed:
        try:
            plugin = self._slot(one).load(self.contract)
            plugin.make()
        except MissingDependencyError as error:
            return Listed.of(name, one, "not installed", error)
        except CustomerIntelError as error:
            return Listed.of(name, one, "broken", error)
        return Listed.of(name, one, "ok", plugin)

    @overload
    def register(self, name: str) -> Callable[[F], F]: ...
    @overload
    def register(self, name: str, factory: F) -> F: ...
    def register(self, name: str, factory: Any = None) -> Any:
        """Make a plugin known to this process; as a decorator or by a call.

        Parameters
        ----------
        name : str
            Lowercase words with ``-``, ``_`` or ``.`` between them, such as ``"acme-gap"``. The
            same class again (a notebook's cell that is run twice) takes the place of the first.
        factory : class or callable without arguments, optional
            What makes the plugin's objects. Without it, a decorator is returned.

        Returns
        -------
        class or callable
            `factory`, unchanged.

        Raises
        ------
        InvalidArgumentError
            If the name cannot be one.
        PluginContractError
            If the contract is not kept; all faults are listed.

        Warns
        -----
        PluginConflictWarning
            If the name is that of a built-in or of another registered one, whose place it takes.
        """
        check_name(name)
        if factory is None:
            return lambda given: self._register(name, given)
        return self._register(name, factory)

    def _register(self, name: str, factory: Any) -> Any:
        one = Candidate(name, defined_at(factory), REGISTERED, point=factory)
        check_factory(factory, one, self.contract)
        hidden = tuple(built for built in self._builtins if built.name == name)
        with self._lock:
            earlier = self._registered.get(name)
            self._registered[name] = one
            self._slots.pop(one, None)  # of an earlier factory of the same name and place
            self._warned.add((one, *hidden))
        if earlier is None and hidden:
            warn_of_claims(self.contract, (one, *hidden))
        elif earlier is not None and earlier != one:
            warn_of_replacement(self.contract, earlier, one)
        return factory

    def unregister(self, name: str) -> None:
        """Forget what was registered under a name; what it hid comes back.

        Raises
        ------
        PluginNotFoundError
            If nothing was registered under it.
        """
        with self._lock:
            one = self._registered.pop(name, None)
            if one is not None:
                self._slots.pop(one, None)
                return
            known = ", ".join(sorted(self._registered)) or "none"
        raise PluginNotFoundError(
            f"No {self.contract.kind} {name!r} is registered in this process. Registered: {known}."
        )

    def block(self, name: str) -> None:
        """Keep a plugin out until `unblock`, whether or not it is there.

        Parameters
        ----------
        name : str
            All claims to a name, or by ``"distribution:name"`` one of them.
        """
        with self._lock:
            self._blocked.add(name)

    def unblock(self, name: str) -> None:
        """Let a plugin in again that was blocked by this name."""
        with self._lock:
            self._blocked.discard(name)

    def refresh(self) -> None:
        """Look anew at what is installed, as after ``pip install`` in a notebook.

        Failed imports are tried again. What is registered or blocked stays so. A module that
        Python has imported already stays as it is until the process ends.
        """
        import importlib

        importlib.invalidate_caches()
        with self._lock:
            self._installed = None
            self._warned.clear()
            registered = set(self._registered.values())
            self._slots = {one: slot for one, slot in self._slots.items() if one in registered}

    def _resolve(self) -> Resolution:
        allowed = allowed_names()
        with self._lock:
            claims = [*self._registered.values(), *self._builtins]
            if self._discover and allowed != NOBODY:  # else what is installed is not even read
                if self._installed is None:
                    self._installed = installed(self.group)
                claims += self._installed
            found = resolve(claims, self._blocked, allowed)
            news = [claim for claim in found.conflicts() if claim not in self._warned]
            self._warned.update(news)
        for claim in news:
            warn_of_claims(self.contract, claim)
        return found

    def _slot(self, one: Candidate) -> Slot:
        with self._lock:
            if one.source == REGISTERED:  # its factory is at hand
                plugin = LoadedPlugin(one.name, one.point, one, self.contract)
                return self._slots.setdefault(one, Slot(one, plugin))
            return self._slots.setdefault(one, Slot(one))
