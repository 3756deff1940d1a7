"""Who plays the blocks of a study: threads or processes here, or a Dask cluster elsewhere.

All three do the same tasks and hand the parts back in the order of the tasks, so that a
result does not depend on who worked, how many they were, or who was done first.
"""

import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from returnsim.errors import InputError, Problem

if TYPE_CHECKING:
    from distributed import Client

Part = TypeVar("Part")
Task = tuple[Any, ...]
"""What tells one piece of work from another: days and numbers, never arrays."""

SAME = ("returnsim", "numpy", "scipy", "numba", "pydantic")
"""Packages whose version decides the last bit of a result."""
PATIENCE = "10s"
"""How long a cluster has to answer."""
REMEMBERED = 4
"""Studies that a worker elsewhere keeps unpacked."""


class Workers(Protocol):
    """Somebody who does the same work on many tasks."""

    @property
    def far(self) -> bool:
        """Whether what they work on must be sent to them as bytes."""

    def do(self, work: Callable[..., Part], given: Any, tasks: Sequence[Task]) -> Iterator[Part]:
        """Return what `work(given, *task)` gives, in the order of the tasks."""


Jobs = int | Workers
"""So many workers on this machine, or others."""


@dataclass(frozen=True, slots=True)
class Threads:
    """Threads of this process, for work that lets go of the interpreter's lock."""

    number: int
    far = False

    def do(self, work: Callable[..., Part], given: Any, tasks: Sequence[Task]) -> Iterator[Part]:
        """Return what `work(given, *task)` gives, in the order of the tasks."""
        return _in_turn(ThreadPoolExecutor(self.number), work, given, tasks)


@dataclass(frozen=True, slots=True)
class Processes:
    """Processes of this machine, for work that keeps the interpreter's lock."""

    number: int
    far = True

    def do(self, work: Callable[..., Part], given: Any, tasks: Sequence[Task]) -> Iterator[Part]:
        """Return what `work(given, *task)` gives, in the order of the tasks."""
        return _in_turn(ProcessPoolExecutor(self.number), work, given, tasks)


def _in_turn(
    pool: Executor, work: Callable[..., Part], given: Any, tasks: Sequence[Task]
) -> Iterator[Part]:
    with pool:
        waiting = [pool.submit(work, given, *task) for task in tasks]
        try:
            for future in waiting:
                yield future.result()
        except BaseException:  # also Ctrl-C: what has not begun shall not begin
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Dask cluster: what is worked on goes to each worker once, tasks are a few numbers."""

    client: "Client"
    far = True

    def do(self, work: Callable[..., Part], given: Any, tasks: Sequence[Task]) -> Iterator[Part]:
        """Return what `work(given, *task)` gives, in the order of the tasks."""
        (there,) = self.client.scatter([given], broadcast=True)
        waiting = [self.client.submit(_sealed, work, there, *t, pure=False) for t in tasks]
        try:
            for future in waiting:
                part: Part = pickle.loads(future.result())
                future.release()
                yield part
        except BaseException:
            self.client.cancel(waiting)
            raise


def _sealed(work: Callable[..., Any], given: Any, *task: Any) -> bytes:
    """Do one task and seal the part; sent by Dask's own means, named tuples would be plain ones."""
    return pickle.dumps(work(given, *task), protocol=5)


@contextmanager
def cluster(address: str) -> Iterator[Cluster]:
    """Join a Dask cluster, and leave it again.

    Parameters
    ----------
    address
        Of its scheduler, such as ``tcp://10.0.0.5:8786``.

    Raises
    ------
    InputError
        The extra is not installed, nobody answers, there is no worker, or a worker has other
        versions, with which the last bits of a result might differ.
    """

    def refuse(code: str, **values: Any) -> InputError:
        return InputError(address, [Problem("", code, values)])

    try:
        from distributed import Client  # noqa: PLC0415  (an extra, and slow to load)
    except ImportError:
        raise refuse("cluster_needs_extra") from None
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise refuse("cluster_out_of_reach", reason=str(error) or type(error).__name__) from None
    with client:
        there = client.run(versions)
        if not there:
            raise refuse("cluster_without_workers")
        here = versions()
        for worker, found in there.items():
            other = sorted(name for name in SAME if found.get(name) != here[name])
            if other:
                told = ", ".join(f"{name} {found.get(name)} ({here[name]})" for name in other)
                raise refuse("cluster_differs", worker=worker, packages=told)
        yield Cluster(client)


def versions() -> dict[str, str]:
    """Versions of the packages that decide a result, on the machine that is asked."""
    return {name: version(name) for name in SAME}


def local(number: int, *, keeps_lock: bool) -> Workers:
    """Return workers on this machine: processes only where threads would wait for each other."""
    return Processes(number) if keeps_lock and number > 1 else Threads(number)


def pack(*parts: Any) -> bytes:
    """Turn plain data (no arrays, nothing with methods of ours) into bytes to be sent."""
    return pickle.dumps(parts, protocol=5)


@lru_cache(maxsize=REMEMBERED)
def unpacked(make: Callable[..., Part], data: bytes) -> Part:
    """Make what was packed; the same bytes are unpacked only once."""
    return make(*pickle.loads(data))
