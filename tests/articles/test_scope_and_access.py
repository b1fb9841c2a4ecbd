# SPDX-License-Identifier: Apache-2.0
"""What every decision cites, what is covered, who has access, by which systems it travels.

Rows G1, G2a, G2e, G4.1, G4.2, G6e, G7.1, G7.2, G12c and G-sig of the Japan-ROK GSOMIA and of
its family.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.agreement.acts import Action
from comity.agreement.model import Agreement
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template
from comity.basis.errors import InputError, ProblemsError
from comity.basis.ids import Digest, PartyId, PersonId, Place, digest_of
from comity.basis.instants import Date, Instant, parse_instant
from comity.decision.deciding import Decision, decide, decision_json
from comity.decision.people import Facility, Person, Role, actor_of
from comity.decision.request import (
    MISSING,
    Actor,
    Assurance,
    Firm,
    FirmCondition,
    Item,
    Request,
)
from comity.flows.documents import AGREEMENT
from comity.flows.evidence import take_evidence
from comity.foresight.plain_words import show_agreement
from comity.marking.equivalence import choose_marking, corresponding_markings, read_marking
from comity.marking.labels import Draft, label_draft
from comity.statement.envelope import parse_statement
from comity.statement.evidence import STATEMENT_FILE
from comity.statement.treaty import AgreementSign
from tests.builders.world import World, run

JPN, KOR, USA = PartyId("JPN"), PartyId("KOR"), PartyId("USA")
AT = parse_instant("2016-12-16T03:00:00Z")
DAY = Date(2016, 12, 16)
GSOMIA = read_agreement(template("gsomia-jpn-kor"))
OF_2007 = read_agreement(template("jpn-usa-2007"))
MARKS = ("level", "originator", "receiver_mark")
SEOUL = Facility("seoul-1", PersonId("kor-002"))
READER = Person(
    id=PersonId("kor-017"),
    facility="seoul-1",
    kind="official",
    posts=(),
    clearance="SECRET",
    clearance_until=Date(2017, 12, 31),
    need_to_know=("missile-warning",),
    roles=(Role.READER,),
    registered_from=parse_instant("2016-12-01T00:00:00Z"),
    registered_until=parse_instant("2016-12-20T00:00:00Z"),
)
ITEM = Item(
    id="JPN/12",
    originators=("JPN",),
    level="SECRET",
    category="missile-warning",
    form="document",
    purposes=("warning",),
    named_for=(),
    marked=MARKS,
    copies=1,
    use_until=None,
)


def opening(person: Person = READER, at: Instant = AT, **changes: object) -> Request:
    request = Request(
        at=at,
        action="open",
        agreement_state="in_force",
        actor=actor_of(person, KOR, SEOUL, at),
        item=ITEM,
        purpose="warning",
        recipient=None,
        consents=(),
    )
    return replace(request, **changes)  # type: ignore[arg-type]  # the names are those of facts


def articles(decision: Decision) -> set[str]:
    """Give the articles of what refuses, or is not known."""
    return {row.article for row in decision.articles} | {row.article for row in decision.unknown}


@pytest.mark.row("G1")
@pytest.mark.parametrize("action", [*Action, "unheard-of"])
@pytest.mark.parametrize("known", [True, False])
def test_g1_every_decision_names_agreement_article_and_version(action: str, known: bool) -> None:
    request = opening(action=action) if known else Request(at=AT, action=action)
    decision = decision_json(decide(GSOMIA, request))
    assert decision["agreement"] == "gsomia-jpn-kor"
    assert decision["version"] == GSOMIA.version
    assert decision["sha256"] == GSOMIA.sha256
    rows = [row for key in ("articles", "unmet", "unknown") for row in decision[key]]  # type: ignore[attr-defined,union-attr]  # lists of citations
    assert rows
    assert all(row["article"] for row in rows)  # type: ignore[index,call-overload]  # a citation


@pytest.mark.row("G1")
def test_g1_a_file_without_an_id_decides_nothing() -> None:
    with pytest.raises(ProblemsError, match=r"agreement\.refused"):
        read_agreement(GSOMIA.raw.replace(b'id = "gsomia-jpn-kor"\n', b""))


@pytest.mark.row("G2a")
def test_g2a_an_item_without_marking_or_originator_is_not_registered() -> None:
    draft = Draft(
        by=JPN,
        to=(KOR,),
        marking="",
        category="missile-warning",
        form="oral",
        purposes=("warning",),
    )
    with pytest.raises(InputError):
        label_draft(draft, GSOMIA.table, DAY)
    label = label_draft(replace(draft, marking="秘"), GSOMIA.table, DAY).label
    assert (label.level, label.originators) == ("CONFIDENTIAL", (JPN,))
    for lacking in (replace(ITEM, level=MISSING), replace(ITEM, originators=())):
        request = opening(action="release", item=lacking, recipient="KOR", channel="node")
        assert "2" in articles(decide(GSOMIA, request))


@pytest.mark.row("G2b")
def test_g2b_the_same_party_is_decided_on_by_the_rules_of_its_role_for_each_item() -> None:
    for originator, allowed in (("JPN", False), ("KOR", True)):
        item = replace(ITEM, id=f"{originator}/12", originators=(originator,))
        decision = decide(GSOMIA, opening(action="reclassify", item=item))
        assert (decision.allowed, articles(decision)) == (allowed, {"6(g)"})


@pytest.mark.row("G2e")
def test_g2e_a_clearance_is_to_a_level_and_ends_with_its_last_day() -> None:
    lower = replace(READER, clearance="CONFIDENTIAL")
    ended = replace(READER, clearance_until=Date(2016, 12, 15))
    last_day = replace(READER, clearance_until=DAY)
    assert decide(GSOMIA, opening()).allowed
    assert decide(GSOMIA, opening(last_day)).allowed
    for person in (lower, ended, replace(READER, clearance=None)):
        assert articles(decide(GSOMIA, opening(person))) == {"7(2)"}


@pytest.mark.row("G4.1")
@pytest.mark.parametrize(
    "marking", ["機密", "防衛秘密", "秘密", "SECRET", "군사II급비밀", "I급비밀"]
)
def test_g4_1_a_marking_that_is_not_on_the_partys_list_is_refused(marking: str) -> None:
    with pytest.raises(InputError, match=r"marking\.unknown"):
        read_marking(GSOMIA.table, JPN, marking, DAY)
    assert {row.article for row in GSOMIA.equivalence} == {"4(1)"}


@pytest.mark.row("G4.1")
def test_g4_1_a_korean_marking_is_read_however_it_is_written() -> None:
    """Vector 2 of treaties.md section 6."""
    decomposed = "\u1100\u116e\u11ab\u1109\u1161II\u1100\u1173\u11b8\u1107\u1175\u1106\u1175\u11af"
    for written in ("군사II급비밀", "군사Ⅱ급비밀", "군사 II급 비밀", decomposed):
        assert read_marking(GSOMIA.table, KOR, written, DAY) == "SECRET"
    assert read_marking(GSOMIA.table, KOR, "군사III급비밀", DAY) == "CONFIDENTIAL"


@pytest.mark.row("G4.2")
def test_g4_2_the_receiver_chooses_where_several_markings_correspond() -> None:
    """Vector 1 of treaties.md section 6."""
    with pytest.raises(InputError, match=r"marking\.choose"):
        receive(KOR, "군사II급비밀", JPN, None)
    assert receive(KOR, "군사II급비밀", JPN, "特定秘密") == "特定秘密"
    assert receive(JPN, "秘", KOR, None) == "군사III급비밀"
    assert receive(JPN, "極秘", KOR, None) == "군사II급비밀"


def receive(by: PartyId, marking: str, to: PartyId, choice: str | None) -> str:
    level = read_marking(GSOMIA.table, by, marking, DAY)
    own = choose_marking(GSOMIA.table, to, level, choice=choice, on=DAY)
    assert own in corresponding_markings(GSOMIA.table, to, level, DAY)
    return own


@pytest.mark.row("G4.2")
@pytest.mark.parametrize("lacking", MARKS)
def test_g4_2_nothing_is_opened_before_it_shows_all_markings(lacking: str) -> None:
    shown = tuple(mark for mark in MARKS if mark != lacking)
    decision = decide(GSOMIA, opening(item=replace(ITEM, marked=shown)))
    assert articles(decision) == {"4(2)"}
    assert lacking in decision.articles[0].why


@pytest.mark.row("G6e")
def test_g6e_a_person_who_leaves_the_register_has_no_access_from_that_instant() -> None:
    until = READER.registered_until
    assert until is not None
    assert decide(GSOMIA, opening(at=Instant(until - 1))).allowed
    assert articles(decide(GSOMIA, opening(at=until))) == {"6(e)"}
    assert articles(decide(GSOMIA, opening(at=Instant(READER.registered_from - 1)))) == {"6(e)"}


@pytest.mark.row("G7.1")
@pytest.mark.parametrize("role", list(Role))
def test_g7_1_no_role_opens_without_need_to_know(role: Role) -> None:
    minister = replace(READER, posts=("minister",), roles=(role,), need_to_know=())
    assert articles(decide(GSOMIA, opening(minister))) == {"7(1)", "7(2)"}


@pytest.mark.row("G7.2")
@pytest.mark.parametrize("cleared", [True, False])
@pytest.mark.parametrize("needs", [True, False])
def test_g7_2_only_clearance_and_need_together_open(cleared: bool, needs: bool) -> None:
    person = replace(
        READER,
        clearance="SECRET" if cleared else None,
        need_to_know=("missile-warning",) if needs else (),
    )
    assert decide(GSOMIA, opening(person)).allowed is (cleared and needs)


def release(channel: str, *assurances: Assurance) -> Request:
    return opening(
        action="release",
        actor=Actor(party="JPN"),
        recipient="USA",
        channel=channel,
        assurances=assurances,
    )


def assurance(named: str | None, level: str, until: Date) -> Assurance:
    return Assurance("USA", level, named, True, True, Instant(AT - 1), until)


PERSON = assurance(None, "SECRET", Date(2017, 1, 1))


@pytest.mark.row("G12c")
def test_g12c_nothing_is_sent_to_a_system_whose_accreditation_is_past_or_too_low() -> None:
    good = assurance("system:node", "SECRET", DAY)
    assert decide(OF_2007, release("node", PERSON, good)).allowed
    for other in (
        replace(good, until=Date(2016, 12, 15)),
        replace(good, level="CONFIDENTIAL"),
        replace(good, named_for="system:courier"),
        replace(good, by="JPN"),
    ):
        assert articles(decide(OF_2007, release("node", PERSON, other))) == {"12(c)"}
    assert decide(OF_2007, release("courier", PERSON)).allowed


@pytest.mark.row("G12c")
def test_g12c_the_suite_is_the_strongest_that_the_file_names_and_none_is_negotiated() -> None:
    assert GSOMIA.sealing_suite() == "xwing"
    stronger = GSOMIA.raw.replace(b'encrypted_from = "CONFIDENTIAL"\n', b'suite = "mlkem1024"\n')
    assert read_agreement(stronger).sealing_suite() == "mlkem1024"
    with pytest.raises(ProblemsError):
        read_agreement(stronger.replace(b"mlkem1024", b"aes-128"))


LETTERS = "abcdefghijklmno"
FIRM = Firm(
    "firm-1",
    "SECRET",
    None,
    tuple(FirmCondition(letter, Date(2016, 12, 1), None) for letter in LETTERS),
)
TO_FIRM = opening(action="contractor_release", firms=(FIRM,), rights_confirmed=True)


@pytest.mark.row("G16")
@pytest.mark.parametrize("letter", LETTERS)
def test_g16_each_of_the_fifteen_conditions_is_missed_by_its_letter(letter: str) -> None:
    """Vector 6 of treaties.md section 6."""
    assert decide(GSOMIA, TO_FIRM).allowed
    (clause,) = (each for each in GSOMIA.clauses("contractor") if each.letters("conditions"))
    assert clause.letters("conditions") == tuple(LETTERS)
    assert FIRM.conditions is not MISSING
    lacking = tuple(each for each in FIRM.conditions if each.letter != letter)
    for firms in (
        (replace(FIRM, conditions=lacking),),
        (FIRM, replace(FIRM, id="main", conditions=lacking)),
        (replace(FIRM, id="sub", conditions=lacking), FIRM),
    ):
        decision = decide(GSOMIA, replace(TO_FIRM, firms=firms))
        assert articles(decision) == {"16"}
        assert decision.articles[0].why.endswith(f"does not meet: ({letter})")


@pytest.mark.row("G-sig")
def test_g_sig_each_side_holds_the_same_text_and_proof_of_both_signatures(in_force: World) -> None:
    texts, signed = set(), set()
    for node in (in_force.jpn, in_force.kor):
        view = node.view()
        (body,) = run(node.context.ports.store.documents(AGREEMENT))
        assert body.body is not None
        texts.add(body.body)
        for party in (JPN, KOR):
            head, store = view.heads[party], node.context.ports.store
            raws = run(store.entries(head.origin, 0, head.size))
            (index,) = [at for at, raw in enumerate(raws) if _signs(raw, digest_of(body.body))]
            evidence = run(take_evidence(node.context, node.agreement, Place(party, index)))
            assert evidence[STATEMENT_FILE] == raws[index]  # proved by both parties' own keys
            signed.add((node.party, party))
    assert len(texts) == 1
    assert len(signed) == 4


def _signs(raw: bytes, sha256: Digest) -> bool:
    statement = parse_statement(raw)
    return isinstance(statement.body, AgreementSign) and statement.agreement_sha256 == sha256


@pytest.mark.row("G-sig")
def test_g_sig_the_file_says_which_language_prevails_and_that_there_are_two_originals() -> None:
    assert GSOMIA.prevailing_languages == ("en",)
    last = GSOMIA.articles[-1]
    assert (last.number, last.clauses) == ("end", ())
    assert "two originals" in last.summary.in_language("en")
    for language, said in (("en", "English"), ("ja", "英語"), ("ko", "영어")):
        assert said in show_agreement(GSOMIA, language).partition("\n## ")[0]


def test_every_instance_of_the_family_has_its_own_table() -> None:
    """Treaties.md section 2: one model, other parameters."""
    of_1987: Agreement = read_agreement(template("kor-usa-1987"))
    assert corresponding_markings(OF_2007.table, JPN, "TOP SECRET", DAY) == ("機密",)
    assert corresponding_markings(OF_2007.table, JPN, "SECRET", Date(2014, 12, 9)) == (
        "極秘",
        "防衛秘密",
    )
    assert corresponding_markings(OF_2007.table, JPN, "SECRET", Date(2014, 12, 10)) == ("極秘",)
    assert corresponding_markings(of_1987.table, KOR, "TOP SECRET", DAY) == ("군사I급비밀",)
    assert read_marking(of_1987.table, USA, "TOP SECRET", DAY) == "TOP SECRET"
    for file in (OF_2007, of_1987):
        assert file.levels.order == ("TOP SECRET", "SECRET", "CONFIDENTIAL")
        assert file.rules.by_action["release"]
