"""Rounds by the programme: fewest left out, then most even, of all choices on tiny days."""

import itertools
import random
from collections.abc import Sequence

import pytest

from returnsim.optimise.spread import Chosen, Due, Option, by_thumb, off, spread

MINUTE = 60.0


def a_day(seed: int) -> tuple[tuple[Due, ...], tuple[int, ...]]:
    """Two to four rounds of two zones, up to five ways to do each, one or two kinds of crew."""
    luck = random.Random(seed)
    crews = tuple(luck.randint(1, 2) for _ in range(luck.randint(1, 2)))
    rounds = []
    for _ in range(luck.randint(2, 4)):
        zone = luck.choice(["rooms", "toilets"])
        options = []
        for _ in range(luck.randint(0, 5)):
            at = 5 * MINUTE * luck.randint(0, 6)
            ends = at + MINUTE * luck.randint(5, 20)
            options.append(Option(luck.randrange(len(crews)), at, ends, ends + 2 * MINUTE))
        rounds.append(Due(zone, MINUTE * luck.randint(0, 30), tuple(options)))
    return tuple(rounds), crews


def possible(rounds: Sequence[Due], crews: Sequence[int], chosen: Chosen) -> bool:
    """Whether the crews there are can do a choice, tried with every crew for every round."""
    done = [(due.zone, o) for due, o in zip(rounds, chosen, strict=True) if o is not None]
    for (zone, one), (other, two) in itertools.combinations(done, 2):
        if zone == other and one.at < two.ends and two.at < one.ends:
            return False
    for who in itertools.product(*(range(crews[o.kind]) for _, o in done)):
        rows = [(o.kind, crew, o) for (_, o), crew in zip(done, who, strict=True)]
        if not any(
            a[:2] == b[:2] and a[2].at < b[2].free and b[2].at < a[2].free
            for a, b in itertools.combinations(rows, 2)
        ):
            return True
    return False


def best(rounds: Sequence[Due], crews: Sequence[int]) -> tuple[int, float]:
    """Fewest rounds left out, and with as many fewest minutes off the even spread."""
    choices = itertools.product(*((None, *due.options) for due in rounds))
    return min((c.count(None), off(rounds, c)) for c in choices if possible(rounds, crews, c))


@pytest.mark.parametrize("seed", range(60))
def test_no_choice_leaves_out_less_or_is_more_even(seed: int) -> None:
    rounds, crews = a_day(seed)
    chosen, out, even = spread(rounds, crews)
    assert possible(rounds, crews, chosen)
    assert (chosen.count(None), off(rounds, chosen)) == pytest.approx(best(rounds, crews))
    assert out.objective == chosen.count(None)
    assert even.objective == pytest.approx(off(rounds, chosen))
    assert out.proven
    assert even.proven


@pytest.mark.parametrize("seed", range(60, 100))
def test_it_is_never_worse_than_the_rule_of_thumb(seed: int) -> None:
    rounds, crews = a_day(seed)
    thumb = by_thumb(rounds, crews)
    assert possible(rounds, crews, thumb)
    _, out, even = spread(rounds, crews)
    assert (out.objective, even.objective) <= (thumb.count(None), off(rounds, thumb) + 1e-6)


def at(*minutes: float, lasts: float = 10.0) -> tuple[Option, ...]:
    return tuple(Option(0, m * MINUTE, (m + lasts) * MINUTE, (m + lasts) * MINUTE) for m in minutes)


def test_a_round_that_thumb_leaves_out_finds_its_time() -> None:
    """The first takes the only moment of the second, though it has another."""
    rounds = (Due("rooms", 0.0, at(0, 20)), Due("toilets", 0.0, at(5)))
    assert by_thumb(rounds, (1,)).count(None) == 1
    chosen, out, even = spread(rounds, (1,))
    assert [o.at / MINUTE for o in chosen if o] == [20, 5]
    assert (out.objective, out.bound) == (0, 0)
    assert (even.objective, even.bound) == (25, 25)


def test_thumb_is_beaten_on_evenness() -> None:
    """Nearest first pushes the second far away; a little off for both is better."""
    rounds = (Due("rooms", 0.0, at(0, 10)), Due("toilets", 0.0, at(0, 60)))
    thumb = by_thumb(rounds, (1,))
    assert off(rounds, thumb) == 60
    _, _, even = spread(rounds, (1,))
    assert (even.objective, even.bound) == (10, 10)


def test_what_cannot_be_done_is_left_out_and_told() -> None:
    rounds = (Due("rooms", 0.0, at(0)), Due("toilets", 0.0, at(5)), Due("gate", 0.0, ()))
    chosen, out, even = spread(rounds, (1,))
    assert chosen.count(None) == 2
    assert (out.objective, out.bound, even.objective) == (2, 2, 0)


def test_two_crews_do_two_rounds_at_once_but_not_in_one_zone() -> None:
    apart = (Due("rooms", 0.0, at(0)), Due("toilets", 0.0, at(0)))
    assert spread(apart, (2,))[1].objective == 0
    one_zone = (Due("rooms", 0.0, at(0)), Due("rooms", 0.0, at(0)))
    assert spread(one_zone, (2,))[1].objective == 1


def test_the_same_day_has_the_same_rounds() -> None:
    rounds, crews = a_day(3)
    spread.cache_clear()
    first = spread(rounds, crews)
    spread.cache_clear()
    assert spread(rounds, crews) == first


def test_a_day_without_rounds_has_nothing_to_choose() -> None:
    chosen, out, even = spread((), ())
    assert (chosen, out.objective, even.objective) == ((), 0, 0)
