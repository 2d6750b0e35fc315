"""What a reader and a contributor rely on: a README of one screen, pages whose links hold, and hooks that exist."""

import re
import shutil
import struct
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ROOTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES = [*ROOTS, *sorted((ROOT / "docs").glob("*.md"))]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
LINK = re.compile(r"\]\((?!\w+:)([^)\s]*)\)")
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


def identify(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchors(path: Path) -> set[str]:
    """Anchors of the headings: lower case, without punctuation, hyphens for spaces."""
    headings = re.findall(r"^#+ (.*)$", CODE.sub(lambda code: code[0].strip("`"), path.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def targets(path: Path) -> list[tuple[Path, str]]:
    """File and anchor of each relative link."""
    found = [link.partition("#") for link in LINK.findall(CODE.sub("", path.read_text(encoding="utf-8")))]
    return [((path.parent / name).resolve() if name else path, anchor) for name, _, anchor in found]


# README

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_is_one_screen_with_a_picture() -> None:
    assert len(README.split()) <= 700
    (picture,) = re.findall(r"!\[[^\]]{20,}\]\(([^)]+)\)", README)
    image = (ROOT / picture).read_bytes()
    assert image.startswith(b"\x89PNG") and len(image) < 300_000
    assert 800 <= struct.unpack(">I", image[16:20])[0] <= 2000
    assert all(f"\n    make {command} " in README for command in ("run", "test"))


def test_the_readme_leads_to_every_page() -> None:
    reached = {target for target, _ in targets(ROOT / "README.md")}
    assert {path.resolve() for path in PAGES[1:]} <= reached


# Links and pages


@pytest.mark.parametrize("path", PAGES, ids=identify)
def test_links_lead_somewhere(path: Path) -> None:
    for target, anchor in targets(path):
        assert target.exists(), f"{target} does not exist"
        assert target.is_relative_to(ROOT)
        assert not anchor or anchor in anchors(target), f"{target} has no heading #{anchor}"


def test_a_broken_link_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A `b`: c, d\n[x](b.md) [y](#a-b-c-d) [z](https://a.example) `[w](c.md)`\n")
    assert targets(tmp_path / "a.md") == [(tmp_path / "b.md", ""), (tmp_path / "a.md", "a-b-c-d")]
    assert anchors(tmp_path / "a.md") == {"a-b-c-d"}


class Loaded(HTMLParser):
    """Addresses that a page loads by itself; links that a reader may follow are none."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "a":
            self.addresses += [value for name, value in attrs if name in ("src", "href", "srcset") and value]


def build(root: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """The pages as `make docs` makes them."""
    (line,) = re.findall(r"^\t@\$\(RUN\) (mkdocs .*)$", MAKEFILE, re.MULTILINE)
    command = [sys.executable, "-m", *line.split(), "--site-dir", str(site)]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("link", ["nowhere.md", "files.md#nowhere", "../nowhere.yaml"])
def test_pages_with_a_broken_link_are_not_built(tmp_path: Path, link: str) -> None:
    for path in (*ROOTS, ROOT / "mkdocs.yml"):
        shutil.copy(path, tmp_path)
    for folder in ("docs", "workflow/scripts"):  # the dictionary is composed of what modules say
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "docs" / "gpu.md").open("a", encoding="utf-8") as stream:
        stream.write(f"\n[x]({link})\n")
    built = build(tmp_path, tmp_path / "site")
    assert built.returncode != 0
    assert any("'gpu.md' contains a link" in line and "nowhere" in line for line in built.stderr.splitlines())


@pytest.mark.slow
def test_pages_are_built_strictly_and_load_nothing_from_outside(tmp_path: Path) -> None:
    built = build(ROOT, tmp_path)
    assert built.returncode == 0, built.stdout + built.stderr
    pages = sorted(tmp_path.glob("*.html"))
    assert {path.stem for path in pages} >= {path.stem for path in PAGES} - {"README"} | {"index"}
    for page in pages:
        loaded = Loaded()
        loaded.feed(page.read_text(encoding="utf-8"))
        assert len(loaded.addresses) > 5
        assert [address for address in loaded.addresses if re.match(r"(\w+:)?//", address)] == [], page.name
    for style in tmp_path.rglob("*.css"):
        assert not re.search(r"(url\(|@import)\s*['\"]?(https?:)?//", style.read_text(encoding="utf-8")), style.name


# Commands, hooks and hosted checks

COMMANDS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))


@pytest.mark.parametrize("path", PAGES, ids=identify)
def test_commands_that_pages_name_exist(path: Path) -> None:
    named = set(re.findall(r"(?:`|    )make ([a-z-]+)", path.read_text(encoding="utf-8")))
    assert named <= COMMANDS


def test_every_command_is_listed_for_contributors() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    development = COMMANDS - {"acoustics", "layouts", "slurm", "cancel", "archive", "clean", "clean-results"}
    assert {command for command in development if f"`make {command}`" not in text} == set()
    phony = next(line for line in MAKEFILE.splitlines() if line.startswith(".PHONY:"))
    assert set(phony.split()[1:]) == COMMANDS


def test_hooks_call_the_pinned_tools_through_make() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in hooks["repos"]] == ["local"]
    for hook in hooks["repos"][0]["hooks"]:
        assert hook["language"] == "system"
        assert hook["entry"].split()[0] == "make" and hook["entry"].split()[-1] in COMMANDS
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(ROOT / ".pre-commit-config.yaml")]
    assert subprocess.run(command, check=False).returncode == 0


def test_hosted_checks_are_those_of_everywhere() -> None:
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))["jobs"]
    steps = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    assert steps[-1] == ".ci/run"


def test_texts_agree_how_long_the_kills_take() -> None:
    """Measured: 9 min 53 s for 30 on two cores."""
    names = (
        "Makefile",
        "CONTRIBUTING.md",
        "docs/running.md",
        "tests/programs/torture.py",
        "tests/workflow/test_torture.py",
    )
    for name in names:
        assert re.search(r"9 min 53 s|ten minutes", (ROOT / name).read_text(encoding="utf-8")), name


@pytest.mark.parametrize("word", ["sheet", "model of the condition", "TODO", "FIXME"])
def test_pages_keep_to_the_words_of_the_glossary(word: str) -> None:
    glossary = re.compile(r"^Words that are not used:.*\n.*$|^.*is a \*planted patch\*.*$", re.MULTILINE)
    for path in PAGES:
        if path.name != "dictionary.md":  # has the words of the tables
            text = glossary.sub("", path.read_text(encoding="utf-8"))
            assert word not in text, path.name
