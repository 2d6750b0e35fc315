"""The workflow as Snakemake reads it, for tests that ask what its rules are."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import chdir
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any
from unittest import mock

from snakemake.api import SnakemakeApi
from snakemake.rules import Rule as Parsed
from snakemake.settings.enums import Quietness
from snakemake.settings.types import ConfigSettings, OutputSettings, ResourceSettings

from preflight import sources

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "workflow" / "scripts"
SMOKE = ROOT / "tests" / "smoke" / "config.yaml"
VARIANTS = (  # that differ in their rules
    "corpus: {source: librispeech}",
    "corpus: {source: recordings, recordings: {path: tests/data/digits, test_speakers: [theo]}}",
    "alignment: {intervals: resources/phones.tsv}",  # looked into by a job alone
    "",
)


@dataclass(frozen=True)
class Rule:
    """A rule as it stands once all files are read; `covered` are the files whose content reruns it."""

    parsed: Parsed
    covered: frozenset[Path]

    @property
    def name(self) -> str:
        return self.parsed.name

    @cached_property
    def script(self) -> Path | None:
        """The file that the rule runs."""
        named = str(self.parsed.script or "").replace("{params.script}", str(self.params.get("script")))
        return Path(self.parsed.basedir, named).resolve() if named else None

    @property
    def is_target(self) -> bool:
        """Whether it runs nothing, but stands for its inputs."""
        return bool(self.parsed.norun)

    @cached_property
    def inputs(self) -> list[str]:
        """Paths with their wildcards; those that a function finds are not among them."""
        return [str(file) for file in self.parsed.input if isinstance(file, str) and not callable(file)]

    @cached_property
    def outputs(self) -> list[str]:
        return [str(file) for file in self.parsed.output]

    @property
    def logs(self) -> list[str]:
        return [str(file) for file in self.parsed.log]

    @property
    def benchmark(self) -> str:
        return str(self.parsed.benchmark or "")

    @property
    def params(self) -> dict[str, Any]:
        return dict(self.parsed.params.items())

    @property
    def resources(self) -> set[str]:
        """Names of what its jobs ask for."""
        return set(self.parsed.resources) - {"_cores", "_nodes"}

    @property
    def environment(self) -> Path | None:
        """The file of its conda environment."""
        return (
            Path(self.parsed.basedir, str(self.parsed.ruleinfo.conda_env)).resolve()
            if self.parsed.ruleinfo.conda_env
            else None
        )

    @property
    def group(self) -> str:
        """The group that its jobs belong to on a cluster."""
        return self.parsed.ruleinfo.group or ""

    @property
    def constraints(self) -> dict[str, str]:
        """Patterns of its wildcards."""
        return dict(self.parsed.wildcard_constraints)


@cache
def rules(overlay: str = "", preset: Path | None = SMOKE) -> Mapping[str, Rule]:
    """Rules by name, with a preset and further settings as YAML text."""
    with tempfile.TemporaryDirectory() as folder, chdir(ROOT):
        Path(folder, "overlay.yaml").write_text(overlay or "{}", encoding="utf-8")
        files = [*([preset] if preset else []), Path(folder, "overlay.yaml")]
        return MappingProxyType({rule.name: rule for rule in _load(files)})


def every_rule() -> list[Rule]:
    """Every rule that some setting brings about, in the order of their files."""
    found: dict[str, Rule] = {}
    for overlay in VARIANTS:
        found |= rules(overlay)
    return list(found.values())


def _load(files: list[Path]) -> Iterator[Rule]:
    """Digests are parameters of the rules; which files they were taken of is seen as they are taken."""
    digest, covered = sources.digest, dict[str, frozenset[Path]]()

    def seen(modules: list[str], root: Path, others: list[Path]) -> str:
        result = digest(modules, root, others)
        covered[result[:16]] = frozenset(path.resolve() for path in (*sources.closure(modules, root), *others))
        return result

    quiet = OutputSettings(quiet={Quietness.ALL})
    with mock.patch.object(sources, "digest", seen), SnakemakeApi(quiet) as api:
        settings = ConfigSettings(configfiles=files)
        workflow = api.workflow(ResourceSettings(cores=1), settings, snakefile=ROOT / "Snakefile")
        for parsed in workflow._workflow.rules:
            taken = str(parsed.params.get("library", "")).rpartition(" ")[2]
            yield Rule(parsed, covered.get(taken, frozenset()))
