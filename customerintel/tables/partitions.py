"""How the rows of a log are cut into partitions: ranges of customers with alike many rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["EARLIEST", "LATEST", "Plan", "groups_of"]

Ints = NDArray[np.int64]

EARLIEST, LATEST = np.iinfo(np.int64).min, np.iinfo(np.int64).max
#: Buckets that tell the partition of most keys at once.
GUIDE_BITS = 14


@dataclass(frozen=True)
class Plan:
    """Where one partition ends and the next begins, and the guide that finds it quickly."""

    splitters: Ints
    guide: NDArray[np.int32]
    low: int
    shift: int

    @classmethod
    def of(cls, keys: Ints, parts: int) -> Plan:
        """Cut at the quantiles of a sample, so that partitions hold alike many rows."""
        if parts < 2:
            return cls(np.empty(0, np.int64), np.zeros(2, np.int32), 0, 63)
        sample = np.sort(keys[:: max(1, len(keys) // (parts * 64))])
        splitters = np.unique(sample[np.arange(1, parts) * len(sample) // parts])
        low = int(sample[0])
        shift = max(0, (int(sample[-1]) - low).bit_length() - GUIDE_BITS)
        starts = [min(low + (b << shift), LATEST) for b in range((1 << GUIDE_BITS) + 1)]
        guide = np.searchsorted(splitters, np.array(starts, np.int64), "right")
        # whatever lies outside the sample falls into the outer buckets
        guide[0], guide[-1] = 0, len(splitters)
        return cls(splitters, guide.astype(np.int32), low, shift)

    def __len__(self) -> int:
        return len(self.splitters) + 1


def groups_of(per_partition: Ints, limit: int) -> Iterator[tuple[int, int]]:
    """Cut the partitions into stretches of at most `limit` rows, or of one partition."""
    start, held = 0, 0
    for p, n in enumerate(per_partition.tolist()):
        if held and held + n > limit:
            yield start, p
            start, held = p, 0
        held += n
    if held:
        yield start, len(per_partition)
