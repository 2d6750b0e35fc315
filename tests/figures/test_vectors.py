"""An svg in fewer bytes looks the same: paths, images, styles and texts."""

import base64
import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from phonotopy.figures.vectors import SVG, compact, palette, relative, written

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9.123456pt">'
THIN = "fill: none; stroke: #000000"


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png")
    return file.getvalue()


def followed(path):
    """Positions that a path of steps goes through, ends of curves included."""
    here, start, found = np.zeros(2), np.zeros(2), []
    for command, rest in re.findall(r"([a-z])([^a-z]*)", path):
        numbers = [float(number) for number in re.findall(r"-?\d*\.?\d+", rest)]
        points = {"h": lambda n: [(n[0], 0)], "v": lambda n: [(0, n[0])], "z": lambda _: []}
        steps = points.get(command, lambda n: list(zip(n[::2], n[1::2], strict=True)))(numbers)
        own = [here + step for step in steps]
        here = start if command == "z" else own[-1]
        start = here if command == "m" else start
        found += own
    return np.array(found)


def test_steps_lead_where_the_path_led_and_errors_do_not_grow():
    points = np.cumsum(np.random.default_rng(0).normal(size=(1000, 2)), axis=0)
    path = "M" + " L".join(f" {x:.6f} {y:.6f} \n" for x, y in points)
    np.testing.assert_allclose(followed(relative(path)), points, atol=0.0051)
    assert len(relative(path)) < len(path) / 1.5


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("M 1 2 \nL 3 2 \nL 3 -0.5 \nz\n", "m1 2h2v-2.5z"),
        ("M 1 1 L 2 2 z M 3 3 L 3 3.004", "m1 1l1 1zm2 2h0"),
        ("M 0.126 0 C 1 1 2 -2 3 0 Q 4 1 5 0", "m.13 0c.87 1 1.87-2 2.87 0q1 1 2 0"),
        ("", ""),
    ],
)
def test_paths_in_steps(path, expected):
    assert relative(path) == expected


def test_lines_of_one_look_are_one_path_and_others_are_not():
    empty = f'<path style="{THIN}"/>'  # as matplotlib writes a line without a point
    lines = [("M 0 0 L 1 0", THIN), ("M 5 5 L 5 6", THIN), ("M 0 0 L 1 1", f"{THIN}; opacity: 0.5")]
    paths = "".join(f'<g id="line2d_{n}">\n <path d="{d}" style="{look}"/>\n</g>' for n, (d, look) in enumerate(lines))
    filled = '<path d="M 0 0 L 1 0 z" style="fill: #ff0000"/>' * 2
    found = compact(f'{HEAD}<g id="axes_1">{empty}{paths}{filled}</g></svg>')
    assert [path.get("d") for path in found[0]] == [None, "m0 0h1m4 5v1", "m0 0l1 1", "m0 0h1z", "m0 0h1z"]
    assert found[0].get("id") == "axes_1" and found[0][1].get("style") == "fill:none;stroke:#000000"
    assert found.get("width") == "9.123456pt", "the size of the page stays"


def test_markers_have_the_style_of_their_group():
    uses = "".join(f'<use xlink:href="#m" x="{x}.123456" y="0" style="{THIN}"/>' for x in range(3))
    (group,) = compact(f'{HEAD}<g clip-path="url(#c)">{uses}</g></svg>')
    assert group.get("style") == "fill:none;stroke:#000000"
    assert [dict(use.attrib).get("style") for use in group] == [None] * 3
    assert [use.get("x") for use in group] == [".12", "1.12", "2.12"]


def test_texts_are_kept_whatever_they_say():
    said = "a path d=&quot;M 0.123456 1&quot; &lt;g id=&quot;b&quot;&gt; style: x; y 0.123456"
    page = written(compact(f'{HEAD}<g id="text_1"><text x="0.126">{said} <tspan> b </tspan> c</text></g></svg>'))
    (text,) = ElementTree.fromstring(page)
    assert text.text == 'a path d="M 0.123456 1" <g id="b"> style: x; y 0.123456 ' and text.get("x") == ".13"
    assert text[0].text == " b " and text[0].tail == " c" and text.tag == f"{SVG}text"


@pytest.mark.parametrize("clear", [False, True])
def test_a_palette_has_the_same_pixels(clear):
    cells = np.random.default_rng(1).integers(0, 256, (9, 9, 4), dtype=np.uint8)
    cells[..., 3] = 255
    if clear:
        cells[2, 3] = 0
    image = png(np.kron(cells, np.ones((20, 20, 1), dtype=np.uint8)))
    shrunk = palette(image)
    assert len(shrunk) < len(image)
    np.testing.assert_array_equal(*(np.asarray(Image.open(io.BytesIO(one)).convert("RGBA")) for one in (image, shrunk)))
    href = f"data:image/png;base64,\n{base64.b64encode(image).decode()}"
    (found,) = compact(f'{HEAD}<image xlink:href="{href}" height="1.2345"/></svg>')
    assert base64.b64decode(found.attrib["{http://www.w3.org/1999/xlink}href"].partition(",")[2]) == shrunk


def test_an_image_of_many_colours_or_half_clear_stays():
    many = np.random.default_rng(2).integers(0, 256, (40, 40, 4), dtype=np.uint8)
    half = np.full((9, 9, 4), 128, dtype=np.uint8)
    assert palette(png(many)) == png(many) and palette(png(half)) == png(half)
