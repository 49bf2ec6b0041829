"""All pages of an account's transactions, one after the other, until there are no more or it cannot end."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.consent import AccountRef, Consent
from conformance.provider import Answer, Item, Page, Provider, read_page

_MOST_PAGES = 300


@dataclass(frozen=True, slots=True)
class Walk:
    """What the pages held; `problem` says why the walk ended early, "" where the last page ended it."""

    items: tuple[Item, ...]
    pages: tuple[Page, ...]
    last: Answer
    problem: str = ""


async def walk(provider: Provider, consent: Consent, account: AccountRef, **parameters: str) -> Walk:
    """Ask for a page, then follow `next_page_params` verbatim; with all other parameters as they were."""
    pages: list[Page] = []
    cursors: set[str] = set()
    asked = dict(parameters)
    while True:
        answer = await provider.transactions(consent, account, **asked)
        page = read_page(answer) if answer.served else None
        if page is None:
            return _walk(pages, answer, f"page {len(pages) + 1} was {answer.told} without a list of transactions")
        pages.append(page)
        if not page.cursor:
            return _walk(pages, answer)
        if page.cursor in cursors or len(pages) == _MOST_PAGES:
            return _walk(pages, answer, "the pages do not end: a cursor repeats, or there are more than 300")
        cursors.add(page.cursor)
        asked = {**parameters, "next_page_params": page.cursor}


def _walk(pages: list[Page], last: Answer, problem: str = "") -> Walk:
    return Walk(tuple(item for page in pages for item in page.items), tuple(pages), last, problem)
