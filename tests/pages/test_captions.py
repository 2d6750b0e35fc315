"""Captions as HTML."""

import pytest
from jinja2 import UndefinedError

from phonotopy.pages.captions import first_sentence, plain, rendered

SETTINGS = {"mapping": {"permutations": 99}}


def test_a_caption_asks_for_settings_and_the_seed() -> None:
    text = '**Maps** (seed {{ snakemake.wildcards.seed }}), {{ snakemake.config["mapping"]["permutations"] }} times.'
    assert plain(rendered(text, SETTINGS, 3)) == "Maps (seed 3), 99 times."
    assert "<strong>Maps</strong>" in rendered(text, SETTINGS, 3)


def test_a_setting_that_is_not_there_is_no_empty_text() -> None:
    with pytest.raises(UndefinedError):
        rendered('{{ snakemake.config["mapping"]["permutation"] }}', SETTINGS)


def test_what_a_setting_holds_is_text() -> None:
    named = rendered('Corpus {{ snakemake.config["name"] }}.', {"name": "<script>alert(1)</script>"})
    assert "<script" not in named and "&lt;script&gt;" in named


@pytest.mark.parametrize(
    ("caption", "sentence"),
    [
        ("<p><strong>Maps of units.</strong> Rows are phones.</p>", "Maps of units."),
        ("<p>Do units gather? They do.</p>", "Do units gather?"),
        ("<p>d′ ≥ 0.5 and q &lt; .05 hold. More.</p>", "d′ ≥ 0.5 and q < .05 hold."),
    ],
)
def test_the_first_sentence_says_what_a_figure_shows(caption: str, sentence: str) -> None:
    assert first_sentence(caption) == sentence
