"""Settings that are not given are those of config.yaml."""

from pathlib import Path

from preflight.settings import completed


def test_given_settings_go_over_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("seed: 1\na: {b: 1, c: {d: 2, e: [3, 4]}}\nf: {g: 5}\n", encoding="utf-8")
    given = {"a": {"c": {"e": [6]}, "new": 7}, "f": "text"}
    found = completed(given, tmp_path / "config.yaml")
    assert found == {"seed": 1, "a": {"b": 1, "c": {"d": 2, "e": [6]}, "new": 7}, "f": "text"}
    found["a"]["c"]["e"].append(8)
    assert given["a"] == {"c": {"e": [6]}, "new": 7}
