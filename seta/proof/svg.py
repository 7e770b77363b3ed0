"""Charts as SVG: lines with a band, points with whiskers, and a label beside each.

Small on purpose: the server needs no library that draws.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

Point = tuple[float, float]

WIDTH, HEIGHT = 860, 420
LEFT, RIGHT, TOP, BOTTOM = 60, 250, 52, 52     # margins; labels stand in the right one
LINE = 15                                       # least distance of two labels
INK, FAINT, GRID = "#24292f", "#57606a", "#d8dee4"
# Colors that people with any color vision tell apart (M. Okabe and K. Ito, 2008).
COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")


@dataclass(frozen=True)
class Axis:
    """What an axis says, from where to where it goes, and its marks."""

    title: str
    low: float
    high: float
    marks: Sequence[tuple[float, str]]


@dataclass
class Chart:
    """A chart that is drawn thing by thing; values are those of its axes."""

    title: str
    x: Axis
    y: Axis
    _shapes: list[str] = field(default_factory=list)
    _labels: list[tuple[float, float, str, str]] = field(default_factory=list)

    def line(
        self, points: Sequence[Point], label: str, *, color: str, is_main: bool = False
    ) -> None:
        """Draw a line, with its label beside the last point."""
        places = [self._place(each) for each in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        self._shapes.append(
            f'<polyline points="{path}" fill="none" stroke="{color}" '
            f'stroke-width="{3 if is_main else 1.5}" stroke-linejoin="round"/>')
        for x, y in places:
            self._dot(x, y, color, 3.5 if is_main else 2.5)
        if places:
            self._labels.append((*places[-1], label, color))

    def band(self, edges: Sequence[tuple[float, float, float]], *, color: str) -> None:
        """Fill what lies between a low and a high value at each x."""
        around = ([self._place((x, low)) for x, low, _ in edges]
                  + [self._place((x, high)) for x, _, high in reversed(edges)])
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in around)
        self._shapes.append(f'<polygon points="{path}" fill="{color}" fill-opacity="0.15"/>')

    def point(
        self, at: Point, label: str, *, color: str, whisker: tuple[float, float] | None = None,
        is_main: bool = False,
    ) -> None:
        """Draw a point with its interval in y."""
        x, y = self._place(at)
        if whisker is not None:
            (_, low), (_, high) = (self._place((at[0], end)) for end in whisker)
            self._shapes.append(f'<path d="M{x:.1f} {low:.1f}V{high:.1f}" stroke="{color}" '
                                'stroke-width="1.5" stroke-opacity="0.5"/>')
        self._dot(x, y, color, 5.5 if is_main else 4)
        self._labels.append((x, y, label, color))

    def draw(self) -> str:
        """Return the chart as an SVG document."""
        return "\n".join((
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'width="{WIDTH}" height="{HEIGHT}" font-family="system-ui, sans-serif" '
            f'font-size="12" role="img">',
            f"<title>{escape(self.title)}</title>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            _text(LEFT, 24, self.title, INK, size=15), *self._axes(), *self._shapes,
            *self._beside(), "</svg>", ""))

    def _place(self, point: Point) -> Point:
        x, y = point
        return (LEFT + (x - self.x.low) / (self.x.high - self.x.low) * (WIDTH - LEFT - RIGHT),
                HEIGHT - BOTTOM
                - (y - self.y.low) / (self.y.high - self.y.low) * (HEIGHT - TOP - BOTTOM))

    def _dot(self, x: float, y: float, color: str, radius: float) -> None:
        self._shapes.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{color}"/>')

    def _axes(self) -> list[str]:
        found = []
        for value, mark in self.y.marks:
            _, y = self._place((self.x.low, value))
            found.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{GRID}"/>')
            found.append(_text(LEFT - 8, y + 4, mark, FAINT, anchor="end"))
        for value, mark in self.x.marks:
            x, _ = self._place((value, self.y.low))
            found.append(f'<path d="M{x:.1f} {HEIGHT - BOTTOM}v5" stroke="{FAINT}"/>')
            found.append(_text(x, HEIGHT - BOTTOM + 19, mark, FAINT, anchor="middle"))
        found.append(f'<path d="M{LEFT} {HEIGHT - BOTTOM}H{WIDTH - RIGHT}" stroke="{FAINT}"/>')
        found.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, self.x.title, FAINT,
                           anchor="middle"))
        found.append(_text(LEFT, TOP - 8, self.y.title, FAINT))
        return found

    def _beside(self) -> list[str]:
        """Write the labels one under the other, each tied to its point."""
        found, at = [], WIDTH - RIGHT + 26
        labels = sorted(self._labels, key=lambda each: each[1])
        for (x, y, text, color), line in zip(labels, spaced([each[1] for each in labels])):
            found.append(f'<path d="M{x + 6:.1f} {y:.1f}L{at - 5} {line:.1f}" stroke="{color}" '
                         'stroke-opacity="0.45" fill="none"/>')
            found.append(_text(at, line + 4, text, INK))
        return found


def spaced(heights: Sequence[float]) -> list[float]:
    """Move heights, which ascend, apart until two labels never touch; they stay on the chart.

    >>> spaced([100.0, 101.0, 200.0])
    [100.0, 115.0, 200.0]
    """
    found: list[float] = []
    for height in heights:
        found.append(max(height, found[-1] + LINE) if found else height)
    lowest = float(HEIGHT - BOTTOM)
    for place in reversed(range(len(found))):
        found[place] = min(found[place], lowest)
        lowest = found[place] - LINE
    return found


def _text(
    x: float, y: float, text: str, color: str, *, anchor: str = "start", size: int = 12
) -> str:
    return (f'<text x="{x:.1f}" y="{y:.1f}" fill="{color}" text-anchor="{anchor}" '
            f'font-size="{size}">{escape(text)}</text>')
