# SPDX-License-Identifier: Apache-2.0
"""The register of persons at the command line: who keeps it, what it says, what it refuses."""

import asyncio
import json
from pathlib import Path

import pytest

from comity.basis.errors import StateError
from comity.basis.ids import PersonId
from comity.basis.instants import (
    format_instant,
    format_zone,
    parse_date,
    parse_instant,
    parse_zone,
)
from comity.cli import facility
from comity.flows.facts import find_person
from comity.flows.people.register_then import moment_of
from comity.flows.zones import common_zone
from comity.node import AtHand, ask_nobody, open_node

NOON = parse_instant("2016-12-16T03:00:00Z")
READER = (
    "--role",
    "reader",
    "--need-to-know",
    "missile-warning",
    "--clearance",
    "SECRET",
    "--clearance-until",
    "never",
)


@pytest.fixture
def register(cli, kor) -> str:
    """Korea's node with a facility, its control officer kor-001 (a registrar) and a reader."""
    assert cli("facility", "add", "seoul-1", "--node", kor).code == 0
    added = cli(
        "person", "add", "kor-001", "--facility", "seoul-1", "--role", "registrar", "--node", kor
    )
    assert added.code == 0
    officer = ("--control-officer", "kor-001", "--node", kor, "--as", "kor-001")
    assert cli("facility", "change", "seoul-1", *officer).code == 0
    reader = ("kor-017", "--facility", "seoul-1", *READER, "--clearance-until", "2099-12-31")
    assert cli("person", "add", *reader, "--node", kor, "--as", "kor-001").code == 0
    return kor


def person(cli, node: str, name: str) -> dict:
    persons = cli("person", "list", "--all", "--node", node, "--json").value["persons"]
    return next(each for each in persons if each["id"] == name)


def journal(folder: Path) -> list[dict]:
    async def read() -> list[dict]:
        at_hand = AtHand("tester", ask_nobody)
        async with open_node(folder, at_hand, writing=False) as context:
            head = await context.ports.store.journal()
            assert head is not None
            entries = await context.ports.store.entries(head.origin, 0, head.size)
        return [json.loads(each) for each in entries]

    return asyncio.run(read())


def test_an_empty_register_says_how_to_begin(cli, kor) -> None:
    outcome = cli("person", "list", "--node", kor)
    assert "nobody is on the register" in outcome.out
    assert "hint: begin with a facility and a registrar" in outcome.err


def test_lists_everything_about_a_person(cli, register) -> None:
    outcome = cli("person", "list", "--node", register)
    assert outcome.code == 0
    assert "kor-017: official at seoul-1" in outcome.out
    assert "SECRET until 2099-12-31" in outcome.out
    assert "missile-warning" in outcome.out
    assert person(cli, register, "kor-017") == {
        "id": "kor-017",
        "facility": "seoul-1",
        "kind": "official",
        "roles": ["reader"],
        "posts": [],
        "clearance": "SECRET",
        "clearance_until": "2099-12-31",
        "clearance_by": None,
        "clearance_on": None,
        "clearance_reference": None,
        "clearance_review": None,
        "need_to_know": ["missile-warning"],
        "registered_from": person(cli, register, "kor-017")["registered_from"],
        "registered_until": None,
        "registered": True,
    }


def test_a_facility_without_control_officer_registers_nobody(cli, kor) -> None:
    added = cli("facility", "add", "seoul-1", "--node", kor)
    assert "nothing is opened here before it has a control officer" in added.err
    cli("person", "add", "kor-017", "--facility", "seoul-1", *READER, "--node", kor)
    listed = cli("person", "list", "--node", kor).out
    assert "NOT COUNTED: facility 'seoul-1' has no control officer" in listed
    assert person(cli, kor, "kor-017")["registered"] is False
    assert "control officer NONE" in cli("facility", "list", "--node", kor).out


@pytest.mark.parametrize("who", [(), ("--as", "kor-017")])
def test_only_a_registrar_keeps_a_register_that_has_one(cli, register, who, tmp_path) -> None:
    outcome = cli("person", "change", "kor-017", "--clearance", "none", "--node", register, *who)
    assert outcome.code == 3
    assert outcome.out == ""
    assert outcome.err.startswith("refused: person.change\n  rule of this node")
    assert "hint: name a" in outcome.err
    assert person(cli, register, "kor-017")["clearance"] == "SECRET"
    refused = journal(tmp_path / register)[-1]
    assert (refused["act"], refused["outcome"]) == ("person.change", "refused")


def test_a_refusal_is_an_object_too(cli, register) -> None:
    outcome = cli("facility", "add", "seoul-2", "--node", register, "--json")
    assert outcome.code == 3
    assert outcome.value["schema"] == "comity/refusal/1"
    assert outcome.value["refused"] is True
    assert outcome.value["findings"][0]["clause"] == "registrar"


def test_a_registrar_does_not_change_the_own_record(cli, register) -> None:
    more = ("--role", "registrar", "--role", "reader", "--node", register)
    outcome = cli("person", "change", "kor-001", *more, "--as", "kor-001")
    assert outcome.code == 3
    assert "nobody changes the own record" in outcome.err
    # The only registrar's own record is left to whoever runs the node.
    assert cli("person", "change", "kor-001", *more).code == 0


def test_a_person_who_leaves_stays_on_record(cli, register) -> None:
    left = cli(
        "person", "change", "kor-017", "--until", "now", "--node", register, "--as", "kor-001"
    )
    assert left.code == 0
    assert "NOT ON THE REGISTER NOW" in left.out
    listed = cli("person", "list", "--node", register)
    assert "kor-017" not in listed.out
    assert "1 who left are not shown: --all" in listed.err
    assert person(cli, register, "kor-017")["registered"] is False
    back = ("--until", "never", "--node", register, "--as", "kor-001")
    assert cli("person", "change", "kor-017", *back).code == 0
    assert person(cli, register, "kor-017")["registered"] is True


def test_a_change_leaves_what_it_does_not_name(cli, register) -> None:
    before = person(cli, register, "kor-017")
    more = ("--post", "watch officer", "--node", register, "--as", "kor-001")
    assert cli("person", "change", "kor-017", *more).code == 0
    assert person(cli, register, "kor-017") == {**before, "posts": ["watch officer"]}


def test_lists_are_replaced_and_taken_away(cli, register) -> None:
    by = ("--node", register, "--as", "kor-001")
    two = ("--need-to-know", "nuclear-test", "--need-to-know", "missile-warning")
    assert cli("person", "change", "kor-017", *two, *by).code == 0
    assert person(cli, register, "kor-017")["need_to_know"] == ["missile-warning", "nuclear-test"]
    assert cli("person", "change", "kor-017", "--need-to-know", "", *by).code == 0
    assert person(cli, register, "kor-017")["need_to_know"] == []


def test_a_clearance_is_given_with_its_last_day(cli, register) -> None:
    by = ("--node", register, "--as", "kor-001")
    lower = ("person", "change", "kor-017", "--clearance", "CONFIDENTIAL")
    silent = cli(*lower, *by)
    assert silent.code == 2
    assert "[person.no-clearance-end]" in silent.err
    assert person(cli, register, "kor-017")["clearance"] == "SECRET"
    assert cli(*lower, "--clearance-until", "never", *by).code == 0
    assert person(cli, register, "kor-017")["clearance_until"] is None
    assert cli("person", "change", "kor-017", "--clearance-until", "2098-01-01", *by).code == 0
    assert person(cli, register, "kor-017")["clearance_until"] == "2098-01-01"
    assert cli("person", "change", "kor-017", "--clearance-until", "never", *by).code == 0
    assert person(cli, register, "kor-017")["clearance_until"] is None
    assert cli("person", "change", "kor-017", "--clearance", "none", *by).code == 0
    assert person(cli, register, "kor-017")["clearance"] is None


BASIS = (
    *("--clearance-by", "Vetting Office", "--clearance-on", "2016-01-31"),
    *("--clearance-reference", "V/2016-0077", "--clearance-review", "2021-01-31"),
)


def test_says_what_a_clearance_rests_on_and_what_is_not_on_record(cli, register) -> None:
    by = ("--node", register, "--as", "kor-001")
    assert "rests on       no granting body on record" in cli("person", "list", *by[:2]).out
    given = cli("person", "change", "kor-017", *BASIS, *by)
    assert (
        "rests on       Vetting Office, of 2016-01-31, number V/2016-0077, "
        "review by 2021-01-31 (PASSED)"
    ) in given.out
    assert person(cli, register, "kor-017")["clearance_reference"] == "V/2016-0077"
    kept = cli("person", "change", "kor-017", "--clearance-review", "2098-01-31", *by)
    assert "number V/2016-0077, review by 2098-01-31\n" in kept.out
    gone = cli("person", "change", "kor-017", "--clearance-review", "", *by)
    assert "number V/2016-0077\n" in gone.out


def test_a_new_clearance_rests_on_nothing_of_the_one_before(cli, register) -> None:
    by = ("--node", register, "--as", "kor-001")
    assert cli("person", "change", "kor-017", *BASIS, *by).code == 0
    lower = ("--clearance", "CONFIDENTIAL", "--clearance-until", "2098-12-31")
    body = ("--clearance-by", "Another Office")
    assert cli("person", "change", "kor-017", *lower, *body, *by).code == 0
    record = person(cli, register, "kor-017")
    assert (record["clearance_by"], record["clearance_on"]) == ("Another Office", None)
    assert (record["clearance_reference"], record["clearance_review"]) == (None, None)
    assert cli("person", "change", "kor-017", "--clearance", "none", *by).code == 0
    assert person(cli, register, "kor-017")["clearance_by"] is None


def test_duties_list_clearances_that_end_or_are_to_be_looked_at_again(cli, register) -> None:
    by = ("--node", register, "--as", "kor-001")
    assert cli("person", "change", "kor-017", *BASIS, *by).code == 0
    listed = cli("duties", "--node", register)
    assert "clearances of our own people, owed to nobody:" in listed.out
    assert "kor-017 (seoul-1): to be looked at again by 2021-01-31, PASSED" in listed.out
    later = cli("duties", "--at", "2099-12-31", "--node", register, "--json").value
    assert [(each["what"], each["day"]) for each in later["clearances"]] == [
        ("clearance.review", "2021-01-31"),
        ("clearance.end", "2099-12-31"),
    ]
    filtered = cli("duties", "--state", "late", "--node", register, "--json").value
    assert filtered["clearances"] == []


@pytest.mark.row("G10")
def test_g10_an_officer_without_a_clearance_is_warned_of_and_one_who_holds_one_is_not(
    cli, register
) -> None:
    by = ("--node", register, "--as", "kor-001")
    change = ("facility", "change", "seoul-1", "--control-officer")
    warning = "answers for this facility and holds no clearance in force"
    assert f"warning: kor-001 {warning}" in "".join(both(cli(*change, "kor-001", *by)))
    assert warning not in "".join(both(cli(*change, "kor-017", *by)))
    assert cli(*change, "nobody-9", *by).code != 0


def both(ended) -> tuple[str, str]:
    return ended.out, ended.err


@pytest.mark.row("G10")
def test_g10_duties_list_a_facility_whose_officers_term_ends_or_that_has_none(
    cli, register
) -> None:
    by = ("--node", register, "--as", "kor-001")
    assert "control officers" not in cli("duties", "--node", register).out
    change = ("facility", "change", "seoul-1", "--control-officer")
    assert cli(*change, "kor-001", "--until", "2021-01-31", *by).code == 0
    ended = cli("duties", "--node", register).out
    assert "control officers of our own facilities, owed to nobody:" in ended
    assert "seoul-1: the term of kor-001 ends with 2021-01-31, PASSED" in ended
    assert cli(*change, "none", *by).code == 0
    vacant = cli("duties", "--node", register)
    assert "seoul-1: nobody is named" in vacant.out
    listed = cli("duties", "--node", register, "--json").value
    assert [(each["what"], each["facility"]) for each in listed["officers"]] == [
        ("officer.none", "seoul-1")
    ]
    assert cli("duties", "--state", "late", "--node", register, "--json").value["officers"] == []


def test_a_facilitys_register_is_shown_as_of_any_past_instant(cli, register, tmp_path) -> None:
    from comity.basis.instants import Instant

    left = cli(
        "person", "change", "kor-017", "--until", "now", "--node", register, "--as", "kor-001"
    )
    assert left.code == 0
    # Until the change was written the register said otherwise, whatever it was dated.
    ended = parse_instant(journal(tmp_path / register)[-1]["at"])
    before = Instant(ended - 1)
    shown = {
        at: cli(
            "facility", "register", "--at", format_instant(at), "--node", register, "--json"
        ).value["facilities"]
        for at in (before, ended)
    }
    assert [each["person"] for each in shown[before][0]["persons"]] == ["kor-001", "kor-017"]
    assert [each["person"] for each in shown[ended][0]["persons"]] == ["kor-001"]
    assert shown[ended][0]["control_officer"] == "kor-001"
    reader = shown[before][0]["persons"][1]
    assert (reader["level"], reader["authorised_by"]) == ("SECRET", "kor-001")
    told = cli("facility", "register", "--at", "2016-12-31", "--node", register)
    assert "as of the end of 2016-12-31 (UTC), 2016-12-31T23:59:59.999Z" in told.out
    assert "no facility was on the register then" in told.out
    assert (
        "neither a date nor an instant"
        in cli("facility", "register", "--at", "soon", "--node", register).err
    )
    table = tmp_path / "register.csv"
    listed = cli("facility", "register", "seoul-1", "--csv", str(table), "--node", register)
    assert "seoul-1: control officer kor-001\n  kor-001: official\n" in listed.out
    assert "by             whoever ran the node (" in listed.out
    header, *lines = (line.replace('"', "") for line in table.read_text().splitlines())
    assert header.startswith("facility,control_officer,person,kind,level,level_until,need_to_know,")
    assert [line.split(",")[:4] for line in lines] == [
        ["seoul-1", "kor-001", "kor-001", "official"]
    ]
    again = cli("facility", "register", "--csv", str(table), "--node", register)
    assert (again.code, "[cli.file-exists]" in again.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (("--at", "2099-12-31"), 2, "register.to-come"),
        (("--at", "yesterday"), 2, "cli.until"),
        (("moon-1",), 1, "facility.unknown-then"),
        (("seoul-1", "--at", "2016-12-31"), 1, "facility.unknown-then"),
    ],
)
def test_refuses_a_register_that_never_was(cli, register, arguments, exit_code, code) -> None:
    outcome = cli("facility", "register", *arguments, "--node", register)
    assert (outcome.code, outcome.out) == (exit_code, "")
    assert f"[{code}]" in outcome.err


def test_the_register_of_today_is_that_of_this_moment(cli, register) -> None:
    from datetime import UTC, datetime

    for day in ("now", datetime.now(UTC).date().isoformat()):
        value = cli("facility", "register", "--at", day, "--node", register, "--json").value
        assert [len(each["persons"]) for each in value["facilities"]] == [2]


def test_a_day_of_the_register_is_one_of_the_agreements_zone(signed) -> None:
    async def zone() -> str:
        async with open_node(signed / "kor", AtHand("tester", ask_nobody), writing=False) as node:
            return format_zone(await common_zone(node))

    assert asyncio.run(zone()) == "+09:00"
    day, zone_of_it = parse_date("2016-12-15"), parse_zone("+09:00")
    at = moment_of(day, zone_of_it, NOON)
    said = facility._head(day, zone_of_it, at)
    assert format_instant(at) == "2016-12-15T14:59:59.999Z"
    assert said == "the end of 2016-12-15 (+09:00), 2016-12-15T14:59:59.999Z"
    assert moment_of(parse_date("2016-12-16"), zone_of_it, NOON) == NOON


def test_every_change_is_in_the_journal_with_who_made_it(cli, register, tmp_path) -> None:
    from comity.cli.session import operator_name

    entries = journal(tmp_path / register)
    assert [each["act"] for each in entries] == [
        "node.found",
        "facility.add",
        "person.add",
        "facility.change",
        "person.add",
    ]
    assert [each["by"] for each in entries] == [None, None, None, "kor-001", "kor-001"]
    assert {each["operator"] for each in entries} == {operator_name()}
    assert entries[-1]["details"]["record"]["clearance"] == "SECRET"


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (("add", "kor-017", "--facility", "seoul-1"), 1, "person.exists"),
        (("add", "kor-018", "--facility", "seoul-9"), 1, "facility.unknown"),
        (("add", "KOR 18", "--facility", "seoul-1"), 2, "basis.person-id"),
        (("add", "kor-018", "--facility", "seoul-1", "--role", "boss"), 2, "person.role"),
        (("change", "kor-099", "--post", "x"), 1, "person.unknown"),
        (("change", "kor-017", "--facility", "seoul-9"), 1, "facility.unknown"),
        (("change", "kor-017", "--clearance-until", "soon"), 2, "basis.date"),
        (("change", "kor-017", "--until", "tomorrow"), 2, "basis.instant"),
        (("change", "kor-017", "--until", "2016-13-01"), 2, "basis.date"),
        (("change", "kor-017", "--post", "x" * 101), 2, "basis.wrong-length"),
        (("change", "kor-017", "--clearance-reference", "debts"), 2, "person.reference"),
        (("change", "kor-017", "--clearance-on", "2031-02-30"), 2, "basis.date"),
        (("change", "kor-017", "--clearance-on", "2098-01-01"), 1, "person.clearance-to-come"),
        (("change", "kor-017", "--clearance-on", "2100-01-01"), 2, "person.clearance-days"),
        (
            ("add", "kor-018", "--facility", "seoul-1", "--clearance-by", "x"),
            2,
            "person.no-clearance",
        ),
        (("change", "kor-017", "--as", "kor-099", "--post", "x"), 1, "person.unknown"),
    ],
)
def test_refuses_what_the_register_cannot_hold(
    cli, register, tmp_path, arguments, exit_code, code
) -> None:
    before = journal(tmp_path / register)
    who = () if "--as" in arguments else ("--as", "kor-001")
    outcome = cli("person", *arguments, "--node", register, *who)
    assert outcome.code == exit_code
    assert f"[{code}]" in outcome.err
    assert "Traceback" not in outcome.err
    assert journal(tmp_path / register) == before


def test_a_control_officer_does_not_leave_before_another_is_named(cli, register) -> None:
    second = ("kor-002", "--facility", "seoul-1", "--role", "registrar", "--node", register)
    assert cli("person", "add", *second, "--as", "kor-001").code == 0
    by = ("--node", register, "--as", "kor-002")
    leaving = ("person", "change", "kor-001", "--until", "now", *by)
    outcome = cli(*leaving)
    assert outcome.code == 1
    assert "person.control-officer" in outcome.err
    assert cli("facility", "change", "seoul-1", "--control-officer", "kor-002", *by).code == 0
    assert cli(*leaving).code == 0


@pytest.mark.parametrize(
    ("facility", "officer", "exit_code", "code"),
    [
        ("seoul-1", "kor-099", 1, "person.unknown"),
        ("seoul-9", "kor-001", 1, "facility.unknown"),
        ("seoul-1", "Kim", 2, "basis.person-id"),
    ],
)
def test_refuses_a_control_officer_who_is_not_there(
    cli, register, facility, officer, exit_code, code
) -> None:
    more = ("--control-officer", officer, "--node", register, "--as", "kor-001")
    outcome = cli("facility", "change", facility, *more)
    assert outcome.code == exit_code
    assert f"[{code}]" in outcome.err


def test_a_control_officer_belongs_to_the_facility(cli, register) -> None:
    by = ("--node", register, "--as", "kor-001")
    assert cli("facility", "add", "seoul-2", *by).code == 0
    outcome = cli("facility", "change", "seoul-2", "--control-officer", "kor-017", *by)
    assert outcome.code == 1
    assert "facility.officer-elsewhere" in outcome.err
    assert "kor-017 of seoul-1" in outcome.err


@pytest.mark.parametrize(
    ("facility", "exit_code", "code"),
    [("Seoul 1", 2, "facility.id"), ("seoul-1", 1, "facility.exists")],
)
def test_refuses_a_facility_of_no_or_of_a_used_name(
    cli, register, facility, exit_code, code
) -> None:
    outcome = cli("facility", "add", facility, "--node", register, "--as", "kor-001")
    assert outcome.code == exit_code
    assert f"[{code}]" in outcome.err


def test_a_facility_may_lose_its_control_officer_and_says_so(cli, register) -> None:
    more = ("--control-officer", "none", "--node", register, "--as", "kor-001", "--json")
    outcome = cli("facility", "change", "seoul-1", *more)
    gone = {"id": "seoul-1", "control_officer": None, "officer_until": None, "firm": None}
    assert outcome.value["facility"] == gone


def test_posts_in_any_script_are_kept_and_what_steers_a_terminal_is_escaped(cli, register) -> None:
    posts = ("--post", "정보분석관", "--post", "a\u202egnp.exe\x1b[2J")
    more = (*posts, "--node", register, "--as", "kor-001")
    outcome = cli("person", "change", "kor-017", *more)
    assert outcome.code == 0
    assert "정보분석관" in outcome.out
    assert "\u202e" not in outcome.out
    assert "\x1b" not in outcome.out
    assert "‹U+202E›" in outcome.out
    raw = cli("person", "list", "--node", register, "--json")
    assert "\u202e" not in raw.out
    assert raw.value["persons"][1]["posts"] == ["a\u202egnp.exe\x1b[2J", "정보분석관"]


def test_a_person_who_left_acts_no_more(cli, register, tmp_path) -> None:
    async def act() -> str:
        at_hand = AtHand("tester", ask_nobody)
        async with open_node(tmp_path / register, at_hand, writing=False) as context:
            return (await find_person(context, PersonId("kor-017"))).id

    assert asyncio.run(act()) == "kor-017"
    by = ("--node", register, "--as", "kor-001")
    assert cli("person", "change", "kor-017", "--until", "now", *by).code == 0
    with pytest.raises(StateError) as caught:
        asyncio.run(act())
    assert caught.value.code == "person.absent"


def test_a_registrar_who_left_keeps_the_register_no_more(cli, register) -> None:
    by = ("--node", register, "--as", "kor-001")
    second = ("kor-002", "--facility", "seoul-1", "--role", "registrar")
    assert cli("person", "add", *second, *by).code == 0
    assert cli("person", "change", "kor-002", "--until", "now", *by).code == 0
    gone = ("--node", register, "--as", "kor-002")
    outcome = cli("person", "change", "kor-017", "--post", "x", *gone)
    assert outcome.code == 3
    assert "kor-002 is not on the register at this time" in outcome.err
