"""The customer's pages as HTML; every value in them is escaped."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from urllib.parse import urlsplit

from conformance.httpd import HttpResponse
from conformance.reference.bank import Account
from conformance.reference.events import Permission, Purpose
from conformance.reference.records import INSTITUTION

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f2f4f7;color:#1b2430}"
    "header{background:#12355b;color:#fff;padding:1rem 1.5rem;font-weight:600}"
    "main{max-width:34rem;margin:2rem auto;background:#fff;padding:1.5rem 2rem;border-radius:8px}"
    "h1{font-size:1.35rem;margin-top:0}label{display:block;margin:.6rem 0}"
    "input[type=text],input[type=password]{display:block;width:100%;padding:.5rem;box-sizing:border-box}"
    "button,.button{display:inline-block;padding:.55rem 1.3rem;margin:1rem .5rem 0 0;border:1px solid #12355b;"
    "border-radius:5px;background:#12355b;color:#fff;font:inherit;text-decoration:none}"
    "button.other{background:#fff;color:#12355b}.problem{color:#a11;font-weight:600}dt{font-weight:600}"
)
_STYLE_HASH = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_UNGUARDED = {
    "lets-pages-be-framed": ("Content-Security-Policy", "X-Frame-Options"),
    "lets-pages-be-cached": ("Cache-Control",),
    "lets-every-site-frame": ("X-Frame-Options",),
}
_WORDS = {
    Permission.READ_ACCOUNTS: "See your account details",
    Permission.READ_BALANCES: "See your account balances",
    Permission.READ_TRANSACTIONS: "See your account transactions",
}
_PURPOSES = {
    Purpose.PFM: "Personal financial management (PFM)",
    Purpose.CREDIT_UNDERWRITING: "Assessing you for credit (credit underwriting)",
}


def login(csrf: str, *, problem: str = "", status: int = 200) -> HttpResponse:
    """The login page."""
    return _form_page(
        "Log in",
        csrf,
        '<label>User name <input type="text" name="username" autocomplete="username" required></label>'
        '<label>Password <input type="password" name="password" autocomplete="current-password" required></label>'
        '<button type="submit">Log in</button>',
        problem,
        status,
    )


def accounts(csrf: str, offered: Iterable[Account], chosen: Sequence[str], *, problem: str = "") -> HttpResponse:
    """The page for choosing accounts."""
    boxes = "".join(
        f'<label><input type="checkbox" name="accounts" value="{escape(each.account_id)}"'
        f"{' checked' if each.account_id in chosen else ''}> "
        f"{escape(each.account_name)} {escape(each.shown_number)}</label>"
        for each in offered
    )
    body = f'{boxes}<button type="submit">Continue</button>'
    return _form_page("Choose your accounts", csrf, body, problem, 400 if problem else 200)


def review(
    csrf: str,
    *,
    consumer: str,
    permissions: Iterable[Permission],
    purpose: Purpose,
    expiration: datetime | None,
    chosen: Iterable[Account],
    redirect_uri: str,
) -> HttpResponse:
    """The page that shows the consent: who asks, what, why, until when; None leaves the day out."""
    until = expiration.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if expiration else ""
    rows = [
        ("Who asks", [consumer]),
        ("What they may do", [_WORDS[each] for each in Permission if each in set(permissions)]),
        ("Accounts", [f"{each.account_name} {each.shown_number}" for each in chosen]),
        ("Why", [_PURPOSES[purpose]]),
        ("Until", [until]),
    ]
    listed = "".join(
        f"<dt>{escape(name)}</dt>" + "".join(f"<dd>{escape(each)}</dd>" for each in values)
        for name, values in rows
        if any(values)
    )
    body = (
        f"<dl>{listed}</dl>"
        '<button type="submit" name="decision" value="approve">Approve</button>'
        '<button type="submit" name="decision" value="reject" class="other">Reject</button>'
    )
    parts = urlsplit(redirect_uri)
    # Browsers hold the redirect that follows a form to form-action as well.
    return _form_page("Review and confirm", csrf, body, action=f"{parts.scheme}://{parts.netloc}")


def approved(consumer: str, way_back: str) -> HttpResponse:
    """The success page."""
    return _page(
        "Consent approved",
        f"<p>{escape(consumer)} can now read what you agreed to.</p>"
        f'<p><a class="button" href="{escape(way_back)}">Back to {escape(consumer)}</a></p>',
    )


def not_accepted() -> HttpResponse:
    """The page after an approval that PayNet did not accept."""
    return _page(
        "We could not complete your request",
        "<p>Nothing was shared. Please start again from the application that sent you here.</p>",
    )


def message(heading: str, text: str, status: int) -> HttpResponse:
    """A page that only says something."""
    return _page(heading, f"<p>{escape(text)}</p>", status)


def see_other(location: str) -> HttpResponse:
    """A redirect after a form (RFC 9110 15.4.4)."""
    return HttpResponse(303, (("Location", location), *_headers("")))


def consents(csrf: str, listed: Iterable[tuple[str, str, str]]) -> HttpResponse:
    """The customer's consents as (id, Data Consumer, state) with a way to revoke those that can be."""
    rows = "".join(
        f"<p>{escape(consumer)}: {escape(state)}"
        + (
            f' <button type="submit" name="revoke" value="{escape(number)}">Revoke</button>'
            if state in ("authorized", "suspended")
            else ""
        )
        + "</p>"
        for number, consumer, state in listed
    )
    return _form_page("Your consents", csrf, rows or "<p>There are none.</p>")


def unguarded(page: HttpResponse, flaws: frozenset[str]) -> HttpResponse:
    """The page without the guards that flaws leave out; as it is without any."""
    dropped = {name for flaw, names in _UNGUARDED.items() if flaw in flaws for name in names}
    kept = tuple(each for each in page.headers if each[0] not in dropped)
    if "lets-every-site-frame" in flaws:
        kept = tuple((name, value.replace("frame-ancestors 'none'", "frame-ancestors https:")) for name, value in kept)
    return HttpResponse(page.status, kept, page.body)


def _form_page(
    heading: str, csrf: str, body: str, problem: str = "", status: int = 200, action: str = ""
) -> HttpResponse:
    told = f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else ""
    hidden = f'<input type="hidden" name="csrf" value="{escape(csrf)}">'
    return _page(heading, f'{told}<form method="post">{hidden}{body}</form>', status, action)


def _page(heading: str, body: str, status: int = 200, action: str = "") -> HttpResponse:
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(heading)}</title><style>{_STYLE}</style></head>"
        f"<body><header>{escape(INSTITUTION)}</header><main><h1>{escape(heading)}</h1>{body}</main></body></html>"
    )
    return HttpResponse(status, (("Content-Type", "text/html; charset=utf-8"), *_headers(action)), text.encode())


def _headers(action: str) -> tuple[tuple[str, str], ...]:
    """No framing, no caching, no script, no referrer (RFC 9700 4.16)."""
    policy = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
        f"form-action 'self'{action and ' ' + action}; frame-ancestors 'none'"
    )
    return (
        ("Content-Security-Policy", policy),
        ("X-Frame-Options", "DENY"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
    )
