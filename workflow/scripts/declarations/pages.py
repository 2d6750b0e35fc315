"""Files of resources/web that pages are made of."""

__all__ = ["EXPLORER"]

PROGRAMS = (  # of the explorer, each of which uses those before it
    *("arrays", "run", "look", "view", "maps", "charts"),
    *("unit", "gallery", "search", "table", "save", "side", "main"),
)
EXPLORER: tuple[str, ...] = (
    "page.css",
    "explorer/explorer.css",
    "explorer/explorer.html",
    "d3-7.9.0.LICENSE",
    "d3-7.9.0.min.js",
    *(f"explorer/{name}.js" for name in PROGRAMS),
)
