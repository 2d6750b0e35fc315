"""An svg of matplotlib's in fewer bytes: it looks the same, and texts stay texts and lines stay lines."""

import base64
import io
import re
from collections.abc import Iterator
from xml.etree import ElementTree

import numpy as np
from PIL import Image

__all__ = ["ROOT", "SVG", "compact", "palette", "relative", "written"]

Element = ElementTree.Element
SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
ROOT = f"{SVG}svg"
PREFIXES = {
    "": "http://www.w3.org/2000/svg",
    "xlink": "http://www.w3.org/1999/xlink",
    "cc": "http://creativecommons.org/ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
HEAD = '<?xml version="1.0" encoding="utf-8" standalone="no"?>\n'
PLACES = 2  # of points: a hundredth, 3.5 µm, is a sixteenth of a pixel of the png
SCALE = 10**PLACES
POINTS = {"M": 1, "L": 1, "Q": 2, "C": 3, "Z": 0}  # that belong to a command
LENGTHS = ("x", "y", "width", "height")
NUMBER = r"-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?"
PART = re.compile(rf"[A-Za-z]|{NUMBER}")
SHIFT = re.compile(r"translate\([^)]*\)")
PNG = "data:image/png;base64,"
MOST_COLOURS = 256  # of a palette


def compact(page: str) -> Element:
    """The root of the svg: coordinates in hundredths of a point, lines of one look in one path, images in palettes."""
    root = ElementTree.fromstring(page)  # noqa: S314 (matplotlib's own)
    _unwrap(root)
    for element in root.iter():
        _join(element)
        _share(element)
    for element in root.iter():
        _shorten(element)
    return root


def written(root: Element) -> str:
    """The file of an svg."""
    for prefix, address in PREFIXES.items():
        ElementTree.register_namespace(prefix, address)
    return HEAD + ElementTree.tostring(root, encoding="unicode") + "\n"


def _shorten(element: Element) -> None:
    if element.tag not in (f"{SVG}text", f"{SVG}tspan", f"{SVG}style"):
        element.text = (element.text or "").strip() or None
    element.tail = None if element.tag != f"{SVG}tspan" else element.tail
    if "d" in element.attrib:
        element.set("d", relative(element.attrib["d"]))
    if "style" in element.attrib:
        element.set("style", re.sub(r"([:;]) ", r"\1", element.attrib["style"]))
    if "transform" in element.attrib:
        element.set("transform", SHIFT.sub(lambda found: _numbers(found[0]), element.attrib["transform"]))
    for name in LENGTHS if element.tag != ROOT else ():
        if name in element.attrib:
            element.set(name, _numbers(element.attrib[name]))
    if element.get(LINK, "").startswith(PNG):
        element.set(LINK, PNG + _encoded(palette(base64.b64decode(element.attrib[LINK][len(PNG) :]))))


def _numbers(text: str) -> str:
    return re.sub(NUMBER, lambda found: _short(round(float(found[0]) * SCALE)), text)


def _short(hundredths: int) -> str:
    """A number of points in as few characters as it needs."""
    text = f"{abs(hundredths) / SCALE:.{PLACES}f}".rstrip("0").rstrip(".")
    return ("-" if hundredths < 0 else "") + (text.removeprefix("0") or "0")


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def palette(png: bytes) -> bytes:
    """The same image with one byte a pixel, where it has few colours and nothing shines through."""
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))
    packed = np.ascontiguousarray(pixels).view(np.uint32)[..., 0]
    colours, index = np.unique(packed, return_inverse=True)
    channels = colours.view(np.uint8).reshape(-1, 4)
    if len(colours) > MOST_COLOURS or len(set(channels[:, 3].tolist()) - {0, 255}):
        return png
    image = Image.fromarray(index.reshape(packed.shape).astype(np.uint8))
    image.putpalette(channels[:, :3].tobytes(), "RGB")
    clear = {"transparency": channels[:, 3].tobytes()} if (channels[:, 3] == 0).any() else {}
    shrunk = io.BytesIO()
    image.save(shrunk, "png", optimize=True, **clear)
    return min(png, shrunk.getvalue(), key=len)


def relative(path: str) -> str:
    """The same path with steps instead of positions: each from the rounded end of the one before, so no error grows."""
    found: list[str] = []
    here = start = (0, 0)
    for command, points in _commands(path):
        if command == "Z":
            found.append("z")
            here = start
            continue
        steps = [(x - here[0], y - here[1]) for x, y in points]
        found.append(_step(command, steps))
        here = points[-1]
        start = here if command == "M" else start
    return "".join(found)


def _commands(path: str) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Commands with their positions in hundredths of a point."""
    parts = PART.findall(path)
    place = 0
    while place < len(parts):
        command = parts[place].upper()
        numbers = [round(float(part) * SCALE) for part in parts[place + 1 : place + 1 + 2 * POINTS[command]]]
        yield command, list(zip(numbers[::2], numbers[1::2], strict=True))
        place += 1 + len(numbers)


def _step(command: str, steps: list[tuple[int, int]]) -> str:
    ((across, down),) = steps[-1:]
    if command == "L" and 0 in (across, down):
        return f"h{_short(across)}" if down == 0 else f"v{_short(down)}"
    numbers = [_short(number) for step in steps for number in step]
    return command.lower() + numbers[0] + "".join(one if one[0] == "-" else f" {one}" for one in numbers[1:])


def _unwrap(element: Element) -> None:
    """Take away groups that have nothing but a name, except those of axes."""
    children: list[Element] = []
    for child in element:
        _unwrap(child)
        named = child.tag == f"{SVG}g" and [*child.attrib] in ([], ["id"])
        keep = not named or child.get("id", "").startswith(("axes_", "figure_"))
        children += [child] if keep else [*child]
    element[:] = children


def _join(element: Element) -> None:
    """Neighbouring lines of one look, in which nothing shines through, as one path."""
    children: list[Element] = []
    for child in element:
        look = _look(child)
        if look and children and look == _look(children[-1]):
            children[-1].set("d", f"{children[-1].attrib['d']} {child.attrib['d']}")
        else:
            children.append(child)
    element[:] = children


def _look(element: Element) -> dict[str, str] | None:
    """What a line has beside its path; None of anything else."""
    style = element.get("style", "")
    plain = element.tag == f"{SVG}path" and "d" in element.attrib and "id" not in element.attrib
    if not plain or "fill: none" not in style or "opacity" in style:
        return None
    return {name: value for name, value in element.attrib.items() if name != "d"}


def _share(element: Element) -> None:
    """The style of a group's markers once, where all have the same."""
    styles = {child.get("style") for child in element}
    markers = all(child.tag == f"{SVG}use" for child in element)
    if element.tag == f"{SVG}g" and "style" not in element.attrib and markers and len(element) > 1 and len(styles) == 1:
        element.set("style", element[0].attrib.get("style", ""))
        for child in element:
            child.attrib.pop("style", None)
