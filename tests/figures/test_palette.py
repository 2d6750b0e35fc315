"""Palettes: one colour for one meaning, and every palette distinct also to the colour-blind."""

from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from phonotopy.corpus.utterances import SPLITS
from phonotopy.figures import palette

# Colours as people without one kind of cone see them (Machado, Oliveira and Fernandes 2009, severity 1), in linear RGB.
SEEN = {
    "all cones": np.eye(3),
    "no long": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no middle": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "no short": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]]
    ),
}
XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]])
WHITE = np.array([0.95047, 1.0, 1.08883])
KINDS = {
    "conditions": (palette.CONTROL, *palette.CONDITIONS),
    "manners": tuple(palette.MANNERS.values()),
    "splits": tuple(palette.SPLITS.values()),
    "methods": palette.METHODS,
}
DISTINCT, OF_OTHER_KINDS = 12.0, 13.0  # ΔE of CIELAB; about 2 are just noticed side by side


def lab(colour, seen="all cones"):
    """CIELAB of a colour, as it is seen."""
    given = np.array(to_rgb(colour))
    linear = np.where(given <= 0.04045, given / 12.92, ((given + 0.055) / 1.055) ** 2.4)
    ratio = XYZ @ np.clip(SEEN[seen] @ linear, 0, 1) / WHITE
    x, y, z = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def difference(one, other, seen="all cones"):
    return float(np.linalg.norm(lab(one, seen) - lab(other, seen)))


def test_differences_of_colours_are_those_of_cielab():
    assert lab("white") == pytest.approx([100, 0, 0], abs=0.1)
    assert lab("#ff0000") == pytest.approx([53.24, 80.09, 67.20], abs=0.1)
    assert difference("#00ff00", "#ff0000", "no middle") < difference("#00ff00", "#ff0000")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seen", SEEN)
def test_colours_of_one_kind_are_distinct_to_everyone(kind, seen):
    for one, other in combinations(KINDS[kind], 2):
        assert difference(one, other, seen) >= DISTINCT, (kind, one, other)


@pytest.mark.parametrize("pair", list(combinations(KINDS, 2)), ids=" and ".join)
def test_a_colour_means_one_kind_of_thing(pair):
    for one in KINDS[pair[0]]:
        for other in KINDS[pair[1]]:
            assert difference(one, other) >= OF_OTHER_KINDS, (pair, one, other)


def test_palettes_have_a_colour_for_every_name():
    assert set(palette.SPLITS) == set(SPLITS)
    assert len(set(palette.CLASSES)) == len(palette.CLASSES) >= len(palette.MANNERS)
    assert all(name in mpl.colormaps for name in palette.COLOUR_MAPS)


def test_lightness_of_sequential_maps_rises_or_falls_throughout():
    for name in (palette.SEQUENTIAL, palette.GREYS, palette.SPECTRUM, "cividis"):
        lightness = np.array([lab(mpl.colormaps[name](x))[0] for x in np.linspace(0, 1, 33)])
        steps = np.diff(lightness)
        assert (steps > 0).all() or (steps < 0).all(), name


def test_diverging_maps_are_lightest_in_the_middle_and_have_ends_of_other_hues_for_everyone():
    for name in (palette.DIVERGING, "BrBG", "PuOr_r"):
        ends = [mpl.colormaps[name](x) for x in (0.05, 0.5, 0.95)]
        low, middle, high = (lab(colour)[0] for colour in ends)
        assert middle > max(low, high) + 30, name
        assert all(difference(ends[0], ends[2], seen) > 25 for seen in SEEN), name
