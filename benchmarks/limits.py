"""Memory of a large study, and how soon the command line answers.

Run with ``python benchmarks/limits.py``. Each figure is that of a process of its own; times
are CPU time, so that whatever else the machine does is left out.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from morning import DAY, a_school, machine

from returnsim.experiment.study import Study, run

PUPILS, REPLICATIONS = 8000, 1000
MEMORY_MB = 400
HELP_SECONDS = 0.3
STARTS = 9


def study() -> None:
    """Play a thousand mornings of a large school, in the process that is measured."""
    scenario, plan = a_school(PUPILS)
    summary = run(Study(scenario, plan, 1, REPLICATIONS, (DAY,)))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, len(summary.samples))


def peak_memory() -> float:
    """Largest memory that such a study ever holds [MB]."""
    done = subprocess.run(
        [sys.executable, __file__, "study"], check=True, capture_output=True, text=True
    )
    return float(done.stdout.split()[0])


def cpu_seconds(command: list[str], **environment: str) -> float:
    """CPU time of a command, from its start to its end [s]."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, env=os.environ | environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def help_seconds() -> float:
    """Time until help is there, once Python's files are compiled [s]."""
    command = [sys.executable, "-m", "returnsim", "--help"]
    return median([cpu_seconds(command) for _ in range(STARTS + 1)][1:])


def kernel_seconds(cache: str) -> float:
    """Time to load the kernel and to compile it, or to fetch it from the cache [s]."""
    command = "from returnsim.model.kernel import compile_now; compile_now()"
    return cpu_seconds([sys.executable, "-c", command], NUMBA_CACHE_DIR=cache)


def main() -> None:
    print(f"{machine()}\n")
    print("| what | measured | goal |")
    print("|---|---|---|")
    megabytes = peak_memory()
    print(
        f"| peak memory, {REPLICATIONS:,} mornings of {PUPILS:,} pupils "
        f"| {megabytes:.0f} MB | under {MEMORY_MB} MB |"
    )
    print(f"| `returnsim --help` | {help_seconds():.2f} s | under {HELP_SECONDS} s |")
    with TemporaryDirectory() as cache:
        print(f"| first compilation, announced | {kernel_seconds(cache):.0f} s | once |")
        print(f"| the same from the cache | {kernel_seconds(cache):.2f} s | |")


if __name__ == "__main__":
    study() if Path(sys.argv[-1]).name == "study" else main()
