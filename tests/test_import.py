"""Importing is free: in a fresh process it loads nothing heavy and takes next to no time."""

from __future__ import annotations

import json
import subprocess
import sys

#: Seconds for `import customerintel`, the best of a few fresh processes (machines are shared).
BUDGET = 0.150

HEAVY = ("matplotlib", "narwhals", "numba", "pandas", "polars", "pyarrow", "scipy", "sklearn")

MEASURE = """
import json, sys, time
start = time.perf_counter()
import customerintel
seconds = time.perf_counter() - start
roots = {name.partition(".")[0] for name in sys.modules}
print(json.dumps([seconds, sorted(roots)]))
"""


def fresh_import(*options: str) -> tuple[float, set[str]]:
    """Import the package in a new interpreter; return the seconds and the top-level modules."""
    run = subprocess.run(
        [sys.executable, *options, "-c", MEASURE],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    seconds, modules = json.loads(run.stdout)
    return seconds, set(modules)


def test_nothing_heavy_is_loaded():
    _, modules = fresh_import()
    assert "customerintel" in modules
    assert modules.isdisjoint(HEAVY)


def test_time_is_in_the_budget():
    assert min(fresh_import()[0] for _ in range(5)) <= BUDGET


def test_help_of_the_command_line_loads_nothing_heavy():
    code = (
        "import sys\n"
        "from customerintel.cli import main\n"
        "try:\n    main(['segment', '--help'])\n"
        "finally:\n    print(*sys.modules, file=sys.stderr)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0
    assert set(run.stderr.split()).isdisjoint(HEAVY)


def test_every_public_name_exists():
    import customerintel as ci

    assert sorted(ci.__all__) == sorted(set(ci.__all__))
    for name in ci.__all__:
        assert getattr(ci, name) is not None
    assert set(ci.__all__) <= set(dir(ci))
