"""What a planner should know before anything is simulated."""

from collections.abc import Sequence

from returnsim.plan.plan import Plan
from returnsim.rules.editions import conflicts, out_of_date
from returnsim.rules.rulebook import Rulebook
from returnsim.rules.tensions import tensions
from returnsim.scenario.scenario import Scenario


def remarks(
    scenario: Scenario, books: Sequence[Rulebook], plan: Plan | None, lang: str
) -> tuple[str, ...]:
    """Say, a sentence each, which books are out of date, contradict each other, or ask too much.

    Parameters
    ----------
    scenario, books
        What is given, and the rulebooks that apply.
    plan
        What is decided, if anything is.
    lang
        ``zh`` or ``en``.
    """
    dated = (out_of_date(book, scenario) for book in books)
    return (
        *(late.text(lang) for late in dated if late is not None),
        *(conflict.text(lang) for conflict in conflicts(books, scenario)),
        *(tension.line(lang) for tension in tensions(scenario, books, plan)),
    )
