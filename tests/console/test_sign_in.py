# SPDX-License-Identifier: Apache-2.0
"""Who comes in at the console, what is kept when a session ends, and what every answer bears."""

import pytest

from comity.basis.errors import InputError
from comity.console.forms import (
    FIELDS_MAX,
    FORM_BYTES_MAX,
    SIGN_IN_BYTES_MAX,
    Fields,
    pack_kept,
    unpack_kept,
)
from comity.signin.sessions import IDLE_S
from tests.builders.world import OFFICER, READER
from tests.console.support_console import browse

PASSWORD = "correct horse battery staple"


@pytest.mark.parametrize(
    ("wanted", "lang"),
    [
        ("ja", "ja"),
        ("ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("en;q=0.4, ja;q=0.6", "ja"),
        ("ja;q=0, fr", "en"),
        ("fr", "en"),
        ("q=;;,,=", "en"),
        ("", "en"),
    ],
)
def test_without_a_session_the_first_page_is_the_sign_in_in_the_browsers_language(
    jpn, wanted, lang
):
    browser = browse(jpn, wanted)
    answer = browser.get("/")
    assert answer.status == 200
    assert browser.page.get("lang") == lang
    assert answer.header("content-language") == lang
    assert browser.page.xpath("//form[@action='/sign-in']//input[@type='password']")


def test_signs_in_and_out(jpn):
    jpn.set_password(READER)
    browser = browse(jpn)
    browser.get("/")
    answer = browser.sign_in(READER)
    assert (answer.status, answer.header("location")) == (303, "/")
    for word in ("__Host-comity=", "Secure", "HttpOnly", "SameSite=strict", "Path=/"):
        assert word in answer.header("set-cookie")
    assert browser.get("/").status == 200
    assert READER in browser.text("//header")
    assert browser.post("/sign-out").status == 303
    browser.get("/")
    assert browser.page.xpath("//form[@action='/sign-in']")
    jpn.settle()
    acts = [each["act"] for each in jpn.node.journal() if each["act"].startswith("session.")]
    assert acts == ["session.begin", "session.end"]


def test_a_wrong_password_is_told_and_the_name_stays(jpn):
    jpn.set_password(READER)
    browser = browse(jpn)
    assert browser.sign_in(READER, "another pass phrase").status == 200
    assert "signin.refused" in browser.text()
    assert browser.page.xpath("//input[@name='person']/@value") == [READER]
    assert "comity" not in "".join(browser.cookies)


def test_every_path_is_the_sign_in_to_whoever_is_not_signed_in(jpn):
    browser = browse(jpn)
    pages = {path: browser.get(path) for path in ("/", "/nothing/here", "/settings")}
    assert {each.status for each in pages.values()} == {200}
    assert all(b"/sign-in" in each.body for each in pages.values())


def test_hidden_and_absent_have_one_page(jpn):
    jpn.set_password(READER)
    browser = browse(jpn)
    browser.sign_in(READER)
    one, other = browser.get("/nothing"), browser.get("/other/thing/there")
    assert one.status == other.status == 404
    assert one.body.replace(b"/nothing", b"") == other.body.replace(b"/other/thing/there", b"")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
        {"Sec_Fetch_Site": "", "Origin": "https://elsewhere.example"},
        {"Sec_Fetch_Site": ""},
    ],
)
def test_a_form_of_another_sites_page_is_not_taken(jpn, headers):
    jpn.set_password(READER)
    browser = browse(jpn)
    browser.sign_in(READER)
    browser.get("/")
    assert browser.post("/sign-out", **headers).status == 403
    assert "console.forged" in browser.text()
    assert browser.get("/").status == 200
    assert READER in browser.text("//header")


def test_a_form_of_any_size_is_kept_until_somebody_signs_in_and_a_larger_one_is_told_so(jpn):
    jpn.set_password(READER)
    browser = browse(jpn)
    quotes = '"' * (FORM_BYTES_MAX // 3 - 100)
    answer = browser.post("/write/gsomia-jpn-kor", {"text": quotes})
    assert answer.status == 200
    assert len(answer.body) < SIGN_IN_BYTES_MAX
    kept = {
        each.get("name"): each.get("value")
        for each in browser.found("//form[@action='/sign-in']//input")
    }
    assert browser.post("/sign-in", {**kept, "person": READER, "password": "no"}).status == 200
    kept = {
        each.get("name"): each.get("value")
        for each in browser.found("//form[@action='/sign-in']//input")
    }
    again = browser.post("/sign-in", {**kept, "person": READER, "password": PASSWORD})
    assert again.status == 200
    assert browser.text("//textarea") == quotes
    assert "4194304" in browser.text("//*[@id='long']")
    browser.cookies.clear()
    refused = browser.post("/write/gsomia-jpn-kor", {"text": "x" * FORM_BYTES_MAX})
    assert refused.status == 413
    assert len(refused.body) < 20_000


def _kept(browser):
    found = browser.found("//form[@action='/sign-in']//input")
    return {each.get("name"): each.get("value") for each in found}


@pytest.mark.parametrize(
    "pairs",
    [
        (("text", ""), ("text", "a"), ("", "")),
        (("text", '"\x00<&%:12:\r\n'), ("제목", "極秘")),
        (("a", "b"),) * FIELDS_MAX,
    ],
)
def test_what_is_kept_comes_back_as_it_was_and_is_a_third_longer_at_most(pairs):
    packed = pack_kept(Fields(pairs))
    assert unpack_kept(packed) == Fields(pairs)
    size = sum(len(text.encode()) + 9 for pair in pairs for text in pair)
    assert len(packed) <= size * 4 // 3 + 1


@pytest.mark.parametrize("text", ["ü", "x", "MTph", "MTp4", "MjpheA", "LTE6YQ", "OmE", "MTr_MTr_"])
def test_what_was_not_kept_by_us_is_not_read(text):
    with pytest.raises(InputError):
        unpack_kept(text)


def test_more_fields_than_a_form_has_are_not_read():
    with pytest.raises(InputError):
        unpack_kept(pack_kept(Fields((("a", "b"),) * (FIELDS_MAX + 1))))


def test_a_form_without_its_sessions_token_is_not_taken(jpn):
    jpn.set_password(READER)
    jpn.set_password(OFFICER)
    browser, other = browse(jpn), browse(jpn)
    browser.sign_in(READER)
    other.sign_in(OFFICER)
    other.get("/")
    for token in ("", "0" * 64, other.token):
        browser.token = token
        assert browser.post("/sign-out").status == 403
    browser.get("/")
    assert browser.post("/sign-out").status == 303


def test_sign_in_by_another_sites_form_is_not_taken(jpn):
    jpn.set_password(READER)
    browser = browse(jpn)
    fields = {"person": READER, "password": PASSWORD}
    assert browser.post("/sign-in", fields, Sec_Fetch_Site="cross-site").status == 403
    assert not browser.cookies


def test_language_and_zone_are_kept_for_the_reader(jpn):
    browser = browse(jpn, "ko")
    browser.get("/")
    assert (
        browser.post("/settings", {"language": "ja", "back": "/items"}).header("location")
        == "/items"
    )
    browser.post("/settings", {"zone": "Pacific/Guam", "back": "/"})
    browser.get("/")
    assert browser.page.get("lang") == "ja"
    assert browser.page.xpath("//select[@name='zone']/option[@selected]/text()") == ["Pacific/Guam"]
    browser.post("/settings", {"language": "xx", "zone": "../../etc/passwd", "back": "/"})
    assert browser.cookies["__Host-comity-zone"] == "Pacific/Guam"


@pytest.mark.parametrize(
    "back",
    [
        "//elsewhere.example/",
        "https://elsewhere.example/",
        "/\\elsewhere.example",
        "javascript:alert(1)",
        "/a\r\nSet-Cookie: b=c",
        "/sign-out",
        "",
    ],
)
def test_nobody_is_sent_to_another_site(jpn, back):
    jpn.set_password(READER)
    browser = browse(jpn)
    fields = {"person": READER, "password": PASSWORD, "back": back}
    assert browser.post("/sign-in", fields).header("location") == "/"
    browser.get("/")
    assert browser.post("/settings", {"back": back}).header("location") == "/"


def test_pages_are_never_kept_and_files_with_their_digest_are(jpn):
    browser = browse(jpn)
    page = browser.get("/")
    assert page.header("cache-control") == "no-store"
    policy = page.header("content-security-policy")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    for name, value in (
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
    ):
        assert page.header(name) == value
    named = browser.page.xpath("//link/@href | //script/@src")
    assert len(named) == 3
    files = [browser.get(path) for path in named]
    assert {each.header("cache-control") for each in files} == {
        "public, max-age=31536000, immutable"
    }
    assert len(page.body) + sum(len(each.body) for each in files) < 150 * 1024
    assert not browser.page.xpath("//script[not(@src)] | //style | //*[@style]")
    gone = browser.get(named[0].replace("favicon.", "favicon.0"))
    assert gone.header("cache-control") == "no-store"


def test_a_session_that_has_ended_asks_to_sign_in_again(jpn):
    jpn.set_password(READER)
    browser = browse(jpn)
    browser.sign_in(READER)
    jpn.seconds.now += IDLE_S
    assert browser.get("/").status == 200
    assert browser.page.xpath("//form[@action='/sign-in']")
