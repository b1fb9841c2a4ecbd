# SPDX-License-Identifier: Apache-2.0
"""Agreements, promises, registers and partners over HTTP; for every yes a no."""

import base64
import dataclasses
import hashlib
import io
import json
import tarfile
from datetime import date

import pytest

from comity.agreement.templates import template
from comity.api.affairs import Affair
from comity.api.agreements import LifecycleAct
from comity.basis.ids import PartyId
from comity.flows.affairs import Change, notify_authority, open_dispute, tell_law_change
from comity.flows.listing import show_item
from comity.flows.requests import ask
from comity.flows.shapes import item_json
from comity.keys.cards import fingerprint
from comity.sealing.payload import PayloadHeader
from comity.statement.evidence import pin, read_evidence, verify_evidence
from comity.statement.information import AssuranceGive, ConsentAsk
from tests.api.support_api import BASE, GSOMIA, serve
from tests.builders.world import (
    A_YEAR,
    ADMIN,
    AUDITOR,
    CLERK,
    DRAFTER,
    JPN,
    OFFICER,
    READER,
    REGISTRAR,
    run,
)
from tests.builders.world import GSOMIA as AGREEMENT

EVERYBODY = (REGISTRAR, DRAFTER, OFFICER, READER, CLERK, AUDITOR, ADMIN)


@pytest.mark.parametrize("person", EVERYBODY)
def test_everybody_sees_which_agreements_stand_and_how(jpn, person):
    [line] = jpn.get(f"{BASE}/agreements", person).json["agreements"]
    assert (line["agreement"], line["state"]) == ("gsomia-jpn-kor", "in_force")
    assert line["sha256"] == hashlib.sha256(template(AGREEMENT)).hexdigest()
    shown = jpn.get(GSOMIA, person)
    assert (shown.status, shown.json["state"]) == (200, "in_force")


def test_an_agreement_stands_as_it_stood_at_an_instant(jpn):
    before = jpn.get(f"{GSOMIA}?at=2016-01-01T00:00:00Z", READER)
    assert before.json["state"] is None
    assert jpn.get(f"{GSOMIA}?at=yesterday", READER).status == 400
    assert jpn.get(f"{BASE}/agreements/unknown", READER).status == 404
    assert jpn.get(f"{BASE}/agreements/UNKNOWN", READER).status == 400


def test_gives_the_agreements_words_and_bytes(jpn):
    for language, word in (("en", "Article"), ("ja", "条"), ("ko", "조")):
        shown = jpn.get(f"{GSOMIA}/text?lang={language}", READER)
        assert word in shown.json["page"], language
    assert jpn.get(f"{GSOMIA}/text?lang=fr", READER).status == 400
    file = jpn.get(f"{GSOMIA}/file", READER)
    assert (file.body, file.header("content-type")) == (template(AGREEMENT), "application/toml")
    assert jpn.get(f"{BASE}/agreements/unknown/file", READER).status == 404


@pytest.mark.parametrize("act", LifecycleAct)
def test_what_binds_the_state_is_done_at_the_command_line(jpn, act):
    answer = jpn.post(f"{GSOMIA}/lifecycle/{act}", REGISTRAR)
    assert (answer.status, answer.code) == (409, "api.authority-needed")
    assert answer.json["error"]["hint"].startswith(f"comity agreement {act} ")
    assert jpn.post(f"{BASE}/agreements/unknown/lifecycle/{act}", REGISTRAR).status == 404


def test_the_command_of_a_signature_names_what_our_own_law_has_us_tell_before(jpn):
    asked = b"""[parties.JPN.before_signing]
article = "21"
notices = ["designation", "entering"]
ahead = "30 days"

[levels]"""
    text = template(AGREEMENT).replace(b"version = 2 ", b"version = 3 ", 1)
    jpn.node.propose(text.replace(b"[levels]", asked, 1))
    hints = {
        act: jpn.post(f"{GSOMIA}/lifecycle/{act}", REGISTRAR).json["error"]["hint"]
        for act in (LifecycleAct.SIGN, LifecycleAct.INITIAL)
    }
    wanted = " --told 'designation DATE' --told 'entering DATE' --node DIR"
    assert wanted in hints[LifecycleAct.SIGN]
    assert "--sha256" in hints[LifecycleAct.INITIAL]
    assert "--told" not in hints[LifecycleAct.INITIAL]


def test_only_who_speaks_for_the_party_is_told_the_command(jpn):
    told = len(jpn.node.journal())
    acts = [f"lifecycle/{each}" for each in LifecycleAct] + [f"affairs/{each}" for each in Affair]
    for act in acts:
        for person in (READER, ADMIN):
            refused = jpn.post(f"{GSOMIA}/{act}", person)
            assert refused.status == 403, act
            assert "--node" not in str(refused.json), act
    noted = [each for each in jpn.node.journal()[told:] if each["outcome"] == "refused"]
    assert len(noted) == 2 * len(acts)


def test_no_other_lifecycle_act_is_known(jpn):
    assert jpn.post(f"{GSOMIA}/lifecycle/annex", REGISTRAR).status == 400


def test_decides_any_request_like_the_command(jpn):
    request = {"at": "2016-12-16T03:00:00Z", "action": "release", "recipient": "KOR"}
    body = {"agreement": "gsomia-jpn-kor", "request": request}
    decided = jpn.post(f"{BASE}/decisions", READER, body)
    assert (decided.status, decided.json["decision"]) == (200, "deny")
    assert decided.json["unknown"]
    for bad in ({"action": 1}, {"surprise": 1}, {"at": "then"}):
        asked = {"agreement": "gsomia-jpn-kor", "request": bad}
        assert jpn.post(f"{BASE}/decisions", READER, asked).status == 400
    unknown = {"agreement": "unknown", "request": {}}
    assert jpn.post(f"{BASE}/decisions", READER, unknown).status == 404


def test_lists_what_is_owed(jpn, ours, theirs):
    duties = jpn.get(f"{BASE}/duties", REGISTRAR).json["duties"]
    receipts = {each["about"]: each for each in duties if each["owes"] == "item.receipt"}
    assert set(receipts) == {str(ours), str(theirs)}
    assert receipts[str(theirs)]["owed_by"] == "JPN"
    assert receipts[str(theirs)]["article"] == "12(a)"
    assert receipts[str(theirs)]["term"] == "5 days"
    assert receipts[str(theirs)]["state"] == "open"
    hidden = jpn.get(f"{BASE}/duties", CLERK).json
    assert {each["about"] for each in hidden["duties"]} <= {None}
    assert "agreement.notice" in {each["what"] for each in hidden["coming"]}
    jpn.post(f"{GSOMIA}/items/{theirs}/receipt", REGISTRAR, {"marking": "秘"})
    left = jpn.get(f"{BASE}/duties", REGISTRAR).json["duties"]
    assert str(theirs) not in {each["about"] for each in left}
    whole = jpn.get(f"{BASE}/duties?all=true", REGISTRAR).json["duties"]
    assert {each["about"]: each["state"] for each in whole}[str(theirs)] == "done"


def test_a_receipt_that_is_late_may_be_called_a_breach(jpn, theirs):
    jpn.node.clock.instant += 6 * 86_400_000
    duties = jpn.get(f"{BASE}/duties", REGISTRAR).json["duties"]
    late = [each for each in duties if each["owes"] == "item.receipt"]
    assert {each["state"] for each in late} == {"late"}
    assert {each["may_be_called"] for each in late} == {"breach"}
    before = jpn.get(f"{BASE}/duties?at={late[0]['since']}", REGISTRAR).json["duties"]
    assert {each["state"] for each in before} == {"open"}


def test_gives_what_is_owed_as_a_calendar_without_what_one_may_not_know(jpn, ours):
    seen, hidden = (jpn.get(f"{BASE}/duties.ics", person) for person in (REGISTRAR, CLERK))
    assert (seen.status, seen.header("content-type")) == (200, "text/calendar; charset=utf-8")
    assert b"BEGIN:VEVENT" in seen.body
    assert str(ours).encode() in seen.body
    assert str(ours).encode() not in hidden.body
    assert b"BEGIN:VEVENT" in hidden.body


def test_what_nobody_has_answered_is_listed(jpn, released, ours):
    kor = released.kor
    consent = ConsentAsk((ours,), None, PartyId("USA"), "warning", None)
    kor.promise(consent)
    run(ask(kor.context, AGREEMENT, (JPN,), category="missile-warning", person=DRAFTER))
    released.settle()

    def coming(person):
        return {each["what"] for each in jpn.get(f"{BASE}/duties", person).json["coming"]}

    assert {"request.answer", "consent.answer"} <= coming(OFFICER)
    assert not {"request.answer", "consent.answer"} & coming(CLERK)


def test_an_assurance_that_ends_soon_is_listed(jpn, released):
    released.jpn.promise(AssuranceGive("SECRET", None, True, True, A_YEAR))
    jpn.node.clock.instant += 380 * 86_400_000
    coming = {each["what"] for each in jpn.get(f"{BASE}/duties", OFFICER).json["coming"]}
    assert "assurance.end" in coming


def test_affairs_are_read_here_and_said_at_the_command_line(jpn, released, ours):
    kor = released.kor
    opened = run(open_dispute(kor.context, AGREEMENT, ("12(a)",), about=(ours,))).place
    named = run(notify_authority(kor.context, AGREEMENT, "Ministry")).place
    told = run(
        tell_law_change(
            kor.context, AGREEMENT, Change("Act 1", "marking", ("4(1)",), date(2016, 12, 1))
        )
    ).place
    released.settle()
    disputes = jpn.get(f"{GSOMIA}/disputes", OFFICER).json["disputes"]
    assert [each["place"] for each in disputes] == [str(opened)]
    assert jpn.get(f"{GSOMIA}/disputes", CLERK).json["disputes"] == []
    authorities = jpn.get(f"{GSOMIA}/authorities", CLERK).json["authorities"]
    assert [(each["place"], each["name"]) for each in authorities] == [(str(named), "Ministry")]
    laws = jpn.get(f"{GSOMIA}/law-changes", CLERK).json["law_changes"]
    assert [each["place"] for each in laws] == [str(told)]
    refused = jpn.post(f"{GSOMIA}/affairs/settle-dispute", OFFICER)
    assert refused.status == 409
    assert refused.json["error"]["hint"].startswith("comity dispute settle DISPUTE")
    assert jpn.post("/api/v1/agreements/unknown/affairs/tell-law", OFFICER).status == 404


def test_a_change_of_ours_stays_open_until_a_notice_or_a_reason(jpn):
    tasks = f"{GSOMIA}/law-tasks"
    assert jpn.post(tasks, READER, {"cause": "Act 1"}).status == 403
    opened = jpn.post(tasks, REGISTRAR, {"cause": "Act 1"})
    assert (opened.status, opened.json["task"]["number"]) == (201, 1)
    close = f"{tasks}/1/close"
    refused = jpn.post(close, REGISTRAR, {})
    assert (refused.status, refused.code) == (409, "law.notice-owed")
    assert "Art. 3" in refused.json["error"]["where"]
    assert jpn.post(close, REGISTRAR, {"reason": "no effect"}).json["task"]["reason"]
    assert jpn.post(close, REGISTRAR, {"reason": "no effect"}).code == "law.no-task"
    assert [each["cause"] for each in jpn.get(tasks, CLERK).json["tasks"]] == ["Act 1"]


def _kor_asks(released, question=b"what was it?"):
    header = PayloadHeader("Question", "text/plain")
    sealed = None if question is None else (header, [question])
    entered = run(
        ask(
            released.kor.context,
            AGREEMENT,
            (JPN,),
            category="missile-warning",
            person=DRAFTER,
            question=sealed,
        )
    )
    released.settle()
    return entered.place


def test_requests_are_asked_read_answered_and_declined(jpn, released, ours):
    first, second = _kor_asks(released), _kor_asks(released, None)
    listed = jpn.get(f"{GSOMIA}/requests", READER).json["requests"]
    assert [each["place"] for each in listed] == [str(first), str(second)]
    read = jpn.post(f"{GSOMIA}/requests/{first}/open", READER)
    assert (read.status, read.body) == (200, b"what was it?")
    assert read.item["header"]["title"] == "Question"
    assert jpn.post(f"{GSOMIA}/requests/{second}/open", READER).status == 404
    answered = jpn.post(f"{GSOMIA}/requests/{first}/answer", OFFICER, {"item": str(ours)})
    assert answered.json["entered"]["kind"] == "request.answer"
    declined = jpn.post(f"{GSOMIA}/requests/{second}/decline", OFFICER)
    assert declined.json["entered"]["kind"] == "request.decline"
    assert all(not each["open"] for each in jpn.get(f"{GSOMIA}/requests", READER).json["requests"])


def test_requests_outside_ones_need_to_know_are_not_there(jpn, released):
    place = _kor_asks(released)
    assert jpn.get(f"{GSOMIA}/requests", CLERK).json["requests"] == []
    hidden = jpn.post(f"{GSOMIA}/requests/{place}/open", CLERK)
    absent = jpn.post(f"{GSOMIA}/requests/KOR/9999/open", READER)
    assert (hidden.status, hidden.body) == (404, absent.body)


def test_asks_partners_for_their_laws_and_shows_it(jpn):
    asked = {"to": ["KOR"], "category": "missile-warning", "subject": "law"}
    assert jpn.post(f"{GSOMIA}/requests", DRAFTER, asked).status == 201
    plain = {"to": ["KOR"], "category": "missile-warning"}
    assert jpn.post(f"{GSOMIA}/requests", DRAFTER, plain).status == 201
    listed = jpn.get(f"{GSOMIA}/requests", READER).json["requests"]
    assert [each["subject"] for each in listed] == ["law", None]
    assert jpn.post(f"{GSOMIA}/requests", DRAFTER, {**asked, "subject": "taxes"}).status == 400


def test_asks_partners_with_a_question_that_is_sealed(jpn):
    asked = {"to": ["KOR"], "category": "missile-warning", "question": "何が見えたか"}
    answer = jpn.post(f"{GSOMIA}/requests", DRAFTER, asked)
    assert answer.status == 201
    assert "何" not in answer.body.decode()
    coded = {**asked, "encoding": "base64", "question": base64.b64encode(b"\0\1").decode()}
    assert jpn.post(f"{GSOMIA}/requests", DRAFTER, coded).status == 201
    assert jpn.post(f"{GSOMIA}/requests", DRAFTER, {**asked, "question": None}).status == 201
    for bad in ({"to": ["JPN"]}, {"to": []}, {"encoding": "base64"}, {"encoding": "rot13"}):
        assert jpn.post(f"{GSOMIA}/requests", DRAFTER, {**asked, **bad}).status == 400
    assert jpn.post(f"{GSOMIA}/requests", READER, asked).status == 403


def test_consents_are_asked_refused_and_given_at_the_command_line(jpn, released, ours, theirs):
    released.kor.promise(ConsentAsk((ours,), None, PartyId("USA"), "warning", None))
    released.settle()
    [asked] = jpn.get(f"{GSOMIA}/consents", OFFICER).json["asked"]
    place = asked["place"]
    assert jpn.get(f"{GSOMIA}/consents", READER).json["asked"]
    assert jpn.get(f"{GSOMIA}/consents", CLERK).json == {
        **jpn.get(f"{GSOMIA}/consents", CLERK).json,
        "asked": [],
        "given": [],
    }
    grant = jpn.post(f"{GSOMIA}/consents/{place}/grant", OFFICER)
    assert (grant.status, grant.code) == (409, "api.authority-needed")
    assert jpn.post(f"{GSOMIA}/consents/{place}/grant", READER).status == 403
    assert jpn.post(f"{GSOMIA}/consents/KOR/9999/grant", OFFICER).status == 404
    refused = jpn.post(f"{GSOMIA}/consents/{place}/refusal", OFFICER)
    assert refused.json["entered"]["kind"] == "consent.refuse"
    assert jpn.post(f"{GSOMIA}/consents/KOR/9999/refusal", OFFICER).status == 404
    assert jpn.post(f"{GSOMIA}/consents/{place}/withdrawal", OFFICER).status == 404
    wish = {"items": [str(theirs)], "recipient": "USA", "purpose": "warning", "until": "2017-12-31"}
    made = jpn.post(f"{GSOMIA}/consents", OFFICER, wish)
    assert made.json["entered"]["kind"] == "consent.ask"
    for bad in ({"until": "2015-01-01"}, {"items": []}, {"category": "x"}, {"to": ["JPN"]}):
        assert jpn.post(f"{GSOMIA}/consents", OFFICER, {**wish, **bad}).status == 400
    absent = jpn.post(f"{GSOMIA}/consents", OFFICER, {**wish, "items": ["KOR/9999"]})
    assert absent.status == 404


def test_assures_partners(jpn):
    rows = jpn.get(f"{GSOMIA}/assurances", READER).json["assurances"]
    assert {each["by"] for each in rows} == {"JPN", "KOR"}
    given = jpn.post(f"{GSOMIA}/assurances", OFFICER, {"level": "SECRET", "for": READER})
    assert given.json["entered"]["body"]["for"] == READER
    slip = jpn.post(f"{GSOMIA}/assurances", OFFICER, {"level": "SECRET", "for": "desk-1"})
    assert (slip.status, slip.code) == (409, "assurance.unknown-name")
    assert jpn.post(f"{GSOMIA}/assurances", OFFICER, {"level": "COSMIC"}).status == 400
    late = {"level": "SECRET", "until": "2015-01-01T00:00:00Z"}
    assert jpn.post(f"{GSOMIA}/assurances", OFFICER, late).status == 400
    assert jpn.post(f"{GSOMIA}/assurances", READER, {"level": "SECRET"}).status == 403
    assert jpn.get(f"{GSOMIA}/assurances", ADMIN).status == 403


def test_registers_are_shown_to_those_who_keep_them(jpn):
    rows = jpn.get(f"{BASE}/registers", AUDITOR).json["registers"]
    assert {(each["party"], each["holding"]) for each in rows} == {
        ("JPN", "own"),
        ("KOR", "mirror"),
    }
    page = jpn.get(f"{GSOMIA}/registers/JPN/entries?start=2&limit=3", AUDITOR).json
    assert [each["place"] for each in page["entries"]] == ["JPN/2", "JPN/3", "JPN/4"]
    for person in (READER, CLERK, DRAFTER, ADMIN):
        assert jpn.get(f"{BASE}/registers", person).status == 403
        assert jpn.get(f"{GSOMIA}/registers/JPN/entries", person).status == 403


@pytest.mark.parametrize(
    "path",
    [
        "registers/USA/entries",
        "registers/USA/checkpoint",
        "registers/JPN/entries/9999",
        "registers/JPN/entries/9999/proof",
        "registers/JPN/entries/9999/evidence",
        "registers/JPN/entries/1/proof?size=1",
        "registers/JPN/entries/1/proof?size=9999",
        "registers/JPN/checkpoint?size=9999",
        "registers/JPN/entries/9007199254740991",
    ],
)
def test_what_no_register_holds_is_not_there(jpn, path):
    assert jpn.get(f"{GSOMIA}/{path}", AUDITOR).status == 404
    assert jpn.get(f"{BASE}/agreements/unknown/{path}", AUDITOR).status == 404


def test_a_proof_leads_from_the_entry_to_the_signed_root(jpn):
    raw = jpn.get(f"{GSOMIA}/registers/JPN/entries/3", AUDITOR).body
    proof = jpn.get(f"{GSOMIA}/registers/JPN/entries/3/proof", AUDITOR).json
    note = jpn.get(f"{GSOMIA}/registers/JPN/checkpoint?size={proof['size']}", AUDITOR).body
    lines = note.decode().splitlines()
    assert (lines[0], int(lines[1])) == (proof["origin"], proof["size"])
    assert base64.b64decode(lines[2]).hex() == proof["root_hash"]
    node, index, last = hashlib.sha256(b"\0" + raw).digest(), proof["index"], proof["size"] - 1
    for step in map(bytes.fromhex, proof["path"]):
        if index % 2 or index == last:
            node = hashlib.sha256(b"\1" + step + node).digest()
            while not index % 2 and index:
                index, last = index // 2, last // 2
        else:
            node = hashlib.sha256(b"\1" + node + step).digest()
        index, last = index // 2, last // 2
    assert node.hex() == proof["root_hash"]


def test_evidence_comes_as_a_tar_that_an_outsider_verifies(jpn, released, ours):
    path = f"{GSOMIA}/registers/{ours.party}/entries/{ours.index}/evidence"
    answer = jpn.get(path, AUDITOR)
    assert (answer.status, answer.header("content-type")) == (200, "application/x-tar")
    with tarfile.open(fileobj=io.BytesIO(answer.body)) as tar:
        members = tar.getmembers()
        files = {
            each.name.partition("/")[2]: tar.extractfile(each).read()  # type: ignore[union-attr]
            for each in members
        }
    assert all(each.isreg() and each.mtime == 0 for each in members)
    trusted = frozenset(pin(fingerprint(node.card), node.party) for node in released.nodes.values())
    assert verify_evidence(read_evidence(files), trusted=trusted)
    assert jpn.get(path, READER).status == 403


def test_the_journal_is_read_by_auditors_and_says_so(jpn):
    page = jpn.get(f"{BASE}/journal?limit=2", AUDITOR).json
    assert [each["index"] for each in page["entries"]] == [0, 1]
    assert jpn.node.journal()[-1]["act"] == "journal.read"
    assert jpn.get(f"{BASE}/journal", OFFICER).status == 403
    assert jpn.get(f"{BASE}/journal?limit=1001", AUDITOR).status == 400


def test_partners_are_listed_with_their_fingerprints(jpn, released):
    [partner] = jpn.get(f"{BASE}/partners", READER).json["partners"]
    assert (partner["party"], partner["fingerprint"]) == (
        "KOR",
        fingerprint(released.kor.card),
    )
    assert partner["lines"] == []


def test_answers_are_what_the_commands_print(jpn, ours):
    """One shape each: what `--json` prints of an item and a person, but for the node's mark."""
    row = run(show_item(jpn.node.context, AGREEMENT, ours, READER))
    assert jpn.get(f"{GSOMIA}/items/{ours}", READER).json["item"] == json.loads(
        json.dumps(item_json(AGREEMENT, row))
    )


def test_an_agreements_page_is_in_the_nodes_language_unless_another_is_asked_for(released):
    config = dataclasses.replace(released.jpn.context.config, default_language="ja")
    context = dataclasses.replace(released.jpn.context, config=config)
    served = serve(dataclasses.replace(released.jpn, context=context))
    own = served.get(f"{GSOMIA}/text", READER).json
    asked = served.get(f"{GSOMIA}/text?lang=ko", READER).json
    served.close()
    assert (own["language"], asked["language"]) == ("ja", "ko")
    assert "強制" in own["page"]
    assert "강제" in asked["page"]


def test_an_agreement_and_what_is_owed_say_what_binds(jpn):
    assert jpn.get(GSOMIA, OFFICER).json["binding"] is True
    assert jpn.get(f"{BASE}/duties", OFFICER).json["not_binding"] == []
