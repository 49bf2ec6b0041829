"""What pages of transactions must be, taken together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from conformance import causes
from conformance.journeys import Walk
from conformance.model import Mismatch
from conformance.provider import Item


def whole(walk: Walk) -> None:
    """The pages end by themselves, and no transaction is there twice."""
    if walk.problem:
        raise _mismatch(walk, "pages that end", walk.problem)
    twice = [name for name, count in Counter(each.id for each in walk.items).items() if count > 1]
    if twice:
        raise _mismatch(walk, "each transaction once", f"{len(twice)} of them twice, the first {twice[0]}")


def same(walk: Walk, other: Walk) -> None:
    """Two walks visit the same transactions in the same order."""
    found, wanted = [each.id for each in walk.items], [each.id for each in other.items]
    if found == wanted:
        return
    if sorted(found) == sorted(wanted):
        raise _mismatch(walk, "the same order whatever the page_size", "another order")
    lacking, more = set(wanted) - set(found), set(found) - set(wanted)
    raise _mismatch(
        walk,
        f"the same {len(wanted)} transactions whatever the page_size",
        f"{len(found)}: {len(lacking)} left out, {len(more)} more",
    )


def newest_first(walk: Walk) -> None:
    """No transaction is older than the one behind it; what has no time of day is compared by its day."""
    for one, following in pairwise(walk.items):
        if one.moment and following.moment:
            turned = one.moment < following.moment
        else:
            turned = bool(one.day and following.day and one.day < following.day)
        if turned:
            raise _mismatch(walk, "the newest transaction first", f"{one.spelled} before {following.spelled}")


def at_most(walk: Walk, size: int) -> None:
    """No page is longer than was asked for."""
    longest = max((len(each.items) for each in walk.pages), default=0)
    if longest > size:
        raise _mismatch(walk, f"pages of at most {size} items", f"one of {longest}")


def within_days(walk: Walk, first: date, last: date) -> None:
    """Every item lies between two days; a day of grace for the time zone in which the provider counts."""
    grace = timedelta(days=1)
    for each in walk.items:
        if each.day and not first - grace <= each.day <= last + grace:
            raise _mismatch(walk, f"transactions from {first} to {last}", f"one of {each.spelled}")


def includes(walk: Walk, wanted: Sequence[Item], why: str) -> None:
    """These items are there."""
    found = {each.id for each in walk.items}
    lacking = [each for each in wanted if each.id not in found]
    if lacking:
        raise _mismatch(walk, f"every transaction {why}", f"{len(lacking)} left out, the first of {lacking[0].spelled}")


def empty(walk: Walk) -> None:
    """Nothing is there, and that is a good answer."""
    if walk.problem or walk.items:
        raise _mismatch(walk, "an empty list", walk.problem or f"{len(walk.items)} transactions")


def nothing_of(answered: Sequence[Item], foreign: Sequence[Item], walk: Walk) -> None:
    """None of another's transactions is among these."""
    shared = {each.id for each in answered} & {each.id for each in foreign}
    if shared:
        raise _mismatch(walk, "nothing of another consent or account", f"{len(shared)} of its transactions")


def _mismatch(walk: Walk, expected: str, actual: str) -> Mismatch:
    hint = "" if walk.last.accepted else causes.of_answer(walk.last).hint
    return Mismatch(expected, actual, exchange=walk.last.exchange_id, hint=hint)
