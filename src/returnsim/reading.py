"""From a file to a checked object, or to a full explanation of what is wrong with it."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from returnsim.errors import InputError, Problem, Problems
from returnsim.parts import Raw, across, label, tables

LARGEST_FILE = 5_000_000
"""Bytes; a school of 10,000 needs well under one million."""
MOST_PROBLEMS = 200

Checked = TypeVar("Checked", bound=BaseModel)


def load(path: Path) -> Raw:
    """Read a TOML file, and say in words what keeps it from being read.

    Raises
    ------
    InputError
        No such file, a directory, too large, not UTF-8, not TOML.
    """

    def refuse(code: str, **values: Any) -> InputError:
        return InputError(path, [Problem("", code, values)])

    try:
        directory, there = path.is_dir(), path.exists()
    except (OSError, ValueError):  # no file can have such a name
        directory = there = False
    if directory:
        raise refuse("is_a_directory")
    if not there:
        near = get_close_matches(path.name, _neighbours(path), n=1)
        raise refuse("near_file", near=near[0]) if near else refuse("no_such_file")
    if not path.is_file():
        raise refuse("not_a_file")
    if path.stat().st_size > LARGEST_FILE:
        raise refuse("too_large", megabytes=LARGEST_FILE // 1_000_000)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise refuse("not_utf8") from None
    except OSError as error:
        raise refuse("unreadable", reason=error.strerror or "") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(path, [_slip(text, error)]) from None
    except RecursionError:
        raise refuse("not_toml", reason="nested too deeply") from None
    except ValueError as error:  # a number of thousands of digits
        raise refuse("not_toml", reason=str(error)) from None


def _slip(text: str, error: tomllib.TOMLDecodeError) -> Problem:
    """Name the slip that keeps a file from being read: a clock time, or what the reader says."""
    line = re.search(r"at line (\d+)", str(error))
    number = int(line[1]) if line else 0
    lines = text.splitlines()
    written = lines[number - 1] if 0 < number <= len(lines) else ""
    if re.search(r"=\s*\[?\s*\d?\d:\d\d\s*(,|\]|}|#|$)", written):
        return Problem("", "clock_without_seconds", {"line": number})
    for clock in re.findall(r"[=\[,]\s*(\d{1,2}:\d\d:\d\d)", written):
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d", clock):
            return Problem("", "no_such_clock", {"line": number, "value": clock})
    return Problem("", "not_toml", {"reason": str(error)})


def check(
    path: Path | str, raw: Raw, kind: type[Checked], found: Iterable[Problem] = ()
) -> Checked:
    """Make a checked object of what a file holds, or explain every problem at once.

    Parameters
    ----------
    path
        The file, for the message.
    raw
        What it holds.
    kind
        The class to make.
    found
        Problems that other checks have already found in it, such as unknown names.

    Raises
    ------
    InputError
        With every problem found.
    """
    problems = [*found, *_code_names(raw, kind)]
    try:
        thing = kind.model_validate(raw)
    except ValidationError as error:
        details = error.errors(include_url=False)
        missing = [str(d["loc"][-1]) for d in details if d["type"] == "missing"]
        for detail in details:
            problems += _explain(detail, raw, kind, missing)
        problems += across(raw, kind)
    if problems:
        once = [p for i, p in enumerate(problems) if p not in problems[:i]]
        raise InputError(path, once[:MOST_PROBLEMS])
    return thing


def _code_names(raw: Raw, kind: type[BaseModel]) -> list[Problem]:
    """Find names that only the code uses, such as `school_class` for the key `class`."""
    problems = []
    for table, cls in ((t, c) for t, f in kind.model_fields.items() for c in tables(f.annotation)):
        keys = {name: f.alias for name, f in cls.model_fields.items() if f.alias}
        for place, entry in _entries(raw, table):
            for name in keys.keys() & entry.keys():
                where = f"{place}.{name}"
                problems.append(Problem(where, "unknown_setting_near", {"near": keys[name]}))
    return problems


def unknown_names(raw: Raw, references: Sequence[tuple[str, str, str]]) -> list[Problem]:
    """Find names that point to nothing, in data that may be wrong in other ways too."""
    problems = []
    for table, key, target in references:
        names = named(raw, target)
        for place, entry in _entries(raw, table):
            value = entry.get(key)
            if isinstance(value, str) and value not in names:
                problems.append(unknown(f"{place}.{key}", target, value, names))
    return problems


def unknown(where: str, target: str, value: str, names: Sequence[str]) -> Problem:
    """Explain a name that points to nothing, with the likely repair."""
    near = get_close_matches(value, names, n=1)
    values = {"what": target, "value": value, "near": near[0] if near else ""}
    return Problem(where, "unknown_name_near" if near else "unknown_name", values)


def duplicates(raw: Raw, tables: Sequence[str], key: str = "name") -> list[Problem]:
    """Find names that stand more than once in one table."""
    problems = []
    for table in tables:
        names = named(raw, table, key)
        for name in dict.fromkeys(n for n in names if names.count(n) > 1):
            values = {"name": name, "times": names.count(name)}
            problems.append(Problem(f"{table}.{name}", "twice", values))
    return problems


def named(raw: Raw, table: str, key: str = "name") -> list[str]:
    """Names of the entries of a table."""
    return [e[key] for _, e in _entries(raw, table) if isinstance(e.get(key), str)]


def _entries(raw: Raw, table: str) -> list[tuple[str, Raw]]:
    rows = raw.get(table)
    if not isinstance(rows, list):
        return []
    return [(f"{table}.{label(r, i)}", r) for i, r in enumerate(rows) if isinstance(r, dict)]


def _where(location: Sequence[int | str], raw: Any) -> str:
    """Turn pydantic's path into names: ``gates.east.lanes`` instead of ``gates.0.lanes``."""
    parts, here = [], raw
    for step in location:
        if isinstance(step, int):
            entry = here[step] if isinstance(here, list) and step < len(here) else None
            parts.append(label(entry, step))
            here = entry
        else:
            inside = isinstance(here, dict) and step in here
            if isinstance(here, dict) and not inside and here.get("kind") == step:
                continue  # the name of a distribution's class is no key of the file
            parts.append(step)
            here = here[step] if inside else None
    return ".".join(parts)


PLAIN = {
    "missing": "missing",
    "greater_than_equal": "at_least",
    "greater_than": "more_than",
    "less_than_equal": "at_most",
    "less_than": "less_than",
    "finite_number": "not_a_number",
    "float_type": "not_a_number",
    "int_type": "not_a_count",
    "int_from_float": "not_a_count",
    "bool_type": "not_true_or_false",
    "string_type": "not_text",
    "string_too_short": "empty",
    "string_too_long": "too_long",
    "tuple_type": "not_a_list",
    "too_short": "empty_list",
    "too_long": "list_too_long",
    "dict_type": "not_a_table",
    "model_type": "not_a_table",
    "model_attributes_type": "not_a_table",
    "literal_error": "not_one_of",
    "enum": "no_quantity",
    "union_tag_invalid": "unknown_kind",
    "union_tag_not_found": "kind_missing",
}
"""Pydantic's kinds of error, and the sentence each becomes."""


def _explain(
    detail: ErrorDetails, raw: Raw, kind: type[BaseModel], missing: Sequence[str]
) -> list[Problem]:
    where, given = _where(detail["loc"], raw), detail.get("input")
    context = detail.get("ctx", {})
    inner = context.get("error")
    if isinstance(inner, Problems):
        return [p.under(where) for p in inner.problems]
    if detail["type"] == "too_short" and given:
        return []  # its entries are wrong, which is said of each
    if detail["type"] == "extra_forbidden":
        key = str(detail["loc"][-1])
        near = get_close_matches(key, [*missing, *_settings(kind)], n=1)
        code = "unknown_setting_near" if near else "unknown_setting"
        return [Problem(where, code, {"near": near[0] if near else ""})]
    values = {k: v for k, v in context.items() if k != "error"}
    values["given"] = _short(given)
    values["limit"] = next((context[k] for k in ("ge", "gt", "le", "lt") if k in context), "")
    code = PLAIN.get(detail["type"], "unfit")
    if "expected" in values:  # pydantic's list, which ends in an English "or"
        values["expected"] = values["expected"].replace("' or '", "', '")
    if detail["type"] == "enum":
        near = get_close_matches(str(given), re.findall("'(.+?)'", values["expected"]), n=1)
        if near:
            return [Problem(where, "no_quantity_near", values | {"near": near[0]})]
    return [Problem(where, code, values)]


def _short(given: Any) -> str:
    try:
        text = repr(given)
    except (RecursionError, ValueError):  # nested without end, or a number without end
        return "..."
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004  (one line)


@cache
def _settings(kind: type[BaseModel]) -> list[str]:
    """Every key that may stand anywhere in such a file."""
    found: dict[str, None] = {}
    schema = kind.model_json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        found |= dict.fromkeys(part.get("properties", {}))
    return list(found)


def _neighbours(path: Path) -> list[str]:
    try:
        return [p.name for p in path.parent.iterdir()]
    except OSError:
        return []
