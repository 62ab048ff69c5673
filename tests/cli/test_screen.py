"""What is shown on screen."""

from __future__ import annotations

from customerintel.cli.screen import percent, rejected_lines, show_table


def test_table_aligns_words_left_and_numbers_right(capsys):
    show_table(["segment", "customers"], [["Loyal", "1,200"], ["At Risk", "7"]])
    assert capsys.readouterr().out.splitlines() == [
        "segment  customers",
        "-------  ---------",
        "Loyal        1,200",
        "At Risk          7",
    ]


def test_a_share_of_nothing_is_a_dash():
    assert (percent(1, 3), percent(0, 0)) == ("33.3 %", "-")


def test_rejected_rows_are_counted_by_rule():
    assert rejected_lines({"null_customer_id": 1_200, "null_amount": 3}, rows=1_203) == [
        "rejected rows: 1,203",
        "  null_customer_id         1,200",
        "  null_amount                  3",
    ]
    assert rejected_lines({}, rows=0) == []
