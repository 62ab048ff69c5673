"""Where the live kernels find what in their arrays: names of places, nothing else.

`table` (int64) holds the rules as numbers, its first places are the ``T_…`` below; `numbers`
(float64) their constants and cut points; `box` (int64) what changes while they run; `words`,
`floats` and `halves` are one memory, a record for each customer.
"""

from __future__ import annotations

from typing import Final

import numpy as np

#: By which the bits of a key are spread over a table: 2**64 over the golden ratio (Knuth, 1973,
#: The Art of Computer Programming, vol. 3, 6.4).
SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
#: Time of what never was, and one that never comes.
NEVER: Final = -(1 << 62)
FAR: Final = 1 << 62
MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, 86_400_000_000

# what a call returns
DONE, FULL, PENDING = 0, 1, 2
# what becomes of a fire
PASSED, COOLDOWN, NO_CONSENT, TO_ASK, REFUSED = 0, 1, 2, 3, 4
# why it came
EVENT, TIMER, DAY_END, REFRESH = 0, 1, 2, 3

# words of every customer: first the line that every event reads; `W_DUE` is a lower bound of what
# is due, `W_TIMER` of her deadlines; bit k of `W_BOUGHT`: the day k days before that of the last
# purchase is counted in the frequency
(
    W_DUE, W_TIMER, W_FLAGS, W_SEEN, W_DAY, W_LAST, W_FREQUENCY, W_EDGES, W_MONETARY, W_FIRST,
    W_LABEL, W_BOUGHT,
) = range(12)  # fmt: skip
HEADER: Final = 12
#: Days that the bits hold, and all bits.
BOUGHT_DAYS: Final = 63
ALL_BOUGHT: Final = (1 << BOUGHT_DAYS) - 1
# bits of the flags: a predicate is still to be asked; the next day end looks at every level,
# because something may have come to be true without an event that touches it; the next refresh
# leaves the row out; no day end can change anything before her next event
ASKED, LOOK, SKIP, ASLEEP = 1, 2, 4, 8

# the table: sizes, then where its parts begin; `T_TODAY` alone changes while kernels run: the day
# that was asked for last, where the next look begins
(
    T_WIDTH, T_RULES, T_PROPERTIES, T_TIMERS, T_EDGE_WORDS, T_EDGES, T_DROPS, T_HAS_DAYS,
    T_N_DROPS, T_LEAVES, T_EMAIL, T_PRE_LIST, T_DAY_LIST, T_LEVEL_LIST, T_CODES, T_RULE, T_TIMER,
    T_SEQUENCE, T_COUNTER, T_DROP, T_DAYS, T_N_DAYS, T_RFM, T_STACK, T_FILTER, T_N_COUNTERS,
    T_N_SEQUENCES, T_MAX_LIST, T_FILL_LIST, T_PRE_DAYS, T_DUE_LINES, T_EXITS,
    T_DAY_LINES, T_QUIET, T_DOZES, T_TODAY,
) = range(36)  # fmt: skip
TABLE_HEAD: Final = 40

# of a rule; where all that it asks is whether a count with a window has come to a number, that
# counter (else -1), its buckets and the number
(
    R_WHEN, R_WHERE, R_EDGE, R_EXIT, R_ONCE, R_PURPOSE, R_PASSED, R_ASKS, R_COUNTER, R_BUCKETS,
    R_ENOUGH,
) = range(11)  # fmt: skip
RULE_SIZE: Final = 11
# of a timer: what the table has, and its words in a record
M_OFFSET, M_WITHIN, M_SAME, M_LEAF, M_KEPT, M_RULES = range(6)
TIMER_SIZE: Final = 6
ARMED, LAST_OF, DONE_AT, LINK, KEPT = range(5)
# of a sequence
Q_OFFSET, Q_STEPS, Q_WITHIN, Q_LEAF, Q_FILTERS = range(5)
SEQUENCE_SIZE: Final = 5
# of a counter: `C_HEAD` is where its number or that of its newest bucket is, `C_RING` its first
# bucket; of counts with a window both in halves (the number takes two), else in words
C_KIND, C_GRAIN, C_HELD, C_HEAD, C_RING, C_SLOT = range(6)
COUNTER_SIZE: Final = 6
EVER_COUNT, EVER_SUM, RING_COUNT, RING_SUM = 0, 1, 2, 3
# of a drop or a rise
D_COUNTER, D_BUCKETS, D_RISE, D_NUMBERS = range(4)
DROP_SIZE: Final = 4
# what a rule that is looked at when a day ends says of later ones, until the next event: nothing
# unless a drop or a rise does; it may always turn; it stays once it is true; it turns only where
# the sum has something less than nothing
STEADY, RESTLESS, RISING, ADDING = range(4)
# of a class of events: its list of filters, its acts, whether it is of these kinds, the lines of a
# record that it touches, and whether it changes what a day end looks at
K_FILTERS, K_ACTS, K_KIND, K_LINES, K_WAKES = range(5)
CODE_SIZE: Final = 5
PURCHASE, RETURN, OPT_OUT = 1, 2, 3
# acts
DISARM, ARM, REARM, STEP, ADD, FIRE, LEVEL, NOTE = range(8)
ACT_SIZE: Final = 4

# instructions: four numbers each
(
    I_END, I_UNLESS, I_IF, I_NOT, I_HIT, I_COMPARE, I_COUNT, I_P, I_SEGMENT, I_LABEL, I_SCORE,
    I_AGE, I_FREQUENCY, I_MONETARY, I_ALIVE, I_DROP,
) = range(16)  # fmt: skip
GREATER, AT_LEAST, LESS, AT_MOST, EQUAL, UNEQUAL = range(6)

# the box
(
    B_POSITION, B_PHASE, B_OUT, B_ROWS, B_SECOND, B_DAY, B_DAY_ROW, B_TARGET, B_LEFT, B_ROW,
    B_LOOKED, B_ROOM, B_STRIDE, B_MARKED,
) = range(14)  # fmt: skip
BOX_HEAD: Final = 16

# columns of what comes out
O_ROW, O_RULE, O_DUE, O_STATUS, O_KIND, O_EVENT, O_TRIGGER, O_AT = range(8)
OUT_SIZE: Final = 8

#: How many events or keys before its turn a record or a slot is asked for.
AHEAD: Final = 12

#: Buckets of the wheel, of a second each, and how many are counted together.
WHEEL: Final = 1 << 20
GROUP: Final = 1 << 10
SECOND: Final = 1_000_000
#: Place of the chain that is being looked at, and the size of all.
HELD: Final = WHEEL + WHEEL // GROUP
WHEEL_SIZE: Final = HELD + 1
