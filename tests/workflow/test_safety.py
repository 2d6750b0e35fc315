"""Nothing that a user brings as data is run: no pickles, no code in text, no shell; archives stay in their folder.

Code that a user brings as code, a module that a condition names, is run in one module alone.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from parsed import every_rule
from phonotopy.core.tables import read_table, write_table
from phonotopy.corpus.utterances import Utterance, write_utterances

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "workflow" / "scripts").rglob("*.py"))
REQUIRED = {  # arguments that calls must have, as they must read
    "np.load": {"allow_pickle": "False"},
    "torch.load": {"weights_only": "True"},
}
FORBIDDEN = {
    *("eval", "exec", "compile", "__import__", "os.system", "os.popen", "os.execv"),
    *(
        "pickle.load",
        "pickle.loads",
        "pickle.Unpickler",
        "marshal.loads",
        "shelve.open",
        "joblib.load",
        "np.lib.npyio.NpzFile",
    ),
    *("yaml.load", "yaml.unsafe_load", "yaml.full_load"),
    *("tarfile.TarFile.extractall", "shutil.unpack_archive", "tempfile.mktemp"),
    *("runpy.run_path", "importlib.util.spec_from_file_location", "importlib.machinery.SourceFileLoader"),
}
OF_A_CONDITION = {"phonotopy/activations/modules/load_module.py": {"exec", "compile"}}  # model: path.py:function


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call in a file, by its dotted name as it is written."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def keywords(call: ast.Call) -> dict[str | None, str]:
    return {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "workflow" / "scripts")))
def test_what_is_read_is_data(path: Path) -> None:
    allowed = OF_A_CONDITION.get(path.relative_to(ROOT / "workflow" / "scripts").as_posix(), set())
    for name, call in calls(path):
        assert name not in FORBIDDEN - allowed, f"line {call.lineno}: {name}"
        assert keywords(call).get("shell", "False") == "False", f"line {call.lineno}: a shell"
        for argument, value in REQUIRED.get(name, {}).items():
            assert keywords(call).get(argument) == value, f"line {call.lineno}: {name} without {argument}={value}"
        if name.endswith((".extract", ".extractall")) and "tar" in name:
            assert keywords(call).get("filter") == "'data'", f"line {call.lineno}: {name} without filter"


def test_the_rule_sees_what_it_forbids(tmp_path: Path) -> None:
    """The check above is worth nothing if it reads calls wrongly."""
    path = tmp_path / "bad.py"
    path.write_text("np.load(a, mmap_mode='r')\neval(text)\nsubprocess.run(x, shell=True)\n")
    found = {name: keywords(call) for name, call in calls(path)}
    assert found == {"np.load": {"mmap_mode": "'r'"}, "eval": {}, "subprocess.run": {"shell": "True"}}


def test_modules_of_users_are_run_at_one_line_of_one_module() -> None:
    """What is allowed there is used there, once."""
    for file, allowed in OF_A_CONDITION.items():
        found = [name for name, _ in calls(ROOT / "workflow" / "scripts" / file) if name in FORBIDDEN]
        assert sorted(found) == sorted(allowed)


def test_rules_run_scripts_and_neither_a_shell_nor_python_of_their_own() -> None:
    assert {rule.name for rule in every_rule() if not rule.script and not rule.is_target} == set()


NAMES = ["<script>alert(1)", "$a_b$", "=cmd()", "a\tb", "a\nb", 'q"q', "{{7*7}}", "Müller"]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_stays_in_its_cell(tmp_path: Path, name: str) -> None:
    write_table(tmp_path / "a.tsv", ["speaker", "next"], [{"speaker": name, "next": "x"}])
    (row,) = read_table(tmp_path / "a.tsv")
    assert row == {"speaker": " ".join(name.split()), "next": "x"}


def test_any_path_stays_in_its_cell(tmp_path: Path) -> None:
    item = Utterance("u", "<b>", "test", 'a "b" <i>.wav', 1.0, 16000, "word")
    write_utterances(tmp_path / "u.tsv", [item])
    assert read_table(tmp_path / "u.tsv")[0]["audio"] == item.audio
