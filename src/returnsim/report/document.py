"""A document: everything a reader sees, in one language, before it becomes paper or a workbook.

Sentences and numbers are ready to print; where a workbook wants to calculate, the plain
value stands beside its text. No printer looks anything up, no composer draws anything.
"""

from dataclasses import dataclass
from datetime import date, time
from math import ceil

from returnsim.report.document_day import DayPages

Numbers = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A key figure of the title page."""

    value: str
    unit: str
    label: str


@dataclass(frozen=True, slots=True)
class Batch:
    """The grades, or classes of grades, that return on one date."""

    number: int
    day: date
    date: str
    weekday: str
    grades: tuple[str, ...]
    since: str
    """From when on it comes, for the legend of the schedule."""
    pupils: int
    back: int
    """Pupils who are back once this batch is."""


@dataclass(frozen=True, slots=True)
class ClassLine:
    """Everything about one class in one line."""

    name: str
    grade: str
    pupils: int
    boarders: int
    room: str
    building: str
    batch: int
    day: date
    begins: time
    ends: time
    gate: str


@dataclass(frozen=True, slots=True)
class Member:
    """A class, or a group of staff, with its number of people."""

    name: str
    people: int
    """Those who come by a gate on an ordinary day: boarders do not."""
    count: str
    """How many in words; those of the return date in brackets where they differ."""


@dataclass(frozen=True, slots=True)
class Group:
    """Classes of one batch that share a slot and a gate."""

    batch: int
    """Number of the batch; 0 for staff."""
    members: tuple[Member, ...]
    people: int
    """Those who come by the gate on an ordinary day."""
    on_return: int
    """Those who come by the gate on their return date, boarders included."""
    total: str
    """Its people on an ordinary day, in words."""


@dataclass(frozen=True, slots=True)
class SlotLine:
    """One slot of the schedule: what comes to each gate."""

    time: str
    cells: tuple[tuple[Group, ...], ...]
    """Groups by gate, in the order of `SchedulePart.gates`."""


@dataclass(frozen=True, slots=True)
class SchedulePart:
    """Slots against as many gates as fit beside each other."""

    title: str
    """Which gates; empty when they all are."""
    gates: tuple[str, ...]
    lines: tuple[SlotLine, ...]


@dataclass(frozen=True, slots=True)
class StageHead:
    """A column of the table of lanes."""

    name: str
    note: str
    only_on_return_day: bool


@dataclass(frozen=True, slots=True)
class DutyLine:
    """Lanes and people at one gate while nothing changes."""

    begins: time
    ends: time
    time: str
    lanes: tuple[int, ...]
    """Open lanes by stage."""
    people: int
    """People on duty on an ordinary day."""
    people_return_day: int
    """People on duty when desks for those who return are open too."""
    lanes_text: tuple[str, ...]
    people_text: str
    return_day_text: str
    """Empty when a return day needs nobody more."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Who comes to a gate in one slot, or by one time."""

    time: str
    groups: tuple[Group, ...]
    people: int
    """On an ordinary day with everybody back."""
    cumulative: int
    """Counted on an ordinary day; on the return date where nobody comes on any other."""
    on_return: int
    """On the return date of its classes, boarders included."""


@dataclass(frozen=True, slots=True)
class GateSheet:
    """What hangs at a gate."""

    name: str
    facts: tuple[str, ...]
    """Opening, places, pupils."""
    expected: tuple[Expected, ...]
    stages: tuple[StageHead, ...]
    duty: tuple[DutyLine, ...]
    held: tuple[str, ...]
    """Classes with pupils who may not come in yet."""
    staffing: str
    """Title of its table of lanes and people."""
    has_boarders: bool
    """Whether more people come on a return date than later."""


@dataclass(frozen=True, slots=True)
class HighReading:
    """What is done when a reading is high, the same at every gate."""

    threshold: str
    steps: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What a family is told."""

    name: str
    date: str
    weekday: str
    time: str
    gate: str
    greeting: str
    bring: tuple[str, ...]
    steps: tuple[str, ...]
    late: str


@dataclass(frozen=True, slots=True)
class StockItem:
    """One line of the order."""

    name: str
    reason: str
    unit: str
    need: float
    on_hand: float
    order: float
    price: float
    decimals: int
    """Decimals in which it is counted: 0 for whole units."""

    @property
    def need_rounded(self) -> float:
        """Need, rounded up to what can be bought."""
        step = 10.0**self.decimals
        return ceil(self.need * step - 1e-6) / step

    @property
    def cost(self) -> float:
        """Price of the order [yuan]."""
        return self.order * self.price


@dataclass(frozen=True, slots=True)
class ClauseLine:
    """A clause and what was found."""

    clause: str
    hard: bool
    owner: str
    asked: str
    verdict: str
    """Name of the verdict, a key: met, violated, uncertain, not_assessed."""
    quantity: str
    where: str
    found: str
    limit: str
    limit_plain: str
    """The limit alone, without where it comes from."""
    margin: str
    gap: str
    """Distance from the limit, without words."""
    reason: str
    """Why it was not assessed."""
    value: float | None
    width: float | None
    """Half-width of the interval, or the upper bound of a risk."""
    share: bool
    """Whether the value is a share, printed as a percentage."""


@dataclass(frozen=True, slots=True)
class BookPart:
    """The clauses of one rulebook."""

    book: str
    issuer: str
    lines: tuple[ClauseLine, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """Something that must be dealt with."""

    clause: str
    owner: str
    hard: bool
    verdict: str
    task: bool
    """Whether it is a paper, a task or a routine, to be ticked off when it is done."""
    asked: str
    status: str
    """How it stands, and what is to be reached by when."""
    advice: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Plans side by side."""

    plans: tuple[str, ...]
    """The recommended plan first."""
    rows: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    """A measure, and its value and bound under each plan."""


@dataclass(frozen=True, slots=True)
class QualityTable:
    """One table of the page on how good the plan is."""

    head: str
    lead: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class QueuePanel:
    """The queue of one gate over a morning."""

    title: str
    note: str
    places: int
    limit: str
    median: Numbers
    low: Numbers
    high: Numbers
    top: float
    """Upper end of the axis."""


@dataclass(frozen=True, slots=True)
class QueueFigure:
    """Gates below each other; before on the left, after on the right."""

    columns: tuple[str, str]
    edges: Numbers
    """Beginnings of the minutes and the end of the last [s after midnight]."""
    rows: tuple[tuple[QueuePanel | None, QueuePanel | None], ...]
    """None where a plan does not use the gate."""
    labels: dict[str, str]


@dataclass(frozen=True, slots=True)
class ArrivalFigure:
    """People who reach the gates in each minute, before above after."""

    titles: tuple[str, str]
    edges: Numbers
    gates: tuple[str, ...]
    arriving: tuple[tuple[Numbers, ...], tuple[Numbers, ...]]
    """By plan, gate and minute."""
    label: str


@dataclass(frozen=True, slots=True)
class SourceLine:
    """Where some of the numbers come from."""

    what: str
    source: str
    grade: str


@dataclass(frozen=True, slots=True)
class Notes:
    """How it was computed and on what it rests."""

    paragraphs: tuple[str, ...]
    books: tuple[str, ...]
    sources: tuple[SourceLine, ...]
    version: str


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document in one language."""

    lang: str
    title: str
    subtitle: str
    school: str
    footer: str
    made: date
    facts: tuple[Fact, ...]
    batches: tuple[Batch, ...]
    classes: tuple[ClassLine, ...]
    schedule: tuple[SchedulePart, ...]
    gates: tuple[GateSheet, ...]
    unused_gates: str
    reading: HighReading
    notices: tuple[Notice, ...]
    stock: tuple[StockItem, ...]
    compliance_lead: str
    compliance: tuple[BookPart, ...]
    actions_lead: str
    actions: tuple[Action, ...]
    remarks: tuple[str, ...]
    """Where the plan documents themselves collide with each other or with what there is."""
    comparison: Comparison
    quality: tuple[QualityTable, ...]
    queue_lead: str
    queues: QueueFigure
    arrivals: ArrivalFigure
    notes: Notes
    day: DayPages | None = None
    """The rest of the day; none for a school that has no such elements."""
