"""The names that the reader of lines looks for, as one table of numbers."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from customerintel._kernels import live_json_lines as k
from customerintel._kernels.live_words import SPREAD
from customerintel.live.known_fields import KNOWN
from customerintel.live.plain_lines import SHAPE
from customerintel.live.wanted import AMOUNT, Wanted

__all__ = ["CALLS", "LineKeys"]

Ints = NDArray[np.int64]

_WORD: Final = (1 << 64) - 1
_SPREAD: Final = int(SPREAD)
#: The calls of the Segment Spec by their number.
CALLS: Final = ("track", "identify", "page", "screen", "group", "alias")
_ROLES: Final = {
    "userId": k.USER,
    "anonymousId": k.ANONYMOUS,
    "previousId": k.PREVIOUS,
    "messageId": k.MESSAGE,
    "event": k.EVENT,
    "timestamp": k.STAMP,
    "originalTimestamp": k.ORIGINAL,
    "sentAt": k.SENT,
    "receivedAt": k.RECEIVED,
    "type": k.CALL,
    "name": k.WORD,
    "channel": k.WORD,
    "version": k.WORD,
    "value": k.VALUE,
    "properties": k.PROPERTIES,
    "traits": k.FACTS,
    "context": k.FACTS,
    "integrations": k.FACTS,
}


class LineKeys:
    """Names of fields, of calls and of wanted properties, each under the name it is within.

    Parameters
    ----------
    wanted : Wanted
        The properties to read.

    Attributes
    ----------
    slots : ndarray of int64, shape (2**k,)
        A hash table of entries; −1: empty.
    entries : ndarray of int64
        Nine numbers each: the node that the key is under and its length, its first and last eight
        letters as words, where its letters begin and end, its role, the node that is under it
        (−1: none), its first ask, and the number of asks.
    letters : ndarray of uint8
        All names and texts.
    asks : ndarray of int64
        Three numbers each: row of the values, first text and text behind the last (−1: none, it
        is a number).
    texts : ndarray of int64
        Where each text begins and ends.
    n_rows : int
        Rows of the values; where money is wanted, the last three are what it may be found in.
    """

    def __init__(self, wanted: Wanted) -> None:
        self._letters = bytearray(b"\0")
        self._found: list[list[int]] = []
        self._asks: list[int] = []
        self._texts: list[int] = []
        self._next = k.N_PROPERTIES + 1
        rows, value = self._wishes(wanted)
        for name, role in _ROLES.items():
            self._add(k.N_FIELDS, name, role, asked=value if role == k.VALUE else ())
        for name in sorted(KNOWN - SHAPE.keys()):
            self._add(k.N_FIELDS, name, k.REFUSED)
        for number, name in enumerate(CALLS):
            self._add(k.N_CALLS, name, number)
        self._add_tree(k.N_PROPERTIES, rows)
        self.entries = np.array(self._found, np.uint64).view(np.int64).reshape(-1)
        self.letters = np.frombuffer(bytes(self._letters), np.uint8)
        self.asks = np.array([*self._asks, 0], np.int64)
        self.texts = np.array([*self._texts, 0], np.int64)
        self.slots = self._hashed()

    def _wishes(self, wanted: Wanted) -> tuple[dict[str, Any], list[tuple[int, Any]]]:
        """Return the wanted properties as mappings in mappings, and what is wanted of `value`."""
        tree: dict[str, Any] = {}
        wishes = [(p.path, (row, p.texts)) for row, p in enumerate(wanted.properties)]
        self.n_rows = len(wishes)
        value: list[tuple[int, Any]] = []
        if any(path == AMOUNT for path, _ in wishes):
            self.n_rows += 3
            wishes = [wish for wish in wishes if wish[0] != AMOUNT]
            first = self.n_rows - 3
            wishes += [(("total",), (first, None)), (("revenue",), (first + 1, None))]
            value.append((first + 2, None))
        for path, ask in wishes:
            inner: dict[str, Any] = {}
            under = tree
            for key in path:
                inner = under.setdefault(key, {"asks": [], "under": {}})
                under = inner["under"]
            inner["asks"].append(ask)
        return tree, value

    def _add_tree(self, node: int, tree: dict[str, Any]) -> None:
        for name, held in tree.items():
            child = -1
            if held["under"]:
                child, self._next = self._next, self._next + 1
            self._add(node, name, 0, child, held["asks"])
            self._add_tree(child, held["under"])

    def _letters_of(self, text: str) -> tuple[int, int]:
        low = len(self._letters)
        self._letters += text.encode("utf-8", "surrogatepass")
        return low, len(self._letters)

    def _add(self, node: int, name: str, role: int, child: int = -1, asked: Any = ()) -> None:
        if not name:  # never looked up: the kernel leaves such lines
            return
        first = len(self._asks) // 3
        for row, texts in asked:
            low, high = -1, -1
            if texts is not None:
                low = len(self._texts) // 2
                for text in texts:
                    self._texts += self._letters_of(text)
                high = len(self._texts) // 2
            self._asks += [row, low, high]
        low, high = self._letters_of(name)
        letters = self._letters[low:high]
        words = [int.from_bytes(part, "little") for part in (letters[:8], letters[-8:])]
        numbers = (low, high, role, child, first, len(asked))
        self._found.append([node << 32 | len(letters), *words, *(n & _WORD for n in numbers)])

    def _hashed(self) -> Ints:
        bits = (4 * len(self._found)).bit_length()
        slots = np.full(1 << bits, -1, np.int64)
        for number, (key, first, last, *_) in enumerate(self._found):
            mixed = ((first ^ key) * _SPREAD & _WORD ^ last) * _SPREAD & _WORD
            place = mixed >> (64 - bits)
            while slots[place] >= 0:
                place = (place + 1) & (len(slots) - 1)
            slots[place] = number
        return slots

    def tables(self) -> tuple[Any, ...]:
        """Return what the kernel is given, in its order."""
        return self.slots, self.entries, self.letters, self.asks, self.texts
