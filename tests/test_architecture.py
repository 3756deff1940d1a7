"""The walls of the house: who may import what, and how large a room may be."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import returnsim

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "returnsim"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_FILE = 400
LONGEST_FUNCTION = 59
BANNED = {"utils", "util", "helpers", "common", "tools", "misc", "core", "base", "manager"}
ONLY_IN = {
    "simpy": {"model"},
    "numba": {"model"},
    "click": {"cli"},
    "rich": {"cli"},
    "matplotlib": {"report"},
    "typst": {"report"},
    "xlsxwriter": {"report"},
    "icalendar": {"report"},
    "distributed": {"experiment"},
    "pandas": set(),
}
"""Packages that one layer alone may know."""
LAZY = ("matplotlib", "typst", "xlsxwriter", "icalendar", "distributed")
"""Packages that load slowly: imported where they are used."""


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def layer_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(node: ast.AST) -> Iterator[tuple[str, int]]:
    """Top-level packages that are imported anywhere below a node, and where."""
    for part in ast.walk(node):
        if isinstance(part, ast.Import):
            yield from ((alias.name.split(".")[0], part.lineno) for alias in part.names)
        elif isinstance(part, ast.ImportFrom) and part.module and not part.level:
            yield part.module.split(".")[0], part.lineno


def at_import_time(module: ast.Module) -> ast.Module:
    """What runs when a module is loaded: no bodies of functions, nothing for type checkers."""

    class Outside(ast.NodeTransformer):
        def visit_FunctionDef(self, _: ast.FunctionDef) -> None:
            return None

        def visit_If(self, node: ast.If) -> ast.AST | None:
            return None if "TYPE_CHECKING" in ast.unparse(node.test) else node

    found = Outside().visit(module)
    assert isinstance(found, ast.Module)
    return found


def test_no_file_is_too_long() -> None:
    lengths = {name_of(p): len(p.read_text(encoding="utf-8").splitlines()) for p in MODULES}
    assert {name: n for name, n in lengths.items() if n > LONGEST_FILE} == {}


def test_no_function_is_too_long() -> None:
    long = {
        f"{name_of(path)}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }
    assert long == {}


def test_a_package_is_its_docstring() -> None:
    for path in PACKAGE.rglob("__init__.py"):
        body = tree(path).body
        assert ast.get_docstring(tree(path)), name_of(path)
        assert len(body) == 1 or path.parent == PACKAGE, name_of(path)


def test_every_module_says_what_it_is_for() -> None:
    assert [name_of(p) for p in MODULES if not ast.get_docstring(tree(p))] == []


def test_no_module_is_called_after_nothing() -> None:
    names = {part.removesuffix(".py") for p in MODULES for part in p.relative_to(PACKAGE).parts}
    assert names & BANNED == set()


def test_packages_are_known_only_where_they_belong() -> None:
    strangers = [
        f"{name_of(path)}:{line} {package}"
        for path in MODULES
        for package, line in imports(tree(path))
        if package in ONLY_IN and layer_of(path) not in ONLY_IN[package]
    ]
    assert strangers == []


def test_slow_packages_are_imported_where_they_are_used() -> None:
    eager = [
        f"{name_of(path)}:{line} {package}"
        for path in MODULES
        for package, line in imports(at_import_time(tree(path)))
        if package in LAZY
    ]
    assert eager == []


def test_the_packages_looked_for_are_there() -> None:
    """Else the tests above would pass for want of anything to find."""
    used = {package for path in MODULES for package, _ in imports(tree(path))}
    assert {"simpy", "numba", "click", "rich", "matplotlib", "typst", "xlsxwriter"} <= used


def test_imports_are_absolute_and_of_public_names() -> None:
    found = [
        (name_of(path), node)
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
    ]
    assert [f"{name}:{node.lineno}" for name, node in found if node.level] == []
    private = [
        f"{name}:{node.lineno} {alias.name}"
        for name, node in found
        for alias in node.names
        if (node.module or "").startswith("returnsim") and alias.name.startswith("_")
    ]
    assert private == []


def test_every_layer_imports_only_from_layers_below_it() -> None:
    command = "from importlinter.cli import lint_imports_command as lint; lint()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


HEAVY = (
    "matplotlib",
    "numba",
    "numpy",
    "pydantic",
    "scipy.optimize",
    "simpy",
    "typst",
    "xlsxwriter",
    "pandas",
)


@pytest.mark.parametrize(
    "command",
    ["import returnsim.cli.main", "import returnsim; returnsim.__all__"],
)
def test_nothing_heavy_is_loaded_before_it_is_needed(command: str) -> None:
    show = f"import sys; {command}; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_every_public_name_is_there() -> None:
    assert len(returnsim.__all__) == len(set(returnsim.__all__))
    for name in returnsim.__all__:
        assert getattr(returnsim, name).__doc__, name
    with pytest.raises(AttributeError):
        returnsim.nothing_of_that_name  # noqa: B018
