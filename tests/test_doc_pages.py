"""What the pages and the sessions of nox need is there: nobody's machine has it by chance."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PAGES = sorted(page for page in (ROOT / "docs").rglob("*.md") if "_build" not in page.parts)
CELL = re.compile(r"```\{code-cell\}\n(.*?)```", re.DOTALL)
IMPORT = re.compile(r"^\s*(?:import|from) (\w+)|find_spec\(\"(\w+)\"\)", re.MULTILINE)
#: Comes with myst-nb, whose kernel it is.
KERNEL = {"IPython"}
#: Packages that are imported by another name than they are installed by.
IMPORTED_AS = {"scikit_learn": "sklearn"}


def distributions(requirements: list[str]) -> set[str]:
    found = {re.match(r"[\w-]+", line)[0].replace("-", "_") for line in requirements}
    return {IMPORTED_AS.get(name, name) for name in found}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_imports_only_what_the_group_docs_installs(page):
    cells = "\n".join(CELL.findall(page.read_text(encoding="utf-8")))
    imported = {first or second for first, second in IMPORT.findall(cells)}
    installed = distributions(PROJECT["dependency-groups"]["docs"])
    installed |= distributions(PROJECT["project"]["dependencies"])
    known = installed | KERNEL | {"customerintel"} | set(sys.stdlib_module_names)
    assert imported - known == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_cell_shows_markdown(page):
    """Sphinx lays out no pipe table that comes out of a cell: it stays raw text."""
    cells = CELL.findall(page.read_text(encoding="utf-8"))
    assert [cell for cell in cells if "Markdown" in cell] == []


def test_scripts_named_by_nox_are_there():
    named = re.findall(r'"([\w/]+\.py)"', (ROOT / "noxfile.py").read_text(encoding="utf-8"))
    assert "benchmarks/run.py" in named
    assert [name for name in named if not (ROOT / name).is_file()] == []
