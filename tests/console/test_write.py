# SPDX-License-Identifier: Apache-2.0
"""Writing and releasing: the decision before anything happens, files that come whole or not at all,
and the second person.
"""

import json
from dataclasses import replace

import pytest

from comity.flows.drafts import waiting_drafts
from comity.signin.sessions import IDLE_S
from tests.builders.foreign_formats import bundle, indicator
from tests.builders.world import DRAFTER, OFFICER, READER, run
from tests.console.support_console import browse

WRITE = "/write/gsomia-jpn-kor"
LABEL = [
    ("to", "KOR"),
    ("marking", "極秘"),
    ("category", "missile-warning"),
    ("form", "document"),
    ("purposes", "warning"),
    ("title", "Sea <b>trial</b>"),
]
NASTY = "<script>alert(1)</script>\u202e\u3164=1+1 " + "x" * 100_000


@pytest.fixture
def drafter(jpn):
    for each in (DRAFTER, OFFICER, READER):
        jpn.set_password(each)
    browser = browse(jpn)
    browser.sign_in(DRAFTER)
    browser.get(WRITE)
    return browser


def _drafts(jpn):
    return run(waiting_drafts(jpn.node.context))


def _multipart(pairs, name="a.bin", content=b"", kind="application/octet-stream", end=True):
    parts = [
        f'--edge\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in pairs
    ]
    head = f'--edge\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    parts.append(head.encode() + f"Content-Type: {kind}\r\n\r\n".encode() + content)
    return b"".join(parts) + (b"\r\n--edge--\r\n" if end else b"")


def _send(browser, body, path=WRITE):
    return browser.send(path, body, "multipart/form-data; boundary=edge")


def _fields(browser, *more):
    return [("form-token", browser.token), *LABEL, *more]


def test_the_decision_is_shown_before_anything_happens(drafter, jpn):
    drafter.post(f"{WRITE}/preview", LABEL)
    assert "allowed" in drafter.text("//div[@id='decision']//div[@class='yes']")
    assert "SECRET" in drafter.text("//div[@id='decision']")
    assert not _drafts(jpn)
    refused = [*((k, v) for k, v in LABEL if k != "category"), ("category", "space")]
    drafter.post(f"{WRITE}/preview", refused)
    assert "Art. 2" in drafter.text("//div[@class='no']")


def test_to_a_third_party_it_is_refused_with_the_article(drafter):
    drafter.post(f"{WRITE}/preview", [("to", "USA"), *LABEL[1:]])
    assert "USA: refused" in drafter.text("//div[@class='no']")
    assert "Art." in drafter.text("//div[@class='no']")


@pytest.mark.parametrize(("language", "told"), [("ja", "対象外"), ("ko", "대상이 아님")])
def test_the_reason_of_a_refusal_is_said_in_the_language_of_the_page(drafter, language, told):
    drafter.cookies["__Host-comity-language"] = language
    refused = [*((k, v) for k, v in LABEL if k != "category"), ("category", "space")]
    drafter.post(f"{WRITE}/preview", refused)
    why = drafter.text("//div[@class='no']")
    assert told in why
    assert "space" in why
    assert not drafter.found("//div[@class='no']//*[@lang='en']")


def test_a_part_alone_is_given_to_htmx_whatever_is_wrong(drafter):
    for fields in (LABEL, LABEL[1:], [*LABEL, ("supersedes", "x y")]):
        answer = drafter.post(f"{WRITE}/preview", fields, HX_Request="true")
        assert answer.status == 200
        assert b"<html" not in answer.body


def test_text_is_kept_as_a_draft_and_released_by_a_second_person(drafter, jpn):
    answer = drafter.post(WRITE, [*LABEL, ("text", NASTY)])
    assert answer.status == 303, drafter.text()
    path = answer.header("location")
    drafter.get(path)
    assert drafter.found(f"//form[@action='{path}/release']//button[@disabled]")
    assert drafter.post(f"{path}/release").status == 403
    officer = browse(jpn)
    officer.sign_in(OFFICER)
    officer.get("/drafts")
    assert path in officer.links()
    officer.get(path)
    assert officer.post(f"{path}/open").status == 200
    assert b"<script>alert" not in officer.get(path).body
    released = officer.post(f"{path}/release")
    assert released.status == 303
    assert officer.get(released.header("location")).status == 200
    assert not _drafts(jpn)


def test_one_person_in_both_roles_is_shown_that_a_second_must_release_it(drafter, jpn):
    officer = browse(jpn)
    officer.sign_in(OFFICER)
    officer.get(WRITE)
    path = officer.post(WRITE, [*LABEL, ("text", "at sea")]).header("location")
    officer.get(path)
    form = f"//form[@action='{path}/release']"
    assert officer.found(f"{form}//button[@disabled]")
    assert "Rule of this node" in officer.text(form)
    assert officer.post(f"{path}/release").status == 403
    assert len(_drafts(jpn)) == 1


def test_opened_text_is_inert(drafter):
    path = drafter.post(WRITE, [*LABEL, ("text", NASTY)]).header("location")
    drafter.get(path)
    answer = drafter.post(f"{path}/open")
    assert answer.status == 200
    assert b"<script>alert" not in answer.body
    assert "\u202e".encode() not in answer.body
    assert "極秘" in drafter.text("//section[contains(@class, 'banner')]")


def test_a_dropped_draft_is_gone(drafter, jpn):
    path = drafter.post(WRITE, [*LABEL, ("text", "at sea")]).header("location")
    drafter.get(path)
    assert drafter.post(f"{path}/drop").header("location") == "/drafts"
    assert drafter.get(path).status == 404
    assert not _drafts(jpn)


def test_who_may_not_know_of_a_draft_finds_what_is_found_where_there_is_none(drafter, jpn):
    path = drafter.post(WRITE, [*LABEL, ("text", "at sea")]).header("location")
    reader = browse(jpn)
    reader.sign_in(READER)
    for each in ("", "/open", "/release", "/drop"):
        if each:
            there, none = reader.post(f"{path}{each}"), reader.post(f"/drafts/999{each}")
        else:
            there, none = reader.get(path), reader.get("/drafts/999")
        assert there.status == none.status == 404
        assert there.body.replace(path.encode(), b"") == none.body.replace(b"/drafts/999", b"")
    assert len(_drafts(jpn)) == 1


@pytest.mark.parametrize("number", ["0", "-1", "1.0", "x", "9" * 40, "\u0661"])
def test_a_number_that_is_none_is_not_there(drafter, number):
    assert drafter.get(f"/drafts/{number}").status == 404


def test_a_file_is_sealed_as_it_comes(drafter, jpn):
    content = bytes(range(256)) * 4096
    answer = _send(drafter, _multipart(_fields(drafter), "..\\a/plan.bin", content))
    assert answer.status == 303, drafter.text()
    path = answer.header("location")
    drafter.get(path)
    saved = drafter.post(f"{path}/open", {"as": "file"})
    assert saved.body == content
    assert "plan.bin" in saved.header("content-disposition")
    assert "no text" in (drafter.get(path) and drafter.post(f"{path}/open") and drafter.text())


def test_what_is_beyond_the_limit_is_told_and_nothing_is_kept(drafter, jpn):
    most = 100_000
    config = jpn.api.context.config
    small = replace(config, limits=replace(config.limits, parcel_bytes_max=most))
    jpn.api = replace(jpn.api, context=replace(jpn.api.context, config=small))
    drafter = browse(jpn)
    drafter.sign_in(DRAFTER)
    drafter.get(WRITE)
    body = _multipart(_fields(drafter), "big.bin", b"x" * (most + 1))
    chunks = [body[at : at + 9_000] for at in range(0, len(body), 9_000)]
    answer = _send(drafter, chunks)
    assert answer.status == 413
    assert "console.upload-too-large" in drafter.text()
    assert drafter.found("//input[@name='title']/@value") == ["Sea <b>trial</b>"]
    assert not _drafts(jpn)


@pytest.mark.parametrize("size", [60, 400, 900, 5_000])
def test_what_is_cut_half_way_is_told_and_nothing_is_kept(drafter, jpn, size):
    whole = _multipart(_fields(drafter), "cut.bin", b"y" * 9_000)
    answer = _send(drafter, whole[:size])
    assert answer.status in {400, 403}  # cut before its token it is nobody's form
    assert not _drafts(jpn)
    assert _send(drafter, _multipart(_fields(drafter), content=b"y", end=False)).status == 400
    assert not _drafts(jpn)


def test_whoever_goes_away_half_way_leaves_nothing(drafter, jpn):
    whole = _multipart(_fields(drafter), "cut.bin", b"y" * 9_000)
    _send(drafter, [whole[:5_000], None])
    assert not _drafts(jpn)


def test_what_is_of_the_wrong_type_is_told_and_nothing_is_kept(drafter, jpn):
    fields = _fields(drafter, ("report", "yes"))
    for content in (b"%PDF-1.7", json.dumps({"schema": "no/1"}).encode(), b"\xff\xfe"):
        answer = _send(drafter, _multipart(fields, "r.json", content, "application/json"))
        assert answer.status == 400
        assert not _drafts(jpn)
    assert drafter.send(WRITE, b"{}", "application/json").status == 400


def test_a_bundle_is_not_taken_under_another_marking_than_its_own(drafter, jpn):
    fields, raw = _fields(drafter, ("report", "stix")), bundle(indicator(1, "TLP:AMBER"))
    assert _send(drafter, _multipart(fields, "b.json", raw, "application/json")).status == 400
    assert "item.other-tlp" in drafter.text()
    own = [(key, "TLP:AMBER" if key == "marking" else value) for key, value in fields]
    assert _send(drafter, _multipart(own, "b.json", raw, "application/json")).status == 403
    assert "TLP:AMBER" in drafter.text(), "no level of this agreement"
    assert _send(drafter, _multipart(own, "b.json", raw[:-9], "application/json")).status == 400
    assert not _drafts(jpn)


def test_neither_and_both_contents_are_told(drafter, jpn):
    assert drafter.post(WRITE, LABEL).status == 400
    assert "console.one-content" in drafter.text()
    both = _multipart(_fields(drafter, ("text", "here")), content=b"there")
    assert _send(drafter, both).status == 400
    assert not _drafts(jpn)


def test_fields_behind_the_file_are_not_taken(drafter, jpn):
    body = _multipart(_fields(drafter), content=b"x", end=False)
    body += b'\r\n--edge\r\nContent-Disposition: form-data; name="marking"\r\n\r\nx\r\n--edge--\r\n'
    assert _send(drafter, body).status == 400
    assert not _drafts(jpn)


def test_a_file_without_the_token_is_not_taken(drafter, jpn):
    assert _send(drafter, _multipart(LABEL, content=b"x")).status == 403
    assert not _drafts(jpn)


def test_text_survives_a_session_that_ended(drafter, jpn):
    fields = _fields(drafter, ("text", "kept\r\n<b>as it was</b>"))
    jpn.seconds.now += IDLE_S
    drafter.cookies.pop("__Host-comity")
    _send(drafter, _multipart(fields, content=b"not kept"))
    assert drafter.page.xpath("//form[@action='/sign-in']")
    kept = [(e.get("name"), e.get("value")) for e in drafter.found("//form//input[@type='hidden']")]
    person = [("person", DRAFTER), ("password", "correct horse battery staple")]
    assert drafter.post("/sign-in", [*kept, *person]).status == 200
    assert drafter.text("//textarea").startswith("kept <b>as it was</b>")
    assert drafter.found("//input[@name='title']/@value") == ["Sea <b>trial</b>"]
    assert drafter.found("//select[@name='marking']/option[@selected]/@value") == ["極秘"]
    assert not _drafts(jpn)


def test_what_is_refused_shows_the_article_and_loses_no_text(drafter, jpn):
    reader = browse(jpn)
    reader.sign_in(READER)
    reader.get(WRITE)
    answer = reader.post(WRITE, [*LABEL, ("text", "mine to keep")])
    assert answer.status == 403
    assert "Rule of this node" in reader.text()
    assert reader.text("//textarea") == "mine to keep"
    assert not _drafts(jpn)
