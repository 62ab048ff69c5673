"""A plugin that was loaded: whose it is, and how its objects are made."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from customerintel.exceptions import (
    CustomerIntelError,
    InvalidArgumentError,
    PluginCallError,
    PluginContractError,
)
from customerintel.plugins.candidates import BUILT_IN, GIVEN, Candidate
from customerintel.plugins.contract import Contract

__all__ = ["LoadedPlugin", "advice", "candidate_of", "check_factory", "defined_at", "described"]


@dataclass(frozen=True, eq=False, repr=False)
class LoadedPlugin:
    """A plugin, imported and found to keep its contract.

    Attributes
    ----------
    name : str
        What it is asked for by.
    factory : class or callable
        What makes an object of it, without arguments.
    candidate : Candidate
        The claim that it was loaded from.
    contract : Contract
        What its objects are held to.
    """

    name: str
    factory: Any
    candidate: Candidate = field(repr=False)
    contract: Contract = field(repr=False)

    @property
    def source(self) -> str:
        """Where it comes from: "registered", "built-in" or "entry point"."""
        return self.candidate.source

    @property
    def distribution(self) -> str | None:
        """Name of the package that brings it; None if it was registered in this process."""
        return self.candidate.distribution

    @property
    def version(self) -> str | None:
        """Version of that package."""
        return self.candidate.version

    @property
    def value(self) -> str:
        """Where it is defined, such as ``"acme_churn:GapEstimator"``."""
        return self.candidate.value

    def describe(self) -> str:
        """Say what it is and whose, as messages about it begin.

        Examples
        --------
        >>> from customerintel.plugins import CHURN_ESTIMATOR, Registry
        >>> scorers = Registry(group="acme.scorers", contract=CHURN_ESTIMATOR, builtins={})
        >>> @scorers.register("acme-none")
        ... class Nobody:
        ...     api_version = 1
        ...     def fit(self, history, /, *, horizon_days): ...
        ...     def predict(self, history, /): ...
        >>> print(scorers.load("acme-none").describe())
        The churn estimator 'acme-none' (...Nobody, registered in this process)
        """
        return described(self.candidate, self.contract)

    def make(self, **options: Any) -> Any:
        """Make an object of the plugin and hold it to the contract.

        Parameters
        ----------
        **options
            Given to the factory; most plugins take none.

        Raises
        ------
        InvalidArgumentError
            If the factory takes no such options.
        PluginCallError
            If it raises. Errors of this library that a built-in raises stay as they are.
        PluginContractError
            If what it makes does not keep the contract; all faults are listed.
        """
        if options:
            self._check_options(options)
        try:
            made = self.factory(**options)
        except (Exception, SystemExit) as error:
            if self.source == BUILT_IN and isinstance(error, CustomerIntelError):
                raise
            raise PluginCallError(
                f"{self.describe()} raised when it was made: {type(error).__name__}: {error}. "
                f"{self.advice()}"
            ) from error
        if isinstance(made, type):
            faults = [f"its factory returns the class {made.__name__}, and must return an object"]
        else:
            faults = self.contract.faults(made, self.distribution or "the plugin")
        if faults:
            raise broken_contract(self.candidate, self.contract, faults)
        return made

    def call(self, what: str, method: Any, *arguments: Any, **named: Any) -> Any:
        """Call a method of an object of the plugin; say whose it is if it raises.

        Parameters
        ----------
        what : str
            Name of the method, for the message.
        method : callable
            It.
        *arguments, **named
            Given to it.

        Raises
        ------
        PluginCallError
            If it raises; its own error is the cause. Errors of this library stay as they are.
        """
        try:
            return method(*arguments, **named)
        except CustomerIntelError:
            raise  # it says already what was wrong with the data
        except (Exception, SystemExit) as error:
            own = self.source == BUILT_IN
            advice = "If the data are right, please report it." if own else self.advice()
            raise PluginCallError(
                f"{self.describe()} raised in {what}(): {type(error).__name__}: {error}. {advice}"
            ) from error

    def advice(self) -> str:
        """Say what can be done about a fault of it."""
        return advice(self.candidate)

    def _check_options(self, options: dict[str, Any]) -> None:
        try:
            inspect.signature(self.factory).bind(**options)
        except ValueError:  # of some compiled classes there is no signature
            return
        except TypeError as error:
            raise InvalidArgumentError(
                f"{self.describe()} cannot be made with the options {', '.join(options)}: "
                f"{error}. Leave out what it does not take."
            ) from None

    def __repr__(self) -> str:
        return f"LoadedPlugin({self.describe()})"


def described(candidate: Candidate, contract: Contract) -> str:
    """Say what a candidate is and whose."""
    return f"The {contract.kind} {candidate.name!r} ({candidate.origin()})"


def advice(candidate: Candidate) -> str:
    """Say what can be done about a fault of a candidate."""
    if candidate.source == BUILT_IN:
        return "Install customerintel anew."
    if candidate.distribution is None:
        return "Correct it."
    return f"Repair or upgrade {candidate.distribution}, or block({candidate.full_name!r})."


def broken_contract(
    candidate: Candidate, contract: Contract, faults: Sequence[str]
) -> PluginContractError:
    """Return the error that lists what breaks the contract."""
    listed = "; ".join(faults)
    return PluginContractError(
        f"{described(candidate, contract)} does not keep the contract of a {contract.kind}: "
        f"{listed}. {advice(candidate)}"
    )


def candidate_of(spec: Any, contract: Contract, *, made: bool) -> Candidate:
    """Return the claim that a class, a factory or an object that was given makes.

    Parameters
    ----------
    spec : class, callable or object
        What was given.
    contract : Contract
        What it is held to.
    made : bool
        Whether it is an object already.

    Raises
    ------
    PluginContractError
        If it does not keep the contract; all faults are listed.
    """
    kind = type(spec) if made else spec
    name = getattr(kind, "__name__", type(spec).__name__)
    one = Candidate(name, defined_at(kind), GIVEN, point=spec)
    if not made:
        check_factory(spec, one, contract)
    elif faults := contract.faults(spec):
        raise broken_contract(one, contract, faults)
    return one


def check_factory(factory: Any, candidate: Candidate, contract: Contract) -> None:
    """Make sure that something can make plugins, as far as that is known without making one.

    Raises
    ------
    PluginContractError
        If it is no class or function, needs arguments, or is a class that does not keep the
        contract; all faults are listed.
    """
    if isinstance(factory, type):
        faults = _argument_faults(factory) + contract.faults(
            factory, candidate.distribution or "the plugin"
        )
    elif not callable(factory) or contract.is_kept_by(factory):
        kind = type(factory).__name__
        what = "must be a class, or a function without arguments that makes an object"
        faults = [f"it is of type {kind} and {what}, so that every fit starts afresh"]
    else:
        faults = _argument_faults(factory)
    if faults:
        raise broken_contract(candidate, contract, faults)


def _argument_faults(factory: Any) -> list[str]:
    try:
        inspect.signature(factory).bind()
    except ValueError:  # of some compiled classes there is no signature
        return []
    except TypeError as error:
        return [f"it must be made without arguments, which does not fit: {error}"]
    return []


def defined_at(factory: Any) -> str:
    """Return where a class or function is defined: by this it is known when it comes again."""
    name = getattr(factory, "__qualname__", None) or type(factory).__qualname__
    return f"{getattr(factory, '__module__', None) or type(factory).__module__}:{name}"
