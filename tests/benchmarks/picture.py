"""The figures of the benchmark as a picture."""

from collections.abc import Iterable
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tests.benchmarks.load import Row

# The same run gives the same file but for its figures.
mpl.rcParams |= {"svg.hashsalt": "w2meet", "svg.fonttype": "none"}
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")  # told apart by colour-blind people, too (Okabe and Ito)


def draw(groups: Iterable[Row], look_ups: Iterable[Row], file: Path) -> None:
    """Two diagrams in one SVG file: time for each attendee, and time for a call whatever the number of users."""
    figure = Figure(figsize=(10, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    _lines(left, list(groups), each=True)
    left.set(title="A group", xlabel="attendees", ylabel="µs for each attendee")
    _lines(right, list(look_ups), each=False)
    right.set(title="user-service", xlabel="users stored", ylabel="ms for a call")
    left.legend(loc="upper right")
    right.legend(loc="upper left", bbox_to_anchor=(1, 1))
    figure.savefig(file, metadata={"Date": None})


def _lines(axes: Axes, rows: list[Row], *, each: bool) -> None:
    names = list(dict.fromkeys(row.name for row in rows))
    for name, colour in zip(names, COLOURS, strict=False):
        mine = [row for row in rows if row.name == name]
        figures = [row.times.median * (1e6 / row.size if each else 1e3) for row in mine]
        axes.plot([row.size for row in mine], figures, marker="o", color=colour, label=name)
    first = [row for row in rows if row.name == names[0]]
    mget = [row.mget.median * (1e6 / row.size if each else 1e3) for row in first]
    axes.plot([row.size for row in first], mget, "--", color="#555555", label="Redis's own MGET")
    axes.set(xscale="log", yscale="log")
    axes.grid(alpha=0.3)
