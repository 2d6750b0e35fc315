"""Libraries that some layouts need and that are not installed with the others."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from phonotopy.core.errors import InputError

__all__ = ["LIBRARIES", "imported", "require"]

LIBRARIES = {"force": "networkx", "som": "minisom", "tsne": "sklearn.manifold", "umap": "umap"}  # modules, by layout


def require(layout: str) -> None:
    """Raises InputError where the library of a layout is not installed; it is not imported."""
    package = LIBRARIES.get(layout, "").partition(".")[0]
    if package and find_spec(package) is None:
        found = f"the Python package {package} is not installed"
        raise InputError(f"layout {layout}", found, "the packages of layouts", "install them: make layouts")


def imported(layout: str) -> Any:
    """The module that a layout needs; InputError where it is not installed."""
    require(layout)
    return import_module(LIBRARIES[layout])
