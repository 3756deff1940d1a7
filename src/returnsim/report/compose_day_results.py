"""What the simulated days say about the rest of the day: a table for each side of it."""

from collections.abc import Iterator, Sequence
from datetime import date

from returnsim.experiment.assessment import Assessment
from returnsim.report.document_day import ResultTable
from returnsim.report.phrases import Labels, day_text, estimated, percent, value_and_width
from returnsim.rules.audit import Key
from returnsim.rules.quantity import Quantity as Q
from returnsim.scenario.campus import DROPOFF
from returnsim.scenario.scenario import Scenario
from returnsim.wording import say

Row = tuple[str, ...]
QUEUES = (Q.LONGEST_QUEUE, Q.CROWDED_DAYS, Q.MEAN_WAIT, Q.LONGEST_WAIT)
CHECKS = (Q.CHECKS_OWED, Q.CHECKS_DONE, Q.CHECKS_MISSED)
ROUNDS = (Q.ROUNDS_DONE, Q.ROUNDS_MISSED, Q.ROUNDS_IN_USE)
OTHERS = (
    Q.MEALS_MISSED,
    Q.PARENTS_WAITING,
    Q.PARENTS_CROWDED_DAYS,
    Q.ISOLATION_LOAD,
    Q.LANE_MINUTES_LOST,
)
OF_THE_DAY = frozenset((*CHECKS, *ROUNDS, *OTHERS, Q.MOST_SEATED, Q.COPRESENCE))
"""Quantities that a morning alone does not have."""


def is_of_the_day(scenario: Scenario, key: Key) -> bool:
    """Whether an estimate is of the rest of the day, and not of the morning."""
    if key.quantity is Q.SEATED_BY_BELL:
        return bool(key.kind)
    if key.quantity in (Q.DENSITY, Q.BUSY_SHARE):
        return key.place.split("/")[0] not in scenario.gate_named
    return key.quantity in OF_THE_DAY or (
        key.quantity in (*QUEUES, Q.QUEUE_METRES, Q.METRES_SHORT, Q.LONG_WAIT_DAYS)
        and key.place not in scenario.gate_named
    )


def has_rest_of_day(found: Assessment) -> bool:
    """Whether anything was played beyond the morning."""
    return any(key.quantity is Q.LANE_MINUTES_LOST for key in found.evidence)


def result_tables(found: Assessment, lang: str) -> tuple[ResultTable, ...]:
    """Return the tables, each line of the day that speaks most against it; none for a morning."""
    if not has_rest_of_day(found):
        return ()
    told = _Told(found, lang)
    tables = (told.queues(), told.canteens(), told.checks(), told.rounds(), told.others())
    return tuple(table for table in tables if table.rows)


class _Told:
    """Evidence about the rest of the day, looked up and put into words."""

    def __init__(self, found: Assessment, lang: str) -> None:
        self.evidence = found.evidence
        self.scenario = found.summary.study.scenario
        self.lang = lang
        self.labels = Labels(self.scenario, lang)

    def queues(self) -> ResultTable:
        """Queues in every area that is not a gate in the morning."""
        rows = []
        for key in self.worst(Q.LONGEST_QUEUE):
            if key.place in self.scenario.gate_named:
                continue
            places = self.places(key.place)
            kind = "place_cars" if key.place.endswith(f"/{DROPOFF}") else "place_room"
            where = self.labels.place(key.place)
            name = say(f"day.result.{kind}", self.lang, place=where, places=places)
            rows.append((name, self.day(key), *(self.cell(key, q) for q in QUEUES)))
        return self.table(
            "queues", ("place", "day", "queue", "crowded", "wait", "longest_wait"), rows
        )

    def canteens(self) -> ResultTable:
        """How full the canteens are, and who sits there together."""
        rows = []
        seats = {c.name: c.seats for c in self.scenario.canteens}
        for key in self.worst(Q.MOST_SEATED):
            values = {"place": self.labels.place(key.place), "seats": seats[key.place]}
            together = (key._replace(quantity=Q.COPRESENCE, kind=k) for k in ("batch", "class"))
            rows.append(
                (
                    say("day.result.canteen_seats", self.lang, **values),
                    self.day(key),
                    self.cell(key, Q.MOST_SEATED),
                    self.cell(key, Q.DENSITY),
                    *(self.cell(other, Q.COPRESENCE) for other in together),
                )
            )
        heads = ("canteen", "day", "seated", "density", "batches", "classes")
        return self.table("canteens", heads, rows)

    def checks(self) -> ResultTable:
        """Checks owed, done and missed, group by group."""
        rows = [
            (self.labels.routine(key.place, self.lang), self.day(key), *self.cells(key, CHECKS))
            for key in self.worst(Q.CHECKS_MISSED)
        ]
        return self.table("checks", ("group", "day", "owed", "done", "missed"), rows)

    def rounds(self) -> ResultTable:
        """Rounds done, missed, and among people, zone by zone."""
        rows = [
            (self.labels.place(key.place, key.quantity), self.day(key), *self.cells(key, ROUNDS))
            for key in self.worst(Q.ROUNDS_MISSED, Q.ROUNDS_IN_USE)
        ]
        return self.table("rounds", ("zone", "day", "done", "missed", "in_use"), rows)

    def others(self) -> ResultTable:
        """Meals, parents, isolation, lanes lost, and who is back by the bell."""
        rows = []
        for quantity in OTHERS:
            rows += [self.other(key) for key in self.worst(quantity)]
        back = [k for k in self.evidence if k.quantity is Q.SEATED_BY_BELL and k.kind]
        for crossing in dict.fromkeys(k.kind for k in back):
            of_it = [k for k in back if k.kind == crossing]
            rows.append(self.other(min(of_it, key=lambda k: self.evidence[k].mean)))
        return self.table("others", ("what", "place", "day", "found"), rows, texts=3)

    def other(self, key: Key) -> Row:
        """One number with its name, place and unit."""
        what = say(f"quantity.{key.quantity.value}", self.lang)
        place = self.labels.where(key._replace(day="")) if key.place else ""
        return (what, place, self.day(key), estimated(key.quantity, self.evidence[key], self.lang))

    def worst(self, *quantities: Q) -> list[Key]:
        """Of each place the day with the largest sum of means; the latest of several."""
        first = quantities[0]
        best: dict[tuple[str, str], tuple[float, str, Key]] = {}
        keys = [key for key in self.evidence if key.quantity is first]
        for key in sorted(keys, key=lambda k: k.day, reverse=True):  # the last day has everybody
            others = (key._replace(quantity=q) for q in quantities)
            score = sum(self.evidence[k].mean for k in others if k in self.evidence)
            row = (score, key.day, key)
            best[key.place, key.kind] = max(best.get((key.place, key.kind), row), row)
        return [key for _, _, key in best.values()]

    def cells(self, key: Key, quantities: Sequence[Q]) -> Iterator[str]:
        """Several numbers of one place and day."""
        return (self.cell(key, q) for q in quantities)

    def cell(self, key: Key, quantity: Q) -> str:
        """A number without its unit; a share of days with its bound; empty where there is none."""
        estimate = self.evidence.get(key._replace(quantity=quantity))
        if estimate is None:
            return ""
        if quantity.is_risk:
            return f"{percent(estimate.mean)} ≤{percent(estimate.high)}"
        value, width = value_and_width(quantity, estimate, self.lang)
        return f"{value} ± {width}" if width else value

    def day(self, key: Key) -> str:
        """Date of an estimate."""
        return day_text(date.fromisoformat(key.day), self.lang)

    def places(self, name: str) -> int:
        """People, or cars, there is room for in an area."""
        canteen = next((c for c in self.scenario.canteens if c.name == name), None)
        if canteen is not None:
            return canteen.marked_places
        gate = max(
            (g for g in self.scenario.gates if name.startswith(f"{g.name}/")),
            key=lambda g: len(g.name),
        )
        if name.endswith(f"/{DROPOFF}") and gate.dropoff is not None:
            return int(gate.dropoff.queue_metres // gate.dropoff.metres_per_car)
        return gate.places

    def table(
        self, title: str, heads: Sequence[str], rows: Sequence[Row], texts: int = 2
    ) -> ResultTable:
        """Put rows under their heads."""
        words = tuple(say(f"day.result.{head}", self.lang) for head in heads)
        return ResultTable(say(f"day.result.{title}", self.lang), words, tuple(rows), texts)
