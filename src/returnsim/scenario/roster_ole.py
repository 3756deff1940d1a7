"""The compound file that an old XLS is packed in, as is an XLSX with a password."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from returnsim.scenario.roster_sheet import Refused

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAST = 0xFFFFFFFA
"""From here on a sector number is a mark: free, end of a chain, table."""
STREAM, ROOT = 2, 5


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One entry of the directory."""

    name: str
    kind: int
    first: int
    size: int


class CompoundFile:
    """Reads streams out of a compound file; a chain that bites its tail is damage."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or not data.startswith(SIGNATURE):  # noqa: PLR2004  (the header)
            raise Refused("damaged")
        self._data = data
        shift, small_shift = struct.unpack_from("<HH", data, 30)
        directory, _, self._cutoff, first_small, _, difat, _ = struct.unpack_from("<7I", data, 48)
        if shift not in (9, 12) or small_shift != 6:  # noqa: PLR2004  (the two versions)
            raise Refused("damaged")
        self._size = 1 << shift
        self._table = self._fat(difat)
        self.entries = tuple(self._directory(self._chain(directory)))
        root = next((e for e in self.entries if e.kind == ROOT), None)
        small = b"" if root is None else self._chain(root.first)
        self._small = [small[at : at + 64] for at in range(0, len(small), 64)]
        table = b"" if first_small >= LAST else self._chain(first_small)
        self._small_table = _numbers(table)

    def stream(self, *names: str) -> bytes | None:
        """Return the first stream that has one of these names."""
        for name in names:
            for entry in self.entries:
                if entry.kind == STREAM and entry.name.lower() == name.lower():
                    return self._read(entry)
        return None

    def _read(self, entry: Entry) -> bytes:
        if entry.size >= self._cutoff:
            return self._chain(entry.first)[: entry.size]
        places = _follow(entry.first, self._small_table, len(self._small))
        return b"".join(self._small[place] for place in places)[: entry.size]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        if start >= len(self._data):
            raise Refused("damaged")
        return self._data[start : start + self._size]

    def _fat(self, next_list: int) -> list[int]:
        """Sector after each sector, from the table's own sectors."""
        parts = list(struct.unpack_from("<109I", self._data, 76))
        most = len(self._data) // self._size + 1
        while next_list < LAST:
            more = _numbers(self._sector(next_list))
            parts += more[:-1]
            next_list = more[-1] if more else LAST
            if len(parts) > 109 + most:
                raise Refused("damaged")
        table: list[int] = []
        for part in parts:
            if part < LAST:
                table += _numbers(self._sector(part))
            if len(table) > 2 * most + 2 * self._size:
                raise Refused("damaged")
        return table

    def _chain(self, first: int) -> bytes:
        most = len(self._data) // self._size + 1
        return b"".join(self._sector(n) for n in _follow(first, self._table, most))

    @staticmethod
    def _directory(listing: bytes) -> Iterator[Entry]:
        for at in range(0, len(listing) - 127, 128):
            length = struct.unpack_from("<H", listing, at + 64)[0]
            name = listing[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
            first, size = struct.unpack_from("<2I", listing, at + 116)
            yield Entry(name, listing[at + 66], first, size)


def _numbers(data: bytes) -> list[int]:
    count = len(data) // 4
    return list(struct.unpack_from(f"<{count}I", data))


def _follow(first: int, table: list[int], most: int) -> Iterator[int]:
    """Sectors of a chain; one longer than the file, or that leaves it, is damage."""
    number = first
    for _ in range(most + 1):
        if number >= LAST:
            return
        if number >= len(table):
            raise Refused("damaged")
        yield number
        number = table[number]
    raise Refused("damaged")
