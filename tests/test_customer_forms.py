# ruff: noqa: E501 (markup reads best on one line)
"""What pages never seen before send when a customer fills, chooses and clicks."""

from __future__ import annotations

import pytest

from conformance.customer import StepFailed
from tests.support.pages import BANK, Walk, header, sends

LOG_IN = {"fill": {"username": "{username}", "password": "{password}"}}
CLICK = {"click": "Log in"}
CHOOSE = {"choose": {"accounts": "{accounts}"}}
ALICE = [("username", "alice"), ("password", "s3cret")]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "html",
    [
        "<form method=post action=/in><input name=username><input type=password name=password><button>Log in</button></form>",
        "<FORM METHOD=POST ACTION=/in><INPUT NAME=username><INPUT NAME=password><INPUT TYPE=SUBMIT VALUE='Log  in'></FORM>",
        "<form method=post action=/in id=f></form><input form=f name=username><input form=f name=password>"
        "<button form=f>log in</button>",
        "<label>User <b>name</b> *<label><input name=username></label></label>"
        "<form method=post action=/in><label>username: <input name=username></label>"
        "<label for=p>Password</label><input id=p name=password><input type=image alt='Log in' src=x disabled>"
        "<input type=submit value='Log in'></form>",
        "<table><form method=post action=/in><tr><td><input name=username><td><input name=password></tr>"
        "<tr><td><button>Log in</button></td></tr></form></table>",
        "<div><form method=post action=/in></div><input name=username><input name=password><button>Log in</button></form>",
        "<form method=post action=/in><form action=/nowhere><input name=username><input name=password><button>Log in",
        "<base href='https://bank.example/in'><form method=post action=''></form>"
        "<form method=post action=in><input name=username><input name=password><button>Log in</button></form>",
        "<form method=post action='\n /in '><input name=username><input name=password>"
        "<button type=button onclick='this.form.submit()'>Log in</button></form>",
        "<form method=get action=/x><input name=username><input name=password>"
        "<button formmethod=post formaction=/in>Log in</button></form>",
        "<form method=post action=/in><input name=username><input name=password>"
        "<a href='#' class=button onclick='document.forms[0].submit();return false'>Log in</a></form>",
        "<a href=/help>Log in</a><form action=/search><input name=q><button>Search</button></form>"
        "<form method=post action=/in><input name=username><input name=password><button>Log in</button></form>",
        "<form method=post action=/register><input name=username><input name=password><button>Register</button></form>"
        "<form method=post action=/in><input name=username><input name=password><button>Log in</button></form>",
    ],
)  # fmt: skip
async def test_a_login_form_of_any_make(html):
    wire = await sends(html, LOG_IN, CLICK)
    assert wire.requests[-1] == f"POST {BANK}/in"
    assert wire.form == ALICE
    assert header(wire.sent[-1], "content-type") == "application/x-www-form-urlencoded"
    assert header(wire.sent[-1], "origin") == BANK
    assert header(wire.sent[-1], "referer") == f"{BANK}/start"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "field",
    [
        "<input name=username>",
        "<input name=u id=username>",
        "<label for=z>USERNAME *</label><input name=u id=z>",
        "<label>Username:<input name=u></label>",
        "<input name=u placeholder=Username>",
        "<span id=l>Username</span><input name=u aria-labelledby=l>",
        "<input name=u aria-label=username>",
        "<input name='login[username]'>",
        "<input name='form:login:username'>",
        "<input name=u autocomplete='section-a username'>",
        "<label>Username or card number <input name=u></label>",
        "<textarea name=username>\nold</textarea>",
        "<input name=username style='display:none' value=trap><input name=u id=username>"
        "<input type=hidden name=username value=kept>",
    ],
)
async def test_a_field_goes_by_many_names(field):
    wire = await sends(f"<form>{field}<button>Go</button></form>", {"fill": {"username": "alice"}}, {"click": "Go"})
    assert [value for _, value in wire.form if value not in ("trap", "kept")] == ["alice"]


@pytest.mark.asyncio
async def test_hidden_fields_and_the_pressed_button_go_along_and_nothing_else_does():
    wire = await sends(
        "<form method=post><input type=hidden name=csrf value='a&b=é'><input name=unnamed disabled><input value=x>"
        "<fieldset disabled><input name=off value=1></fieldset><input type=checkbox name=keep checked>"
        "<input type=checkbox name=not><input type=radio name=r value=1 checked><input type=radio name=r value=2 checked>"
        "<select name=s><option disabled>no<option value=first>First<option>Second</select>"
        "<select name=m multiple><option selected>m1<option>m2<option selected>m3</select>"
        "<textarea name=t>\none\ntwo</textarea><datalist><input name=ghost></datalist><input type=file name=f>"
        "<button name=do value=reject>Reject</button><button name=do value=approve>Approve</button></form>",
        {"click": "Approve"},
    )  # fmt: skip
    assert wire.form == [
        ("csrf", "a&b=é"), ("keep", "on"), ("r", "2"), ("s", "first"), ("m", "m1"), ("m", "m3"), ("t", "one\r\ntwo"),
        ("f", ""), ("do", "approve"),
    ]  # fmt: skip


@pytest.mark.asyncio
async def test_an_empty_action_is_the_page_itself_even_with_a_base():
    wire = await sends("<base href=/elsewhere/><form method=post><button>Go</button></form>", {"click": "Go"})
    assert wire.requests[-1] == f"POST {BANK}/start"


@pytest.mark.asyncio
async def test_a_get_form_replaces_the_query():
    wire = await sends(
        "<form action='/x?old=1#f'><input name=a value='1 2'><button>Go</button></form>", {"click": "Go"}
    )
    assert wire.requests[-1] == f"GET {BANK}/x?a=1+2"


@pytest.mark.asyncio
async def test_an_image_button_sends_coordinates():
    wire = await sends("<form><input type=image name=go alt=Approve src=a.png></form>", {"click": "Approve"})
    assert wire.form == [("go.x", "1"), ("go.y", "1")]


@pytest.mark.asyncio
async def test_multipart():
    wire = await sends(
        "<form method=post enctype=multipart/form-data><input name='a\"b' value=ü><input type=file name=f>"
        "<button>Go</button></form>",
        {"click": "Go"},
    )
    kind, _, boundary = (header(wire.sent[-1], "content-type") or "").partition("; boundary=")
    assert kind == "multipart/form-data"
    body = wire.sent[-1].body.decode()
    assert f'--{boundary}\r\nContent-Disposition: form-data; name="a%22b"\r\n\r\nü\r\n' in body
    assert 'name="f"; filename=""' in body
    assert body.endswith(f"--{boundary}--\r\n")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("html", "sent"),
    [
        ("<input type=checkbox name=accounts value=acc-1><input type=checkbox name=accounts value=acc-2>"
         "<input type=checkbox name=accounts value=acc-3 checked>", ["acc-1", "acc-2"]),
        ("<input type=checkbox name='accounts[]' value=acc-1><input type=checkbox name='accounts[]' value=acc-2>"
         "<input type=checkbox name='accounts[]' value=acc-3 checked>", ["acc-1", "acc-2"]),
        ("<input type=checkbox name='accounts[0]' value=acc-1><input type=checkbox name='accounts[1]' value=acc-2>"
         "<input type=checkbox name='accounts[2]' value=acc-3>", ["acc-1", "acc-2"]),
        ("<select name=accounts multiple><option value=acc-1>One<option value=acc-2>Two<option selected>acc-3</select>",
         ["acc-1", "acc-2"]),
        ("<label for=s>Accounts</label><select id=s name=x multiple><option>acc-1<option>acc-2</select>",
         ["acc-1", "acc-2"]),
        ("<input type=checkbox name=accounts value=1 id=i><label for=i>acc-1 Savings</label>"
         "<label><input type=checkbox name=accounts value=2>ACC-2</label>"
         "<label><input type=checkbox name=accounts value=3>acc-22</label>", ["1", "2"]),
        ("<table><tr><td><input type=checkbox name=accounts value=1><td>Savings<td>acc-1"
         "<tr><td><input type=checkbox name=accounts value=2><td>Card (acc-2)</table>", ["1", "2"]),
        ("<input type=checkbox name=accounts value=1> acc-1<br><input type=checkbox name=accounts value=2> acc-2<br>",
         ["1", "2"]),
        ("<fieldset><legend>Accounts:</legend><input type=checkbox name=acc-1 value=a><input type=checkbox name=acc-2 value=b>"
         "</fieldset><input type=checkbox name=agree value=yes>", ["a", "b"]),
        ("<ul id=accounts><li><input type=checkbox name=p value=x id=acc-1><li><input type=checkbox name=q value=y id=acc-2></ul>",
         ["x", "y"]),
    ],
)  # fmt: skip
async def test_accounts_are_chosen_from_any_make_of_group(html, sent):
    wire = await sends(f"<form method=post>{html}<button>Continue</button></form>", CHOOSE, {"click": "Continue"})
    assert [value for _, value in wire.form] == sent


@pytest.mark.asyncio
async def test_choosing_nothing_unticks_everything():
    wire = await sends(
        "<form method=post><input type=hidden name='accounts[]' value=''><input type=checkbox name='accounts[]' checked>"
        "<select name=more multiple><option selected>x</select><button>Continue</button></form>",
        {"choose": {"accounts": [], "more": []}},
        {"click": "Continue"},
    )
    assert wire.form == [("accounts[]", "")]


@pytest.mark.asyncio
async def test_a_single_account_by_radio_button_or_list():
    html = (
        "<form method=post><input type=radio name=accounts value=acc-1 checked><input type=radio name=accounts value=acc-2>"
        "<select name=more><option>a<option>b</select><button>Continue</button></form>"
    )
    choose = {"choose": {"accounts": "{accounts}", "more": "b"}}
    wire = await sends(html, choose, {"click": "Continue"}, accounts=["acc-2"])
    assert wire.form == [("accounts", "acc-2"), ("more", "b")]
    with pytest.raises(StepFailed, match="one choice only"):
        await sends(html, choose, accounts=["acc-1", "acc-2"])


@pytest.mark.asyncio
async def test_css_names_groups_fields_and_buttons():
    wire = await sends(
        "<form method=post><div class=list><input type=checkbox name=q1 value=acc-1><input type=checkbox name=q2 value=acc-2></div>"
        "<input class=pin name=pin><button>No</button><button class='main big' name=b value=1>Go</button></form>",
        {"choose": {"css=.list": "{accounts}"}}, {"fill": {"css=input.pin": "77"}}, {"click": "css=button.main"},
    )  # fmt: skip
    assert wire.form == [("q1", "acc-1"), ("q2", "acc-2"), ("pin", "77"), ("b", "1")]


@pytest.mark.asyncio
async def test_a_box_can_be_ticked_by_clicking_its_label():
    html = (
        "<form method=post><label><input type=checkbox name=agree value=yes> I agree</label><button>Go</button></form>"
    )
    assert (await sends(html, {"click": "I agree"}, {"click": "Go"})).form == [("agree", "yes")]
    assert (await sends(html, {"click": "Go"})).form == []


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("html", "target", "went"),
    [
        ("<a href='/next?a=1#x'>Go on</a>", "Go on", "/next?a=1"),
        ("<a href=next><span>Go</span> <b>on</b></a>", "go on", "/next"),
        ("<a href='/n'><img src=x alt='Go on'></a>", "Go on", "/n"),
        ("<a href=/n title='Go on'>→</a>", "Go on", "/n"),
        ("<button type=button onclick=\"window.location.href = '/n'\">Go on</button>", "Go on", "/n"),
        ("<a href='javascript:void(0)' onclick=\"location.assign('/n')\">Go on</a>", "Go on", "/n"),
        ("<a href=/n>Go on to Budget App</a><a href=/m>Going</a>", "Go on", "/n"),
        ("<a href=/n id=go>x</a>", "go", "/n"),
        ("<p style='display: none'><a href=/m>Go on</a></p><a href=/n>Go on</a>", "Go on", "/n"),
        ("<a href='/ü?q=ü \"'>Go on</a>", "Go on", "/%C3%BC?q=%C3%BC%20%22"),
        ("<a href='\\n'>Go on</a>", "Go on", "/n"),
        ("<a href='/a/../n'>Go on</a>", "Go on", "/n"),
    ],
)
async def test_links_and_buttons_that_lead_on(html, target, went):
    wire = await sends(html, {"click": target})
    assert wire.requests[-1] == f"GET {BANK}{went}"


@pytest.mark.asyncio
async def test_of_buttons_that_look_alike_the_filled_forms_is_pressed_and_a_button_before_a_link():
    search, login = (
        "<form action=/find><input name=q><button>Go</button></form>",
        "<input name=username><button>Go</button></form>",
    )
    html = f"<a href=/help>Go</a>{search}<form action=/in>{login}"
    assert (await sends(html, {"click": "Go"})).requests[-1] == f"GET {BANK}/find?q="
    wire = await sends(html, {"fill": {"username": "a"}}, {"click": "Go"})
    assert wire.requests[-1] == f"GET {BANK}/in?username=a"


@pytest.mark.asyncio
async def test_what_was_filled_in_stays_for_later_steps_and_not_on_the_page_before():
    walk = Walk(
        {BANK + "/": "<form method=post action=/in><input name=a><button>Go</button></form>", BANK + "/in": "ok"}
    )
    page = await walk.open()
    filled = await walk.play(page, {"fill": {"a": "1"}})
    await walk.play(filled, {"click": "Go"})
    assert walk.wire.form == [("a", "1")]
    await walk.play(page, {"click": "Go"})
    assert walk.wire.form == [("a", "")]


PAGE = (
    "<form method=post><input name=user><input name=fixed readonly><input type=checkbox name=acc value=a> First "
    "<input type=checkbox name=acc value=b> First too<select name=one><option>x</select>"
    "<button>Sign in</button><button disabled>Continue</button>"
    "<button>Pay now</button><button>Pay later</button></form><button type=button>Show</button><button>Stray</button>"
)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"click": "Log in"}, "no button or link is called 'Log in'; the page has 'sign in', 'continue'"),
        ({"click": "Continue"}, "disabled"),
        ({"click": "Pay"}, "several buttons or links begin with 'Pay': 'pay later', 'pay now'"),
        ({"click": "Stray"}, "belongs to no form"),
        ({"fill": {"username": "x"}}, "no field is called 'username'; the page has 'user', 'fixed', 'one'"),
        ({"fill": {"fixed": "x"}}, "read-only"),
        ({"choose": {"accounts": "a"}}, "nothing to choose from is called 'accounts'; the page has 'acc', 'one'"),
        ({"choose": {"acc": "c"}}, "'acc' has no choice 'c'; it has 'first', 'first too'"),
        ({"choose": {"acc": "fir"}}, "fits 2 of the choices"),
        ({"choose": {"one": []}}, "no entry for choosing nothing"),
        ({"expect": "Welcome"}, "does not show 'Welcome'; it has the text 'First First too x Sign in"),
        ({"expect": "url=/done"}, f"it has {BANK}/"),
        ({"expect": "css=input[name=zip]"}, "does not show 'css=input[name=zip]'"),
        ({"click": "{dc_id}"}, "no value for {dc_id}"),
    ],
)
async def test_a_step_that_fails_says_what_there_is_instead(step, said):
    walk = Walk({BANK + "/": PAGE})
    page = await walk.open()
    with pytest.raises(StepFailed) as failed:
        await walk.play(page, step)
    assert said in failed.value.reason
    assert failed.value.page == page
    assert len(walk.wire.sent) == 1


@pytest.mark.asyncio
async def test_at_most_eight_names_are_listed():
    walk = Walk({BANK + "/": "".join(f"<a href=/{n}>Link number {n} {'x' * 50}</a>" for n in range(30))})
    with pytest.raises(StepFailed) as failed:
        await walk.play(await walk.open(), {"click": "Log in"})
    assert failed.value.reason.count("link number") == 8
    assert "and 22 more" in failed.value.reason


@pytest.mark.asyncio
async def test_a_page_knows_what_it_lacks_of_a_step_without_doing_it():
    from conformance.customer.steps import parse_step

    page = await Walk({BANK + "/": PAGE}).open()
    assert not page.lacks(parse_step({"choose": {"acc": "{accounts}"}}), {"accounts": []})
    assert not page.lacks(parse_step({"choose": {"one": []}}), {})
    assert not page.lacks(parse_step({"click": "Sign in"}), {})
    assert "no button" in page.lacks(parse_step({"click": "Approve"}), {})
    assert "no field" in page.lacks(parse_step({"fill": {"user": "a", "pin": "b"}}), {})
