"""From a candidate to what comes out: `where`, the gates, and the row that says so."""

from __future__ import annotations

from customerintel._kernels._jit import kernel
from customerintel._kernels.live_bare import bare
from customerintel._kernels.live_program import evaluate
from customerintel._kernels.live_terms import days_since
from customerintel._kernels.live_words import (
    ASKED,
    B_OUT,
    B_STRIDE,
    BOX_HEAD,
    COOLDOWN,
    NEVER,
    NO_CONSENT,
    O_AT,
    O_DUE,
    O_EVENT,
    O_KIND,
    O_ROW,
    O_RULE,
    O_STATUS,
    O_TRIGGER,
    OUT_SIZE,
    PASSED,
    R_ASKS,
    R_EDGE,
    R_EXIT,
    R_ONCE,
    R_PASSED,
    R_PURPOSE,
    R_WHEN,
    R_WHERE,
    REFUSED,
    RULE_SIZE,
    T_EDGE_WORDS,
    T_EDGES,
    T_EXITS,
    T_LEAVES,
    T_PROPERTIES,
    T_RULE,
    T_WIDTH,
    TO_ASK,
    W_FLAGS,
    W_FREQUENCY,
    W_MONETARY,
)

__all__ = ["fire", "keep_edges", "rearm", "settle", "try_level"]


@kernel
def _allowed(consent, purpose, row, t):
    """Tell whether one of the intervals of a customer holds the moment."""
    at = consent[2 + purpose * consent[0] + row] if consent[0] > row else 0
    while at > 0:
        if consent[at] <= t < consent[at + 1]:
            return True
        at = consent[at + 2]
    return False


@kernel
def _gate(table, words, consent, base, row, rule, due, t):
    """Return whether a candidate passes; one that does is remembered."""
    at = table[T_RULE] + rule * RULE_SIZE
    passed = base + table[at + R_PASSED]
    once = table[at + R_ONCE]
    if once > 0 and words[passed] != NEVER and t - words[passed] < once:
        return COOLDOWN
    purpose = table[at + R_PURPOSE]
    if purpose >= 0 and not _allowed(consent, purpose, row, t):
        return NO_CONSENT
    words[passed] = due
    return PASSED


@kernel
def fire(
    table, numbers, box, words, floats, halves, consent, out, money, values, column, base, row,
    rule, t, tb, due, kind, event, trigger,
):  # fmt: skip
    """Work off one candidate whose `when` is true."""
    at = table[T_RULE] + rule * RULE_SIZE
    where = table[at + R_WHERE]
    if where >= 0 and not evaluate(
        table, numbers, box, words, floats, halves, values, column, base, where, t, tb
    ):
        return
    n = box[B_OUT]
    if table[at + R_ASKS]:
        status = TO_ASK
        words[base + W_FLAGS] |= ASKED
    else:
        status = _gate(table, words, consent, base, row, rule, due, t)
    o, paid = n * OUT_SIZE, n * (3 + table[T_PROPERTIES])
    out[o + O_ROW], out[o + O_RULE], out[o + O_DUE], out[o + O_STATUS] = row, rule, due, status
    out[o + O_KIND], out[o + O_EVENT] = kind, event
    out[o + O_TRIGGER], out[o + O_AT] = trigger, t
    money[paid] = float(words[base + W_FREQUENCY])
    money[paid + 1] = floats[base + W_MONETARY]
    money[paid + 2] = days_since(table, words, base, t)
    stride = box[B_STRIDE]
    for k in range(table[T_PROPERTIES]):
        money[paid + 3 + k] = values[k * stride + column]
    box[B_OUT] = n + 1


@kernel
def keep_edges(table, box, words, base):
    """Copy the edge bits, so that rules with the same condition see the same past."""
    was = BOX_HEAD + table[T_LEAVES]
    for k in range(table[T_EDGE_WORDS]):
        box[was + k] = words[base + table[T_EDGES] + k]


@kernel
def try_level(
    table, numbers, box, words, floats, halves, consent, out, money, values, column, base, row,
    rule, t, tb, due, kind, event, trigger,
):  # fmt: skip
    """Evaluate the `when` of a rule of levels: it fires where that turns true."""
    at = table[T_RULE] + rule * RULE_SIZE
    edge = table[at + R_EDGE]
    word, bit = edge // 62, edge % 62
    now = evaluate(
        table, numbers, box, words, floats, halves, values, column, base, table[at + R_WHEN], t, tb
    )
    was = (box[BOX_HEAD + table[T_LEAVES] + word] >> bit) & 1 != 0
    place = base + table[T_EDGES] + word
    if now:
        words[place] |= 1 << bit
    else:
        words[place] &= ~(1 << bit)
    if now != was and now != (table[at + R_EXIT] != 0):
        fire(
            table, numbers, box, words, floats, halves, consent, out, money, values, column, base,
            row, rule, t, tb, due, kind, event, trigger,
        )  # fmt: skip


@kernel
def rearm(table, numbers, box, words, floats, halves, values, column, base, rules, t):
    """Re-arm the rules of levels that time has turned false; nothing fires by this."""
    if table[T_EDGE_WORDS] == 1 and not table[T_EXITS] and words[base + table[T_EDGES]] == 0:
        return
    for j in range(table[rules]):
        at = table[T_RULE] + table[rules + 1 + j] * RULE_SIZE
        edge = table[at + R_EDGE]
        place, bit = base + table[T_EDGES] + edge // 62, edge % 62
        leaves = table[at + R_EXIT]
        # a rule about leaving waits for the segment, the others for its end
        if (words[place] >> bit) & 1 == leaves:
            continue
        now = evaluate(
            table, numbers, box, words, floats, halves, values, column, base, table[at + R_WHEN],
            t, t,
        )  # fmt: skip
        if now and leaves:
            words[place] |= 1 << bit
        elif not now and not leaves:
            words[place] &= ~(1 << bit)


@kernel
def settle(table, box, words, consent, out, verdicts):
    """Put the answers of the Python predicates in: the gates of what they let through."""
    table, box, words = bare(table), bare(box), bare(words)
    consent, out, verdicts = bare(consent), bare(out), bare(verdicts)
    for n in range(box[B_OUT]):
        o = n * OUT_SIZE
        if out[o + O_STATUS] != TO_ASK:
            continue
        row = out[o + O_ROW]
        base = row * table[T_WIDTH]
        status = REFUSED
        if verdicts[n]:
            status = _gate(
                table, words, consent, base, row, out[o + O_RULE], out[o + O_DUE], out[o + O_AT]
            )
        out[o + O_STATUS] = status
        words[base + W_FLAGS] &= ~ASKED
