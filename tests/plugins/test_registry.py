"""`Registry`: names, one plugin by name, registration, blocks, refresh."""

from __future__ import annotations

import logging
import sys
import threading
import time
import warnings

import pytest
from plugins.built_in import Recency
from plugins.site_folder import GOOD, a_registry

from customerintel.exceptions import (
    MissingDependencyError,
    PluginConflictWarning,
    PluginContractError,
    PluginError,
    PluginLoadError,
    PluginNotFoundError,
)
from customerintel.plugins import CHURN_ESTIMATOR, LoadedPlugin, Registry


class Gap(Recency):
    pass


class OtherGap(Recency):
    pass


def test_names_are_listed_without_importing(site):
    site.add("acme-churn", "1.2", {"acme-gap": "acme_churn:Gap"}, acme_churn="raise SystemExit")
    assert a_registry().names() == ("acme-gap", "recency")
    assert "acme_churn" not in sys.modules


def test_one_is_loaded_by_name_and_the_others_are_not(site):
    points = {"acme-gap": "acme_churn:Gap", "acme-bad": "acme_bad:Gap"}
    site.add("acme-churn", "1.2", points, acme_churn=GOOD, acme_bad=GOOD)
    plugin = a_registry().load("acme-gap")
    assert isinstance(plugin, LoadedPlugin)
    assert (plugin.name, plugin.source) == ("acme-gap", "entry point")
    assert (plugin.distribution, plugin.version) == ("acme-churn", "1.2")
    assert plugin.factory is sys.modules["acme_churn"].Gap
    assert plugin.value == "acme_churn:Gap"
    assert isinstance(plugin.make(), plugin.factory)
    assert plugin.describe() == (
        "The churn estimator 'acme-gap' (acme_churn:Gap of acme-churn 1.2)"
    )
    assert repr(plugin) == f"LoadedPlugin({plugin.describe()})"
    assert "acme_bad" not in sys.modules


def test_a_built_in_is_of_this_library():
    from customerintel import __version__

    plugin = a_registry().load("recency")
    assert plugin.factory is Recency
    assert (plugin.source, plugin.distribution) == ("built-in", "customerintel")
    assert plugin.version == __version__
    assert a_registry().load("customerintel:recency").factory is Recency


def test_each_make_is_a_new_object_with_its_options():
    plugin = a_registry().load("recency")
    assert plugin.make(strength=2.0).strength == 2.0
    assert plugin.make() is not plugin.make()


def test_a_broken_plugin_does_not_keep_the_others_from_working(site):
    points = {"acme-bad": "acme_bad:Gap", "acme-gap": "acme_churn:Gap"}
    site.add("acme-churn", "1.2", points, acme_churn=GOOD, acme_bad="import no_such_module")
    registry = a_registry()
    with pytest.raises(PluginLoadError, match=r"acme-bad.*acme_bad:Gap of acme-churn 1\.2") as bad:
        registry.load("acme-bad")
    assert isinstance(bad.value.__cause__, ModuleNotFoundError)
    assert registry.load("acme-gap").name == "acme-gap"
    assert registry.load("recency").factory is Recency


def test_an_import_that_failed_is_tried_again_after_refresh_only(site):
    source = "raise ValueError('first')"
    site.add("acme-churn", "1.2", {"acme-gap": "acme_churn:Gap"}, acme_churn=source)
    registry = a_registry()
    with pytest.raises(PluginLoadError) as first:
        registry.load("acme-gap")
    (site.folder / "acme_churn.py").write_text(GOOD + "# of another length\n")
    with pytest.raises(PluginLoadError) as second:
        registry.load("acme-gap")
    assert second.value is not first.value
    assert str(second.value) == str(first.value)
    registry.refresh()
    assert registry.load("acme-gap").make() is not None


def test_a_missing_package_of_a_built_in_is_tried_again(monkeypatch):
    registry = a_registry(builtins={"gbm": "plugins.not_there:Gbm"})

    def absent(name):
        raise MissingDependencyError("Install it.")

    monkeypatch.setattr("customerintel.plugins.loading.import_module", absent)
    with pytest.raises(MissingDependencyError, match=r"Install it\."):
        registry.load("gbm")
    monkeypatch.setattr(
        "customerintel.plugins.loading.import_module", lambda name: type("M", (), {"Gbm": Recency})
    )
    assert registry.load("gbm").factory is Recency


def test_a_built_in_that_cannot_be_imported_is_a_load_error():
    with pytest.raises(PluginLoadError, match=r"'a' \(built into customerintel"):
        a_registry(builtins={"a": "plugins.built_in:Nobody"}).load("a")


def test_an_exit_at_import_does_not_end_the_host(site):
    site.add("acme-churn", "1.2", {"acme-gap": "acme_churn:Gap"}, acme_churn="raise SystemExit(3)")
    with pytest.raises(PluginLoadError, match="SystemExit: 3"):
        a_registry().load("acme-gap")


def test_an_interrupt_at_import_is_one(site):
    source = "raise KeyboardInterrupt"
    site.add("acme-churn", "1.2", {"acme-gap": "acme_churn:Gap"}, acme_churn=source)
    with pytest.raises(KeyboardInterrupt):
        a_registry().load("acme-gap")


def test_eight_threads_load_once(site):
    source = f"import time\nimport loads_counted\nloads_counted.n += 1\ntime.sleep(0.2)\n{GOOD}"
    site.add(
        "acme-churn", "1.2", {"acme-gap": "acme_churn:Gap"}, acme_churn=source, loads_counted="n=0"
    )
    registry, found, start = a_registry(), [], threading.Barrier(8)

    def ask():
        start.wait()
        found.append(registry.load("acme-gap"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(map(id, found))) == 1
    assert sys.modules["loads_counted"].n == 1


def test_a_slow_import_holds_up_nobody_else(site):
    source = "import time\ntime.sleep(1.0)" + GOOD
    site.add("acme-churn", "1.2", {"acme-slow": "acme_slow:Gap"}, acme_slow=source)
    registry = a_registry()
    loading = threading.Thread(target=registry.load, args=("acme-slow",))
    loading.start()
    assert registry.load("recency").factory is Recency
    assert registry.names() == ("acme-slow", "recency")
    assert loading.is_alive()
    loading.join()


def test_an_import_that_hangs_is_given_up(site, monkeypatch):
    monkeypatch.setenv("CUSTOMERINTEL_PLUGIN_TIMEOUT", "0.2")
    source = "import time\ntime.sleep(5)"
    site.add("acme-churn", "1.2", {"acme-gap": "acme_churn:Gap"}, acme_churn=source)
    registry, start = a_registry(), time.monotonic()
    with pytest.raises(PluginLoadError, match=r"within 0\.2 seconds.*CUSTOMERINTEL_PLUGIN_TIMEOUT"):
        registry.load("acme-gap")
    with pytest.raises(PluginLoadError):  # not waited for again
        registry.load("acme-gap")
    assert time.monotonic() - start < 4


def test_without_limit_it_is_imported_in_the_thread_that_asks(site, monkeypatch):
    source = f"import threading\nwhere = threading.current_thread()\n{GOOD}"
    site.add("acme-churn", "1.2", {"acme-gap": "acme_churn:Gap"}, acme_churn=source)
    monkeypatch.setenv("CUSTOMERINTEL_PLUGIN_TIMEOUT", "0")
    a_registry().load("acme-gap")
    assert sys.modules["acme_churn"].where is threading.current_thread()


def test_the_time_limit_does_not_concern_what_is_built_in(monkeypatch):
    monkeypatch.setenv("CUSTOMERINTEL_PLUGIN_TIMEOUT", "soon")
    assert a_registry().load("recency").factory is Recency


def test_a_plugin_may_use_the_registry_while_it_is_imported(site):
    source = f"import plugin_host\nplugin_host.registry.names()\n{GOOD}"
    site.add(
        "acme-churn",
        "1.2",
        {"acme-gap": "acme_churn:Gap"},
        acme_churn=source,
        plugin_host="from plugins.site_folder import a_registry\nregistry = a_registry()",
    )
    import plugin_host

    assert plugin_host.registry.load("acme-gap").name == "acme-gap"


def test_register_gives_back_the_class():
    registry = a_registry()
    assert registry.register("acme-gap")(Gap) is Gap
    assert registry.register("acme-other", OtherGap) is OtherGap
    plugin = registry.load("acme-gap")
    assert (plugin.factory, plugin.source) == (Gap, "registered")
    assert plugin.distribution is plugin.version is None
    assert registry.names() == ("acme-gap", "acme-other", "recency")


def test_a_function_that_makes_one_can_be_registered():
    registry = a_registry()
    registry.register("acme-gap", lambda: Gap(strength=3.0))
    assert registry.load("acme-gap").make().strength == 3.0


def test_a_cell_that_is_run_twice_replaces_silently():
    registry = a_registry()

    def cell():
        @registry.register("acme-gap")
        class Cell(Recency):
            pass

        return Cell

    first, second = cell(), cell()
    assert first is not second
    assert registry.load("acme-gap").factory is second


def test_unregister_brings_back_what_was_hidden():
    registry = a_registry()
    with pytest.warns(PluginConflictWarning):
        registry.register("recency", Gap)
    assert registry.load("recency").factory is Gap
    assert registry.load("customerintel:recency").factory is Recency
    registry.unregister("recency")
    assert registry.load("recency").factory is Recency
    with pytest.raises(PluginNotFoundError, match=r"'recency' is registered.*Registered: none"):
        registry.unregister("recency")


def test_what_is_blocked_is_not_there_until_it_is_unblocked(site):
    site.add("acme-churn", "1.2", {"acme-gap": "acme_churn:Gap"}, acme_churn=GOOD)
    registry = a_registry()
    registry.block("acme-gap")
    assert registry.names() == ("recency",)
    with pytest.raises(PluginNotFoundError, match=r"is blocked; unblock\('acme-gap'\)"):
        registry.load("acme-gap")
    registry.unblock("acme-gap")
    registry.unblock("acme-gap")
    assert registry.load("acme-gap").name == "acme-gap"
    registry.block("recency")
    assert registry.names() == ("acme-gap",)


def test_the_allow_list_is_read_when_asked_and_concerns_installed_plugins_only(site, monkeypatch):
    points = {"acme-gap": "acme_churn:Gap", "acme-two": "acme_churn:Gap"}
    site.add("acme-churn", "1.2", points, acme_churn=GOOD)
    registry = a_registry()
    registry.register("mine", Gap)
    registry.load("acme-two")
    monkeypatch.setenv("CUSTOMERINTEL_PLUGINS", " acme-gap , other")
    assert registry.names() == ("acme-gap", "mine", "recency")
    with pytest.raises(PluginNotFoundError, match="not in the list of the environment variable"):
        registry.load("acme-two")
    monkeypatch.setenv("CUSTOMERINTEL_PLUGINS", "Acme_Churn:acme-two")
    assert registry.names() == ("acme-two", "mine", "recency")
    monkeypatch.delenv("CUSTOMERINTEL_PLUGINS")
    assert registry.names() == ("acme-gap", "acme-two", "mine", "recency")


@pytest.mark.parametrize("text", ["none", "", " none "])
def test_with_none_what_is_installed_is_not_even_read(text, monkeypatch):
    def read(group):
        raise AssertionError(group)

    monkeypatch.setattr("customerintel.plugins.registry.installed", read)
    monkeypatch.setenv("CUSTOMERINTEL_PLUGINS", text)
    registry = a_registry()
    registry.register("mine", Gap)
    assert registry.names() == ("mine", "recency")
    with pytest.raises(PluginNotFoundError, match="CUSTOMERINTEL_PLUGINS keeps all installed"):
        registry.load("acme-gap")


def test_without_discovery_only_what_is_built_in_or_registered(site):
    site.add("acme-churn", "1.2", {"acme-gap": "acme_churn:Gap"}, acme_churn=GOOD)
    assert a_registry(discover=False).names() == ("recency",)


def test_refresh_finds_what_was_installed_since(site):
    registry = a_registry()
    registry.register("mine", Gap)
    registry.block("other")
    assert registry.names() == ("mine", "recency")
    site.add("acme-churn", "1.2", {"acme-gap": "acme_churn:Gap"}, acme_churn=GOOD)
    assert registry.names() == ("mine", "recency")
    registry.refresh()
    assert registry.names() == ("acme-gap", "mine", "recency")
    assert registry.load("mine").factory is Gap


def test_an_unknown_name_gets_a_suggestion(site):
    site.add("acme-churn", "1.2", {"acme-gap": "acme_churn:Gap"}, acme_churn=GOOD)
    with pytest.raises(PluginNotFoundError) as caught:
        a_registry().load("acme_gap")
    assert str(caught.value) == (
        "There is no churn estimator 'acme_gap'. Did you mean 'acme-gap'? "
        "There are: acme-gap, recency."
    )
    assert isinstance(caught.value, LookupError)
    with pytest.raises(PluginNotFoundError, match=r"'zzz'\. There are: acme-gap, recency\.$"):
        a_registry().load("zzz")


def test_a_contract_that_is_not_kept_is_refused_at_once():
    registry = a_registry()
    with pytest.raises(PluginContractError, match=r"api_version is missing.*predict is missing"):

        @registry.register("acme-half")
        class Half:
            def fit(self, history, /, *, horizon_days):
                return self

    assert registry.names() == ("recency",)


def test_a_loaded_plugin_is_told_to_the_log_of_the_library(site, caplog):
    site.add("acme-churn", "1.2", {"acme-gap": "acme_churn:Gap"}, acme_churn=GOOD)
    with caplog.at_level(logging.DEBUG, logger="customerintel"):
        a_registry().load("acme-gap")
    assert [record.getMessage() for record in caplog.records] == [
        "Loaded: The churn estimator 'acme-gap' (acme_churn:Gap of acme-churn 1.2)"
    ]


def test_every_error_of_a_plugin_is_caught_by_one_class(site):
    site.add("acme-churn", "1.2", {"acme-gap": "acme_churn:Gap"}, acme_churn="1 / 0")
    registry = a_registry()
    for name in ("acme-gap", "nobody"):
        with pytest.raises(PluginError):
            registry.load(name)


def test_no_warning_without_a_conflict(site):
    site.add("acme-churn", "1.2", {"acme-gap": "acme_churn:Gap"}, acme_churn=GOOD)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        registry = a_registry()
        registry.load("acme-gap")
        registry.plugins()


def test_what_is_taken_back_while_it_is_asked_for():
    """Between finding a name and loading it, another thread may unregister it."""
    scorers = Registry(group="acme.scorers", contract=CHURN_ESTIMATOR, builtins={})

    class Nobody:
        api_version = 1

        def fit(self, history, /, *, horizon_days): ...

        def predict(self, history, /): ...

    scorers.register("acme-none", Nobody)
    one = scorers._resolve().find("acme-none")
    scorers.unregister("acme-none")
    assert scorers._slot(one).load(CHURN_ESTIMATOR).factory is Nobody


def test_a_package_that_asks_for_its_own_plugin_while_it_is_imported(tmp_path, monkeypatch):
    """Another thread would wait for the package, and the package for the other thread."""
    package = tmp_path / "asks_itself"
    package.mkdir()
    (package / "scorer.py").write_text(GOOD)
    (package / "__init__.py").write_text(
        "from importlib.metadata import EntryPoint\n"
        "from customerintel.plugins import CHURN_ESTIMATOR\n"
        "from customerintel.plugins.candidates import ENTRY_POINT, Candidate\n"
        "from customerintel.plugins.loading import Slot\n"
        "point = EntryPoint('own', 'asks_itself.scorer:Gap', 'acme')\n"
        "one = Candidate('own', point.value, ENTRY_POINT, 'asks-itself', '1', point)\n"
        "found = Slot(one).load(CHURN_ESTIMATOR).factory\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("CUSTOMERINTEL_PLUGIN_TIMEOUT", "2")
    try:
        import asks_itself

        assert asks_itself.found.__name__ == "Gap"
    finally:
        for name in [one for one in sys.modules if one.startswith("asks_itself")]:
            del sys.modules[name]
