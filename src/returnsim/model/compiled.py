"""Compiled functions of several modules, kept from one run to the next.

What is kept of a function is thrown away when its own file changes. But it holds the functions
that it calls, too; so here it is thrown away when any file with such functions is newer.
"""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit

FILES = (
    "model/binned.py",
    "model/compiled.py",
    "optimise/cohort.py",
    "optimise/legal.py",
    "optimise/proposals.py",
    "optimise/stage_play.py",
    "optimise/walk.py",
)
"""Files with functions that are compiled as parts of each other."""
Function = TypeVar("Function", bound=Callable[..., object])


def entry(function: Function) -> Function:
    """Compile what Python calls."""
    return _fresh(function, {})


def inner(function: Function) -> Function:
    """Compile what only compiled code calls: a way in from Python takes longer than most of it."""
    return _fresh(function, {"no_cpython_wrapper": True, "no_cfunc_wrapper": True})


def inlined(function: Function) -> Function:
    """Let whoever calls it compile it as part of itself, once."""
    return cast(Function, njit(inline="always")(function))


def is_kept(function: Callable[..., object]) -> bool:
    """Whether a compiled function is there from a run before."""
    return any(_kept(function))


def _kept(function: Any) -> Iterator[Path]:
    """Find where it is written what is kept of a function."""
    name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}-*.nbi"
    return Path(function.stats.cache_path).glob(name)


def _fresh(function: Function, how: dict[str, Any]) -> Function:
    """Compile a function, unless it is kept from a run since which no file has changed."""
    found = njit(cache=True, nogil=True, **how)(function)
    for kept in _kept(found):
        if kept.stat().st_mtime_ns < _newest():
            kept.unlink(missing_ok=True)
    return cast(Function, found)


@cache
def _newest() -> int:
    """When the newest of the files was written [ns]."""
    return max((Path(__file__).parents[1] / name).stat().st_mtime_ns for name in FILES)
