# SPDX-License-Identifier: Apache-2.0
"""The door over HTTP: passwords, codes, sessions, tokens, other sites' pages, and patience."""

import asyncio
import json
from dataclasses import replace

import pytest

from comity.basis.ids import PersonId
from comity.decision.people import Role
from comity.flows.facts import find_record
from comity.flows.people.register import add_person, change_person
from comity.signin.passwords import Code, give_code, remove_password
from comity.signin.permissions import Permission
from comity.signin.sessions import IDLE_S, LONGEST_S
from comity.signin.tokens import list_tokens, revoke_token
from tests.api.support_api import BASE, GSOMIA, HOST, PASSWORD
from tests.builders.world import (
    ADMIN,
    AUDITOR,
    CLERK,
    OFFICER,
    READER,
    REGISTRAR,
    run,
)

SESSION = f"{BASE}/session"
OTHER = "another long pass phrase"


def _json(served, method, path, value, headers=()):
    given = {"Content-Type": "application/json", **dict(headers)}
    return served.call(method, path, headers=given, body=json.dumps(value).encode())


def _acts(served, prefix):
    served.settle()
    return [
        (each["act"], each["by"], each["outcome"], each["details"])
        for each in served.node.journal()
        if each["act"].startswith(prefix)
    ]


def test_signs_in_and_out(jpn):
    jpn.set_password(READER)
    answer = jpn.sign_in(READER)
    assert answer.status == 201
    assert answer.json["person"] == READER
    assert answer.json["roles"] == ["reader"]
    cookie = answer.header("set-cookie")
    assert cookie.startswith("__Host-comity=")
    for word in ("Secure", "HttpOnly", "SameSite=strict", "Path=/"):
        assert word in cookie
    headers = {"Cookie": answer.cookie, "Comity-Request": "1"}
    assert jpn.call("GET", SESSION, headers=headers).json["way"] == "session"
    assert jpn.call("DELETE", SESSION, headers=headers).status == 204
    assert jpn.call("GET", SESSION, headers=headers).status == 401
    assert [each[:3] for each in _acts(jpn, "session.")] == [
        ("session.begin", READER, "done"),
        ("session.end", READER, "done"),
    ]


def test_every_reason_not_to_let_somebody_in_has_one_answer(jpn, released):
    jpn.set_password(READER)
    jpn.set_password(CLERK)
    run(remove_password(released.jpn.context, CLERK, REGISTRAR))
    jpn.set_password(OFFICER)
    now = released.jpn.clock.instant
    left = run(
        change_person(
            released.jpn.context,
            OFFICER,
            lambda each: replace(each, registered_until=now),
            REGISTRAR,
        )
    )
    assert left.registered_until == now
    answers = {
        (each.status, each.headers, each.body)
        for each in (
            jpn.sign_in(READER, OTHER),
            jpn.sign_in("nobody"),
            jpn.sign_in("No Person At All"),
            jpn.sign_in(""),
            jpn.sign_in(CLERK),
            jpn.sign_in(AUDITOR),
            jpn.sign_in(OFFICER),
        )
    }
    assert len(answers) == 1
    assert jpn.sign_in(READER, OTHER).code == "signin.refused"


def test_the_same_work_is_done_for_every_name(jpn, monkeypatch):
    jpn.set_password(READER)
    hashed = []
    matches = type(jpn.passwords)._matches

    def counted(self, password, known):
        hashed.append(known is None)
        return matches(self, password, known)

    monkeypatch.setattr(type(jpn.passwords), "_matches", counted)
    for name in (READER, "nobody", "No Person", CLERK):
        assert jpn.sign_in(name, OTHER).status == 401
    assert hashed == [False, True, True, True]


def test_failures_are_counted_in_the_journal_and_names_of_nobody_are_not_written(jpn):
    jpn.set_password(READER)
    for number in range(5):
        jpn.sign_in(READER, OTHER, client=f"192.0.2.{number}")
    for number in range(9):
        jpn.sign_in(f"my secret password {number}", client=f"198.51.100.{number}")
    found = _acts(jpn, "session.refused")
    assert [each[3]["failed_today"] for each in found if each[1] == READER] == [1, 2, 4]
    assert [each[3]["failed_today"] for each in found if each[1] is None] == [1, 2, 4, 8]
    assert "secret" not in json.dumps(jpn.node.journal())


def test_a_session_ends_by_rest_and_by_age(jpn):
    jpn.set_password(READER)
    headers = jpn.session(READER)
    jpn.seconds.now += IDLE_S - 1
    assert jpn.call("GET", SESSION, headers=headers).status == 200
    jpn.seconds.now += IDLE_S
    assert jpn.call("GET", SESSION, headers=headers).status == 401
    headers = jpn.session(READER)
    for _ in range(int(LONGEST_S // 600)):
        jpn.seconds.now += 600
        last = jpn.call("GET", SESSION, headers=headers).status
    assert last == 401


def _change(served, **changes):
    context = served.node.context
    outcome = run(change_person(context, READER, lambda each: replace(each, **changes), REGISTRAR))
    assert outcome.id == READER


@pytest.mark.parametrize(
    "changes",
    [
        {"roles": (Role.READER, Role.DRAFTER)},
        {"roles": ()},
        {"registered_until": "now"},
    ],
)
def test_a_session_ends_when_its_person_leaves_or_gets_other_roles(jpn, changes):
    jpn.set_password(READER)
    headers = jpn.session(READER)
    if "registered_until" in changes:
        changes = {"registered_until": jpn.node.clock.instant}
    _change(jpn, **changes)
    assert jpn.call("GET", SESSION, headers=headers).status == 401


def test_a_session_goes_on_when_something_else_of_its_person_changes(jpn):
    jpn.set_password(READER)
    headers = jpn.session(READER)
    _change(jpn, posts=("desk-1",))
    assert jpn.call("GET", SESSION, headers=headers).status == 200


def test_a_session_ends_when_the_password_is_set_or_taken_away(jpn):
    for act in (
        lambda: jpn.set_password(READER, OTHER),
        lambda: run(remove_password(jpn.node.context, READER, REGISTRAR)),
    ):
        jpn.set_password(READER)
        headers = jpn.session(READER)
        act()
        assert jpn.call("GET", SESSION, headers=headers).status == 401


def test_a_cookie_that_is_no_session_lets_nobody_in(jpn):
    for cookie in ("__Host-comity=", "__Host-comity=x", "comity=x", "__Host-comity=\xff"):
        assert jpn.call("GET", SESSION, headers={"Cookie": cookie}).status == 401


def test_a_password_is_set_once_with_a_registrars_code(jpn):
    code = run(give_code(jpn.node.context, CLERK, REGISTRAR))
    assert isinstance(code, Code)
    body = {"person": CLERK, "code": code.text.upper(), "password": PASSWORD}
    assert _json(jpn, "POST", f"{BASE}/password", body).status == 204
    assert jpn.sign_in(CLERK).status == 201
    again = _json(jpn, "POST", f"{BASE}/password", {**body, "password": OTHER})
    assert (again.status, again.code) == (401, "signin.code")
    assert [each[:2] for each in _acts(jpn, "password.")] == [
        ("password.code", REGISTRAR),
        ("password.change", CLERK),
        ("password.refused", CLERK),
    ]


def test_a_code_is_good_for_its_person_and_its_day_alone(jpn):
    code = run(give_code(jpn.node.context, CLERK, REGISTRAR))
    wrong = [
        {"person": READER, "code": code.text},
        {"person": "nobody", "code": code.text},
        {"person": "No Person", "code": code.text},
        {"person": CLERK, "code": code.text[:-1]},
        {"person": CLERK, "code": ""},
    ]
    answers = set()
    for body in wrong:
        answer = _json(jpn, "POST", f"{BASE}/password", {**body, "password": PASSWORD})
        answers.add((answer.status, answer.body))
    assert len(answers) == 1
    jpn.node.clock.instant += 24 * 3_600_000
    late = {"person": CLERK, "code": code.text, "password": PASSWORD}
    assert _json(jpn, "POST", f"{BASE}/password", late).status == 401


def test_a_code_of_a_person_who_left_is_good_for_nothing(jpn):
    code = run(give_code(jpn.node.context, READER, REGISTRAR))
    _change(jpn, registered_until=jpn.node.clock.instant)
    body = {"person": READER, "code": code.text, "password": PASSWORD}
    assert _json(jpn, "POST", f"{BASE}/password", body).status == 401


@pytest.mark.parametrize(
    "password",
    ["short", "aaaaaaaaaaaaaaaa", "x" * 257, "clerk is my name", "", "abababababababab"],
)
def test_an_unfit_password_is_refused_and_the_code_stays_good(jpn, password):
    code = run(give_code(jpn.node.context, CLERK, REGISTRAR))
    body = {"person": CLERK, "code": code.text, "password": password}
    answer = _json(jpn, "POST", f"{BASE}/password", body)
    assert answer.status == 400
    assert "abab" not in answer.body.decode()
    assert _json(jpn, "POST", f"{BASE}/password", {**body, "password": PASSWORD}).status == 204


def test_a_password_reads_the_same_however_it_was_typed(jpn):
    jpn.set_password(READER, "ｶﾞ 한글 café passphrase".replace("café", "cafe\u0301"))
    assert jpn.sign_in(READER, "ｶﾞ\u3000한글\u00a0café passphrase").status == 201


def test_guessing_codes_is_slowed_down(jpn):
    run(give_code(jpn.node.context, CLERK, REGISTRAR))
    body = {"person": CLERK, "code": "x", "password": PASSWORD}
    statuses = [_json(jpn, "POST", f"{BASE}/password", body).status for _ in range(7)]
    assert statuses == [401] * 5 + [429] * 2


def test_a_password_that_may_not_be_one_forgets_no_failure(jpn):
    jpn.set_password(READER)
    unfit = {"person": READER, "code": "x", "password": "short"}
    statuses = []
    for number in range(7):
        statuses.append(jpn.sign_in(READER, OTHER, client=f"192.0.2.{number}").status)
        if number < 5:
            _json(jpn, "POST", f"{BASE}/password", unfit)
    assert statuses == [401] * 5 + [429] * 2


def test_changes_ones_own_password(jpn):
    jpn.set_password(READER)
    headers, other = jpn.session(READER), jpn.session(READER)
    body = {"old": PASSWORD, "password": OTHER}
    wrong = _json(jpn, "PUT", f"{BASE}/password", {**body, "old": OTHER}, headers)
    assert wrong.status == 401
    unfit = _json(jpn, "PUT", f"{BASE}/password", {**body, "password": "short"}, headers)
    assert unfit.status == 400
    assert _json(jpn, "PUT", f"{BASE}/password", body, headers).status == 204
    for each in (headers, other):
        assert jpn.call("GET", SESSION, headers=each).status == 401
    assert jpn.sign_in(READER).status == 401
    assert jpn.sign_in(READER, OTHER).status == 201


def test_a_token_changes_no_password(jpn):
    jpn.set_password(READER)
    body = {"old": PASSWORD, "password": OTHER}
    answer = _json(jpn, "PUT", f"{BASE}/password", body, jpn.token(READER))
    assert answer.status == 403


def test_a_token_is_good_for_its_scope_alone(jpn):
    headers = jpn.token(OFFICER, Permission.AGREEMENTS_READ)
    assert jpn.call("GET", f"{BASE}/agreements", headers=headers).status == 200
    refused = jpn.call("GET", f"{GSOMIA}/items", headers=headers)
    assert (refused.status, refused.code) == (403, "token.not-permitted")
    assert jpn.call("GET", SESSION, headers=headers).json["permissions"] == ["agreements:read"]


def test_a_token_is_worth_what_the_roles_are_worth_now(jpn):
    headers = jpn.token(READER)
    assert jpn.call("GET", f"{GSOMIA}/items", headers=headers).status == 200
    _change(jpn, roles=())
    refused = jpn.call("GET", f"{GSOMIA}/items", headers=headers)
    assert (refused.status, refused.code) == (403, "token.not-permitted")
    _change(jpn, registered_until=jpn.node.clock.instant)
    assert jpn.call("GET", SESSION, headers=headers).status == 401


def test_a_token_ends(jpn):
    headers = jpn.token(READER)
    jpn.node.clock.instant += 30 * 86_400_000 - 1
    assert jpn.call("GET", SESSION, headers=headers).status == 200
    jpn.node.clock.instant += 1
    assert jpn.call("GET", SESSION, headers=headers).status == 401


def test_a_revoked_token_is_out_at_once(jpn):
    headers = jpn.token(READER)
    [token] = [each for each in run(list_tokens(jpn.node.context)) if each.person == READER]
    revoked = jpn.send("DELETE", f"{BASE}/tokens/{token.id}", REGISTRAR)
    assert revoked.status == 200
    assert revoked.json["tokens"][0]["good"] is False
    assert jpn.call("GET", SESSION, headers=headers).status == 401
    assert run(revoke_token(jpn.node.context, token.id, REGISTRAR)).revoked_at is not None
    assert jpn.send("DELETE", f"{BASE}/tokens/{'0' * 16}", REGISTRAR).status == 404


def test_the_day_of_a_tokens_last_use_is_kept(jpn):
    headers = jpn.token(READER)
    version = run(jpn.node.ports.store.version("token"))
    for _ in range(3):
        jpn.call("GET", SESSION, headers=headers)
    [token] = run(list_tokens(jpn.node.context, READER))
    assert str(token.used_on) == "2016-11-23"
    assert run(jpn.node.ports.store.version("token")) == version + 1


def test_tokens_are_listed_to_their_person_and_to_registrars(jpn):
    jpn.token(OFFICER)
    own = jpn.get(f"{BASE}/tokens", READER).json["tokens"]
    assert {each["person"] for each in own} == {READER}
    every = jpn.get(f"{BASE}/tokens", REGISTRAR).json["tokens"]
    assert {each["person"] for each in every} == {READER, OFFICER, REGISTRAR}
    assert "comity_" not in json.dumps(every)


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer",
        "Bearer ",
        "Bearer comity_",
        f"Bearer comity_{'0' * 64}",
        f"Bearer comity_{'0' * 65}",
        f"Bearer comity_{'É' * 64}",
        f"Basic {'0' * 64}",
        "comity_" + "0" * 64,
        "",
    ],
)
def test_what_is_no_token_lets_nobody_in(jpn, authorization):
    answer = jpn.call("GET", SESSION, headers={"Authorization": authorization})
    assert answer.status == 401
    assert answer.header("www-authenticate") == 'Bearer realm="comity"'


def test_two_ways_in_at_once_are_refused(jpn):
    jpn.set_password(READER)
    both = {**jpn.session(READER), **jpn.token(OFFICER)}
    assert jpn.call("GET", SESSION, headers=both).status == 400
    twice = [("Authorization", value) for value in jpn.token(READER).values()] * 2
    assert jpn.call("GET", SESSION, headers=twice).status == 400
    cookie = jpn.session(READER)["Cookie"]
    assert jpn.call("GET", SESSION, headers={"Cookie": f"{cookie}; {cookie}"}).status == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Comity-Request": "1"}, 200),
        ({"Comity-Request": "1", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Comity-Request": "1", "Sec-Fetch-Site": "none"}, 200),
        ({"Comity-Request": "1", "Origin": f"https://{HOST}"}, 200),
        ({}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 403),
        ({"Comity-Request": "1", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Comity-Request": "1", "Sec-Fetch-Site": "same-site"}, 403),
        ({"Comity-Request": "1", "Origin": "https://evil.example"}, 403),
        ({"Comity-Request": "1", "Origin": "null"}, 403),
        ({"Comity-Request": "1", "Origin": f"https://{HOST}.evil.example"}, 403),
    ],
)
def test_another_sites_page_acts_for_nobody(jpn, headers, status):
    jpn.set_password(READER)
    cookie = jpn.session(READER)["Cookie"]
    body = {"agreement": "gsomia-jpn-kor", "request": {}}
    answer = _json(jpn, "POST", f"{BASE}/decisions", body, {"Cookie": cookie, **headers})
    assert answer.status == status


def test_another_sites_page_signs_nobody_in_and_reads_nothing(jpn):
    jpn.set_password(READER)
    cookie = jpn.session(READER)["Cookie"]
    cross = {"Sec-Fetch-Site": "cross-site"}
    body = {"person": READER, "password": PASSWORD}
    assert _json(jpn, "POST", SESSION, body, cross).status == 403
    assert jpn.call("GET", SESSION, headers={"Cookie": cookie, **cross}).status == 403


def test_a_token_needs_no_page_of_ours(jpn):
    body = {"agreement": "gsomia-jpn-kor", "request": {}}
    headers = {**jpn.token(READER), "Origin": "https://elsewhere.example"}
    assert _json(jpn, "POST", f"{BASE}/decisions", body, headers).status == 200


def test_more_requests_at_once_than_a_few_are_turned_away(jpn, released):
    headers = jpn.token(READER)
    place = next(iter(released.jpn.view().fold.state.items.keys()))
    path = f"{GSOMIA}/items/{place}/acknowledgement?until=answered&timeout_s=1"

    async def many():
        waiting = [
            asyncio.ensure_future(jpn.acall("GET", path, headers=headers)) for _ in range(33)
        ]
        done, rest = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for each in rest:
            each.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        return [each.result() for each in done]

    answers = jpn.loop.run_until_complete(many())
    assert {(each.status, each.code) for each in answers} == {(429, "api.too-many-at-once")}
    assert jpn.call("GET", SESSION, headers=headers).status == 200


def test_nobody_is_asked_for_where_health_is_told(jpn):
    for path in ("/healthz", "/readyz", "/metrics", "/openapi.json"):
        assert jpn.call("GET", path).status == 200
    for path in ("/", "/index.html", "/schema", "/api", BASE, "/healthz/", "/api/v1/../../healthz"):
        assert jpn.call("GET", path).status == 401
    assert jpn.call("GET", "//healthz").status == 404
    assert jpn.call("POST", "/healthz").status == 401
    assert jpn.call("DELETE", SESSION).status == 401


def test_a_registrar_sets_nobodys_own_way_in_but_others(jpn):
    context = jpn.node.context
    assert not isinstance(run(give_code(context, REGISTRAR, REGISTRAR)), Code)
    assert not isinstance(run(give_code(context, READER, OFFICER)), Code)
    assert not isinstance(run(give_code(context, READER, None)), Code)
    assert isinstance(run(give_code(context, REGISTRAR, None)), Code)
    second = PersonId("registrar-2")
    record = replace(run(find_record(context, READER)), id=second, roles=(Role.REGISTRAR,))
    run(add_person(context, record, REGISTRAR))
    assert isinstance(run(give_code(context, REGISTRAR, second)), Code)
    assert not isinstance(run(give_code(context, REGISTRAR, None)), Code)
    assert jpn.get(SESSION, ADMIN).status == 200
