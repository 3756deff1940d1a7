"""The table of all clauses: how each is judged, and the tests that show it met and violated.

It is written into ``docs/clauses.md`` by ``python docs/clauses_matrix.py``.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files

from returnsim.rules.rulebook import Clause, Duty, Rulebook, read_rulebook
from returnsim.wording import say

BOOKS = ("township-2020", "henan-2021-autumn", "planner")
"""Built-in books whose clauses all have both tests."""
TESTS = "tests/rules/test_clauses.py"
"""Where the tests stand."""
HOW = {
    "simulated": "simulated",
    "plan": "certain from the plan",
    "task": "counted task",
    "signed": "signed",
    "not here": "not assessable here",
}
"""The ways in which a clause can be judged, in the order in which they are counted."""
PER = {
    "school": "for the school",
    "class": "for each class",
    "grade": "for each grade",
    "batch": "for each batch",
    "gate": "for each gate",
    "person": "for each pupil and member of staff",
    "pupil": "for each pupil",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A clause, how it is judged, and the tests that show both verdicts."""

    clause: Clause
    judged: str
    """How it is judged, in words."""
    met: str | None
    """The test that shows it met; none where it is not assessable."""
    violated: str | None
    """The test that shows it violated."""


def clause_matrix(books: Iterable[Rulebook]) -> tuple[Row, ...]:
    """List every clause of some books in their order."""
    return tuple(_row(clause) for book in books for clause in book.clauses)


def case_name(clause: Clause, verdict: str) -> str:
    """Name of the test that shows a clause met or violated."""
    return f"test_clause[{clause.id}-{verdict}]"


def _row(clause: Clause) -> Row:
    if clause.judged_by == "not here":
        return Row(clause, judged(clause), None, None)
    met, violated = case_name(clause, "met"), case_name(clause, "violated")
    return Row(clause, judged(clause), met, violated)


def judged(clause: Clause) -> str:
    """Say how a clause is judged.

    Examples
    --------
    >>> judged(built_in_book("henan-2021-autumn").clauses[0])
    'signed: 2 for the school, by the day before the first return'
    """
    how = HOW[clause.judged_by]
    if clause.duty is not None:
        return f"{how}: {_owed(clause.duty)}"
    if clause.quantity is None:
        return f"{how}: {clause.reason_en}"
    places = "; ".join(" at ".join(_place(p)) for p in clause.places)
    limit = f"the school's own `{clause.limit_from}`"
    if clause.limit_from is None:
        value = f"{clause.limit:g}"
        limit = say(f"unit.{clause.quantity.unit}", "en", value=value, n=clause.limit)
    about = say(f"quantity.{clause.quantity.value}", "en") + (f" ({places})" if places else "")
    given = f", where `{clause.if_set}` is set" if clause.if_set else ""
    return f"{how}: {about}, {clause.relation} {limit}{given}"


def _place(kind: str) -> Iterator[str]:
    """Split "temperature check/everybody/canteen" into what and where."""
    what, *where = kind.split("/")
    yield ", ".join([what, *where[:1]])
    yield from where[1:]


def _owed(duty: Duty) -> str:
    start = None if duty.from_days is None else _offset(duty.from_days)
    end = None if duty.to_days is None else _offset(duty.to_days)
    if duty.by is not None:
        end = f"{duty.by.day} {duty.by:%B %Y}"
    number = f"{duty.number} {PER[duty.per]}"
    if start and end:
        return f"{number}, from {start} to {end}"
    if end:
        return f"{number}, by {end}"
    return f"{number}, from {start} on" if start else f"{number}, at any time"


def _offset(days: int) -> str:
    if days == 0:
        return "the day of the first return"
    side = "before" if days < 0 else "after"
    number = "the day" if abs(days) == 1 else f"{abs(days)} days"
    return f"{number} {side} the first return"


def built_in_book(name: str) -> Rulebook:
    """Read one of the books that come with returnsim."""
    source = files("returnsim").joinpath("rules").joinpath("books")
    with as_file(source.joinpath(f"{name}.toml")) as path:
        return read_rulebook(path)


def page(books: Sequence[Rulebook]) -> str:
    """Write the table of some books as a page of Markdown."""
    lines = [
        "# Clauses and how they are judged",
        "",
        "Written by `python docs/clauses_matrix.py`; do not edit. Every clause of these rulebooks"
        " is simulated, certain from the plan, a counted task, or a signed paper; where a scenario"
        " cannot tell, the reason stands in its place. Each that is judged has a test that shows"
        f" it met and one that shows it violated, in `{TESTS}`.",
        "",
        *_table(("rulebook", "clauses", *HOW.values()), map(_counts, books)),
    ]
    for book in books:
        heading = ("clause", "section", "hard", "asks", "原文转述", "judged", "tests")
        rows = (_cells(row) for row in clause_matrix([book]))
        lines += ["", f"## {book.label('en')}", "", f"{book.label('zh')}", ""]
        lines += _table(heading, rows)
    return "\n".join(lines) + "\n"


def _counts(book: Rulebook) -> list[str]:
    number: Counter[str] = Counter(c.judged_by for c in book.clauses)
    return [f"`{book.name}`", str(len(book.clauses)), *(str(number[how]) for how in HOW)]


def _cells(row: Row) -> list[str]:
    clause = row.clause
    tests = "<br>".join(f"`{test}`" for test in (row.met, row.violated) if test) or "none"
    hard = "hard" if clause.hard else "soft"
    return [clause.id, clause.section, hard, clause.says_en, clause.says_zh, row.judged, tests]


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [heading, ["---"] * len(heading), *rows]
    return ["| " + " | ".join(c.replace("|", "\\|") for c in line) + " |" for line in lines]
