"""The documentation and the README say what the package has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import customerintel as ci
from customerintel import exceptions, models

ROOT = Path(__file__).parents[1]
DIRECTIVE = re.compile(r"^\.\. auto(?:class|function|data|module):: ([\w.]+)", re.MULTILINE)


def documented(page: str = "api") -> set[str]:
    return set(DIRECTIVE.findall((ROOT / f"docs/reference/{page}.md").read_text(encoding="utf-8")))


def test_every_public_name_is_in_the_reference():
    rooms = {name for name in ci.__all__ if type(getattr(ci, name)).__name__ == "module"}
    assert set(ci.__all__) - rooms - documented() == {"__version__"}


def test_the_reference_names_nothing_that_is_not_there():
    assert {name for name in documented() if not hasattr(ci, name)} == set()


def test_every_model_is_in_the_reference():
    assert documented("models") == set(models.__all__)
    assert all(hasattr(models, name) for name in models.__all__)


@pytest.mark.parametrize("name", exceptions.__all__)
def test_every_error_says_when_it_comes(name):
    assert getattr(exceptions, name).__doc__


def test_readme_has_one_command_for_the_demo_and_one_for_the_tests():
    """``.ci/run`` takes the second from there and runs it as it stands."""
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    commands = [line for line in lines if line.startswith("python3 -m venv ")]
    assert [command.rsplit(" -m ", 1)[1] for command in commands] == [
        "customerintel demo",
        "pytest",
    ]


def test_every_page_is_reached_from_an_index():
    docs = ROOT / "docs"
    pages = {
        path.relative_to(docs).with_suffix("").as_posix()
        for path in docs.rglob("*.md")
        if "_build" not in path.parts
    }
    listed = {"index"}
    for index in docs.rglob("index.md"):
        folder = index.parent.relative_to(docs).as_posix()
        for tree in re.findall(r"```\{toctree\}(.*?)```", index.read_text("utf-8"), re.DOTALL):
            names = [line for line in tree.split("\n") if line.strip() and not line.startswith(":")]
            listed |= {name if folder == "." else f"{folder}/{name}" for name in names}
    assert pages == listed


def test_the_changelog_has_the_version():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\n## {ci.__version__} " in text
