"""Questions and the workers that are asked them."""

import asyncio
import os
from types import SimpleNamespace
from typing import cast

import pytest

from server.lexing import preflight
from server.metrics import Metrics
from server.sparql.asking import Asking, Question
from server.sparql.protocol import Operation
from server.sparql.remembered import Remembered
from server.workers.admission import Admission
from server.workers.limits import Limits
from server.workers.pool import Pool
from tests.server.workers.lent import tried


def question(text):
    operation = Operation(False, text, [], [], 0)
    return Question(operation, preflight.read(text), "a", "text/csv", "identity", True, text, "")


def test_what_took_long_gives_way_from_its_begin_until_it_is_quick(store):
    async def trial(workers):
        pool = SimpleNamespace(limits=Limits(), admission=Admission(Limits()), reserve=workers)
        asking = Asking(cast(Pool, pool), Metrics())

        async def ask(text, *, is_long):
            """The policy of the worker that is asked."""
            while not workers.idle:
                await asyncio.sleep(0.01)
            asked = asking.enter(question(text))
            worker = asking.begin_at_once(asked)
            assert worker is not None
            policy = os.sched_getscheduler(worker.pid)
            frame = await worker.line.frame()
            assert frame is not None
            if is_long:
                pool.admission.grow_long()
                await asyncio.sleep(0.03)
            asking.end(asked, is_long=is_long)
            return policy

        first = await ask("SELECT (1 AS ?n) {}", is_long=True)
        other = await ask("SELECT (2 AS ?n) {}", is_long=False)
        again = await ask("SELECT (1 AS ?n) {}", is_long=False)
        return first, other, again, await ask("SELECT (1 AS ?n) {}", is_long=False)

    usual, idle = os.SCHED_OTHER, os.SCHED_IDLE
    assert tried(store, trial) == (usual, usual, idle, usual)


def test_the_queries_that_took_long_lately_are_remembered():
    remembered = Remembered(most=2)
    for text in ("a", "b", "a", "c"):
        remembered.note(text, "me", is_long=True)
    assert [text for text in "abcd" if remembered.recall(text, "you").is_long] == ["a", "c"]
    remembered.note("a", "you", is_long=False)
    assert [text for text in "abcd" if remembered.recall(text, "me").is_long] == ["c"]


def test_what_is_ended_again_and_again_is_suspect_unless_it_is_given_much_more_time():
    text = "SELECT * { ?s ?p ?o }"
    remembered = Remembered()
    for _ in range(3):
        assert not remembered.recall(text, "me").is_suspect(1)
        remembered.note(text, "me", is_long=True, ended_in=2)
    recalled = remembered.recall(text, "me")
    assert [recalled.is_suspect(seconds) for seconds in (1, 2, 4, 5)] == [True, True, True, False]
    assert not remembered.recall(text, "you").is_suspect(1), "who leaves hinders nobody else"
    assert not remembered.recall("ASK {}", "me").is_suspect(1)


@pytest.mark.parametrize("is_long", [True, False])
def test_what_was_answered_meanwhile_is_not_suspect(is_long):
    remembered = Remembered()
    for number in range(4):
        if number == 2:
            remembered.note("ASK {}", "me", is_long=is_long)
        remembered.note("ASK {}", "me", is_long=True, ended_in=2)
    assert not remembered.recall("ASK {}", "me").is_suspect(1)


def test_who_leaves_what_is_quick_makes_it_long_for_nobody_else():
    remembered = Remembered()
    remembered.note("ASK {}", "me", is_long=False, ended_in=2)
    assert remembered.recall("ASK {}", "me").is_long
    assert not remembered.recall("ASK {}", "you").is_long


@pytest.mark.parametrize(
    "text",
    ["SELECT *\n{ ?s ?p <#a> }", "# 1\nSELECT * { ?s ?p <#a> } # 2", "SELECT * { #3\n?s ?p <#a> }"],
)
def test_a_query_is_known_again_by_its_words(text):
    remembered = Remembered()
    remembered.note("SELECT * { ?s ?p <#a> }", "me", is_long=True)
    assert remembered.recall(text, "me").is_long
    assert not remembered.recall(text.replace("<#a>", "<#b>"), "me").is_long
