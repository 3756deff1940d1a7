"""What is known of a file that is wrong in places, so that the rest of it can be checked too.

A check across several settings asks a checked object for them. Of a file with mistakes there is
no such object, but there are its parts: an object of the same class that lacks whatever is
wrong. A check that asks it for what is not known finds nothing; all others find what they
would find anyway. So one reading tells every problem, and none that is not there.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from returnsim.errors import Problem, Problems

Raw = dict[str, Any]


def known(found: Iterable[Problem]) -> Iterator[Problem]:
    """Pass on what a check finds, until it asks for something that is not known."""
    try:
        yield from found
    except AttributeError as error:
        if not (isinstance(error.obj, BaseModel) and error.name in type(error.obj).model_fields):
            raise


def refuse(*checks: Iterable[Problem]) -> None:
    """Raise what the checks of a class find, each as far as it is known what it asks for.

    Raises
    ------
    Problems
        With everything they find, if that is anything.
    """
    problems = [problem for check in checks for problem in known(check)]
    if problems:
        raise Problems(problems)


def across(raw: Raw, kind: type[BaseModel]) -> Iterator[Problem]:
    """Find what is wrong across the settings of a table and of those in it, where each is right.

    Parameters
    ----------
    raw
        What the file holds.
    kind
        The class it should be.
    """
    return iter(_part(raw, kind)[1])


def _part(raw: Any, kind: type[BaseModel]) -> tuple[BaseModel, list[Problem]]:
    """Return what is known of a table, and what is wrong across its settings."""
    given = raw if isinstance(raw, dict) else {}
    fields: dict[str, Any] = {}
    unknown: set[str] = set()
    problems: list[Problem] = []
    for name, field in kind.model_fields.items():
        key = field.alias or name
        if key not in given:
            if field.is_required():
                unknown.add(name)
            continue
        try:
            fields[name] = _setting(kind, name).validate_python(given[key])
        except ValidationError:
            value, found = _table(given[key], field.annotation)
            problems += [p.under(key) for p in found]
            if value is None:
                unknown.add(name)
            else:
                fields[name] = value
    part = kind.model_construct(**fields)
    for name in unknown:
        part.__dict__.pop(name, None)
    own = list(_own(part))
    for problem in own:  # what does not fit together is not known to checks from outside
        for name in {problem.where.split(".")[0], *problem.values} - {"name"}:
            part.__dict__.pop(name, None)
    return part, [*own, *problems]


def _table(raw: Any, annotation: Any) -> tuple[Any, list[Problem]]:
    """Return what is known of one table or of a list of them; none if it should be neither."""
    kinds, many = tables(annotation), get_origin(annotation) is tuple
    if len(kinds) != 1 or not isinstance(raw, list if many else dict) or raw == []:
        return None, []  # a distribution is no table: there are several kinds
    if not many:
        return _part(raw, kinds[0])
    parts: list[BaseModel] = []
    problems: list[Problem] = []
    for index, entry in enumerate(raw):
        part, found = _part(entry, kinds[0])
        parts.append(part)
        problems += [p.under(label(entry, index)) for p in found]
    return tuple(parts), problems


def _own(part: BaseModel) -> Iterator[Problem]:
    """Ask the checks that a class makes of itself."""
    for check in type(part).__pydantic_decorators__.model_validators.values():
        yield from known(_asked(check.func, part))


def _asked(check: Callable[[BaseModel], Any], part: BaseModel) -> Iterator[Problem]:
    try:
        check(part)
    except Problems as found:
        yield from found.problems


@cache
def _setting(kind: type[BaseModel], name: str) -> TypeAdapter[Any]:
    """Return what checks one setting alone."""
    field = kind.model_fields[name]
    chosen = Field(discriminator=field.discriminator)
    return TypeAdapter(Annotated[field.annotation, chosen, *field.metadata])  # type: ignore[arg-type]


def tables(annotation: Any) -> list[type[BaseModel]]:
    """List the classes of tables that may stand for a setting."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in tables(inner)]


def label(entry: Any, index: int) -> str:
    """Return how an entry of a list is called in a message."""
    if isinstance(entry, dict):
        turn = ("who", "zone") if "at" in entry else ()
        for key in ("name", "id", "class", "grade", "supply", *turn, "gate"):
            if isinstance(entry.get(key), str):
                return str(entry[key]) or f"#{index + 1}"
    return f"#{index + 1}"
