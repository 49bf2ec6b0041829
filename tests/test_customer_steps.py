"""The step vocabulary: what a profile may write, and what it is told when it is wrong."""

from __future__ import annotations

import pytest
from lxml import etree

from conformance.customer import css
from conformance.customer.steps import (
    Choose,
    Click,
    Expect,
    Expectation,
    Fill,
    Matcher,
    parse_step,
    placeholders,
)
from conformance.customer.values import expand, one


def test_each_kind_is_read():
    assert parse_step({"fill": {"user": "{username}", "pin": "1234"}}) == Fill(
        (("user", "{username}"), ("pin", "1234"))
    )
    assert parse_step({"click": "Log in"}) == Click("Log in")
    assert parse_step({"choose": {"accounts": "{accounts}"}}) == Choose((("accounts", ("{accounts}",)),))
    assert parse_step({"choose": {"accounts": []}}) == Choose((("accounts", ()),))
    assert parse_step({"expect": ["Review", "css=form#x", "url=/review"]}) == Expect(
        (Expectation(Matcher.TEXT, "Review"), Expectation(Matcher.CSS, "form#x"), Expectation(Matcher.URL, "/review"))
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("Log in", "mapping"),
        ({}, "exactly one"),
        ({"fill": {"a": "b"}, "click": "c"}, "exactly one"),
        ({"clik": "x"}, "did you mean 'click'"),
        ({True: "x"}, "no step True"),
        ({"fill": {"pin": 1234}}, "put it in quotes"),
        ({"fill": {"pin": None}}, "not nothing"),
        ({"fill": []}, "mapping"),
        ({"fill": {"user": "{usernme}"}}, "did you mean {username}?"),
        ({"click": " "}, "names nothing"),
        ({"click": "css=a:hover"}, "subset"),
        ({"expect": ""}, "every page would meet it"),
        ({"expect": "url="}, "every page would meet it"),
        ({"expect": []}, "empty list"),
        ({"choose": {"accounts": [["x"]]}}, "takes text"),
    ],
)
def test_a_wrong_step_is_told_in_a_sentence(value, said):
    with pytest.raises(ValueError, match=r"\w") as told:
        parse_step(value)
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_braces_that_are_no_placeholder_are_text():
    step = parse_step({"expect": "{ } {{x y}} {1}"})
    assert placeholders(step) == frozenset()


def test_placeholders_are_found_everywhere():
    assert placeholders(parse_step({"fill": {"{dc_id}": "{username} {expiry}"}})) == {"dc_id", "username", "expiry"}
    assert placeholders(parse_step({"choose": {"a": ["{accounts}"]}})) == {"accounts"}
    assert placeholders(parse_step({"expect": ["{dc_name}"]})) == {"dc_name"}
    assert placeholders(parse_step({"click": "Back to {dc_name}"})) == {"dc_name"}


def test_a_step_says_what_it_does_without_its_secrets():
    assert str(parse_step({"fill": {"password": "{password}"}})) == "fill 'password'"
    assert str(parse_step({"choose": {"accounts": []}})) == "choose nothing in 'accounts'"


def test_values_expand():
    values = {"accounts": ["a", "b"], "expiry": frozenset({"2 May", "2027-05-02"}), "username": "{password}"}
    assert expand("{accounts}", values) == (("a",), ("b",))
    assert expand("until {expiry}", values) == (("until 2 May", "until 2027-05-02"),)
    assert one("{accounts}!", values) == "a, b!"
    assert one("{username}", values) == "{password}"
    with pytest.raises(ValueError, match="no value for"):
        expand("{dc_id}", values)


@pytest.mark.parametrize(
    ("selector", "ids"),
    [
        ("p", "b"),
        ("#a", "a"),
        ("div.x > p.y", "b"),
        ("div p", "b"),
        ("h1 + div", "a"),
        ("input[name='ac[]']", "c"),
        ('input[value="it\'s"]', "c"),
        ("input[value^=it], input[name$='d']", "c d"),
        ("input:not(.x)", "c d"),
        ("input:not([value])", "d"),
        ("[class~=z]", "a"),
        ("INPUT[name*=c]", "c"),
    ],
)
def test_selectors_find_what_they_should(selector, ids):
    tree = etree.fromstring(
        '<body><h1/><div id="a" class="x z"><p id="b" class="y"/></div>'
        '<input id="c" name="ac[]" value="it\'s"/><input id="d" name="d"/></body>'
    )
    assert " ".join(sorted(each.get("id") for each in tree.xpath(css.to_xpath(selector)))) == ids


@pytest.mark.parametrize("selector", ["", "a,", "> a", "a >", "a:hover", "a[", "a[x=", "##", "a::before", "a b)", "]"])
def test_selectors_outside_the_subset_are_refused(selector):
    with pytest.raises(ValueError, match="CSS selector"):
        css.to_xpath(selector)
