# ruff: noqa: E501 (markup reads best on one line)
"""What a customer sees of pages never seen before, hostile ones among them."""

from __future__ import annotations

import gzip

import pytest

from conformance.customer import StepFailed
from conformance.customer.address import BadAddress, resolve, same_place
from conformance.customer.decode import decoded, unpacked
from conformance.customer.document import parse
from conformance.customer.fields import Fields
from conformance.customer.seen import visible_text
from conformance.customer.text import excerpt, fold, listed
from tests.support.pages import BANK, Answer, Walk

HTML = (("content-type", "text/html"),)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<title>T</title><p>One<b>Two</b>\n\u00a0 three<br>four<div>five</div>six", "OneTwo three four five six"),
        ("<script>bad()</script><style>p{}</style><template>t</template><!-- c -->good<p hidden>no<p>yes", "good yes"),
        ("<p style='color:red;display : none'>no</p><div style='visibility:hidden'><b>no</b></div>x<dialog>no</dialog>", "x"),
        ("<p style='display:block'>yes</p><details>more</details>", "yes more"),
        ("<input type=hidden value=no><input type=password value=no><input type=submit value=Approve><input value=typed>",
         "Approve typed"),
        ("<input readonly value='Budget App'><textarea>memo</textarea><select><option>a<option>b</select>",
         "Budget App memo a b"),
        ("<UL><LI>A<LI>B</UL>&amp;&lt;&#8217;", "A B &<’"),
        ("App\u00adrove\u200b \u202enow", "Approve now"),
        ("plain & text < here", "plain & text < here"),
        ("", ""),
        ("<noscript><button>Go on</button></noscript>", "Go on"),
    ],
)  # fmt: skip
def test_visible_text(html, text):
    assert visible_text(parse(html, BANK).root) == text


@pytest.mark.asyncio
async def test_what_a_page_shows():
    page = await Walk({BANK + "/": "<title> My  bank </title><h1>Don’t  panic</h1><p id=e hidden>Error</p>"}).open()
    assert page.title == "My bank"
    assert page.shows("don't PANIC")
    assert not page.shows("error")
    assert not page.shows("My bank")


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("é".encode(), "text/html", "é"),
        (b"\xe9", "text/html", "é"),
        (b"\xe9", "text/html; charset=ISO-8859-1", "é"),
        (b"\x80", "text/html; charset=latin1", "€"),
        ("é".encode(), "text/html; charset=nonsense", "é"),
        ("é".encode(), "text/html; charset=hex", "é"),
        ("é".encode(), "text/html; charset=idna", "é"),
        ("é".encode("utf-16"), "text/html; charset=ascii", "é"),
        ('<meta http-equiv=c content="text/html; charset=shift_jis">口座'.encode("shift_jis"), "text/html", "口座"),
        ("<meta charset='gb2312'>账户".encode("gb2312"), "text/html", "账户"),
        ("<meta charset=utf-16>é".encode(), "text/html", "é"),
        (b"\xff\xfe\x00", "text/html; charset=utf-8", "\ufffd"),
        (b"a\x00b\x1b[31m\x7f", "", "a\ufffdb\ufffd[31m\ufffd"),
    ],
)
def test_charset(body, content_type, text):
    assert text in decoded(body, content_type)[0]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (Answer(gzip.compress(b"<p>packed"), headers=(*HTML, ("content-encoding", "gzip"))), "packed"),
        (Answer(b"not gzip", headers=(*HTML, ("content-encoding", "gzip"))), "not gzip"),
        (Answer('{"error": "x"}', 400, (("content-type", "application/json"),)), '{"error": "x"}'),
        (Answer("<b>a</b>", headers=(("content-type", "text/plain"),)), "<b>a</b>"),
        (Answer("<b>a</b>", headers=()), "a"),
        (Answer(b"%PDF", headers=(("content-type", "application/pdf"),)), ""),
        (Answer("", 204, ()), ""),
        (Answer("gone", 302, HTML), "gone"),
    ],
)
async def test_answers_of_every_kind_are_pages(answer, text):
    page = await Walk({BANK + "/": answer}).open()
    assert (page.text, page.status, page.problem) == (text, answer.status, "")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + "deep",
        "<p>" * 50_000,
        "<form>" * 50_000,
        "<form><input name=a></form>" * 20_000,
        "<a " + " ".join(f"a{n}=1" for n in range(200_000)) + ">",
        "<script " + " ".join(f"a{n}" for n in range(200_000)) + ">",
        "<a x='>' " + 'b="' * 300_000,
        "<label>" * 200 + "<input type=checkbox name=accounts>" * 20_000,
        "<label for=a>x</label>" * 20_000 + "<input type=checkbox id=a name=accounts>" * 20_000,
        "<button>" * 240 + "x" * 1_000_000,
        "<!--" * 500_000,
        "<title>" * 300_000,
        "</p>" * 100_000,
        "&#0;&#x1F;&#xD800;\x00\x1b]0;x\x07" * 50_000,
        "<" * 1_000_000,
        "<a href=" + "/" * 1_900_000 + ">Log in</a>",
    ],
    ids=lambda html: html[:12],
)
async def test_hostile_pages_are_read_and_told_of_in_one_short_line(html):
    walk = Walk({BANK + "/": html})
    page = await walk.open()
    for step in (
        {"click": "Log in"},
        {"fill": {"username": "a"}},
        {"choose": {"accounts": "nothing"}},
        {"expect": "Welcome"},
    ):
        with pytest.raises(StepFailed) as failed:
            await walk.play(page, step)
        assert len(failed.value.reason) < 1000
    assert failed.value.reason.isprintable()


def test_a_page_that_is_nested_too_deeply_says_so():
    document = parse("<div>" * 5000 + "<button>Log in</button>", BANK)
    assert document.cut
    assert not parse("<div>" * 50, BANK).cut


def test_a_tag_with_thousands_of_attributes_loses_them_and_scripts_do_not_hide_tags():
    many = " ".join(f"a{n}=1" for n in range(5000))
    document = parse(f"<form {many}><input name=a></form><script>if (a<b) '<form>'</script><input name=b>", BANK)
    fields = Fields(document)
    assert [(each.name, each.form is None) for each in fields.controls] == [("a", False), ("b", True)]
    assert len(fields.forms[0].attrib) == 1


def test_what_is_kept_of_a_page_is_bounded():
    fields = Fields(parse("<form><input name=a></form><label for=b>x</label>" * 9000 + "<input id=b>", BANK))
    assert (len(fields.controls), len(fields.forms)) == (5000, 300)
    field = Fields(parse("<label for=b>x</label>" * 9000 + "<input id=b>", BANK))
    assert len(field.labels(field.controls[0])) == 4
    assert len(decoded(b"x" * (3 << 20), "")[0]) == 2 << 20
    assert len(unpacked(gzip.compress(b"x" * (64 << 20)), "gzip")) == 8 << 20


def test_a_form_owns_what_stands_between_its_tags_however_badly_nested():
    html = "<p><form id=f><div></p><input name=a></div></form><input name=b><form id=g></p><input name=c form=f><input name=d>"
    fields = Fields(parse(html, BANK))
    owners = {each.name: each.form.get("id") if each.form is not None else None for each in fields.controls}
    assert owners == {"a": "f", "b": None, "c": "f", "d": "g"}


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        ("/a", "https://bank.example/a"),
        ("?q", "https://bank.example/x/y?q"),
        ("", "https://bank.example/x/y?z"),
        ("//other.example:443/a#f", "https://other.example/a#f"),
        ("https:\\\\other.example\\a?b\\c", "https://other.example/a?b\\c"),
        (" \thttps://OTHER.example:8443 \n", "https://other.example:8443/"),
        ("/a/%2e%2E/b/./c", "https://bank.example/b/c"),
        ("https://user:pw@other.example/", "https://other.example/"),
        ("https://bücher.example/é", "https://xn--bcher-kva.example/%C3%A9"),
        ("https://[::1]:8443/a", "https://[::1]:8443/a"),
        ("a\nb", "https://bank.example/x/ab"),
    ],
)
def test_references_resolve_as_in_a_browser(reference, url):
    assert resolve("https://bank.example/x/y?z", reference) == url


@pytest.mark.parametrize(
    "reference",
    ["javascript:alert(1)", "mailto:a@b", "file:///etc/passwd", "https://", "https://[::1", "https://a:b/", "https://a:99999/",
     "https://a b/", "https://" + "a" * 300 + "é.example/", "/" + "a" * 20_000, "data:text/html,x", "https://a\x00b/"],
)  # fmt: skip
def test_what_no_browser_could_follow_is_refused_in_a_clause(reference):
    with pytest.raises(BadAddress) as told:
        resolve("https://bank.example/", reference)
    assert str(told.value).isprintable()
    assert len(str(told.value)) < 300


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://h.example/cb?code=1#x", True),
        ("https://H.example:443/cb", True),
        ("https://h.example/x/../cb", True),
        ("https://h.example/cb/", False),
        ("https://h.example/cb2", False),
        ("https://h.example:8443/cb", False),
        ("http://h.example/cb", False),
        ("https://h.example.evil.example/cb", False),
        ("https://h.example@evil.example/cb", False),
        ("https://evil.example\\@h.example/cb", False),
        ("https://evil.example/?u=https://h.example/cb", False),
    ],
)
def test_which_urls_are_the_return(url, same):
    assert same_place(url, "https://h.example/cb") is same


def test_texts_for_comparison_and_for_print():
    assert fold("  Ｌog\u00a0In…  ") == "log in..."
    assert excerpt("a\x1b[31m\n" + "b" * 99) == "a[31m " + "b" * 31 + "..."
    assert listed([]) == "none"
    assert listed("abc") == "'a', 'b', 'c'"
    assert listed(map(str, range(10))) == "'0', '1', '2', '3', '4', '5', '6', '7' and 2 more"
