"""The page of comparisons has the numbers of measured tables."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from phonotopy.comparisons.comparison import ALL, TABLE
from phonotopy.core.errors import InputError
from phonotopy.core.tables import write_table
from phonotopy.pages.comparison_section import orders, read_comparison, replaced, section, sections, sentence
from phonotopy.provenance.provenance import settings_digest

Row = dict[str, Any]
ROOT = Path(__file__).parents[2]
PAGE, MEASURED = ROOT / "docs" / "comparison.md", ROOT / "docs" / "measured"
DIGEST = "0123456789abcdef" * 4
LAYERED = ("morans_i", "effective_rank_share", "limit_share", "trustworthiness", "far_correlation", "agreement")


def rows(seeds: int = 6) -> list[Row]:
    """A reference, and a condition whose errors are known; measures of layer n are n tenths."""
    found: list[Row] = []
    for condition, rate in (("control", 0.131), ("kernel", 0.138)):
        empty = dict.fromkeys(TABLE.columns) | {"condition": condition, "seeds": seeds, "front": condition == "kernel"}
        empty |= {"reference": "control" if condition == "kernel" else None, "status": "ok"}
        tested = {"difference_low": -0.002, "difference_high": 0.0161, "q": 0.03125} if seeds >= 6 else {}
        test = {"difference": 0.007, **tested} if condition == "kernel" else {"status": "reference"}
        found.append(empty | {"measure": "letter_error_rate_dev", "mean": rate - 0.02})
        found.append(empty | {"measure": "letter_error_rate", "mean": rate, **test})
        for measure in LAYERED:
            found += [empty | {"measure": measure, "layer": n, "mean": n / 10} for n in (1, 2)]
            found.append(empty | {"measure": measure, "layer": ALL, "mean": 0.15})
    return found


def read(folder: Path, found: list[Row]) -> list[Row]:
    write_table(folder / "comparison.tsv", TABLE.columns, found)
    return read_comparison(folder / "comparison.tsv")


def test_a_section_has_the_numbers_of_the_table(tmp_path: Path) -> None:
    lines = section("ways", read(tmp_path, rows()), DIGEST).splitlines()
    assert lines[0].startswith("Means over 6 seeds.") and "layers 1 to 2" in lines[1]
    layers = " | ".join([".10 .20"] * len(LAYERED))
    assert lines[-2:] == [
        f"| `control` | 11.1 | 13.1 % | {layers} |  |",
        f"| `kernel` | 11.8 | +0.7 (−0.2 to +1.6), q .031 | {layers} | yes |",
    ]
    assert len({line.count("|") for line in lines[6:]}) == 1
    assert DIGEST[:12] in lines[2] and DIGEST[:13] not in lines[2]


def test_few_seeds_have_no_interval_and_no_q(tmp_path: Path) -> None:
    assert "| +0.7 |" in section("ways", read(tmp_path, rows(2)), DIGEST).splitlines()[-1]


@pytest.mark.parametrize(("p", "within"), [(0.0161, ", equivalent within 1 (p .016)"), (0.2, "")])
def test_a_sentence_has_price_and_layout(tmp_path: Path, p: float, within: str) -> None:
    found = [row | {"margin": 0.01, "p_equivalence": p} for row in rows()]
    table = read(tmp_path, found)
    assert sentence(table, "kernel", "control") == (
        "6 seeds: learned maps have Moran's I .10 .20, for +0.7 (−0.2 to +1.6) points of character "
        f"errors{within}; a layout of the control after training has .10 .20 for nothing"
    )


@pytest.mark.parametrize("name", sorted(path.name for path in MEASURED.iterdir()))
def test_the_page_says_what_was_measured(name: str) -> None:
    page, measured = PAGE.read_text(encoding="utf-8"), MEASURED / name
    settings = yaml.safe_load((measured / "settings.yaml").read_text(encoding="utf-8"))
    assert replaced(page, name, read_comparison(measured / "comparison.tsv"), settings_digest(settings)) == page


def test_an_empty_section_takes_nothing_of_the_next(tmp_path: Path) -> None:
    table = read(tmp_path, rows())
    begin, end = "<!-- measured: {} -->\n", "<!-- end of measured -->\n"
    page = f"# Two\n\n{begin.format('one')}{end}\nText\n\n{begin.format('two')}a\nb\n{end}"
    assert sections(page) == {"one": "", "two": "a\nb\n"}
    filled = replaced(page, "one", table, "0" * 64)
    assert sections(filled) == {"one": section("one", table, "0" * 64), "two": "a\nb\n"} and "\nText\n" in filled


def test_every_section_has_its_tables() -> None:
    assert sorted(sections(PAGE.read_text(encoding="utf-8"))) == sorted(path.name for path in MEASURED.iterdir())


def test_the_readme_says_what_was_measured() -> None:
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    default, digits = (read_comparison(MEASURED / name / "comparison.tsv") for name in ("default", "digits"))
    assert sentence(default, "gaussian_60_falling", "control_annealed") in readme
    assert f"learned {orders(digits, 'topographic')}, laid out {orders(digits, 'laid_out')}." in readme


def test_the_program_puts_a_table_into_the_page(tmp_path: Path) -> None:
    for path in ("docs/comparison.md", "docs/comparison.py"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes((ROOT / path).read_bytes())
    (tmp_path / "workflow").symlink_to(ROOT / "workflow")
    write_table(tmp_path / "comparison.tsv", TABLE.columns, rows())
    (tmp_path / "maps.tsv").write_text("condition\tseed\n")
    for name, text in (("one", "seed: 1\na: {b: 2, c: 3}"), ("two", "a: {b: 4}")):
        (tmp_path / f"{name}.yaml").write_text(text)
    given = ["ways", str(tmp_path), *(str(tmp_path / f"{name}.yaml") for name in ("one", "two"))]
    subprocess.run([sys.executable, str(tmp_path / "docs" / "comparison.py"), *given], check=True)
    docs, settings, before = tmp_path / "docs", {"seed": 1, "a": {"b": 4, "c": 3}}, sections(PAGE.read_text("utf-8"))
    measured = sections((docs / "comparison.md").read_text(encoding="utf-8"))
    shown = section("ways", read_comparison(tmp_path / "comparison.tsv"), settings_digest(settings))
    assert measured == before | {"ways": shown} != before
    assert yaml.safe_load((docs / "measured" / "ways" / "settings.yaml").read_text()) == settings
    for name in ("comparison.tsv", "maps.tsv"):
        assert (docs / "measured" / "ways" / name).read_bytes() == (tmp_path / name).read_bytes()


def test_a_page_without_the_markers_of_a_section_is_refused() -> None:
    with pytest.raises(InputError, match="measured: other"):
        replaced("# A page\n", "other", [], "")
