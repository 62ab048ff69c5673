"""What is compiled on disk is forgotten as soon as any kernel's source changes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import customerintel

CODE = (
    "from customerintel._kernels.caller import outer; import sys; sys.stdout.write(str(outer(1)))"
)


@pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="nothing is compiled without the compiler"
)
def test_a_changed_helper_is_noticed_by_its_callers(tmp_path):
    package = tmp_path / "customerintel"
    (package / "_kernels").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "_kernels" / "__init__.py").touch()
    source = Path(customerintel.__file__).parent / "_kernels" / "_jit.py"
    shutil.copy(source, package / "_kernels" / "_jit.py")
    (package / "_kernels" / "caller.py").write_text(
        "from customerintel._kernels._jit import kernel\n"
        "from customerintel._kernels.helper import inner\n\n\n"
        "@kernel\ndef outer(x):\n    return inner(x)\n"
    )
    helper = package / "_kernels" / "helper.py"
    # no .pyc: it would hide a change within one second
    env = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    env.pop("NUMBA_CACHE_DIR", None)
    seen = []
    for answer in (10, 20):
        helper.write_text(
            "from customerintel._kernels._jit import kernel\n\n\n"
            f"@kernel\ndef inner(x):\n    return x + {answer}\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", CODE], env=env, cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        seen.append(done.stdout)
    assert seen == ["11", "21"]
    assert list((package / "_kernels" / "__pycache__").glob("caller.outer*.nbi"))
