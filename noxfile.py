#!/usr/bin/env -S uv run --script
# /// script
# dependencies = ["nox[uv]>=2025.2.9"]
# ///
"""What is run on every change: ``nox`` runs all but the slow sessions, ``nox -s NAME`` one.

``nox --no-venv -s NAME`` uses the environment nox itself runs in (as ``.ci/run`` does).
"""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.error_on_missing_interpreters = False

ROOT = Path(__file__).parent
OLDEST = "3.11"
PYTHONS = (OLDEST, "3.12", "3.13")


def install(session: nox.Session, *arguments: str) -> None:
    """Install into the session's environment; the environment of ``--no-venv`` is complete."""
    if session.venv_backend != "none":
        session.install(*arguments)


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests and the examples of the docstrings."""
    install(session, "-e.", "--group=test")
    session.run("python", "-m", "pytest", *session.posargs)


@nox.session(python=OLDEST, venv_backend="uv")
def minimums(session: nox.Session) -> None:
    """Run the tests on the oldest versions that pyproject.toml promises."""
    session.install("-e.", "--group=test", "--resolution=lowest-direct")
    session.run("python", "-m", "pytest", *session.posargs)


@nox.session(python=OLDEST)
def lint(session: nox.Session) -> None:
    """Check style, spelling and that every room imports only from lower floors."""
    install(session, "-e.", "--group=lint")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("codespell", ".")
    session.run("lint-imports")


@nox.session(python=OLDEST)
def types(session: nox.Session) -> None:
    """Check types, on the oldest Python: newer syntax must not slip in."""
    install(session, "-e.", "--group=test", "--group=types", "--group=docs", "--group=bench")
    session.run("mypy")


@nox.session(python=OLDEST)
def nojit(session: nox.Session) -> None:
    """Measure coverage with the kernels as plain Python (compiled lines are invisible to it)."""
    install(session, "-e.", "--group=test")
    env = {"NUMBA_DISABLE_JIT": "1"}
    chosen = session.posargs or ["-m", "not slow"]
    # hashes overflow on purpose, which only plain Python mentions
    quiet = ["-W", "ignore:overflow encountered:RuntimeWarning"]
    session.run("coverage", "erase")
    session.run("coverage", "run", "-m", "pytest", *quiet, *chosen, env=env)
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report")


@nox.session(python=OLDEST)
def readonly_home(session: nox.Session) -> None:
    """Run where numba finds no directory for its cache, as in many containers."""
    install(session, "-e.", "--group=test")
    target = Path(session.create_tmp(), "package")
    shutil.rmtree(target, ignore_errors=True)
    package = target / "customerintel"
    shutil.copytree(ROOT / "customerintel", package, ignore=lambda *_: {"__pycache__"})
    for folder in {path.parent for path in package.rglob("*.py")}:
        # a file in the directory's place stops even root, whom permissions do not
        (folder / "__pycache__").touch()
    nowhere = str(Path(os.devnull, "home"))
    env = {"HOME": nowhere, "XDG_CACHE_HOME": nowhere, "PYTHONPATH": str(target)}
    env["PYTHONSAFEPATH"] = "1"  # or the checkout would come first
    doctor = session.run("python", "-m", "customerintel", "doctor", env=env, silent=True)
    if "kernels are compiled in each process" not in str(doctor):
        session.error("numba found a directory for its cache, so this session proves nothing")
    chosen = session.posargs or ["tests", "-m", "not slow"]
    session.run("pytest", "-p", "no:cacheprovider", *chosen, env=env)


@nox.session(python=OLDEST)
def backends(session: nox.Session) -> None:
    """Run the tests of modin and Spark, which both hold pandas below 3."""
    engines = ["modin"]
    session.install("-e.", "--group=test", "modin")
    if shutil.which("java"):
        session.install("-e.[spark]", "pandas<3")
        engines.append("spark")
    else:
        session.log("no Java machine here: Spark is left out")
    env = {"MODIN_ENGINE": "python", "SPARK_LOCAL_IP": "127.0.0.1"}
    chosen = ["tests/tables", "-k", " or ".join(engines)]
    session.run("python", "-m", "pytest", *chosen, *session.posargs, env=env)


@nox.session(python=OLDEST)
def plugins(session: nox.Session) -> None:
    """Run the tests of the example plugins, a good one and a broken one, installed side by side."""
    install(session, "-e.", "--group=test", "./examples/plugin", "./examples/broken_plugin")
    session.run("pytest", "examples/plugin/tests", "tests/plugins/installed", *session.posargs)


@nox.session(python=OLDEST)
def docs(session: nox.Session) -> None:
    """Build the documentation; every example is run, every warning is an error."""
    install(session, "-e.", "--group=docs")
    target = ROOT / "docs" / "_build" / "html"
    shutil.rmtree(target, ignore_errors=True)
    session.run(
        "sphinx-build", "-n", "-W", "--keep-going", "-q", "-E", "-b", "html", "docs", str(target)
    )
    session.log(f"open {target / 'index.html'}")


@nox.session(python=OLDEST, default=False)
def bench(session: nox.Session) -> None:
    """Run the benchmarks: here and in the peers, alternating, medians as JSON."""
    install(session, "-e.", "--group=bench")
    session.run("python", "benchmarks/run.py", *session.posargs)


@nox.session(python=OLDEST)
def demo(session: nox.Session) -> None:
    """Run the demo as a new user would."""
    install(session, ".[demo]")
    session.run("python", "-m", "customerintel", "demo", "--out", session.create_tmp())


@nox.session(python=OLDEST)
def build(session: nox.Session) -> None:
    """Build both distributions, look into them, and run the tests of the one on the other."""
    install(session, "--group=build")
    target = Path(session.create_tmp())
    shutil.rmtree(target)
    session.run("validate-pyproject", "pyproject.toml")
    session.run("python", "-m", "build", "--outdir", str(target))
    wheel, sdist = next(target.glob("*.whl")), next(target.glob("*.tar.gz"))
    session.run("twine", "check", "--strict", str(wheel), str(sdist))
    session.run("check-wheel-contents", str(wheel))
    with tarfile.open(sdist) as archive:
        archive.extractall(target, filter="data")
    unpacked = target / sdist.name.removesuffix(".tar.gz")
    session.install(str(wheel), "--group=test")
    shutil.rmtree(unpacked / "customerintel")
    session.chdir(unpacked)
    session.run("pytest", "tests", *session.posargs)
