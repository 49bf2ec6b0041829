"""What the customer must see: a stage of the journey, the consent in words, the way back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

from conformance.consent import AccountRef, Consent
from conformance.expect import answers
from conformance.journeys import Landing, Stage, Visit
from conformance.model import Mismatch

MALAYSIA = timezone(timedelta(hours=8))
# What is shorter may stand on a page by chance.
_TELLING = 6
_DATE_FORMS = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%Y/%m/%d",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%b %d %Y",
    "%B %d %Y",
    "%d-%b-%Y",
    "%d/%m/%y",
)


def stage(visit: Visit, wanted: Stage) -> None:
    """The customer is at a stage."""
    lack = visit.missing(wanted)
    if lack:
        raise Mismatch(
            f"the {wanted.value} page",
            f"a page at {visit.page.url} that is none: {lack}",
            exchange=visit.exchange_id,
            hint=f"If the page is right, customer_pages.{wanted.value} in the profile does not describe it.",
        )


def not_stage(visit: Visit, unwanted: Stage) -> None:
    """The customer has not come to a stage."""
    if not visit.missing(unwanted):
        raise Mismatch(
            f"no {unwanted.value} page", f"the {unwanted.value} page at {visit.page.url}", exchange=visit.exchange_id
        )


def turned_away(landing: Landing) -> None:
    """Authorize leads to no login: a refusal, or a redirect to a page of the provider's that says no."""
    if landing.visit is None:
        answers.refusal(landing.answer)
        return
    not_stage(landing.visit, Stage.LOGIN)
    if landing.visit.page.status >= 500:
        raise Mismatch(
            "a page that turns the customer away",
            f"HTTP {landing.visit.page.status} at {landing.visit.page.url}",
            exchange=landing.visit.exchange_id,
        )


def never_at(landing: Landing, foreign: str, registered: str) -> None:
    """No redirect leads to an address that was only asked for, be it at the first step or at a later one."""
    location = landing.answer.wire.header("location") or ""
    hops = [location, *(landing.visit.hops if landing.visit else ())]
    host = _host(foreign)
    for hop in hops:
        if hop.startswith(foreign) or (host not in ("", _host(registered)) and _host(hop) == host):
            later = landing.visit if landing.visit and hop != location else None
            found = later.exchange_id if later else landing.answer.exchange_id
            raise Mismatch("no redirect to an unregistered address", f"one to {hop!r}", exchange=found)


def guarded(visit: Visit) -> None:
    """The page forbids framing (CSP frame-ancestors or X-Frame-Options) and storing (RFC 9700 section 4.16)."""
    page = visit.page
    if not _unframed(page.headers):
        raise Mismatch(
            "a page that forbids framing (frame-ancestors or X-Frame-Options)",
            "one that others may frame",
            exchange=visit.exchange_id,
        )
    if "no-store" not in (page.header("cache-control") or "").lower():
        said = page.header("cache-control") or "no Cache-Control"
        raise Mismatch("a page that may not be stored (no-store)", said, exchange=visit.exchange_id)


def cookies_guarded(visit: Visit, cookies: Sequence[str]) -> None:
    """Cookies are Secure and SameSite, and at least one, the session's, is HttpOnly too, if there are any."""
    spelled = [[part.strip().lower() for part in each.split(";")] for each in cookies]
    for cookie in spelled:
        named = {name.strip(): value.strip() for name, _, value in (part.partition("=") for part in cookie[1:])}
        lacking = [] if "secure" in named else ["Secure"]
        lacking += [] if named.get("samesite") in ("lax", "strict") else ["SameSite (Lax or Strict)"]
        if lacking:
            name = cookie[0].partition("=")[0]
            raise Mismatch(f"the cookie {name} to be {' and '.join(lacking)}", "it is not", exchange=visit.exchange_id)
    if spelled and not any("httponly" in cookie[1:] for cookie in spelled):
        raise Mismatch("an HttpOnly session cookie", "none of the cookies is", exchange=visit.exchange_id)


def no_success(visit: Visit) -> None:
    """The customer is not told that it worked: no success page, and no return without an error."""
    if visit.returned_to and "error" not in dict(parse_qsl(urlsplit(visit.returned_to).query)):
        raise Mismatch("no return as after success", f"a return to {visit.returned_to}", exchange=visit.exchange_id)
    if visit.describes(Stage.APPROVED) and not visit.returned_to and not visit.missing(Stage.APPROVED):
        raise Mismatch("no success page", f"the success page at {visit.page.url}", exchange=visit.exchange_id)


def page_refused(visit: Visit) -> None:
    """The page is an answer (not a 5xx, not silence): a person sees that it did not work."""
    page = visit.page
    if page.problem or page.status >= 500 or not page.text.strip():
        raise Mismatch(
            "a page that tells the customer what is wrong",
            page.problem or (f"HTTP {page.status}" if page.status >= 500 else "an empty page"),
            exchange=visit.exchange_id,
        )


def consent_shown(visit: Visit, consent: Consent, dc_name: str, wording: Mapping[str, Sequence[str]]) -> None:
    """The review page says who asks, what for, why and until when, in the words that the profile gives."""
    text = visit.page.text.casefold()
    questions: dict[str, Sequence[str]] = {
        "who asks": (dc_name, consent.dc_id),
        "until when": _dates(consent.expiration),
    }
    questions |= {f"what ({each.value})": wording[each.value] for each in consent.permissions}
    questions |= {f"why ({consent.purpose.value})": wording[consent.purpose.value]}
    for question, words in questions.items():
        if not any(word.casefold() in text for word in words):
            raise Mismatch(
                f"the review page to say {question}, as one of {', '.join(map(repr, list(words)[:4]))}",
                "a page without it",
                exchange=visit.exchange_id,
                hint="If the page says it in other words, give them under `wording` in the profile.",
            )


def shows_none_of(visit: Visit, accounts: Iterable[AccountRef]) -> None:
    """No page so far tells, to the eye or in its source, of any of these accounts."""
    told = {name for each in accounts for name in (each.account_id, each.account_number) if len(name) >= _TELLING}
    for page in visit.seen:
        source = page.reply.body.decode("utf-8", "replace") if page.reply else ""
        if any(name in source or name in page.text for name in told):
            found = page.reply.exchange.id if page.reply else ""
            raise Mismatch("no account of another customer", f"one on the page at {page.url}", exchange=found)


def returned(visit: Visit, redirect_uri: str, *, with_error: bool) -> None:
    """The browser is back at redirect_uri, with an `error` parameter or without one (R:return_params)."""
    if not visit.returned_to:
        raise Mismatch(
            f"the browser back at {redirect_uri}",
            visit.page.problem or f"the page at {visit.page.url}",
            exchange=visit.exchange_id,
        )
    came, asked = urlsplit(visit.returned_to), urlsplit(redirect_uri)
    if (came.scheme, came.netloc, came.path) != (asked.scheme, asked.netloc, asked.path):
        raise Mismatch(f"the browser back at {redirect_uri}", f"it at {visit.returned_to}", exchange=visit.exchange_id)
    error = dict(parse_qsl(came.query, keep_blank_values=True)).get("error")
    if with_error and not error:
        raise Mismatch("an `error` query parameter on the return", "none", exchange=visit.exchange_id)
    if not with_error and error is not None:
        raise Mismatch("a return without `error`", f"error={error}", exchange=visit.exchange_id)


def success(visit: Visit) -> None:
    """After approval the customer is told so: the `approved` page, or back at redirect_uri without an error."""
    if visit.returned_to:
        if "error" in dict(parse_qsl(urlsplit(visit.returned_to).query, keep_blank_values=True)):
            raise Mismatch("success", f"a return with an error: {visit.returned_to}", exchange=visit.exchange_id)
        return
    stage(visit, Stage.APPROVED)


def _dates(moment: datetime) -> tuple[str, ...]:
    """A day in the forms that banks print, in Malaysian time and in UTC, with and without leading zeros."""
    found: dict[str, None] = {}
    for local in (moment.astimezone(MALAYSIA), moment):
        for form in _DATE_FORMS:
            text = local.strftime(form)
            found |= {text: None, text.replace(local.strftime("%d"), str(local.day), 1): None}
        found |= {f"{local.day}/{local.month}/{local.year}": None, f"{local.month}/{local.day}/{local.year}": None}
    return tuple(found)


def _host(url: str) -> str:
    """Host and port as a browser finds them; "" where there are none."""
    try:
        parts = urlsplit(url.replace("\\", "/"))
        return f"{parts.hostname}:{parts.port or 443}" if parts.hostname else ""
    except ValueError:
        return ""


def _unframed(headers: Sequence[tuple[str, str]]) -> bool:
    """Whether no other site may frame a page: frame-ancestors, which overrides X-Frame-Options (CSP 3, 6.4.2)."""
    values = {"content-security-policy": "", "x-frame-options": ""}
    for name, value in headers:
        if name.lower() in values:
            values[name.lower()] += f"{value.lower()},"
    directives = [each.split() for each in re.split("[;,]", values["content-security-policy"])]
    ancestors = [each[1:] for each in directives if each[:1] == ["frame-ancestors"]]
    if ancestors:
        return any(not {"*", "https:", "http:", "https://*"} & set(each) for each in ancestors)
    return any(each.strip() in ("deny", "sameorigin") for each in values["x-frame-options"].split(","))
