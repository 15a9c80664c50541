"""The few shapes of a heat map, as elements of SVG. Pure. Whatever a text holds, it stays text."""

from xml.etree import ElementTree as ET

Element = ET.Element
CORNER = 8


def group(parent: Element, kind: str = "") -> Element:
    """Shapes that belong together; the style sheet knows the kind."""
    return ET.SubElement(parent, "g", {"class": kind} if kind else {})


def rectangle(parent: Element, x: float, y: float, width: float, height: float) -> None:
    """A rectangle, never so low that it cannot be seen."""
    sides = {"x": x, "y": y, "width": width, "height": max(height, 0.5)}
    ET.SubElement(parent, "rect", {name: f"{length:.2f}" for name, length in sides.items()})


def corner(parent: Element, x: float, y: float) -> None:
    """A mark in a corner, of which `x` and `y` are the right and the top."""
    ET.SubElement(parent, "path", {"d": f"M{x:.2f} {y:.2f}v{CORNER}l-{CORNER}-{CORNER}z"})


def text(parent: Element, x: float, y: float, words: str, kind: str = "") -> None:
    """A text on the line `y`; the style sheet says by its kind whether it begins, ends or has its middle at `x`."""
    attributes = {"class": kind} if kind else {}
    ET.SubElement(parent, "text", attributes | {"x": f"{x:.2f}", "y": f"{y:.2f}"}).text = words
