"""What all checks of a process share, and what each gets of its own."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass

from conformance import jose, judge
from conformance.catalogue import Catalogue
from conformance.contract import Contract
from conformance.customer.scripted import ScriptedCustomer
from conformance.declare import Declaration
from conformance.evidence import Evidence, RecordingSender
from conformance.explanations import Explanations
from conformance.hub import HubView
from conformance.journeys import Journey, Witness
from conformance.judge import Outcome
from conformance.kit import Kit
from conformance.model import Blame, Blocked, Exchange, Fact, Mismatch, Part, Result
from conformance.profile import Profile
from conformance.provider import Ledger, Provider
from conformance.wire import Redactor, Wire


@dataclass(frozen=True, slots=True)
class Party:
    """PayNet's addresses and the provider's keys, as `provider.Party` asks for them."""

    redirect_uri: str
    canary_url: str
    provider_keys: jose.KeySet
    contract: Contract


class Desk:
    """One check's own things: evidence, provider, hub, journey."""

    def __init__(self, bench: Bench) -> None:
        self.evidence = Evidence()
        sender = RecordingSender(bench.wire, self.evidence)
        # What the check itself asks is its stimulus; what its journey and its controls ask is not.
        own = RecordingSender(bench.wire, self.evidence, Part.STIMULUS)
        self.provider = Provider(bench.profile, bench.kit, bench.party, own, bench.ledger)
        self.hub = bench.hub

        def driver() -> ScriptedCustomer:
            seconds = bench.profile.bounds.page_seconds
            return ScriptedCustomer(sender, bench.kit.pages, bench.party.redirect_uri, seconds=seconds)

        arranging = Provider(bench.profile, bench.kit, bench.party, sender, bench.ledger)
        self.journey = Journey(arranging, bench.hub, driver, bench.witness)

    def fixtures(self, profile: Profile) -> Mapping[str, object]:
        """What a check may ask for, by name."""
        return {
            "profile": profile,
            "provider": self.provider,
            "hub": self.hub,
            "journey": self.journey,
            "evidence": self.evidence,
        }

    async def exchanges(self) -> tuple[Exchange, ...]:
        """All that was exchanged for this check, with what arrived at PayNet's side for its consents."""
        for consent_id in self.journey.consent_ids:
            for arrival in await self.hub.arrivals(consent_id):
                self.evidence.add(arrival.exchange)
        return self.evidence.exchanges()


class Bench:
    """Made on the loop that runs the checks."""

    def __init__(
        self, profile: Profile, catalogue: Catalogue, kit: Kit, party: Party, hub: HubView, redactor: Redactor
    ) -> None:
        self.profile = profile
        self.catalogue = catalogue
        self.kit = kit
        self.party = party
        self.hub = hub
        self.redactor = redactor
        self.explained = Explanations.load(catalogue)
        self.ledger = Ledger()
        self.wire = Wire(
            redactor,
            max_body=profile.bounds.max_body_bytes,
            requests_per_second=profile.plan.max_requests_per_second,
        )
        self.witness = Witness(lambda: Desk(self).journey.authorized())

    def inapplicable(self, check: Declaration) -> str:
        """Why a check does not apply to this target, decided before traffic; "" when it does."""
        needed = (self.catalogue.requirement(check.requirement_id).capability, check.needs)
        for capability in needed:
            if capability is not None and capability not in self.profile.capabilities:
                return f"the profile does not declare the capability {capability}"
        if check.under and self.profile.reading(check.under[0]) != check.under[1]:
            return f"asked only under the reading {check.under[0]}={check.under[1]}"
        if Fact.ONE_PROCESS in check.requires and not self.hub.is_here:
            return Fact.ONE_PROCESS.value
        return next((fact.value for fact in check.requires if not self.profile.knows(fact)), "")

    async def run(self, check: Declaration, name: str, parameters: Mapping[str, object]) -> Result:
        """Carry out one check and judge it; never raises for what the provider or the check does."""
        reason = self.inapplicable(check)
        if reason:
            return self._result(check, name, Outcome.NOT_ASKED, 0.0, (), actual=reason)
        desk = Desk(self)
        given = desk.fixtures(self.profile)
        wanted = {each: given[each] for each in check.arguments if each in given}
        began = time.perf_counter()
        outcome, told = await self._carried_out(check, {**wanted, **parameters})
        seconds = time.perf_counter() - began
        # What is asked of the whole run may show in another check's exchange.
        cited = told.get("exchange")
        if cited and (shown := self.ledger.exchange(cited)):
            desk.evidence.add(shown)
        return self._result(check, name, outcome, seconds, await desk.exchanges(), **told)

    async def _carried_out(self, check: Declaration, arguments: Mapping[str, object]) -> tuple[Outcome, dict[str, str]]:
        bound = self.profile.bounds.check_seconds
        try:
            async with asyncio.timeout(bound):
                await check.run(**arguments)
        except Mismatch as found:
            told = {"expected": found.expected, "actual": found.actual, "hint": found.hint, "exchange": found.exchange}
            return Outcome.BROKEN, {**told, "blame": Blame.PROVIDER}
        except Blocked as found:
            told = {"expected": f"to {found.step}", "actual": found.reason, "hint": found.cure}
            return Outcome.BLOCKED, {**told, "exchange": found.exchange, "blame": found.blame}
        except TimeoutError:
            told = {"expected": f"to end within {bound:g} s (bounds.check_seconds)", "actual": "it did not"}
            return Outcome.BLOCKED, {**told, "blame": Blame.UNKNOWN}
        except Exception as error:
            told = {"expected": "the suite to work", "actual": "".join(traceback.format_exception(error))[-4000:]}
            return Outcome.CRASHED, {**told, "blame": Blame.HARNESS}
        return Outcome.HELD, {}

    def _result(
        self,
        check: Declaration,
        name: str,
        outcome: Outcome,
        seconds: float,
        exchanges: tuple[Exchange, ...],
        **told: str,
    ) -> Result:
        requirement = self.catalogue.requirement(check.requirement_id)
        blame = Blame(told.pop("blame", Blame.UNKNOWN))
        if outcome is Outcome.BROKEN and not told.get("hint"):
            told["hint"] = self.explained.wrong[requirement.id]
        words = {key: value if key == "exchange" else self.redactor.text(value) for key, value in told.items()}
        return Result(
            check=name,
            requirement=requirement.id,
            verdict=judge.verdict(outcome, requirement.level),
            title=check.title,
            location=check.location,
            seconds=round(seconds, 3),
            blame=blame,
            exchanges=exchanges,
            **words,
        )
