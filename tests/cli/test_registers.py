# SPDX-License-Identifier: Apache-2.0
"""Registers, evidence, state and rebuilding at the command line."""

import asyncio
import base64
import json
import re
import sqlite3
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from comity.decision.house import allow_house_act
from comity.flows.anchors import anchor_journal
from comity.flows.listing import read_register
from comity.flows.shapes import PAGE_NAMES
from comity.node import open_node
from comity.ports import Change, Entries
from tests.scenarios.story_nodes import AT_HAND


def damage(store: Path, command: str) -> int:
    with sqlite3.connect(store) as database:
        changed = database.execute(command).rowcount
    database.close()
    return changed


def test_lists_registers_of_one_agreement_or_of_all(cli, signed) -> None:
    one = ("--agreement", "gsomia-jpn-kor")
    for more in ((), one):
        rows = cli("register", "show", "--node", "jpn", "--json", *more).value["registers"]
        assert [(row["party"], row["holding"]) for row in rows] == [
            ("JPN", "own"),
            ("KOR", "mirror"),
        ]
        assert all(row["signed"] == row["size"] for row in rows)
    outcome = cli("register", "show", "--agreement", "other", "--node", "jpn")
    assert outcome.code == 1
    assert "agreement.not-pinned" in outcome.err


def test_says_how_many_entries_were_left_out(cli, signed) -> None:
    show = ("register", "show", "--party", "JPN", "--node", "jpn")
    outcome = cli(*show, "--start", "1", "--limit", "2")
    assert re.findall(r"^JPN/\d", outcome.out, re.MULTILINE) == ["JPN/1", "JPN/2"]
    assert "1 more: comity register show --party JPN --start 3" in outcome.err
    assert "no entries" in cli(*show, "--start", "99").out


def test_what_does_not_count_is_told_with_its_article(cli, signed, ferry) -> None:
    # Both sides put a new text on the table at once: what one said of its own no longer counts.
    assert cli("agreement", "template", "gsomia-jpn-kor", "--out", "signed.toml").code == 0
    text = (signed / "signed.toml").read_text(encoding="utf-8")
    later = re.sub(r"^version = 2\b", "version = 3", text, flags=re.MULTILINE)
    for node, title in (("jpn", "# Tokyo's"), ("kor", "# Seoul's")):
        (signed / f"{node}.toml").write_text(f"{title}\n{later}", encoding="utf-8")
        proposed = cli("agreement", "propose", f"{node}.toml", "--node", node, "--json")
        assert proposed.value["entered"]["kind"] == "agreement.amend"
    named = ("gsomia-jpn-kor", "--version", "3")
    assert cli("agreement", "initial", *named, "--node", "jpn").code == 0
    taken = ferry("jpn", "kor")
    assert "answered       gsomia-jpn-kor/KOR/4" in taken.out
    shown = cli("register", "show", "--party", "JPN", "--start", "5", "--node", "kor")
    assert (
        "JPN/5: agreement.initial, not counted, another text is on the table, "
        "Art. 21 [lifecycle.other-text]" in shown.out
    )
    rows = cli("register", "show", "--party", "JPN", "--node", "kor", "--json").value["entries"]
    assert [(row["admitted"], row["counted"]) for row in rows[4:6]] == [(True, True), (True, False)]
    state = cli("agreement", "state", "gsomia-jpn-kor", "--node", "kor")
    assert "JPN/5: another text is on the table, Art. 21 [lifecycle.other-text]" in state.out


def test_a_whole_node_checks_out(cli, signed) -> None:
    value = cli("register", "check", "--node", "jpn", "--json").value
    assert value["whole"]
    assert value["problems"] == []
    assert value["registers"] == 3


def test_a_damaged_register_is_found(cli, signed) -> None:
    store = signed / "jpn/store.sqlite"
    assert damage(store, "UPDATE entries SET body = zeroblob(length(body))")
    outcome = cli("register", "check", "--node", "jpn")
    assert outcome.code == 4
    assert "a partner's mirror holds what is damaged" in outcome.err
    assert not cli("register", "check", "--node", "jpn", "--json").value["whole"]


def test_evidence_comes_with_the_command_that_verifies_it(cli, signed) -> None:
    taken = cli("register", "evidence", "JPN/0", "--out", "proofs/one", "--node", "jpn")
    assert taken.code == 0
    assert "verify it anywhere: comity verify proofs/one --trust FINGERPRINT|FILE" in taken.err
    files = sorted(p.relative_to(signed / "proofs/one") for p in (signed / "proofs/one").rglob("*"))
    assert [str(each) for each in files] == [
        "cards",
        "cards/JPN.1.card",
        "cards/KOR.1.card",
        "policy",
        "statement.json",
        "statement.tlog-proof",
    ]
    assert cli("verify", "proofs/one", "--trust", "trust").code == 0
    assert cli("verify", "proofs/one").code == 4


def test_evidence_of_a_partners_statement_too(cli, signed) -> None:
    value = cli("register", "evidence", "KOR/0", "--out", "proof", "--node", "jpn", "--json").value
    digits = [each for each in value["fingerprints"].values() for each in ("--trust", each)]
    verified = cli("verify", "proof", *digits, "--json")
    assert verified.value["verified"]
    assert verified.value["place"] == "gsomia-jpn-kor/KOR/0"


def test_evidence_goes_into_an_empty_folder_and_over_nothing(cli, signed) -> None:
    take = ("register", "evidence", "JPN/0", "--node", "jpn", "--out")
    (signed / "empty").mkdir()
    assert cli(*take, "empty").code == 0
    for name in ("empty", "jpn", "text.txt", "", "-", "/"):
        outcome = cli(*take, name)
        assert outcome.code == 2, name
        assert "Traceback" not in outcome.err
    (signed / "link").symlink_to("nowhere")
    assert cli(*take, "link").code == 2
    assert not list(signed.glob(".*.part"))


def test_evidence_needs_every_partners_acknowledgement(cli, release) -> None:
    release("text.txt")
    outcome = cli("register", "evidence", "JPN/4", "--out", "proof", "--node", "jpn")
    assert outcome.code == 1
    assert "register.not-acknowledged" in outcome.err


def test_the_journal_is_for_auditors_and_counts_them(cli, signed) -> None:
    def read(person: str, *more: str):
        return cli("register", "journal", "--node", "jpn", "--as", person, "--json", *more)

    for person in ("officer", "registrar", "administrator"):
        assert read(person).code == 3
    value = read("auditor").value
    assert [each["outcome"] for each in value["entries"][-3:]] == ["refused"] * 3
    again = read("auditor", "--start", str(value["size"])).value
    assert [(each["act"], each["by"]) for each in again["entries"]] == [("journal.read", "auditor")]
    assert {each["operator"] for each in again["entries"]} != {"tester"}


def test_two_nodes_print_the_same_state(cli, signed, release, ferry) -> None:
    release("text.txt")
    ferry("jpn", "kor")
    ferry("kor", "jpn")
    ours = cli("state", "export", "--agreement", "gsomia-jpn-kor", "--json", "--node", "jpn").out
    theirs = cli("state", "export", "--json", "--node", "kor").out
    assert ours == theirs
    assert ours.endswith("}\n")
    assert ours.count("\n") == 1
    assert json.loads(ours)["items"][0]["place"] == "JPN/4"
    assert '"exercise"' not in ours


def test_state_stands_at_the_registers_latest_time_or_where_it_is_asked(cli, signed) -> None:
    def state(*more: str) -> dict:
        return json.loads(cli("state", "export", "--node", "jpn", *more).out)

    assert state()["at"] == "2016-12-16T03:00:00.006Z"
    assert state("--at", "2016-12-16T02:00:00Z")["lifecycle"]["state"] is None
    assert state("--at", "2018-01-01T00:00:00Z")["lifecycle"]["state"] == "in_force"


def test_rebuilding_proves_that_nothing_differs(cli, signed) -> None:
    assert cli("rebuild", "--node", "jpn", "--json").value == {
        "schema": "comity/rebuild/1",
        "node": {
            "party": "JPN",
            "exercise": True,
            "clock": "story",
            "now": "2016-12-16T03:00:00.000Z",
        },
        "agreements": 1,
        "judgements": 7,
        "different": 0,
        "equal": True,
    }


def test_rebuilding_puts_right_what_differs_and_says_so(cli, signed) -> None:
    chosen = "SELECT place FROM judgements ORDER BY place LIMIT 2"
    command = f"UPDATE judgements SET admitted = 0, code = 'x.y' WHERE place IN ({chosen})"
    assert damage(signed / "jpn/store.sqlite", command) == 2
    outcome = cli("rebuild", "--node", "jpn")
    assert outcome.code == 4
    assert "2 had been different: put right" in outcome.out
    assert cli("rebuild", "--node", "jpn").code == 0


@pytest.mark.parametrize("command", [("state", "export"), ("rebuild",), ("register", "check")])
def test_a_folder_that_is_no_node_is_refused(cli, tmp_path, command: tuple[str, ...]) -> None:
    outcome = cli(*command, "--node", "nowhere")
    assert outcome.code == 2
    assert "node.not-a-node" in outcome.err


def test_anchors_are_opened_and_held_against_the_journal(cli, signed) -> None:
    assert "no anchor was said" in cli("register", "anchors", "--node", "jpn").out
    say_anchor(signed / "jpn")
    outcome = cli("register", "anchors", "--node", "jpn")
    assert outcome.code == 0
    assert "gsomia-jpn-kor/JPN/4: the journal still holds exactly these entries" in outcome.out
    (row,) = cli("register", "anchors", "--node", "jpn", "--json").value["anchors"]
    blinding = base64.b64decode(row["opening"]["blinding"])
    told = b"comity/journal-anchor/v1\n" + blinding + row["opening"]["checkpoint"].encode()
    assert row["digest"] == sha256(told).hexdigest()
    assert (row["standing"], row["restored_from"]) == ("fits", None)


def test_an_anchor_that_the_journal_does_not_fit_is_told(cli, signed) -> None:
    say_anchor(signed / "jpn")
    command = (
        "UPDATE documents SET body = CAST(replace(CAST(body AS TEXT), 'journal\\n', 'journal\\n9') "
        "AS BLOB) WHERE kind = 'journal-anchor'"
    )
    changed = damage(signed / "jpn/store.sqlite", command)
    assert changed == 1
    outcome = cli("register", "anchors", "--node", "jpn")
    assert outcome.code == 4
    assert "holds fewer entries now" in outcome.out


def say_anchor(folder: Path) -> None:
    async def said() -> int:
        async with open_node(folder, AT_HAND, writing=True) as context:
            return len(await anchor_journal(context))

    assert asyncio.run(said()) == 1


def test_a_served_node_says_in_words_too_what_is_rejected_and_what_waits(
    cli, signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(enter_nonsense(signed / "jpn"))
    show = ("register", "show", "--party", "KOR", "--node", "jpn")
    alone, page = cli(*show), cli(*show, "--json").value
    assert "not admitted, " in alone.out
    judged: list[str] = []

    async def served(*asked: object) -> object:
        return {name: page[name] for name in PAGE_NAMES}

    async def read(*asked: Any, **more: Any) -> object:
        judged.append("anew")
        return await read_register(*asked, **more)

    monkeypatch.setattr("comity.cli.register.ask_entries", served)
    monkeypatch.setattr("comity.cli.register.read_register", read)
    assert cli(*show).out == alone.out
    assert judged == ["anew"]
    # Nothing is judged anew where there is nothing to put in words.
    assert cli(*show, "--json").value == page
    page["entries"] = page["entries"][:-1]
    assert "not admitted" not in cli(*show).out
    assert judged == ["anew"]


async def enter_nonsense(folder: Path) -> None:
    async with open_node(folder, AT_HAND, writing=True) as context:
        heads = await context.ports.store.registers()
        (head,) = (each for each in heads if each.party == "KOR" and each.agreement)
        change = Change(
            allowed_by=allow_house_act("test.enter"),
            entries=(Entries(head.origin, head.size, (b"nonsense",)),),
        )
        await context.ports.store.commit(change)
