"""One pass over rows by falling score: weighted sums, pairs, precisions, and the ROC's hull."""

from __future__ import annotations

from customerintel._kernels._jit import kernel


@kernel
def add_columns(times, customers, columns, sums):
    """Put the weighted sums of the columns into `sums`, and return the sum of the weights."""
    total = 0.0
    width = columns.shape[1]
    for c in range(width):
        sums[c] = 0.0
    for i in range(len(customers)):
        w = float(times[customers[i]])
        if w > 0.0:
            total += w
            for c in range(width):
                sums[c] += w * columns[i, c]
    return total


@kernel
def weigh(times, customers, churned, starts, columns, top, sums, ranks, left, stayed):
    """Return the number of segments of the convex hull, which `left` and `stayed` then hold.

    Rows count as often as their customer was drawn (`times`). Rows of one group have equal
    scores; group g is ``starts[g] … starts[g + 1]``. `sums` gets the weighted sums of `columns`;
    `ranks` the weight of those who left and of those who stayed, the pairs in the right order,
    the precisions at those who left, and those who left among the first `top` of the weight.
    `left` and `stayed` have a place per group, and the hull its steepest segment first: as long
    as a segment is no less steep than the one before it, the two are one.
    """
    cut = top * add_columns(times, customers, columns, sums)
    found, seen, concordant, precisions, captured = 0.0, 0.0, 0.0, 0.0, 0.0
    segments = 0
    for g in range(len(starts) - 1):
        gone, here = 0.0, 0.0
        for i in range(starts[g], starts[g + 1]):
            w = float(times[customers[i]])
            if churned[i]:
                gone += w
            else:
                here += w
        size = gone + here
        if size == 0.0:
            continue
        # within a group the order is any: half of its pairs, and an equal share at the cut
        concordant += here * (found + 0.5 * gone)
        if seen < cut:
            captured += gone * min(1.0, (cut - seen) / size)
        found += gone
        seen += size
        precisions += gone * found / seen
        left[segments], stayed[segments] = gone, here
        segments += 1
        while segments > 1:
            one, other = segments - 2, segments - 1
            if left[other] * stayed[one] < left[one] * stayed[other]:
                break
            left[one] += left[other]
            stayed[one] += stayed[other]
            segments -= 1
    ranks[0], ranks[1], ranks[2] = found, seen - found, concordant
    ranks[3], ranks[4] = precisions, captured
    return segments
