"""``live``: from rules and events to decisions in a store."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest

from customerintel import live
from customerintel.cli import main

RULES = [
    live.Rule(
        "cart-30m",
        1,
        when=live.Absence("Product Added", "Order Completed", "30m"),
        where=live.P("cart_total") > 20,
        do=[live.Action("email", template="cart")],
    ),
    live.Rule(
        "hello",
        1,
        when=live.On("Signed Up"),
        do=[live.Action("email")],
        requires_consent="marketing",
    ),
]
CART = {"event": "Product Added", "properties": {"cart_total": 35}}
EVENTS = [
    {"userId": "c1", "messageId": "m1", "timestamp": "2026-05-01T10:00:00Z"} | CART,
    {"userId": "c2", "messageId": "m2", "timestamp": "2026-05-01T10:05:00Z", "event": "Signed Up"},
    {"userId": "c2", "messageId": "m2", "timestamp": "2026-05-01T10:05:00Z", "event": "Signed Up"},
    {"messageId": "m3", "timestamp": "2026-05-01T10:06:00Z"} | CART,
]
# the rule "hello" needs consent, which most runs here do not give
pytestmark = pytest.mark.filterwarnings("ignore:Nobody's consent is known")
UNTIL = ("--until", "2026-05-01T11:00")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Write rules and events, and go there."""
    monkeypatch.chdir(tmp_path)
    live.write_rules("rules.json", RULES)
    Path("events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in EVENTS))
    return tmp_path


def run(*options, store="live.db"):
    return main(["live", "rules.json", "--events", "events.jsonl", "--store", store, *options])


def files(folder):
    return sorted(one.name for one in folder.iterdir())


def test_consent_that_nobody_gave_is_said(capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert run(*UNTIL) == 0
    assert "warning: Nobody's consent is known, so all that the rules" in capsys.readouterr().err


def test_events_become_decisions_once(capsys):
    assert run(*UNTIL) == 0
    shown = capsys.readouterr().out
    assert "events.jsonl: 2 events accepted, 1 repeated, 1 kept aside" in shown
    assert "time of the engine: 2026-05-01 11:00:00+00:00" in shown
    head, _, cart, hello = shown.partition("\n\n")[2].splitlines()[:4]
    assert head.split("  ")[0] == "actions of rule"
    assert head.endswith("queued  suppressed: consent")
    assert cart.split() == ["cart-30m", "1", "0"]
    assert hello.split() == ["hello", "0", "1"]
    assert shown.endswith("the store is live.db\n")
    assert run(*UNTIL) == 0
    assert "events.jsonl: 0 events accepted, 0 repeated, 0 kept aside" in capsys.readouterr().out


def test_actions_are_handed_out_as_json_lines(capsys):
    assert run(*UNTIL, "--actions", "-") == 0
    shown = capsys.readouterr()
    (action,) = map(json.loads, shown.out.splitlines())
    assert (action["rule_id"], action["customer_id"], action["channel"]) == (
        "cart-30m",
        "c1",
        "email",
    )
    assert action["due_at"] == "2026-05-01T10:30:00+00:00"
    assert action["payload"]["template"] == "cart"
    assert "1 action handed out" in shown.err
    assert run(*UNTIL, "--actions", "actions.jsonl") == 0
    assert Path("actions.jsonl").read_text() == ""


def test_an_action_goes_behind_those_in_the_file():
    Path("actions.jsonl").write_text("first\n")
    assert run(*UNTIL, "--actions", "actions.jsonl") == 0
    first, second = Path("actions.jsonl").read_text().splitlines()
    assert first == "first"
    assert json.loads(second)["customer_id"] == "c1"


def test_a_dry_run_leaves_no_trace(folder, capsys):
    before = files(folder)
    assert run(*UNTIL, "--dry-run") == 0
    assert "dry run: nothing was written" in capsys.readouterr().out
    assert files(folder) == before
    assert run() == 0
    kept = Path("live.db").read_bytes()
    capsys.readouterr()
    assert run(*UNTIL, "--dry-run", "--actions", "-") == 0
    shown = capsys.readouterr()
    assert "0 events accepted" in shown.err  # it goes on where the store is
    assert json.loads(shown.out)["rule_id"] == "cart-30m"
    assert Path("live.db").read_bytes() == kept


def test_history_and_consent_are_known_from_the_start(capsys):
    Path("orders.csv").write_text("who,day,paid\nc2,2026-04-01,10\nc2,2026-04-05,20\n")
    Path("consent.csv").write_text(
        "customer_id,purpose,basis,status,timestamp\nc2,marketing,consent,granted,2026-01-01\n"
    )
    rule = RULES[1].model_copy(update={"where": live.Frequency() == 2})
    live.write_rules("rules.json", [rule])
    columns = ("--customer-id", "who", "--timestamp", "day", "--amount", "paid")
    known = ("--history", "orders.csv", *columns, "--as-of", "2026-04-30")
    assert run(*known, "--consent", "consent.csv", "--actions", "-") == 0
    assert json.loads(capsys.readouterr().out)["customer_id"] == "c2"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--history", "orders.csv"], "--history and --as-of belong together"),
        (["--as-of", "2026-01-01"], "--history and --as-of belong together"),
        (["--follow", *UNTIL], "leave --until or --follow out"),
        (["--dry-run", "--actions", "a.jsonl"], "--dry-run writes no file"),
        (["--actions", "events.jsonl"], "--events and --actions are the same file, events.jsonl"),
        (["--store", "rules.json"], "the rules and --store are the same file, rules.json"),
        (["--dry-run", "--store", "postgresql://x"], "--dry-run copies a store"),
        (["--tz", "Moon/Crater"], "tz must be the name of a time zone"),
        (["--until", "never"], "--until must be"),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else "",
)
def test_what_does_not_go_together_is_told(options, message, folder, capsys):
    before = files(folder)
    assert run(*options) == 2
    told = capsys.readouterr().err
    assert told.startswith("customerintel: error: ")
    assert message in told
    assert files(folder) == before


def test_faults_of_rules_and_stores_are_told(capsys):
    Path("rules.json").write_text('{"format_version": 1, "rules": [{"id": "a"}]}')
    assert run() == 2
    assert "rules[0]: version is missing." in capsys.readouterr().err
    live.write_rules("rules.json", RULES)
    Path("other.db").write_text("no database at all, whatever it is called" * 30)
    assert run("--dry-run", store="other.db") == 2
    assert "is no store of live rules" in capsys.readouterr().err
    with live.Engine(RULES, store="live.db"):
        assert run("--dry-run") == 2
        assert "an engine has it open" in capsys.readouterr().err


def test_other_files_of_events_are_refused(capsys):
    with pytest.raises(SystemExit):
        main(["live", "rules.json", "--events", "events.csv"])
    assert "does not end in .jsonl, .jsonl.gz, .ndjson or .ndjson.gz" in capsys.readouterr().err


def test_a_file_of_events_that_is_not_there_leaves_no_store(folder, capsys):
    Path("events.jsonl").unlink()
    before = files(folder)
    assert run() == 2
    assert "The events of events.jsonl cannot be read: No such file" in capsys.readouterr().err
    assert files(folder) == before


def test_a_file_without_rules_is_refused(folder, capsys):
    live.write_rules("rules.json", [])
    assert run() == 2
    assert "rules.json holds no rules" in capsys.readouterr().err
    assert not Path("live.db").exists()


def test_a_dry_run_leaves_nothing_beside_a_store(folder, capsys):
    assert run() == 0
    before = files(folder)
    assert run(*UNTIL, "--dry-run", "--actions", "-") == 0
    shown = capsys.readouterr()
    assert "1 action would be handed out; dry run: nothing was written" in shown.err
    assert "kept aside, those of earlier runs too: " in shown.err
    assert files(folder) == before


def test_events_come_from_a_pipe(capsys):
    command = [sys.executable, "-m", "customerintel", "live", "rules.json", "--events", "-"]
    given = Path("events.jsonl").read_bytes().rstrip()
    done = subprocess.run([*command, *UNTIL], input=given, capture_output=True, check=True)
    shown = done.stdout.decode()
    assert shown.startswith("standard input: 2 events accepted, 1 repeated, 1 kept aside")


def test_the_schema_of_rules_is_shown(capsys):
    with pytest.raises(SystemExit) as end:
        main(["live", "--schema"])
    assert end.value.code == 0
    assert json.loads(capsys.readouterr().out) == live.rules_schema()


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise there")
def test_a_followed_file_is_left_by_an_interrupt():
    command = [sys.executable, "-m", "customerintel", "live", "rules.json"]
    options = ["--events", "events.jsonl", "--follow", "--actions", "actions.jsonl"]
    actions = Path("actions.jsonl")
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as process:
        until = time.monotonic() + 60
        while not (actions.exists() and actions.read_text()) and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        shown, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "2 events accepted, 1 repeated, 1 kept aside" in shown
    assert "1 action handed out; the store is live.db" in shown


def followed(given, ends, *options):
    """Follow until `ends` says so, then interrupt; return what was shown."""
    command = [sys.executable, "-m", "customerintel", "live", "rules.json", "--follow", *options]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        process.stdin.write(given)
        process.stdin.flush()
        until = time.monotonic() + 60
        while not ends() and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        shown, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    return shown


def actions_written():
    path = Path("actions.jsonl")
    return path.read_text().splitlines() if path.exists() else []


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise there")
def test_a_followed_file_that_is_behind_is_not_overtaken_by_the_clock():
    # two batches: whoever asks the clock between them takes the buyers for silent
    carts = [EVENTS[0] | {"userId": f"c{k}", "messageId": f"a{k}"} for k in range(4096)]
    orders = [
        {**cart, "messageId": f"b{k}", "event": "Order Completed"} for k, cart in enumerate(carts)
    ]
    last = EVENTS[0] | {"userId": "late", "messageId": "late"}
    lines = (json.dumps(event) + "\n" for event in [*carts, *orders, last])
    Path("events.jsonl").write_text("".join(lines))
    options = ("--events", "events.jsonl", "--actions", "actions.jsonl")
    assert "8,193 events accepted" in followed("", actions_written, *options)
    assert [json.loads(line)["customer_id"] for line in actions_written()] == ["late"]


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise there")
def test_time_passes_on_a_quiet_pipe():
    options = ("--events", "-", "--actions", "actions.jsonl")
    shown = followed(json.dumps(EVENTS[0]) + "\n", actions_written, *options)
    assert shown.startswith("standard input: 1 events accepted")
    assert len(actions_written()) == 1
