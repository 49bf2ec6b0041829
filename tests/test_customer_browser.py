# ruff: noqa: E501 (markup reads best on one line)
"""Redirects, refreshes, cookies, the way back to PayNet, and the same request sent again."""

from __future__ import annotations

import pytest

from conformance.customer import StepFailed
from conformance.customer.cookies import CookieJar
from conformance.customer.steps import parse_step
from conformance.model import Operation
from tests.support.pages import BANK, HOME, VALUES, Answer, Walk, header, redirect

FORM = (
    "<form method=post action=/in><input type=hidden name=csrf value=1><input name=username><button>Go</button></form>"
)
GO = {"click": "Go"}


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_keep_method_and_body_only_where_they_should(status):
    walk = Walk({BANK + "/": FORM, BANK + "/in": redirect("next?x=1", status), BANK + "/next": "there"})
    page = await walk.play(await walk.open(), {"fill": {"username": "a"}}, GO)
    last = walk.wire.sent[-1]
    assert (page.text, page.url, page.trail) == ("there", f"{BANK}/next?x=1", (f"{BANK}/next?x=1",))
    if status in (307, 308):
        assert (last.method, last.body) == ("POST", b"csrf=1&username=a")
        assert header(last, "content-type") == "application/x-www-form-urlencoded"
    else:
        assert (last.method, last.body) == ("GET", b"")
        assert header(last, "content-type") is None


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("location", "problem"),
    [
        ("/", "more than 10 redirects"),
        ("http://bank.example/", "not https"),
        ("javascript:alert(1)", "no web address"),
        ("https://[", "malformed"),
        ("https://gone.example/", "connection refused: nothing listens"),
    ],
)
async def test_a_redirect_that_leads_nowhere_is_the_pages_problem(location, problem):
    walk = Walk({BANK + "/": redirect(location), BANK + "/form": "<a href=/>Go</a>"})
    page = await walk.open()
    assert problem in page.problem
    assert page.returned_to is None
    assert not page.text
    clicked = await walk.play(await walk.open("/form"), GO)
    assert problem in clicked.problem
    with pytest.raises(StepFailed, match=problem):
        await walk.play(clicked, {"expect": "Welcome"})
    assert len(walk.wire.sent) <= 24


@pytest.mark.asyncio
async def test_an_address_that_cannot_be_opened_is_the_pages_problem():
    walk = Walk({})
    for url in ("", "login", "ftp://x/", "https://[", "http://bank.example/"):
        page = await walk.customer.open(url)
        assert page.problem
        assert (await walk.customer.post(url, [])).problem
    assert not walk.wire.sent


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "location", [HOME, HOME + "?state=1&code=2", HOME + "#done", "https://PAYNET.example:443/v1/oauth/callback?x"]
)
async def test_a_redirect_to_redirect_uri_is_the_return(location):
    walk = Walk({BANK + "/": FORM, BANK + "/in": redirect("/hop", 302), BANK + "/hop": redirect(location, 303, "a=1")})
    page = await walk.play(await walk.open(), GO)
    assert page.returned_to == location.replace("PAYNET.example:443", "paynet.example")
    assert (page.status, page.text, page.problem, page.set_cookies) == (303, "", "", ("a=1",))
    assert page.trail == (f"{BANK}/hop", page.returned_to)
    back = [each for each in walk.wire.sent if each.url.startswith(HOME)]
    assert [(each.method, each.operation, each.body) for each in back] == [("GET", Operation.RETURN, b"")]
    assert header(back[0], "cookie") is None
    assert all(each.operation is Operation.PAGE and each.caller == "customer" for each in walk.wire.sent[:-1])
    assert page.shows(parse_step({"expect": "url=/v1/oauth/callback"}).all_of[0])
    with pytest.raises(StepFailed, match="sent back to PayNet already"):
        await walk.play(page, {"expect": "Done"})
    with pytest.raises(StepFailed, match="sent back to PayNet already"):
        await walk.play(page, {"click": "Go"})


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "location",
    [HOME + "2", HOME + "/", HOME + ".evil.example", HOME.replace(".example", ".example:8443"), HOME.upper()],
)
async def test_a_place_beside_redirect_uri_is_not_the_return(location):
    walk = Walk({BANK + "/": redirect(location)})
    page = await walk.open()
    assert page.returned_to is None
    assert page.trail == (page.url,)
    assert page.problem


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "html",
    [
        f"<a href='{HOME}?error=access_denied'>Back to Budget App</a>",
        f"<form action='{HOME}'><input type=hidden name=error value=access_denied><button>Back to Budget App</button></form>",
        f"<form method=post action='{HOME}?error=access_denied'><button>Back to Budget App</button></form>",
        "<form method=post action=/back><button>Back to Budget App</button></form>",
    ],
)  # fmt: skip
async def test_a_link_or_form_to_redirect_uri_is_the_return(html):
    walk = Walk({BANK + "/": html, BANK + "/back": redirect(HOME + "?error=access_denied", 307)})
    page = await walk.play(await walk.open(), {"expect": "Back to {dc_name}"}, {"click": "Back to"})
    assert page.returned_to == HOME + "?error=access_denied"
    assert walk.wire.requests[-1] == f"GET {HOME}?error=access_denied"
    assert walk.wire.requests.count(walk.wire.requests[-1]) == 1


@pytest.mark.asyncio
async def test_a_foreign_place_is_followed_and_is_not_the_return():
    walk = Walk({BANK + "/": redirect("https://sso.example/login"), "https://sso.example/login": redirect(BANK + "/in"),
                 BANK + "/in": "in"})  # fmt: skip
    page = await walk.open()
    assert (page.text, page.returned_to) == ("in", None)
    assert page.trail == ("https://sso.example/login", BANK + "/in")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "page",
    [
        "<meta http-equiv=refresh content='0;url=/next'>",
        "<META HTTP-EQUIV=Refresh CONTENT=\"0; URL='/next'\">",
        "<meta http-equiv=refresh content='0 /next'>",
        Answer("x", headers=(("refresh", "0;url=/next"), ("content-type", "text/html"))),
    ],
)
async def test_a_refresh_without_delay_is_a_redirect(page):
    landed = await Walk({BANK + "/": page, BANK + "/next": "there"}).open()
    assert (landed.text, landed.trail) == ("there", (f"{BANK}/next",))


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "html",
    [
        "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>here",
        "<meta http-equiv=refresh content='300'>here",
        "<meta http-equiv=refresh content='x;url=/y'>here",
        "<noscript><meta http-equiv=refresh content='0;url=/noscript'></noscript>here",
    ],
)
async def test_refreshes_that_are_left_alone(html):
    walk = Walk({BANK + "/": html})
    page = await walk.open()
    assert (page.text, page.trail, page.refresh, page.problem) == ("here", (), None, "")


@pytest.mark.asyncio
async def test_a_page_that_asks_to_wait_is_waited_for():
    asked = []

    def status(_):
        asked.append(1)
        return "Approved" if len(asked) > 3 else "<meta http-equiv=refresh content='2;url=/status'>Please wait"

    walk = Walk({BANK + "/": FORM, BANK + "/in": redirect("/status"), BANK + "/status": status})
    page = await walk.play(await walk.open(), GO)
    assert (page.text, page.refresh) == ("Please wait", (2, f"{BANK}/status"))
    assert (await walk.play(page, {"expect": "Please wait"})) is page
    page = await walk.play(page, {"expect": "Approved"})
    assert page.text == "Approved"
    assert walk.pauses == [2, 2, 2]
    assert page.sent is not None


@pytest.mark.asyncio
async def test_waiting_has_an_end():
    for content in ("5;url=/", "0;url=/", "900;url=/logout"):
        walk = Walk({BANK + "/": f"<meta http-equiv=refresh content='{content}'>Please wait"})
        with pytest.raises(StepFailed, match="does not show 'Approved'"):
            await walk.play(await walk.open(), {"expect": "Approved"})
        assert sum(walk.pauses) <= 15
        assert len(walk.wire.sent) <= 22


@pytest.mark.asyncio
async def test_settle_follows_a_delayed_refresh_home():
    walk = Walk({BANK + "/": f"<meta http-equiv=refresh content='5;url={HOME}?ok'>Done"})
    page = await walk.open()
    assert page.text == "Done"
    assert (await walk.customer.settle(page)).returned_to == HOME + "?ok"
    assert walk.pauses == [5]


@pytest.mark.asyncio
async def test_a_form_is_sent_again_byte_for_byte():
    seen = []

    def take(request):
        seen.append((request.method, request.body, header(request, "cookie")))
        return redirect("/done", 303, f"n={len(seen)}")

    walk = Walk({BANK + "/": FORM, BANK + "/in": take, BANK + "/done": "<a href=/done>Go</a>done"})
    page = await walk.play(await walk.open(), {"fill": {"username": "a"}}, GO)
    page = await walk.play(page, GO)
    again = await walk.customer.resubmit(page)
    assert again.text == page.text
    assert seen == [("POST", b"csrf=1&username=a", None), ("POST", b"csrf=1&username=a", "n=1")]
    with pytest.raises(ValueError, match="no form"):
        await walk.customer.resubmit(await walk.open())


@pytest.mark.asyncio
async def test_the_back_button_is_an_earlier_page():
    walk = Walk({BANK + "/": FORM, BANK + "/in": "in"})
    first = await walk.open()
    await walk.play(first, {"fill": {"username": "a"}}, GO)
    await walk.play(first, {"fill": {"username": "b"}}, GO)
    assert [each.body for each in walk.wire.sent if each.method == "POST"] == [
        b"csrf=1&username=a",
        b"csrf=1&username=b",
    ]


@pytest.mark.asyncio
async def test_a_request_can_be_prepared_and_sent_by_somebody_else():
    pages = {BANK + "/": lambda _: Answer(FORM, headers=(("set-cookie", "s=x"),)), BANK + "/in": "in"}
    victim, thief = Walk(pages), Walk(pages)
    request = await victim.customer.prepare(await victim.open(), [parse_step(GO)], VALUES)
    assert (request.method, request.url) == ("POST", f"{BANK}/in")
    assert request.fields == (("csrf", "1"), ("username", ""))
    assert len(victim.wire.sent) == 1
    await thief.customer.submit(request)
    assert header(thief.wire.sent[-1], "cookie") is None
    await thief.open()
    page = await thief.customer.post(request.url, [("csrf", "forged")])
    assert (header(thief.wire.sent[-1], "cookie"), thief.wire.sent[-1].body, page.text) == ("s=x", b"csrf=forged", "in")
    await thief.customer.post(request.url, [("csrf", "forged")], cookies=False)
    assert header(thief.wire.sent[-1], "cookie") is None
    with pytest.raises(StepFailed, match="none of the steps"):
        await victim.customer.prepare(await victim.open(), [parse_step({"fill": {"username": "x"}})], VALUES)


@pytest.mark.asyncio
async def test_a_navigation_has_one_bound_for_all_its_requests():
    walk = Walk({BANK + "/": redirect("/next"), BANK + "/next": "x"}, seconds=7)
    await walk.open()
    assert 7 >= walk.wire.sent[0].seconds >= walk.wire.sent[1].seconds > 0


def jar(*cookies: str, url: str = "https://www.bank.example/app/login", now: float = 1000.0) -> CookieJar:
    made = CookieJar(lambda: now)
    made.store(url, cookies)
    return made


@pytest.mark.parametrize(
    ("cookie", "url", "sent"),
    [
        ("a=b", "https://www.bank.example/app/x", "a=b"),
        ("a=b", "https://www.bank.example/app", "a=b"),
        ("a=b", "https://www.bank.example/application", ""),
        ("a=b", "https://www.bank.example/", ""),
        ("a=b; Path=/", "https://www.bank.example/", "a=b"),
        ("a=b; path=relative", "https://www.bank.example/app/", "a=b"),
        ("a=b; Path=/", "https://bank.example/", ""),
        ("a=b; Path=/; Domain=.Bank.example", "https://bank.example/", "a=b"),
        ("a=b; Path=/; Domain=bank.example", "https://evilbank.example/", ""),
        ("a=b; Path=/; Domain=evil.example", "https://www.bank.example/", ""),
        ("a=b; Path=/; Domain=example", "https://www.bank.example/", ""),
        ("a=b; Path=/; Secure", "http://www.bank.example/", ""),
        ("a=b; Path=/", "http://www.bank.example/", "a=b"),
        ("a=b; Path=/; Max-Age=0", "https://www.bank.example/", ""),
        ("a=b; Path=/; Max-Age=-1", "https://www.bank.example/", ""),
        ("a=b; Path=/; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "https://www.bank.example/", "a=b"),
        ("a=b; Path=/; Max-Age=" + "9" * 400, "https://www.bank.example/", "a=b"),
        ("a=b; Path=/; Max-Age=soon", "https://www.bank.example/", "a=b"),
        ("a=b; Path=/; Expires=Thu, 01-Jan-1970 00:00:10 GMT", "https://www.bank.example/", ""),
        ("a=b; Path=/; Expires=Fri, 01 Jan 2100 00:00:00 GMT", "https://www.bank.example/", "a=b"),
        ("a=b; Path=/; Expires=whenever", "https://www.bank.example/", "a=b"),
        ("__Host-a=b; Path=/; Secure", "https://www.bank.example/", "__Host-a=b"),
        ("__Host-a=b; Path=/", "https://www.bank.example/", ""),
        ("__Host-a=b; Secure", "https://www.bank.example/app/", ""),
        ("__Host-a=b; Path=/; Secure; Domain=bank.example", "https://www.bank.example/", ""),
        ("__Secure-a=b; Path=/", "https://www.bank.example/", ""),
        ("a=b=c; Path=/", "https://www.bank.example/", "a=b=c"),
        ('a="b c"; Path=/', "https://www.bank.example/", 'a="b c"'),
        ("a=; Path=/", "https://www.bank.example/", "a="),
        ("nameless; Path=/", "https://www.bank.example/", ""),
        ("=b; Path=/", "https://www.bank.example/", ""),
        ("a=b\r\nX: y; Path=/", "https://www.bank.example/", ""),
        ("a=" + "b" * 5000 + "; Path=/", "https://www.bank.example/", ""),
    ],
)
def test_which_cookies_go_where(cookie, url, sent):
    assert jar(cookie).header(url) == sent


def test_cookies_are_replaced_removed_ordered_and_bounded():
    made = jar("a=1; Path=/", "a=2; Path=/", "a=3; Path=/app", "c=4; Path=/", "c=; Path=/; Max-Age=0")
    assert made.header("https://www.bank.example/app") == "a=3; a=2"
    assert jar("a=1; Secure", url="http://localhost/").header("https://localhost/") == ""
    assert jar("a=1; Domain=localhost", url="https://localhost:8443/").header("https://localhost:9443/") == "a=1"
    assert jar("a=1; Domain=0.0.1; Path=/", url="https://127.0.0.1/").header("https://127.0.0.1/") == ""
    many = jar(*(f"c{n}=1; Path=/" for n in range(1000)))
    assert many.header("https://www.bank.example/").count("=") == 300


def test_a_cookie_ends_when_its_time_is_over():
    now = [1000.0]
    made = CookieJar(lambda: now[0])
    made.store("https://bank.example/", ["a=b; Max-Age=60"])
    now[0] = 1059.0
    assert made.header("https://bank.example/") == "a=b"
    now[0] = 1060.0
    assert made.header("https://bank.example/") == ""


@pytest.mark.asyncio
async def test_cookies_of_every_answer_on_the_way_are_kept():
    pages = {
        BANK + "/": redirect("/b", 302, "a=1; Secure; HttpOnly", "b=2"),
        BANK + "/b": redirect("/c", 302, "a=3"),
        BANK + "/c": "x",
    }
    walk = Walk(pages)
    page = await walk.open()
    assert page.set_cookies == ("a=1; Secure; HttpOnly", "b=2", "a=3")
    assert [header(each, "cookie") for each in walk.wire.sent] == [None, "a=1; b=2", "a=3; b=2"]
