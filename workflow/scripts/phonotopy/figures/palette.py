"""Colours of figures: one palette for each kind of thing, so that a colour means one thing."""

from collections.abc import Iterable

__all__ = [
    "CLASSES",
    "COLOUR_MAPS",
    "CONDITIONS",
    "CONTROL",
    "DEAD",
    "DIVERGING",
    "FAINT",
    "GREYS",
    "MANNERS",
    "METHODS",
    "OTHER",
    "SEQUENTIAL",
    "SHAPE",
    "SPECTRUM",
    "SPLITS",
    "class_colours",
]

# Perceptually uniform, or of ColorBrewer and safe for the colour-blind; figures use no others.
DIVERGING, SEQUENTIAL, GREYS, SPECTRUM = "RdBu_r", "viridis", "Greys", "magma"
COLOUR_MAPS = frozenset({DIVERGING, SEQUENTIAL, GREYS, SPECTRUM, "BrBG", "PuOr_r", "cividis", "viridis_r", "Blues"})

DEAD = "#8c8c8c"  # units that never respond
FAINT = "#d9d9d9"  # nulls
SHAPE = "#b3b3b3"  # in legends, of markers whose shape alone means something
CONTROL = "#595959"
CONDITIONS = ("#D55E00", "#0072B2", "#009E73", "#E69F00", "#56B4E9", "#CC79A7")  # Okabe and Ito
MANNERS = {  # Tol's muted scheme: articulations alike are neighbours in hue
    "stop": "#332288",
    "affricate": "#88CCEE",
    "fricative": "#999933",
    "nasal": "#117733",
    "approximant": "#AA4499",
    "vowel": "#882255",
    "diphthong": "#CC6677",
}
# For classes of labels that are no manners, the most unlike first.
CLASSES = ("#332288", "#999933", "#882255", "#88CCEE", "#117733", "#AA4499", "#DDCC77", "#CC6677", "#44AA99")
OTHER = "#000000"  # classes beyond the palette
SPLITS = {"train": "#C9A27A", "dev": "#8C5A2B", "test": "#3F1F00"}  # browns, the darker the less was seen
METHODS = ("#C800C8", "#59164E", "#6FB11A", "#2D5916", "#CC99AA")  # ways to measure one thing


def class_colours(classes: Iterable[str]) -> dict[str, str]:
    """Colours of manners, or of other classes of labels; what is beyond the palette is black."""
    names = list(dict.fromkeys(classes))
    known = {name: MANNERS[name] for name in names if name in MANNERS}
    free = [colour for colour in CLASSES if colour not in known.values()]
    unknown = [name for name in names if name not in MANNERS]
    return known | dict.fromkeys(unknown, OTHER) | dict(zip(unknown, free, strict=False))
