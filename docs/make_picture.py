"""Draw the README's picture from the real CDNOW log: ``python docs/make_picture.py``.

Writes ``docs/_static/segments.svg``; ``--png FILE`` writes a PNG beside it, to look at.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import customerintel as ci
from customerintel.cli import cdnow

TARGET = Path(__file__).parent / "_static" / "segments.svg"
AS_OF = "1998-06-30"

INK, QUIET, CUSTOMERS, REVENUE = "#1f2933", "#7b8794", "#9fb3c8", "#0f609b"


def shares() -> tuple[list[str], list[float], list[float]]:
    """Return the segments that occur, with their shares of customers and revenue in percent."""
    history = ci.TransactionLog.from_frame(cdnow.read(cdnow.locate())).as_of(AS_OF)
    scheme = ci.SegmentScheme.named("rfm-11@1")
    rfm = ci.score_rfm(history, scheme=scheme)
    segment = np.asarray(rfm.segment)
    amount = history.summarize().total_amount
    names = [name for name in scheme.segments if np.any(segment == name)]
    people = [100 * float(np.mean(segment == name)) for name in names]
    money = [100 * float(amount[segment == name].sum() / amount.sum()) for name in names]
    return names, people, money


def draw() -> Figure:
    """Draw customers to the left and revenue to the right of the segments' names."""
    names, people, money = shares()
    limits = 1.32 * max(people), 1.12 * max(money)
    # the widths follow the limits: one per cent is as long on both sides
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(9.2, 4.7), gridspec_kw={"width_ratios": limits, "wspace": 0.42}
    )
    figure.subplots_adjust(top=0.78, bottom=0.03, left=0.035, right=0.965)
    bars(left, people, CUSTOMERS, "share of customers", limits[0])
    bars(right, money, REVENUE, "share of revenue", limits[1])
    left.invert_xaxis()
    middle = (left.get_position().x1 + right.get_position().x0) / 2
    for row, name in enumerate(names):
        height = left.transData.transform((0, row))[1] / figure.bbox.height
        figure.text(middle, height, name, ha="center", va="center", color=INK, fontsize=10.5)
    best = max(range(len(names)), key=money.__getitem__)
    title = (
        f"{names[best]}: {people[best]:.0f} % of CDNOW's customers "
        f"brought {money[best]:.0f} % of its revenue"
    )
    below = "2,357 customers of an online music shop, January 1997 to June 1998, scheme rfm-11@1"
    figure.text(0.035, 0.93, title, color=INK, fontsize=14, fontweight="bold")
    figure.text(0.035, 0.875, below, color=QUIET, fontsize=10)
    return figure


def bars(axes: Axes, values: list[float], colour: str, title: str, limit: float) -> None:
    """Draw one side: bars with their numbers, and nothing else."""
    axes.barh(range(len(values)), values, color=colour, height=0.68)
    inwards = 1 if title.endswith("revenue") else -1
    for row, value in enumerate(values):
        axes.annotate(
            f"{value:.1f} %" if value < 9.95 else f"{value:.0f} %",
            (value, row),
            xytext=(5 * inwards, 0),
            textcoords="offset points",
            ha="left" if inwards > 0 else "right",
            va="center",
            color=INK,
            fontsize=9.5,
        )
    axes.set_xlim(0, limit)
    axes.invert_yaxis()
    axes.set_title(title, color=QUIET, fontsize=10.5, loc="left" if inwards > 0 else "right")
    axes.set_axis_off()


def main() -> None:
    """Write the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--png", type=Path)
    png = parser.parse_args().png
    mpl.rcParams.update({"svg.hashsalt": "customerintel", "font.family": "DejaVu Sans"})
    figure = draw()
    TARGET.parent.mkdir(exist_ok=True)
    # without a date the file changes only when the picture does
    figure.savefig(TARGET, metadata={"Date": None}, facecolor="white")
    if png is not None:
        figure.savefig(png, dpi=130, facecolor="white")


if __name__ == "__main__":
    main()
