"""Who is let in, and who waits."""

import asyncio
import os

import pytest

from server.http.problems import Unavailable
from server.workers import admission
from server.workers.admission import Admission
from server.workers.limits import Limits

REST = 0.05


@pytest.fixture
def let_in(monkeypatch):
    """Runs a trial with an admission on two processors."""
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(admission, "_REST", REST)

    def run(trial, **limits):
        async def tried():
            return await trial(Admission(Limits(**limits)))

        return asyncio.run(tried())

    return run


def test_quick_queries_are_two_a_processor_and_one_that_goes_on_leaves_its_place(let_in):
    async def trial(places):
        turns = [places.enter("a") for _ in range(6)]
        assert [turn is None for turn in turns] == [True] * 4 + [False] * 2
        places.grow_long()
        assert turns[4].done()
        assert not turns[5].done()
        places.leave("a", is_long=False)
        assert turns[5].done()
        assert (places.running, places.waiting) == (5, 0)

    let_in(trial)


def test_a_client_that_has_its_share_waits_while_others_go_ahead(let_in):
    async def trial(places):
        assert places.enter("a") is None
        places.grow_long()
        waits = places.enter("a")
        assert waits is not None
        assert places.enter("b") is None
        places.leave("b", is_long=False)
        assert not waits.done()
        places.leave("a", is_long=True)
        assert waits.done()

    let_in(trial, at_once_per_client=1)


def test_suspects_have_one_place_and_hold_nobody_else_back(let_in):
    async def trial(places):
        assert places.enter("a", is_suspect=True) is None
        second, third = (places.enter("a", is_suspect=True) for _ in range(2))
        assert places.enter("a") is None
        places.leave("a", is_long=False)
        places.leave("a", is_long=False, is_suspect=True)
        assert not second.done(), "the place is to stay empty for a while"
        await asyncio.sleep(REST * 2)
        assert second.done()
        assert not third.done()
        places.give_up("a", third, is_suspect=True)
        places.give_up("a", second, is_suspect=True)
        assert (places.running, places.waiting) == (0, 0)
        assert places.enter("a", is_suspect=True) is not None
        await asyncio.sleep(REST * 2)
        assert places.running == 1

    let_in(trial)


def test_where_several_places_come_free_several_are_let_in(let_in):
    async def trial(places):
        places.enter("a", is_suspect=True)
        suspect = places.enter("a", is_suspect=True)
        for _ in range(3):
            places.enter("b")
        waits = places.enter("c")
        places.leave("a", is_long=False, is_suspect=True)
        assert waits.done()
        await asyncio.sleep(REST * 2)
        assert not suspect.done(), "nobody has left since"
        places.leave("b", is_long=False)
        assert suspect.done()

    let_in(trial)


def test_a_full_queue_is_told(let_in):
    async def trial(places):
        places.enter("a")
        places.enter("a")
        with pytest.raises(Unavailable, match="of this client"):
            places.enter("a")
        places.enter("b")
        with pytest.raises(Unavailable, match="2 queries wait"):
            places.enter("c")

    let_in(trial, at_once=1, queue=2)
