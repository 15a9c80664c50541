"""A heat map as SVG markup. Pure: a picture in, text out."""

from collections.abc import Callable, Mapping
from xml.etree import ElementTree as ET

from availability_service.heatmap import legend
from availability_service.heatmap.picture import Answer, Box, Picture
from availability_service.heatmap.shapes import Element, corner, group, rectangle, text

_NAMESPACE = "http://www.w3.org/2000/svg"
_LOWEST, _LOW, _DIGIT = 7, 14, 7  # heights below which a number is left out or small; the width of a digit
_TITLE, _DESCRIPTION = "heat-title", "heat-description"

# Makes the element that holds an hour.
Holder = Callable[[Element, Box], Element]


def standalone(drawn: Picture, answer: Answer, style: str) -> str:
    """The picture as a document of its own, with this style in it. For a screen reader it is one image."""
    root = _root(drawn, answer, {"role": "img", "aria-labelledby": f"{_TITLE} {_DESCRIPTION}"})
    ET.SubElement(root, "style").text = style
    return _markup(root, drawn, answer, _titled)


def linked(drawn: Picture, answer: Answer, details: Mapping[str, str]) -> str:
    """The picture as a part of a page: each hour is a link to more about it, whose id `details` holds by place."""

    def link(parent: Element, box: Box) -> Element:
        there = details[box.place]
        attributes = {"href": f"#{there}", "data-more": there, "data-place": box.place, "aria-label": box.label}
        return ET.SubElement(parent, "a", attributes)

    root = _root(drawn, answer, {"role": "group", "aria-labelledby": _TITLE, "data-cells": ""})
    return _markup(root, drawn, answer, link)


def _titled(parent: Element, box: Box) -> Element:
    element = group(parent)
    ET.SubElement(element, "title").text = box.label
    return element


def _root(drawn: Picture, answer: Answer, attributes: dict[str, str]) -> Element:
    width, height = f"{drawn.width:g}", f"{drawn.height + legend.HEIGHT:g}"
    size = {"viewBox": f"0 0 {width} {height}", "width": width, "height": height}
    root = Element("svg", {"xmlns": _NAMESPACE, "class": "heat"} | size | attributes)
    ET.SubElement(root, "title", id=_TITLE).text = _title(answer)
    ET.SubElement(root, "desc", id=_DESCRIPTION).text = _description(drawn)
    return root


def _title(answer: Answer) -> str:
    people = answer["people_count"]
    who = "the one person asked is" if people == 1 else f"{people} people are"
    return f"When {who} free, from {answer['start'][:10]} to {answer['end'][:10]}, {answer['timezone']}"


def _description(drawn: Picture) -> str:
    best = [box for box in drawn.boxes if box.is_best]
    if not best:
        return "Nobody is free for a whole hour."
    more = f" There are {len(best)} such hours." if len(best) > 1 else ""
    return f"Most are free on {best[0].label}.{more}"


def _markup(root: Element, drawn: Picture, answer: Answer, hold: Holder) -> str:
    ET.SubElement(root, "rect", {"class": "ground", "width": "100%", "height": "100%"})
    for label in drawn.labels:
        text(root, label.x, label.y, label.text, "time" if label.is_time else "")
    for box in drawn.boxes:
        _hour(hold(root, box), box)
    legend.legend(root, answer, drawn.height)
    return ET.tostring(root, encoding="unicode")


def _hour(element: Element, box: Box) -> None:
    element.set("class", f"hour h{box.level}{' enough' * box.is_enough}{' best' * box.is_best}")
    rectangle(element, box.x, box.y, box.width - 1, box.height - 1)
    if box.is_best:
        corner(element, box.x + box.width - 1, box.y)
    if box.height >= _LOWEST:
        small = box.height < _LOW or len(box.count) * _DIGIT > box.width - 2
        line = box.y + box.height / 2 + (2.5 if small else 4)
        text(element, box.x + (box.width - 1) / 2, line, box.count, "small" if small else "")
