"""What a figure is called and what is in it, in words: for search, and for readers who listen to pages."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.text import Text

__all__ = ["described", "stamp", "write_title"]

SVG = "{http://www.w3.org/2000/svg}"


def described(figure: Figure) -> str:
    """The panels of a figure, by titles and labels of axes, and its legend, in a sentence each."""
    panels = [text for text in dict.fromkeys(map(_panel, figure.axes)) if text]
    notes = [text for text in dict.fromkeys(_words(one) for one in figure.texts) if text]
    entries = list(dict.fromkeys(entry for legend in _legends(figure) for entry in _entries(legend)))
    parts = {"Panels": panels, "Text": notes, "Legend": entries}
    return " ".join(f"{name}: {'; '.join(found)}." for name, found in parts.items() if found)


def _panel(axes: Axes) -> str:
    if not axes.get_visible():
        return ""
    letter, title = axes.get_title(loc="left"), axes.get_title()
    labels = [" ".join(text.split()) for text in (axes.get_ylabel(), axes.get_xlabel()) if text.strip()]
    told = [" ".join(text.split()) for text in (letter, title) if text.strip()]
    return ", ".join([" ".join(told), " against ".join(labels)]).strip(", ")


def _legends(figure: Figure) -> Iterator[Legend]:
    yield from figure.legends
    for part in figure.subfigs:
        yield from part.legends
    for axes in figure.axes:
        legend = axes.get_legend()
        if legend is not None:
            yield legend


def _entries(legend: Legend) -> list[str]:
    title = _words(legend.get_title())
    return [f"{title}: {_words(text)}" if title else _words(text) for text in legend.get_texts()]


def _words(text: Text) -> str:
    return " ".join(text.get_text().split())


def stamp(kind: str, title: str, description: str) -> dict[str, str | None]:
    """Metadata of a format: title and description, and no date or program, which would differ between runs."""
    named: dict[str, str | None] = {"Title": title} if title else {}
    match kind:
        case "svg":
            return {"Date": None, **named, **({"Description": description} if title else {})}
        case "pdf":
            return {"CreationDate": None, **named, **({"Subject": description} if title else {})}
        case "png":
            return {"Software": None, **named, **({"Description": description} if title else {})}
    return {}


def write_title(root: Element, name: str, title: str, description: str) -> None:
    """Give the root of an svg the elements that browsers and screen readers take its name and description from.

    Their ids begin with `name`, so that a page may hold several figures.
    """
    own = re.sub(r"[^a-zA-Z0-9_-]", "-", name)
    ids = [f"{own}-title", f"{own}-description"]
    for place, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = Element(f"{SVG}{tag}", id=ids[place])
        element.text = text
        root.insert(place, element)
    root.set("role", "img")
    root.set("aria-labelledby", " ".join(ids))
