"""Plugins that are broken, missing or in each other's way: class and whole message."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from plugins.built_in import Recency
from plugins.site_folder import GOOD, a_registry, a_site

from customerintel.exceptions import (
    InvalidArgumentError,
    PluginCallError,
    PluginConflictWarning,
    PluginContractError,
    PluginLoadError,
    PluginNotFoundError,
)
from customerintel.plugins.states import read_state, write_state

GAP = {"acme-gap": "acme_churn:Gap"}
WHOSE = "The churn estimator 'acme-gap' (acme_churn:Gap of acme-churn 1.2)"
ADVICE = "Repair or upgrade acme-churn, or block('acme-churn:acme-gap')."
AGAIN = "Then call refresh(), or start anew."


class Slower(Recency):
    pass


@contextmanager
def surroundings(**settings: str):
    """Set these of the library's environment variables, and no others."""
    cleared = {k: v for k, v in os.environ.items() if not k.startswith("CUSTOMERINTEL_PLUGIN")}
    with mock.patch.dict(os.environ, {**cleared, **settings}, clear=True):
        yield


def load(source: str, name: str = "acme-gap", points=GAP, *, make: bool = False, **settings: str):
    """Install acme-churn with this module, and load the plugin."""
    with surroundings(**settings), a_site() as site:
        site.add("acme-churn", "1.2", points, acme_churn=source)
        plugin = a_registry().load(name)
        return plugin.make() if make else plugin


def load_blocked():
    with surroundings(), a_site() as site:
        site.add("acme-churn", "1.2", GAP, acme_churn=GOOD)
        registry = a_registry()
        registry.block("acme-gap")
        registry.load("acme-gap")


def load_conflict():
    with surroundings(), a_site() as site:
        site.add("zeta-churn", "0.1", {"acme-gap": "zeta_churn:Gap"}, zeta_churn=GOOD)
        site.add("acme-churn", "1.2", GAP, acme_churn=GOOD)
        a_registry().load("acme-gap")


def register_twice():
    registry = a_registry()
    registry.register("acme-gap", Recency)
    registry.register("acme-gap", Slower)


def read(write):
    """Read what a function has written to a path."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "fit.npz")
        read_state(Path(folder) / "fit.npz")


def write(state):
    with tempfile.TemporaryDirectory() as folder:
        write_state(Path(folder) / "fit.npz", {}, state)


CONTENT = (
    "a state holds texts, numbers, truth values, None, lists, dicts with keys of str, and NumPy "
    "arrays without objects."
)

#: What is given: a call, the class and the whole message.
CASES = {
    "a plugin of an unknown name": (
        lambda: load(GOOD, "acme-gab"),
        PluginNotFoundError,
        (
            "There is no churn estimator 'acme-gab'. Did you mean 'acme-gap'? "
            "There are: acme-gap, recency."
        ),
    ),
    "a plugin of an unknown name, with installed ones switched off": (
        lambda: load(GOOD, CUSTOMERINTEL_PLUGINS="none"),
        PluginNotFoundError,
        (
            "There is no churn estimator 'acme-gap'. There are: recency. The environment variable "
            "CUSTOMERINTEL_PLUGINS keeps all installed plugins out; unset it to let them in."
        ),
    ),
    "a plugin that is not in CUSTOMERINTEL_PLUGINS": (
        lambda: load(GOOD, CUSTOMERINTEL_PLUGINS="other"),
        PluginNotFoundError,
        (
            f"{WHOSE} may not be used: it is not in the list of the environment variable "
            "CUSTOMERINTEL_PLUGINS; add 'acme-gap' to it, or unset it."
        ),
    ),
    "a plugin that is blocked": (
        load_blocked,
        PluginNotFoundError,
        f"{WHOSE} may not be used: it is blocked; unblock('acme-gap') lets it in.",
    ),
    "a name that is no text": (
        lambda: a_registry().load(3),
        InvalidArgumentError,
        "The name of a churn estimator must be a str; got int.",
    ),
    "a plugin whose module raises": (
        lambda: load("import no_such_module"),
        PluginLoadError,
        (
            f"{WHOSE} cannot be loaded: ModuleNotFoundError: No module named 'no_such_module'. "
            f"{ADVICE} {AGAIN}"
        ),
    ),
    "a plugin that names what its module does not have": (
        lambda: load("x = 1"),
        PluginLoadError,
        (
            f"{WHOSE} cannot be loaded: AttributeError: module 'acme_churn' has no attribute "
            f"'Gap'. {ADVICE} {AGAIN}"
        ),
    ),
    "an entry point that names no object": (
        lambda: load(GOOD, points={"acme-gap": "acme churn"}),
        PluginLoadError,
        (
            "The churn estimator 'acme-gap' (acme churn of acme-churn 1.2) cannot be loaded: "
            f"ValueError: 'acme churn' is not of the form 'package.module:Object'. {ADVICE} {AGAIN}"
        ),
    ),
    "an entry point that names a module": (
        lambda: load(GOOD, points={"acme-gap": "acme_churn"}),
        PluginContractError,
        (
            "The churn estimator 'acme-gap' (acme_churn of acme-churn 1.2) does not keep the "
            "contract of a churn estimator: it is of type module and must be a class, or a "
            "function without arguments that makes an object, so that every fit starts afresh. "
            f"{ADVICE}"
        ),
    ),
    "a plugin whose module does not come to an end": (
        lambda: load("import time\ntime.sleep(2)", CUSTOMERINTEL_PLUGIN_TIMEOUT="0.1"),
        PluginLoadError,
        (
            f"{WHOSE} cannot be loaded: its import did not end within 0.1 seconds. If it is only "
            f"slow, set CUSTOMERINTEL_PLUGIN_TIMEOUT to more, or to 0 for no limit. {ADVICE} "
            f"{AGAIN}"
        ),
    ),
    "a time limit that is no number": (
        lambda: load(GOOD, CUSTOMERINTEL_PLUGIN_TIMEOUT="soon"),
        InvalidArgumentError,
        (
            "The environment variable CUSTOMERINTEL_PLUGIN_TIMEOUT must be a number of seconds, "
            "or 0 for no limit, not 'soon'. Correct it, or unset it for 30 seconds."
        ),
    ),
    "a plugin without the members of an estimator": (
        lambda: load("class Gap:\n    def fit(self, history): ..."),
        PluginContractError,
        (
            f"{WHOSE} does not keep the contract of a churn estimator: api_version is missing: "
            "set api_version = 1 in the class; fit is called as fit(history, horizon_days=…), "
            "which does not fit: got an unexpected keyword argument 'horizon_days'; predict is "
            f"missing: it is called as predict(history). {ADVICE}"
        ),
    ),
    "a plugin for a newer api_version": (
        lambda: load(GOOD.replace("api_version = 1", "api_version = 2")),
        PluginContractError,
        (
            f"{WHOSE} does not keep the contract of a churn estimator: api_version is 2, newer "
            f"than this release knows (1): upgrade customerintel. {ADVICE}"
        ),
    ),
    "a plugin for an older api_version": (
        lambda: load(GOOD.replace("api_version = 1", "api_version = 0")),
        PluginContractError,
        (
            f"{WHOSE} does not keep the contract of a churn estimator: api_version is 0, older "
            f"than this release knows (1): upgrade acme-churn. {ADVICE}"
        ),
    ),
    "an entry point that names an object": (
        lambda: load(f"{GOOD}\nGap = Gap()"),
        PluginContractError,
        (
            f"{WHOSE} does not keep the contract of a churn estimator: it is of type Gap and must "
            "be a class, or a function without arguments that makes an object, so that every fit "
            f"starts afresh. {ADVICE}"
        ),
    ),
    "an estimator that is registered as an object": (
        lambda: a_registry().register("acme-gap", Recency()),
        PluginContractError,
        (
            "The churn estimator 'acme-gap' (plugins.built_in:Recency, registered in this "
            "process) does not keep the contract of a churn estimator: it is of type Recency "
            "and must be a class, or a function without arguments that makes an object, so that "
            "every fit starts afresh. Correct it."
        ),
    ),
    "an estimator that cannot be made without arguments": (
        lambda: load(f"{GOOD}    def __init__(self, strength): ..."),
        PluginContractError,
        (
            f"{WHOSE} does not keep the contract of a churn estimator: it must be made without "
            f"arguments, which does not fit: missing a required argument: 'strength'. {ADVICE}"
        ),
    ),
    "an estimator whose constructor raises": (
        lambda: load(f"{GOOD}    def __init__(self): 1 / 0", make=True),
        PluginCallError,
        f"{WHOSE} raised when it was made: ZeroDivisionError: division by zero. {ADVICE}",
    ),
    "an option that an estimator does not take": (
        lambda: load(GOOD).make(speed=1),
        InvalidArgumentError,
        (
            f"{WHOSE} cannot be made with the options speed: got an unexpected keyword argument "
            "'speed'. Leave out what it does not take."
        ),
    ),
    "two plugins of one name": (
        load_conflict,
        PluginConflictWarning,
        (
            "The name 'acme-gap' of a churn estimator is claimed 2 times: acme_churn:Gap of "
            "acme-churn 1.2; zeta_churn:Gap of zeta-churn 0.1. The first of these is used. Ask "
            "for 'zeta-churn:acme-gap' to use another, or block one."
        ),
    ),
    "another class registered under a name": (
        register_twice,
        PluginConflictWarning,
        (
            "The churn estimator 'acme-gap' was plugins.built_in:Recency and is now "
            f"{__name__}:Slower. Give it another name if you want "
            "both, or call unregister('acme-gap') first."
        ),
    ),
    "a name that cannot be registered": (
        lambda: a_registry().register("Acme Gap", Recency),
        InvalidArgumentError,
        (
            "register takes a name of lowercase letters and digits, with -, _ or . between them, "
            "such as 'acme-gap'; got 'Acme Gap'."
        ),
    ),
    "register without a name": (
        lambda: a_registry().register(Recency),
        InvalidArgumentError,
        (
            "register takes a name of lowercase letters and digits, with -, _ or . between them, "
            "such as 'acme-gap'; got type."
        ),
    ),
    "unregister of what was not registered": (
        lambda: a_registry().unregister("recency"),
        PluginNotFoundError,
        "No churn estimator 'recency' is registered in this process. Registered: none.",
    ),
    "a state with an object in it": (
        lambda: write({"a": [1, object()]}),
        PluginContractError,
        f"The state['a'][1] is of type object; {CONTENT}",
    ),
    "a state with an array of objects": (
        lambda: write({"a": np.array([None])}),
        PluginContractError,
        f"The state['a'] is an array of objects; {CONTENT}",
    ),
    "a state with keys that are no texts": (
        lambda: write({"a": {1: 2}}),
        PluginContractError,
        "The state['a'] has a key of type int; the keys of a state must be str.",
    ),
    "a state that is no dict": (
        lambda: write([1]),
        PluginContractError,
        "A state must be a dict; got list.",
    ),
    "a saved state that is not there": (
        lambda: read(lambda path: None),
        InvalidArgumentError,
        "There is no file 'fit.npz' in the folder given. Check the path.",
    ),
    "a file that is no saved state": (
        lambda: read(lambda path: path.write_text("customer,amount\n")),
        InvalidArgumentError,
        (
            "'fit.npz' is no saved state (format 'customerintel/state'), or is damaged. Give the "
            "path that save() wrote to."
        ),
    ),
    "a folder that is not there, for a state": (
        lambda: write_state("no folder/fit.npz", {}, {}),
        InvalidArgumentError,
        "There is no folder to write 'fit.npz' to. Make it first, or correct the path.",
    ),
    "a folder in the place of a file, for a state": (
        lambda: read(lambda path: write_state(path.mkdir() or path, {}, {})),
        InvalidArgumentError,
        "'fit.npz' is a folder; give the path of a file in it.",
    ),
    "a path that is none, for a state": (
        lambda: read_state(3),
        InvalidArgumentError,
        "A state is read by the path of a file, a str or a Path; got int.",
    ),
}


@pytest.mark.parametrize("given", CASES)
def test_errors(given):
    call, error, message = CASES[given]
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
    assert type(caught.value) is error
