"""A PostgreSQL server of the test run's own: in a temporary folder, reached by a Unix socket."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from functools import lru_cache
from itertools import count
from pathlib import Path

import pytest

#: Ends the server when the test run ends, in whatever way: its standard input is closed then.
_KEEPER = '"$0" "$@" & server=$!; cat > /dev/null; kill -INT $server; wait $server'
_numbers = count()


def new_schema() -> str:
    """Return the name of a schema that no test has used."""
    return f"store_{os.getpid()}_{next(_numbers)}"


def postgres_or_skip() -> str:
    """Return how to reach the server; started for the first test that asks."""
    pytest.importorskip("psycopg")
    conninfo, reason = _server()
    if reason:
        pytest.skip(reason)
    return conninfo


def _programs() -> Path | None:
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in ([Path(found).parent] if found else []) + folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def _user() -> list[str]:
    """Return what to put before a command: the server does not run as root."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


@lru_cache(maxsize=1)
def _server() -> tuple[str, str]:
    programs = _programs()
    if programs is None:
        return (
            "",
            "needs the programs of a PostgreSQL server (initdb, postgres), and none is installed",
        )
    user = _user()
    if user and (shutil.which(user[0]) is None or not _has_account("postgres")):
        return "", "runs as root, and there is no setpriv or no account 'postgres'"
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    if user:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
    data = folder / "data"
    subprocess.run(
        [*user, str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "-N"],
        check=True, capture_output=True, cwd=folder, timeout=60,
    )  # fmt: skip
    _start([*user, "sh", "-c", _KEEPER, str(programs / "postgres"), "-D", str(data)], folder)
    conninfo = f"host={folder} user=postgres dbname=postgres"
    _wait_for(conninfo)
    return conninfo, ""


def _start(command: list[str], folder: Path) -> None:
    options = ("listen_addresses=", f"unix_socket_directories={folder}", "fsync=off")
    command += [part for option in options for part in ("-c", option)]
    with (folder / "log").open("wb") as log:
        keeper = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd="/")
    owner = os.getpid()

    def stop() -> None:
        if os.getpid() == owner:
            keeper.communicate(timeout=60)
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)


def _wait_for(conninfo: str) -> None:
    import psycopg

    until = time.monotonic() + 60.0
    while True:
        try:
            psycopg.connect(conninfo).close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def _has_account(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
