"""The consent's states: what events and time do to them, and what they open."""

from __future__ import annotations

import threading
import time

import pytest

from conformance.lifecycle import TRANSITIONS, Status, paths_to
from tests.support.reference import Bench, PayNet, later, moment, refused


def at(bench, status):
    """A consent in a state, reached the way the table allows."""
    way = paths_to(status) if status is not Status.AWAITING_AUTHORIZATION else ()
    consent = bench.authorized() if Status.AUTHORIZED in way else bench.announced()
    for each in way:
        assert bench.move(consent, each).status == 200
    return consent


@pytest.mark.parametrize("target", Status)
@pytest.mark.parametrize("current", Status)
def test_only_the_tables_transitions_take_effect(current, target):
    bench = Bench()
    consent = at(bench, current)
    answer = bench.move(consent, target)
    possible = current is target or target in TRANSITIONS[current]
    if (current, target) == (Status.AWAITING_AUTHORIZATION, Status.AUTHORIZED):
        possible = False  # that is the customer's to do
    if possible:
        assert answer.status == 200
    else:
        refused(answer, 400, code="Consent.Invalid")
    assert bench.core.store.get(consent["consent_id"]).status is (target if possible else current)
    assert bench.serves(consent) == ((target if possible else current) is Status.AUTHORIZED)


def test_one_consents_change_leaves_the_others():
    bench = Bench()
    first, second = bench.authorized(), bench.authorized()
    bench.move(first, "revoked")
    assert (bench.serves(first), bench.serves(second)) == (False, True)


def test_a_consent_expires_by_itself():
    bench = Bench()
    consent = bench.authorized(expiration_datetime=moment(1_780_000_000 + 120))
    bench.now = 1_780_000_000 + 119.9
    assert bench.serves(consent)
    bench.now = 1_780_000_000 + 120
    assert not bench.serves(consent)
    refused(bench.move(consent, "authorized"), 400, code="Consent.Invalid")
    assert bench.move(consent, "expired").status == 200


def test_a_consent_nobody_decides_on_fails_by_itself():
    bench = Bench()
    consent = bench.announced()
    bench.now += 300
    refused(bench.authorize(consent["consent_id"]), 400, code="Consent.Invalid")
    refused(bench.move(consent, "rejected"), 400, code="Consent.Invalid")


def test_paynets_event_may_overtake_its_answer_to_the_update():
    paynet = PayNet()
    bench = Bench(paynet)
    consent = bench.announced()
    answers = []
    event = threading.Thread(target=lambda: answers.append(bench.move(consent, "authorized").status))

    def overtake():
        event.start()
        time.sleep(0.1)  # the event is at the lock, or will be: either order must end the same

    paynet.while_told = overtake
    assert "Consent approved" in bench.reviewing(consent).submit(("decision", "approve")).text
    event.join()
    assert answers == [200]
    assert bench.serves(consent)


def test_events_for_many_consents_at_once_do_not_mix():
    bench = Bench()
    consents = [bench.authorized() for _ in range(8)]
    targets = ["suspended", "revoked", "expired", "authorized"] * 2
    bodies = [
        {**each, "status": target, "updated_at": moment(bench.now)}
        for each, target in zip(consents, targets, strict=True)
    ]
    threads = [threading.Thread(target=bench.event, args=("consent_status_updated", each)) for each in bodies]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [bench.core.store.get(each["consent_id"]).status for each in consents] == targets


def test_an_older_event_does_not_roll_back():
    bench = Bench()
    consent = bench.authorized()
    before = bench.now + 0.5
    bench.move(consent, "suspended")
    assert bench.event("consent_status_updated", consent, status="authorized", updated_at=moment(before)).status == 200
    assert not bench.serves(consent)


def test_an_update_narrows_permissions_and_expiry_and_never_widens():
    bench = Bench()
    consent = bench.authorized(permissions=["read_accounts", "read_balances"])
    soon = moment(bench.now + 60)
    narrowed = later(consent, bench, status="authorized", permissions=["read_balances", "read_transactions"])
    assert bench.event("consent_updated", {**narrowed, "expiration_datetime": soon}).status == 200
    number = consent["consent_id"]
    assert bench.serves(consent)
    refused(bench.get("/v1/accounts/acc-101", number), 403, code="AccessToken.InvalidScope")
    refused(bench.get("/v1/accounts/acc-101/transactions", number), 403, code="AccessToken.InvalidScope")
    bench.event("consent_updated", later(consent, bench, status="authorized"))
    refused(bench.get("/v1/accounts/acc-101", number), 403, code="AccessToken.InvalidScope")
    bench.now += 61
    refused(bench.balance(consent), 403, code="Consent.Invalid")
