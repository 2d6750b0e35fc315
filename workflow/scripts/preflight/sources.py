"""The source files that a script or a module of the library depends on."""

import ast
import difflib
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import resolve_name
from pathlib import Path

from phonotopy.core.errors import InputError

__all__ = ["closure", "digest", "imports"]

LIBRARY = "phonotopy"
BLOCKS = ("body", "orelse", "handlers", "finalbody", "cases")  # parts of a statement that are statements


def closure(modules: Iterable[str], root: Path) -> list[Path]:
    """Files of the dotted `modules` below `root` and of every library module they import, directly or not, sorted.

    A script is a module too. The ``__init__`` of each enclosing package counts, since importing a module runs it.
    Raises InputError for a module that does not exist.
    """
    found: set[str] = set()
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += imports(module, root)
    return sorted(_file(module, root) for module in found)


def digest(modules: Iterable[str], root: Path, others: Iterable[Path] = ()) -> str:
    """SHA-256, in hexadecimal digits, of names and contents of the `closure` of modules and of `others`, in order.

    Modules go by their paths below `root` and others by their names: a moved folder gives the same digest.
    """
    total = hashlib.sha256()
    named = [(str(path.relative_to(root)), path) for path in closure(modules, root)]
    for name, path in [*named, *((path.name, path) for path in others)]:
        total.update(f"{name}\0{_digest(path)}\0".encode())
    return total.hexdigest()


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def imports(module: str, root: Path) -> frozenset[str]:
    """Library modules that `module` names in any import statement, and the packages it lies in."""
    path = _file(module, root)
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    names = {name for node in _statements(tree) for name in _named(node, package, root)}
    parents = {module.rsplit(".", depth)[0] for depth in range(1, module.count(".") + 1)}
    return frozenset(names | parents)


def _statements(block: ast.AST) -> Iterator[ast.AST]:
    """All statements inside, at any depth; expressions, which are ten times as many, hold none."""
    for name in BLOCKS:
        for inner in getattr(block, name, ()):
            yield inner
            yield from _statements(inner)


def _named(node: ast.AST, package: str, root: Path) -> Iterator[str]:
    """Library modules that an import statement names: ``from a import b`` means a.b where that is a module, else a."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name.partition(".")[0] == LIBRARY)
    elif isinstance(node, ast.ImportFrom):
        source = resolve_name("." * node.level + (node.module or ""), package)
        if source.partition(".")[0] == LIBRARY:
            submodules = [f"{source}.{alias.name}" for alias in node.names]
            yield from (name if _exists(name, root) else source for name in submodules)


def _candidates(module: str, root: Path) -> tuple[Path, Path]:
    path = root.joinpath(*module.split("."))
    return path.with_name(f"{path.name}.py"), path / "__init__.py"


@cache
def _exists(module: str, root: Path) -> bool:
    return any(path.is_file() for path in _candidates(module, root))


@cache
def _file(module: str, root: Path) -> Path:
    for path in _candidates(module, root):
        if path.is_file():
            return path
    known = [".".join(path.relative_to(root).with_suffix("").parts) for path in root.rglob("*.py")]
    close = difflib.get_close_matches(module, known, n=1)
    advice = f"did you mean {close[0]}?" if close else f"name a module below {root.name}/{module.partition('.')[0]}"
    raise InputError(module, "no such module", "a dotted name of a module in the library", advice)
