"""What a run shows: figures with their captions, files and tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from phonotopy.pages.captions import first_sentence

__all__ = ["STAGES", "Exhibit", "by_stage", "chosen"]

STAGES: Mapping[str, str] = {  # headings, in the order of a page
    "mapping": "Maps and their tests",
    "introspection": "What units compute",
    "training": "Recognisers",
    "alignment": "Speech",
    "calibration": "What the tests are worth",
}
IN_BROWSERS = ("svg", "png")  # formats that a page can show, best first
PICTURES = (  # the three that show the answer, each the first that a run has, and what to look for
    (("activation_maps",), "Do cells of one colour lie together? Each cell is a unit, each square a layer."),
    (("ladder", "morans_i"), "What do neighbours have in common: the sound, phones, and phones beyond the sound?"),
    (("rank_against_morans_i", "conditions"), "What does a map cost? Smooth maps may be bought by copying units."),
)


@dataclass(frozen=True)
class Exhibit:
    """A figure, of one seed or of all, with its caption in HTML and the tables it was made from."""

    name: str
    title: str
    stage: str
    caption: str
    files: Sequence[str]  # paths within the results, one per format
    tables: Sequence[str]  # names without suffix
    seed: int | None = None

    @property
    def key(self) -> str:
        """The name of its page, without suffix."""
        return self.name if self.seed is None else f"{self.name}.seed{self.seed}"

    @property
    def heading(self) -> str:
        """Its title, with the seed where there is one figure for each."""
        own = self.title[:1].upper() + self.title[1:]
        return own if self.seed is None else f"{own}, seed {self.seed}"

    @property
    def image(self) -> str | None:
        """The file that a browser shows; None where a run makes none such."""
        found = {file.rpartition(".")[2]: file for file in self.files}
        return next((found[suffix] for suffix in IN_BROWSERS if suffix in found), None)

    @property
    def summary(self) -> str:
        """What it shows, in a sentence."""
        return first_sentence(self.caption)


def by_stage(exhibits: Sequence[Exhibit]) -> list[tuple[str, list[Exhibit]]]:
    """Headings with the figures below them; stages without a figure are left out."""
    parts = [(heading, [one for one in exhibits if one.stage == stage]) for stage, heading in STAGES.items()]
    return [(heading, found) for heading, found in parts if found]


def chosen(exhibits: Sequence[Exhibit]) -> list[tuple[str, Exhibit]]:
    """The pictures that show the answer, each with what to look for, as far as a run has them; of the first seed."""
    found = []
    for names, look in PICTURES:
        shown = [one for name in names for one in exhibits if one.name == name and one.image]
        found += [(look, one) for one in shown[:1]]
    return found
