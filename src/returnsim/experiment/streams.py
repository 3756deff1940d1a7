"""Random-number streams that are named, not numbered.

A stream depends on the study's seed, the day, the block of replications and its own name,
and on nothing else: adding a stream, a class, a replication or a worker changes no other.
"""

from collections.abc import Callable
from datetime import date
from zlib import crc32

import numpy as np

BLOCK = 64
"""Replications drawn and run together; a constant of the method, not of the machine."""


def streams(
    seed: int | tuple[int, ...], day: date, block: int
) -> Callable[[str, str], np.random.Generator]:
    """Return the streams of one block of one day, by purpose and party."""

    def stream(purpose: str, party: str) -> np.random.Generator:
        key = (day.toordinal(), block, crc32(purpose.encode()), crc32(party.encode()))
        return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))

    return stream
