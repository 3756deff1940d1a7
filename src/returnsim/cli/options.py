"""The options that several commands share, handed to them as one object."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from returnsim.cli.language import default_language
from returnsim.wording import LANGUAGES, say

if TYPE_CHECKING:
    from returnsim.experiment.assessment import Assessment, Replications
    from returnsim.experiment.workers import Jobs
    from returnsim.optimise.steps import Report
    from returnsim.plan.plan import Plan
    from returnsim.rules.rulebook import Rulebook
    from returnsim.scenario.scenario import Scenario

LANG = default_language()
PATH = click.Path(path_type=Path)
Command = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Common:
    """What was asked for on the command line."""

    lang: str
    quiet: bool
    json_to: Path | None = None
    seed: int = 0
    replications: "Replications" = "auto"
    jobs: int = 1
    cluster: str | None = None

    @contextmanager
    def workers(self) -> "Iterator[Jobs]":
        """Call together whoever is to do the work: workers here, or a cluster."""
        if self.cluster is None:
            yield self.jobs
            return
        from returnsim.experiment.workers import cluster  # noqa: PLC0415

        with cluster(self.cluster) as team:
            yield team

    @contextmanager
    def playing(self, *, planning: bool = False) -> "Iterator[tuple[Jobs, Report]]":
        """Call the workers together, show progress, and have the kernel compiled.

        For planning, the search as well.
        """
        from returnsim.cli.progress import progress  # noqa: PLC0415
        from returnsim.model.kernel import compile_now  # noqa: PLC0415

        with self.workers() as jobs, progress(self.lang, quiet=self.quiet) as report:
            report("compile", 0, 1)
            if planning:
                from returnsim.optimise.readiness import compile_all  # noqa: PLC0415

                compile_all(jobs)
            else:
                compile_now()
            yield jobs, report

    @property
    def talks(self) -> bool:
        """Whether tables may go to standard output."""
        return not self.quiet and str(self.json_to) != "-"

    def json(self, text: str) -> None:
        """Write JSON where it was asked for, if it was."""
        from returnsim.cli.files import write_one  # noqa: PLC0415

        if str(self.json_to) == "-":
            click.echo(text, nl=False)
        elif self.json_to is not None:
            write_one(self.json_to, text.encode("utf-8"))

    def assess(
        self,
        scenario: "Scenario",
        books: "tuple[Rulebook, ...]",
        plan: "Plan",
        engine: Literal["kernel", "simpy"] = "kernel",
    ) -> "Assessment":
        """Play and judge a plan, with a progress bar."""
        from returnsim.experiment.assessment import assess  # noqa: PLC0415

        with self.playing() as (jobs, report):
            return assess(
                scenario,
                books,
                plan,
                seed=self.seed,
                replications=self.replications,
                jobs=jobs,
                engine=engine,
                progress=lambda done, of: report("verify", done, of),
            )


class ReplicationsType(click.ParamType[Any]):
    """A number of replications, or auto, with the most there may be if that is wanted."""

    name = "N|auto|auto:N"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """Turn the word into a number, or leave it at auto."""
        number = click.IntRange(2, 1_000_000)
        word, colon, most = str(value).partition(":")
        if word != "auto":
            return number.convert(value, param, ctx)
        return (
            f"auto:{number.convert(int(most) if most.isdigit() else 0, param, ctx)}"
            if colon
            else "auto"
        )


def about(name: str) -> str:
    """Explain an option."""
    return say(f"cli.option.{name}", LANG)


LANGUAGE = (
    click.option(
        "--lang",
        default=LANG,
        show_default=True,
        type=click.Choice(LANGUAGES),
        help=about("lang"),
    ),
    click.option("--quiet", is_flag=True, help=about("quiet")),
)
RESULT = (
    *LANGUAGE,
    click.option(
        "--json",
        "json_to",
        type=click.Path(path_type=Path, allow_dash=True),
        help=about("json"),
    ),
)
SEED = click.option(
    "--seed", default=2020, show_default=True, type=click.IntRange(min=0), help=about("seed")
)
STUDY = (
    *RESULT,
    SEED,
    click.option(
        "--replications",
        default="auto",
        show_default=True,
        type=ReplicationsType(),
        help=about("replications"),
    ),
    click.option(
        "--jobs", default=2, show_default=True, type=click.IntRange(1, 64), help=about("jobs")
    ),
    click.option("--cluster", metavar="tcp://HOST:PORT", help=about("cluster")),
)


def common(*shared: Command) -> Callable[[Command], Command]:
    """Add shared options to a command, which receives them as its argument `asked`."""

    def add(command: Command) -> Command:
        names = set(Common.__dataclass_fields__)

        @wraps(command)
        def wrapped(**given: Any) -> Any:
            mine = {k: v for k, v in given.items() if k not in names}
            return command(Common(**{k: v for k, v in given.items() if k in names}), **mine)

        decorated: Command = wrapped
        for option in reversed(shared):
            decorated = option(decorated)
        return decorated

    return add


def open_scenario(path: Path) -> "tuple[Scenario, tuple[Rulebook, ...]]":
    """Read a scenario and the books it names, and hold its records against their clauses."""
    from returnsim.errors import InputError  # noqa: PLC0415
    from returnsim.rules.duties import unknown_clauses  # noqa: PLC0415
    from returnsim.rules.rulebook import rulebooks  # noqa: PLC0415
    from returnsim.scenario.scenario import read_scenario, scenario_file  # noqa: PLC0415

    given = read_scenario(path)
    file = scenario_file(path)
    books = rulebooks(given, file.parent)
    problems = list(unknown_clauses(books, given))
    if problems:
        raise InputError(file, problems)
    return given, books


def open_plan(path: Path, scenario: "Scenario") -> "Plan":
    """Read a plan of a scenario."""
    from returnsim.plan.files import read_plan  # noqa: PLC0415

    return read_plan(path, scenario)
