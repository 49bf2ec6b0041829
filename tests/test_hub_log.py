"""The log: waiting, scripts, bounds, and the same across processes."""

from __future__ import annotations

import asyncio
import json
import pickle
import subprocess
import sys
import threading
import time
from dataclasses import asdict

import pytest

from conformance.hub import Answer, Arrival, HubLog, HubView, connect, serve
from conformance.hub import log as module
from conformance.model import Exchange, Message, Operation, Tls

CHILD = """
import json, sys
from conformance.hub import Answer, RemoteAddress, connect
from conformance.model import Operation
log = connect(RemoteAddress(**json.loads(sys.argv[1])))
log.script("c-2", [Answer.error(503, "temporarily_unavailable", "later")])
print("ready", flush=True)
found = log.wait_for("c-1", Operation.UPDATE, 1, 20.0)
print(len(found), found[0].body.decode(), len(log.refusals()))
"""


def arrival(consent_id: str = "c-1", operation: Operation = Operation.UPDATE, body: bytes = b"{}") -> Arrival:
    exchange = Exchange(
        "e", operation, "provider", "https://h/", Message("PATCH /", ()), None, None, None, 0.0, 0.0, 0.0, 0.0
    )
    return Arrival(operation, consent_id, "PATCH", "/", (), body, b"", Tls("TLSv1.3", "x"), 1.0, 2.0, 200, exchange)


def test_waiting_ends_when_enough_have_arrived() -> None:
    log = HubLog()
    log.record(arrival("c-2"))
    log.record(arrival(operation=Operation.UNKNOWN))
    log.record(arrival(body=b"1"))
    found: list[Arrival] = []
    waiting = threading.Thread(
        target=lambda: found.extend(log.wait_for("c-1", Operation.UPDATE, 2, 3600.0)), daemon=True
    )
    waiting.start()
    waiting.join(0.05)
    assert waiting.is_alive()
    log.record(arrival(body=b"2"))
    waiting.join(10)
    assert [each.body for each in found] == [b"1", b"2"]


def test_waiting_in_vain_gives_what_there_is() -> None:
    log = HubLog()
    log.record(arrival())
    assert len(log.wait_for("c-1", Operation.UPDATE, 2, 0.01)) == 1
    assert log.wait_for("c-9", Operation.UPDATE, 1, -1.0) == ()


def test_arrivals_are_found_by_consent_and_operation_in_order() -> None:
    log = HubLog()
    for body, consent_id in ((b"1", "c-1"), (b"2", "c-2"), (b"3", "c-1")):
        log.record(arrival(consent_id, body=body))
    assert [each.body for each in log.arrivals()] == [b"1", b"2", b"3"]
    assert [each.body for each in log.arrivals("c-1")] == [b"1", b"3"]
    assert log.arrivals("c-1", Operation.RETURN) == ()


def test_memory_is_bounded_and_the_loss_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BYTES_KEPT", 100_000)
    log = HubLog()
    for number in range(100):
        log.record(arrival(f"c-{number}", body=b"x" * 1000))
    kept = log.arrivals()
    assert 1 < len(kept) < 20
    assert kept[-1].consent_id == "c-99"
    assert log.arrivals("c-0") == ()
    assert len(log._by_consent) == len(kept)
    assert [each.listener for each in log.refusals()] == ["log"]


def test_an_arrival_survives_pickling() -> None:
    assert pickle.loads(pickle.dumps(arrival())) == arrival()


def test_another_process_shares_the_log() -> None:
    log = HubLog()
    log.refuse("resource", "unknown ca")
    address = json.dumps(asdict(serve(log)))
    with subprocess.Popen([sys.executable, "-c", CHILD, address], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        log.record(arrival(body=b"hello"))
        assert child.stdout.readline() == "1 hello 1\n"
    assert log.answer_for("c-2").status == 503
    assert log.answer_for("c-2") == Answer.ok()


def test_two_logs_are_served_apart() -> None:
    one, two = HubLog(), HubLog()
    remote = connect(serve(one)), connect(serve(two))
    one.record(arrival("c-1"))
    two.record(arrival("c-2"))
    assert [[each.consent_id for each in log.arrivals()] for log in remote] == [["c-1"], ["c-2"]]


@pytest.mark.asyncio
@pytest.mark.parametrize("remote", [False, True])
async def test_many_waits_at_a_time_do_not_hold_up_the_loop(remote: bool) -> None:
    log = HubLog()
    view = HubView(connect(serve(log)) if remote else log)
    waits = [asyncio.create_task(view.wait_for(f"c-{number}", seconds=60.0)) for number in range(40)]
    await asyncio.sleep(0)
    await asyncio.wait_for(view.script("c-1", Answer.dropped(), Answer.hang(2.0)), 20)
    assert (log.answer_for("c-1").drop, log.answer_for("c-1").hang_seconds) == (True, 2.0)
    for number in range(40):
        log.record(arrival(f"c-{number}"))
    assert [[each.consent_id for each in found] for found in await asyncio.gather(*waits)] == [
        [f"c-{number}"] for number in range(40)
    ]
    log.refuse("resource", "unknown ca")
    assert len(await view.updates("c-1")) == 1
    assert len(await view.arrivals(None)) == 40
    assert [each.reason for each in view.refusals()] == ["unknown ca"]
    assert view.refusals(time.time() + 60) == ()
    view.close()
