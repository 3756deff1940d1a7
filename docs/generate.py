"""Write the pages on file formats, in both languages, from the schema itself.

    python docs/generate.py

What a field means comes from its docstring. Two files of words stand beside this one:
`scenario-format.en.toml` has the prose and the few fields whose name says it all in the code,
`scenario-format.zh.toml` has the Chinese of everything. A test (`tests/test_docs.py`) fails
while a page is not what this script would write, or a field lacks its Chinese.
"""

import inspect
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from returnsim.plan.plan import Plan
from returnsim.rules.approvals import ApprovalPlan
from returnsim.rules.quantity import Quantity
from returnsim.rules.rulebook import Rulebook, built_in
from returnsim.scenario.quantities import Labelled, Sourced
from returnsim.scenario.scenario import Scenario
from returnsim.theory.distributions import Distribution, Duration
from returnsim.wording import LANGUAGES, say

DOCS = Path(__file__).parent
PAGES = {"en": DOCS / "scenario-format.md", "zh": DOCS / "scenario-format.zh.md"}
CHAPTERS: dict[str, type[BaseModel]] = {
    "scenario": Scenario,
    "plan": Plan,
    "rulebook": Rulebook,
    "approvals": ApprovalPlan,
}
SHARED: tuple[type[BaseModel], ...] = (Labelled, Sourced)
"""Classes whose keys many tables have; they are explained once."""
FAMILIES: tuple[type[BaseModel], ...] = get_args(get_args(Distribution)[0])
"""The distributions, in the order of the schema."""
FAMILY: type[BaseModel] = FAMILIES[0].__mro__[1]
UNITS = {
    "days": "d",
    "metres_to": "m",
    "metres_per_second": "m_per_s",
    "minutes_until_fetched": "min",
    "per_pupil_day": "per_d",
    "per_staff_day": "per_d",
    "per_round_m2": "per_m2",
    "dose_ml_per_m2": "ml_per_m2",
    "solution_mg_per_litre": "mg_per_l",
    "concentrate_percent": "percent",
    "failure_per_day": "per_d",
    "stock_budget_yuan": "yuan",
    "spacing_m": "m",
}
"""Units of keys that do not follow the rule of `ENDINGS`."""
ENDINGS = {"_seconds": "s", "_minutes": "min", "_days": "d", "_m2": "m2", "_celsius": "celsius"}
MILLION = 1_000_000
"""The upper bound of every count, said once for all."""
NAME = 60
"""The length of a name."""
EMPTY = '""'


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file: its class, and where it stands."""

    root: type[BaseModel]
    """The file it stands in."""
    model: type[BaseModel]
    path: str
    """Dotted; empty for the top of the file."""
    many: bool

    @property
    def anchor(self) -> str:
        """Name by which other parts of the page point here."""
        return f"{self.root.__name__}.{self.path}".lower().replace(".", "-").replace("_", "-")

    @property
    def heading(self) -> str:
        """How the table is opened in TOML."""
        return f"`[[{self.path}]]`" if self.many else f"`[{self.path}]`"


@cache
def words(lang: str) -> dict[str, Any]:
    """Return the prose and the meanings of one language."""
    return tomllib.loads((DOCS / f"scenario-format.{lang}.toml").read_text(encoding="utf-8"))


def tables(root: type[BaseModel]) -> tuple[Table, ...]:
    """List the tables of a file in the order in which they are read, the top of it first."""

    def below(model: type[BaseModel], path: str) -> Iterator[Table]:
        for name, field in model.model_fields.items():
            for inner in models(field):
                where = f"{path}.{field.alias or name}".lstrip(".")
                yield Table(root, inner, where, "tuple" in str(field.annotation))
                yield from below(inner, where)

    found: dict[type[BaseModel], Table] = {root: Table(root, root, "", many=False)}
    for table in below(root, ""):
        found.setdefault(table.model, table)
    return tuple(found.values())


def models(field: FieldInfo) -> list[type[BaseModel]]:
    """List the tables that a field holds; distributions are none."""
    return [m for m in classes(field.annotation) if not issubclass(m, FAMILY)]


def classes(annotation: Any) -> list[type[BaseModel]]:
    """List the classes of the schema that an annotation names, however deep."""
    own = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    parts = [c for part in get_args(annotation) for c in classes(part)]
    return [annotation, *parts] if own else parts


def owner(model: type[BaseModel], name: str) -> type[BaseModel]:
    """Return the class in which a field is written down."""
    return next(c for c in reversed(model.__mro__) if name in inspect.get_annotations(c))


def documented() -> list[type[BaseModel]]:
    """List every class that the pages explain, the shared ones first."""
    found = [*SHARED]
    for root in CHAPTERS.values():
        found += [t.model for t in tables(root)]
    return [*found, *FAMILIES]


def fields() -> dict[tuple[str, str], FieldInfo]:
    """Return every field by class and key, once each, where it is written down."""
    return {
        (owner(model, name).__name__.lstrip("_"), field.alias or name): field
        for model in documented()
        for name, field in model.model_fields.items()
    }


def checked_across() -> list[str]:
    """List classes that check more than one key at a time, which needs a word of its own."""
    return [
        model.__name__
        for model in dict.fromkeys(documented())
        if model.__pydantic_decorators__.model_validators
    ]


def meaning(model: type[BaseModel], name: str, lang: str) -> str:
    """Say what a field means."""
    field = model.model_fields[name]
    written = words(lang).get("field", {}).get(owner(model, name).__name__.lstrip("_"), {})
    text = written.get(field.alias or name) or field.description
    inner = models(field)
    if text is None and inner:
        text = about(inner[0], lang)
    if text is None:
        raise KeyError(f"{model.__name__}.{name} has no meaning in {lang}")
    return " ".join(text.split())


def about(model: type[BaseModel], lang: str) -> str:
    """Say in a sentence what a class is."""
    if lang != "en":
        return str(words(lang)["class"][model.__name__.lstrip("_")])
    return " ".join((inspect.getdoc(model) or "").split("\n\n", maxsplit=1)[0].split())


def kind(model: type[BaseModel], name: str, table: Table | None, lang: str) -> str:
    """Say in words what may be written for a field."""
    field = model.model_fields[name]
    key = field.alias or name
    inner, say_it = models(field), words(lang)["type"]
    if inner and table is not None:
        path = f"{table.path}.{key}".lstrip(".")
        target = Table(table.root, inner[0], path, "tuple" in str(field.annotation))
        return f"[{say_it['tables' if target.many else 'table']}](#{target.anchor})"
    if FAMILIES[0] in classes(field.annotation):
        never_negative = get_args(Duration)[-1] in field.metadata
        return f"[{say_it['duration' if never_negative else 'distribution']}](#distributions)"
    schema = model.model_json_schema(by_alias=True)["properties"][key]
    return in_words(schema, lang)


def in_words(schema: dict[str, Any], lang: str) -> str:
    """Turn a piece of JSON schema into words."""
    say_it = words(lang)["type"]
    match next((s for s in schema.get("anyOf", [schema]) if s.get("type") != "null"), schema):
        case {"$ref": _}:  # the one enumeration there is
            text = f"[{say_it['quantity']}](#quantities)"
        case {"const": value}:
            text = f"`{value}`"
        case {"enum": values}:
            text = say_it["one_of"] + " ".join(f"`{value or EMPTY}`" for value in values)
        case {"prefixItems": _}:
            text = say_it["pair"]
        case {"type": "array", "items": items}:
            text = say_it["list"].format(of=in_words(items, lang))
        case {"type": "object"}:
            text = say_it["named_numbers"]
        case {"type": "boolean"}:
            text = "`true` / `false`"
        case {"type": "integer" | "number" as number, **bounds}:
            text = say_it[number] + limits(bounds, lang)
        case {"format": "date" | "time" as form}:
            text = say_it[form]
        case {"maxLength": most} if most == NAME:
            text = say_it["name"]
        case _:
            text = say_it["text"]
    return str(text)


def limits(schema: dict[str, Any], lang: str) -> str:
    """Write the bounds of a number."""
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None and high != MILLION:
        return str(words(lang)["type"]["between"]).format(low=low, high=high)
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    parts = [
        f"{sign} {schema[key]:g}"
        for key, sign in signs.items()
        if key in schema and schema[key] != MILLION
    ]
    return " " + ", ".join(parts) if parts else ""


def default(field: FieldInfo, lang: str) -> str:
    """Say whether a field must be there, and what holds if it is not."""
    say_it = words(lang)["page"]
    if field.is_required():
        return str(say_it["required"])
    if field.default is None or field.default == ():
        return str(say_it["optional"])
    if isinstance(field.default, float):
        return f"`{field.default:g}`"
    return f"`{json.dumps(field.default)}`"


def unit(key: str, field: FieldInfo, lang: str) -> str:
    """Return the unit that a key says; dates and texts have none."""
    if not re.search(r"\b(int|float)\b|Fixed", str(field.annotation)):
        return ""
    by_ending = (u for ending, u in ENDINGS.items() if key.endswith(ending))
    name = UNITS.get(key) or next(by_ending, "")
    return str(words(lang)["unit"][name]) if name else ""


def rows(model: type[BaseModel], lang: str, table: Table | None = None) -> Iterator[str]:
    """Write the table of a class, the keys that are explained once left out."""
    own = [n for n in model.model_fields if model in SHARED or owner(model, n) not in SHARED]
    names = [n for n in own if n != "kind" or model not in FAMILIES]
    if model in FAMILIES:
        names = [n for n in names if owner(model, n) is not FAMILY]
    if not names:
        return
    yield "| " + " | ".join(words(lang)["page"]["columns"]) + " |"
    yield "|---|---|---|---|---|"
    for name in names:
        field = model.model_fields[name]
        key = field.alias or name
        cells = (
            f"`{key}`",
            kind(model, name, table, lang),
            default(field, lang),
            unit(key, field, lang),
            meaning(model, name, lang),
        )
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


def shared_keys(model: type[BaseModel], lang: str) -> str:
    """Say which of the keys that are explained once a table has, too."""
    say_it = words(lang)["page"]
    links = [
        f"[{say_it[s.__name__.lower()]}](#{s.__name__.lower()})"
        for s in SHARED
        if issubclass(model, s)
    ]
    return say_it["also"].format(links=say_it["and"].join(links)) if links else ""


def section(table: Table, lang: str) -> Iterator[str]:
    """Write everything about one table."""
    if table.path:
        yield f'### {table.heading} <a id="{table.anchor}"></a>'
    else:
        yield f"### {words(lang)['page']['top']}"
    yield ""
    yield about(table.model, lang) + shared_keys(table.model, lang)
    yield ""
    yield from rows(table.model, lang, table)
    yield from rules(table.model, lang)


def rules(model: type[BaseModel], lang: str) -> Iterator[str]:
    """Write what is checked across the keys of a class."""
    told = words(lang).get("rules", {}).get(model.__name__, [])
    yield from (f"- {rule}" for rule in told)
    if told:
        yield ""


def distributions(lang: str) -> Iterator[str]:
    """Write the chapter on distributions."""
    say_it = words(lang)["chapter"]["distributions"]
    yield f'## {say_it["title"]} <a id="distributions"></a>'
    yield ""
    yield say_it["text"].strip()
    yield ""
    yield "| " + " | ".join(words(lang)["page"]["columns"]) + " |"
    yield "|---|---|---|---|---|"
    for name in FAMILY.model_fields:
        field = FAMILY.model_fields[name]
        cells = (f"`{name}`", kind(FAMILY, name, None, lang), default(field, lang), "")
        yield "| " + " | ".join((*cells, meaning(FAMILY, name, lang))) + " |"
    yield ""
    for model in FAMILIES:
        yield f'### `kind = "{model.model_fields["kind"].default}"`'
        yield ""
        yield about(model, lang)
        yield ""
        yield from rows(model, lang)
        yield from rules(model, lang)


def quantities(lang: str) -> Iterator[str]:
    """Write the list of what a clause can be about."""
    say_it = words(lang)["chapter"]["quantities"]
    yield f'### {say_it["title"]} <a id="quantities"></a>'
    yield ""
    yield say_it["text"].strip()
    yield ""
    yield "| " + " | ".join(say_it["columns"]) + " |"
    yield "|---|---|---|"
    units = say_it["unit"]
    for quantity in Quantity:
        label = say(f"quantity.{quantity.value}", lang)
        yield f"| `{quantity.value}` | {units[quantity.unit]} | {label} |"
    yield ""


def page(lang: str) -> str:
    """Return the whole page in one language."""
    say_it = words(lang)
    lines = [f"<!-- {say_it['page']['made_by']} -->", f"# {say_it['page']['title']}", ""]
    lines += [say_it["page"]["text"].strip(), ""]
    for model in SHARED:
        name = model.__name__.lower()
        lines += [f'### {say_it["page"][name]} <a id="{name}"></a>', "", about(model, lang), ""]
        lines += rows(model, lang)
    for chapter, root in CHAPTERS.items():
        told = say_it["chapter"][chapter]
        books = say_it["page"]["comma"].join(f"`{name}`" for name in built_in())
        lines += [f"## {told['title']}", "", told["text"].strip().replace("{built_in}", books), ""]
        example = DOCS / "examples" / f"{chapter}.toml"
        if example.exists():
            lines += ["```toml", example.read_text(encoding="utf-8").strip(), "```", ""]
        for table in tables(root):
            lines += section(table, lang)
        if chapter == "scenario":
            lines += distributions(lang)
        if chapter == "rulebook":
            lines += quantities(lang)
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    """Write both pages."""
    for lang in LANGUAGES:
        PAGES[lang].write_text(page(lang), encoding="utf-8")


if __name__ == "__main__":
    main()
