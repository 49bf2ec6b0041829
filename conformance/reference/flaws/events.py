"""Flaws about consent events (D1) and their headers."""

from conformance.model import Verdict
from conformance.reference.flaws.flaw import Flaw

_WARN = Verdict.WARN

FLAWS = (
    Flaw("forgets-created-consents", "acknowledges consent_created and stores nothing", ("EVT-01",)),
    Flaw("ignores-consent-updated", "acknowledges consent_updated and changes nothing", ("EVT-02",)),
    Flaw("ignores-status-updates", "acknowledges consent_status_updated and changes nothing", ("EVT-03", "LCM-03")),
    Flaw("takes-unknown-event-types", "takes an event_type that it does not know for an announcement", ("EVT-04",)),
    Flaw("ignores-case-of-enums", "reads published values without regard to case", ("EVT-04", "EVT-07")),
    Flaw("acknowledges-what-is-no-object", "acknowledges bodies that are no JSON objects", ("EVT-05",)),
    Flaw("supplies-missing-members", "puts usual values where a required member is missing", ("EVT-06",)),
    Flaw("truncates-long-ids", "cuts a consent_id to 36 characters", ("EVT-07",)),
    Flaw("reads-numbers-as-text", "takes a number for a text", ("EVT-07",)),
    Flaw("takes-a-permission-alone", "takes one permission without a list around it", ("EVT-07",)),
    Flaw("ignores-unknown-permissions", "leaves out permissions that it does not know", ("EVT-07",)),
    Flaw("takes-any-identity", "takes any kind of identity document", ("EVT-07",)),
    Flaw("takes-any-purpose", "takes any purpose", ("EVT-07",)),
    Flaw("rolls-dates-over", "takes the 31st of February for a day in March", ("EVT-07",)),
    Flaw("announcement-resets", "lets an announcement that comes again begin the consent anew", ("EVT-08",)),
    Flaw("repeated-announcement-is-a-conflict", "refuses an announcement that comes again", ("EVT-08",)),
    Flaw("repeats-are-conflicts", "refuses an event that it has seen before", ("EVT-08",)),
    Flaw("refuses-unknown-members", "refuses members that it does not know", ("EVT-09",), _WARN),
    Flaw("announces-by-status", "stores a consent at a status update when it does not know it", ("EVT-10",)),
    Flaw("unknown-consent-is-a-500", "answers 500 to a status update for a consent that it does not know", ("EVT-10",)),
    Flaw("takes-any-content-type", "does not look at the content type", ("EVT-11",), _WARN),
    Flaw("nested-body-is-a-500", "answers 500 to a deeply nested body", ("EVT-12",)),
    Flaw("takes-bodies-of-any-size", "takes a body of sixteen megabytes", ("EVT-12",)),
    Flaw("events-by-any-method", "takes events by any method", ("EVT-13",)),
    Flaw("takes-events-for-others", "takes events for another Data Provider", ("EVT-14",), _WARN),
    Flaw("knows-accounts-alone", "refuses events with account_access", ("EVT-15",)),
    Flaw("knows-account-access-alone", "refuses events with accounts", ("EVT-15",)),
    Flaw("mixes-events-at-once", "applies the newest event to every request that is under way", ("EVT-18",)),
    Flaw("older-events-win", "applies events in the order in which they come", ("EVT-19",), _WARN),
    Flaw("forgets-the-interaction-id", "answers without x-fapi-interaction-id", ("HDR-01",), _WARN),
    Flaw("needs-no-interaction-id", "takes events without x-fapi-interaction-id", ("HDR-02",), _WARN),
    Flaw("data-needs-no-interaction-id", "gives data without x-fapi-interaction-id", ("HDR-02",), _WARN),
    Flaw("takes-any-interaction-id", "takes events with any x-fapi-interaction-id", ("HDR-03",), _WARN),
    Flaw("data-takes-any-interaction-id", "gives data with any x-fapi-interaction-id", ("HDR-03",), _WARN),
)
