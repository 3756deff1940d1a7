"""Random-number streams that are named, not numbered.

A stream depends on the study's seed, the day, the block of replications, the party and the
purpose, and on nothing else: adding a class, a purpose, a replication or a worker changes
no other stream.

Each party has a PCG64 sequence of its own, seeded through `SeedSequence`. Its purposes are
places in that sequence, as far apart as NumPy's `PCG64.jumped` puts them: a multiple of
about 2**128 divided by the golden ratio. That costs a tenth of seeding every purpose anew.
"""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any
from zlib import crc32

import numpy as np

BLOCK = 64
"""Replications drawn and run together; a constant of the method, not of the machine."""
JUMP = 210306068529402873165736369884012333109
"""The odd number next to 2**128 over the golden ratio, by which `PCG64.jumped` jumps."""


def streams(
    seed: int | tuple[int, ...], day: date, block: int
) -> Callable[[str, str], np.random.Generator]:
    """Return the streams of one block of one day, by purpose and party.

    A stream is good until the next one is asked for.
    """
    bits = np.random.PCG64(0)
    generator = np.random.Generator(bits)

    @cache
    def beginning(party: str) -> Any:
        key = (day.toordinal(), block, crc32(party.encode()))
        sequence = np.random.SeedSequence(seed, spawn_key=key)
        return np.random.PCG64(sequence).state

    @cache
    def place(purpose: str) -> int:
        return crc32(purpose.encode()) * JUMP % 2**128

    def stream(purpose: str, party: str) -> np.random.Generator:
        bits.state = beginning(party)
        bits.advance(place(purpose))
        return generator

    return stream
