"""Entry points are found whatever the metadata beside them look like."""

from __future__ import annotations

import logging
import sys

from plugins.site_folder import GOOD, GROUP, Site, a_registry

from customerintel.plugins.discovery import installed


def found() -> list[tuple[str, str, str | None, str | None]]:
    return [(one.name, one.value, one.distribution, one.version) for one in installed(GROUP)]


def test_name_value_distribution_and_version(site):
    site.add("acme-churn", "1.2", {"acme-gap": "acme_churn:Gap"}, acme_churn=GOOD)
    assert found() == [("acme-gap", "acme_churn:Gap", "acme-churn", "1.2")]


def test_other_groups_are_left_alone(site):
    site.add("acme-churn", "1.2", {"acme-gap": "acme_churn:Gap"}, acme_churn=GOOD)
    assert installed("customerintel.no_such_group") == ()


def test_one_point_that_is_written_twice_is_one(site):
    site.add("acme-churn", "1.2", {"acme-gap": "acme_churn:Gap"}, acme_churn=GOOD)
    text = f"[{GROUP}]\nacme-gap = acme_churn:Gap\nacme-gap = acme_churn:Gap\n"
    (site.folder / "acme_churn-1.2.dist-info" / "entry_points.txt").write_text(text)
    assert len(found()) == 1


def test_without_metadata_the_folder_names_the_distribution(site):
    site.add("acme-churn", "1.2", {"acme-gap": "acme_churn:Gap"}, acme_churn=GOOD)
    (site.folder / "acme_churn-1.2.dist-info" / "METADATA").unlink()
    assert found() == [("acme-gap", "acme_churn:Gap", "acme_churn", None)]
    plugin = a_registry().load("acme-gap")
    assert plugin.describe().endswith("(acme_churn:Gap of acme_churn)")


def test_a_file_that_cannot_be_read_costs_its_own_plugins_only(site, caplog):
    site.add("acme-churn", "1.2", {"acme-gap": "acme_churn:Gap"}, acme_churn=GOOD)
    site.add("mangled", "0.3", {"mangled": "mangled:Gap"}, mangled=GOOD)
    (site.folder / "mangled-0.3.dist-info" / "entry_points.txt").write_bytes(b"[\xff\xfe]\n\x80")
    with caplog.at_level(logging.WARNING, logger="customerintel"):
        assert a_registry().names() == ("acme-gap", "recency")
    assert [record.getMessage() for record in caplog.records] == [
        (
            "The entry points of mangled cannot be read (UnicodeDecodeError), so its plugins are "
            "left out."
        )
    ]


def test_of_two_copies_on_the_path_the_first_counts(site, tmp_path, monkeypatch, caplog):
    """Also where a file that cannot be read makes each distribution be looked at by itself."""
    site.add("acme-churn", "1.2", {"acme-gap": "acme_churn:Gap"}, acme_churn=GOOD)
    Site(tmp_path).add("acme-churn", "0.9", {"acme-old": "acme_churn:Gap"})
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    assert [name for name, *_ in found()] == ["acme-gap"]
    site.add("mangled", "0.3", {})
    (site.folder / "mangled-0.3.dist-info" / "entry_points.txt").write_bytes(b"[\xff\xfe]\n\x80")
    assert [name for name, *_ in found()] == ["acme-gap"]


def test_any_name_of_an_entry_point_is_taken(site):
    site.add("acme-churn", "1.2", {"Acme Gap:2": "acme_churn:Gap"}, acme_churn=GOOD)
    registry = a_registry()
    assert registry.names() == ("Acme Gap:2", "recency")
    assert registry.load("Acme Gap:2").distribution == "acme-churn"
    assert registry.load("acme-churn:Acme Gap:2").distribution == "acme-churn"
