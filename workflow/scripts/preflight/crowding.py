"""Figures that a run leaves out, since so many conditions do not fit their pages."""

from declarations.figures import FIGURES

__all__ = ["announcement"]


def announcement(conditions: int) -> str:
    """One line for the start of a run with so many `conditions`; empty where all figures of maps fit."""
    left = [figure for figure in FIGURES if figure.stage == "mapping" and figure.most < conditions and not figure.asked]
    if not left:
        return ""
    most = min(figure.most for figure in left)
    titles = ", ".join(figure.title for figure in left)
    return f"With more than {most} conditions there are no figures of: {titles}; `run` selects conditions."
