"""``doctor``: what a bug report needs."""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import os
import pkgutil
import platform
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

from customerintel._version import __version__
from customerintel.exceptions import PluginConflictWarning
from customerintel.plugins import RELATIONSHIP_CLASSIFIER, Registry
from customerintel.plugins.listing import Listed

__all__ = ["run"]

#: Width of the labels.
LABEL = 28

_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:.*extra\s*==\s*['\"](?P<extra>[^'\"]+))?")


def run(_arguments: argparse.Namespace) -> int:
    """Print versions, kernel cache, threads, processor and plugins."""
    for label, value in facts():
        print(f"{label:<{LABEL}}{value}")
    return 0


def facts() -> Iterator[tuple[str, str]]:
    """Yield label and value of every fact; a repeated label is left empty."""
    yield "customerintel", __version__
    yield "python", f"{platform.python_version()} ({platform.python_implementation()})"
    yield "platform", platform.platform()
    yield "processor", processor_name()
    yield "threads", thread_facts()
    yield from cache_facts()
    yield from package_facts()
    yield from plugin_facts()


def processor_name() -> str:
    """Return the model name; compiled kernels are cached per processor model."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        label, _, value = line.partition(":")
        if label.strip().lower() == "model name":
            return value.strip()
    return platform.processor() or platform.machine() or "unknown"


def thread_facts() -> str:
    """Return how many threads the kernels use, of how many processors."""
    import customerintel as ci

    setting = "CUSTOMERINTEL_THREADS set" if "CUSTOMERINTEL_THREADS" in os.environ else "default"
    return f"{ci.get_threads()} ({setting}; {os.cpu_count()} processors)"


def cache_facts() -> Iterator[tuple[str, str]]:
    """Yield where compiled kernels are kept, and whether they can be."""
    try:
        directory = cache_directory()
    except ImportError as error:  # a broken installation is what doctors are asked about
        yield "kernel cache", f"unknown: {error}"
        return
    if directory is None:
        yield "kernel cache", "off: kernels are compiled in each process"
        return
    yield "kernel cache", str(directory)
    yield "", "writable" if can_write(directory) else "not writable"


def cache_directory() -> Path | None:
    """Return the directory that numba chose for our kernels; None without one."""
    import customerintel._kernels as kernels

    for info in pkgutil.iter_modules(kernels.__path__):
        module = importlib.import_module(f"{kernels.__name__}.{info.name}")
        for value in vars(module).values():
            # a compiled function answers for itself: the choice depends on what could be written
            path = getattr(getattr(value, "stats", None), "cache_path", None)
            if isinstance(path, str):
                return Path(path)
    return None


def can_write(directory: Path) -> bool:
    """Tell whether files can be made in a directory, or it can be made itself."""
    while not directory.exists() and directory != directory.parent:
        directory = directory.parent
    return directory.is_dir() and os.access(directory, os.W_OK | os.X_OK)


def package_facts() -> Iterator[tuple[str, str]]:
    """Yield the versions of what is needed, and of what is optional and there or not."""
    needed, optional = requirements()
    versions = {name: installed_version(name) for name in [*needed, *optional]}
    yield "needed", ", ".join(f"{name} {versions[name] or 'ABSENT'}" for name in needed)
    present = [f"{name} {versions[name]}" for name in optional if versions[name]]
    yield "optional, installed", ", ".join(present) or "none"
    yield "optional, absent", ", ".join(name for name in optional if not versions[name]) or "none"


def requirements() -> tuple[list[str], list[str]]:
    """Return the names of the needed and of the optional packages, from the own metadata."""
    try:
        lines = importlib.metadata.requires("customerintel") or []
    except importlib.metadata.PackageNotFoundError:  # a checkout that is not installed
        lines = []
    found = [match for line in lines if (match := _REQUIREMENT.match(line))]
    needed = {match["name"] for match in found if not match["extra"]}
    optional = {match["name"] for match in found if match["extra"]} - {"customerintel"}
    return sorted(needed), sorted(optional)


def installed_version(name: str) -> str | None:
    """Return the installed version of a distribution; None if it is absent."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def plugin_facts() -> Iterator[tuple[str, str]]:
    """Yield the plugins of each group, whose they are, and whether they can be used.

    They are loaded for this: whether a plugin works is not known before.
    """
    for registry in registries():
        label = registry.group.removeprefix("customerintel.")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", PluginConflictWarning)
            listing = registry.plugins()
        lines = [plugin_line(row) for row in listing.rows if is_news(row)]
        told = [warning.message for warning in caught]
        lines += [str(one) for one in told if isinstance(one, PluginConflictWarning)]
        for line in lines or ["none installed"]:
            yield label, line
            label = ""


def registries() -> tuple[Registry, ...]:
    """Return what knows the plugins, kind by kind."""
    from customerintel.churn.registry import ESTIMATORS

    group = "customerintel.relationship_classifiers"
    classifiers = Registry(group=group, contract=RELATIONSHIP_CLASSIFIER, builtins={})
    return ESTIMATORS, classifiers


def is_news(row: Listed) -> bool:
    """Tell whether a plugin is worth a line: built-in ones are only if they cannot be used."""
    return row.source != "built-in" or row.status != "ok"


def plugin_line(row: Listed) -> str:
    """Say whose a plugin is, whether it can be used, and why not."""
    whose = " ".join(text for text in (row.distribution, row.version) if text)
    return f"{row.name} ({whose or 'registered here'}): " + ": ".join(
        text for text in (row.status, row.reason) if text
    )
