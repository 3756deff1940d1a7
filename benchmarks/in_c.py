"""The kernel's recursion in C, compiled when it is asked for."""

import ctypes
import subprocess
from pathlib import Path
from shutil import which

import numpy as np

from returnsim.model.itinerary import Itineraries, by_column

SOURCE = Path(__file__).with_name("morning.c")


def compiled(folder: Path) -> ctypes.CDLL | None:
    """Build the library with the machine's C compiler; None where there is none."""
    compiler = which("cc")
    if compiler is None:
        return None
    library = folder / "morning.so"
    command = [compiler, "-O3", "-shared", "-fPIC", str(SOURCE), "-o", str(library), "-lm"]
    subprocess.run(command, check=True)
    return ctypes.CDLL(str(library))


def replay(library: ctypes.CDLL, journeys: Itineraries) -> np.ndarray:
    """Let a block happen in C; shape (3, replications, persons, columns)."""
    day, openings = journeys.day, journeys.openings
    station = by_column(journeys.station)
    times = np.empty((3, *station.shape))
    replications, columns, persons = station.shape
    arrays = (
        station,
        by_column(journeys.travel),
        by_column(journeys.service),
        journeys.start,
        day.party_of,
        day.leaves,
        openings.first,
        openings.moments,
        openings.lanes,
        *times,
    )
    sizes = (replications, persons, columns, openings.first.size - 1, len(openings.moments))
    library.replay(
        *(ctypes.c_int64(n) for n in sizes), *(ctypes.c_void_p(a.ctypes.data) for a in arrays)
    )
    return times.transpose(0, 1, 3, 2)
