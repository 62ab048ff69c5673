"""What a fitted plugin knows survives a file, bit for bit, and nothing else comes out of one."""

from __future__ import annotations

import json
import math
import pickle
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customerintel.exceptions import InvalidArgumentError, PluginContractError
from customerintel.plugins.states import read_state, write_state

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
STATES = st.dictionaries(
    st.text(max_size=5),
    st.recursive(
        LEAVES,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        ),
        max_leaves=8,
    ),
    max_size=4,
)


@given(state=STATES)
def test_json_values_come_back(state, tmp_path_factory):
    path = tmp_path_factory.mktemp("state") / "fit.npz"
    write_state(path, {"name": "a"}, state)
    header, found = read_state(path)
    assert header == {"name": "a"}
    # repr, since NaN is not itself, and -0.0 is 0.0
    assert repr(found) == repr(state)


ARRAYS = {
    "floats": np.array([0.1, math.nan, -0.0, math.inf]),
    "integers": np.arange(6, dtype=np.int8).reshape(2, 3),
    "one number": np.array(3.5, np.float32),
    "none": np.empty((0, 4)),
    "truth": np.array([True, False]),
    "texts": np.array(["a", "äö"]),
    "moments": np.array(["2024-01-01", "NaT"], "M8[us]"),
    "records": np.array([(1, 2.0)], [("a", int), ("b", float)]),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_come_back_with_every_bit(name, tmp_path):
    array = ARRAYS[name]
    write_state(tmp_path / "fit", {}, {"a": {"b": [1, array]}, "array_0": array})
    _, found = read_state(str(tmp_path / "fit"))
    for back in (found["a"]["b"][1], found["array_0"]):
        assert back.dtype == array.dtype
        assert back.shape == array.shape
        assert back.tobytes() == array.tobytes()
    assert found["a"]["b"][0] == 1


def test_numbers_of_numpy_and_tuples_become_plain(tmp_path):
    state = {"f": np.float32(0.5), "i": np.int64(7), "b": np.bool_(True), "t": (1, np.float64(2))}
    write_state(tmp_path / "fit.npz", {"n": np.int64(1)}, state)
    header, found = read_state(tmp_path / "fit.npz")
    assert found == {"f": 0.5, "i": 7, "b": True, "t": [1, 2.0]}
    assert [type(value) for value in found.values()] == [float, int, bool, list]
    assert header == {"n": 1}


def test_an_array_in_the_header_comes_back(tmp_path):
    write_state(tmp_path / "fit.npz", {"a": np.arange(3)}, {})
    header, state = read_state(tmp_path / "fit.npz")
    assert header["a"].tolist() == [0, 1, 2]
    assert state == {}


def test_a_state_that_holds_itself(tmp_path):
    state = {}
    state["a"] = [state]
    with pytest.raises(PluginContractError, match="holds itself"):
        write_state(tmp_path / "fit.npz", {}, state)


def test_the_same_state_makes_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        write_state(tmp_path / name, {"n": 1}, {"a": np.arange(3)})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_file_is_replaced_when_the_new_one_is_complete(tmp_path):
    path = tmp_path / "fit.npz"
    write_state(path, {}, {"n": 1})
    with pytest.raises(PluginContractError):
        write_state(path, {}, {"n": object()})
    assert read_state(path)[1] == {"n": 1}
    write_state(path, {}, {"n": 2})
    assert read_state(path)[1] == {"n": 2}
    assert [file.name for file in tmp_path.iterdir()] == ["fit.npz"]


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    path = tmp_path / "fit.npz"
    write_state(path, {}, {"n": 1})
    with monkeypatch.context() as patch:
        patch.setattr(np, "savez", full)
        with pytest.raises(InvalidArgumentError, match=r"'fit\.npz' cannot be written .No space"):
            write_state(path, {}, {"n": 2})
    assert read_state(path)[1] == {"n": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["fit.npz"]


class Harm:
    """Unpickling it writes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return self.path.touch, ()


def test_a_pickle_in_a_file_is_not_run(tmp_path):
    path, mark = tmp_path / "fit.npz", tmp_path / "mark"
    write_state(path, {}, {"a": np.arange(3)})
    np.savez(tmp_path / "bad.npz", document=np.load(path)["document"], array_0=[Harm(mark)])
    (tmp_path / "plain.npz").write_bytes(pickle.dumps(Harm(mark)))
    for name in ("bad.npz", "plain.npz"):
        with pytest.raises(InvalidArgumentError, match=f"'{name}' is no saved state"):
            read_state(tmp_path / name)
    assert not mark.exists()


def write_document(path, **changes) -> None:
    """Write a file as `write_state` does, with other members."""
    document = {
        "format": "customerintel/state", "format_version": 1, "header": {}, "state": {},
        "arrays": [], **changes,
    }  # fmt: skip
    np.savez(path, document=np.array(json.dumps(document)))


@pytest.mark.parametrize(
    "changes",
    [
        {"arrays": [["state", "a"]]},
        {"arrays": [["state", "a", 0]]},
        {"arrays": [[]]},
        {"arrays": 3},
        {"header": []},
        {"state": None},
    ],
    ids=str,
)
def test_what_is_not_complete(changes, tmp_path):
    write_document(tmp_path / "fit.npz", **changes)
    with pytest.raises(InvalidArgumentError, match=r"^'fit\.npz' is not complete\."):
        read_state(tmp_path / "fit.npz")


def test_a_truncated_file(tmp_path):
    write_state(tmp_path / "fit.npz", {}, {"a": np.arange(1000)})
    whole = (tmp_path / "fit.npz").read_bytes()
    for length in (0, 4, 100, len(whole) - 10):
        (tmp_path / "fit.npz").write_bytes(whole[:length])
        with pytest.raises(InvalidArgumentError, match="is no saved state"):
            read_state(tmp_path / "fit.npz")


def test_a_damaged_file(tmp_path):
    write_state(tmp_path / "fit.npz", {}, {"a": np.arange(1000)})
    whole = bytearray((tmp_path / "fit.npz").read_bytes())
    whole[len(whole) // 2] ^= 0xFF
    (tmp_path / "fit.npz").write_bytes(whole)
    with pytest.raises(InvalidArgumentError, match=r"is no saved state.*, or is damaged"):
        read_state(tmp_path / "fit.npz")


def test_foreign_files(tmp_path):
    np.savez(tmp_path / "other.npz", a=np.arange(3))
    np.savez(tmp_path / "words.npz", document=np.array("no JSON"))
    np.save(tmp_path / "array.npy", np.arange(3))
    (tmp_path / "text.txt").write_text("customer,amount\n")
    write_document(tmp_path / "model.npz", format="customerintel/model")
    with zipfile.ZipFile(tmp_path / "zip.npz", "w") as archive:
        archive.writestr("document", "text")
    for path in list(tmp_path.iterdir()):
        with pytest.raises(InvalidArgumentError, match="is no saved state"):
            read_state(path)


def test_a_newer_format(tmp_path):
    write_document(tmp_path / "fit.npz", format_version=2)
    with pytest.raises(InvalidArgumentError, match="has format_version 2, and this release reads"):
        read_state(tmp_path / "fit.npz")
