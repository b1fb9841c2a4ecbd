# SPDX-License-Identifier: Apache-2.0
"""A node that came back from a backup, at the command line."""

import asyncio
import shlex
import shutil
from pathlib import Path

from comity.basis.ids import digest_of
from comity.basis.instants import parse_instant
from comity.cli.stolen import effect_of
from comity.flows.disputes import keep_dispute
from comity.node import AtHand, ask_nobody, open_node, set_story_clock
from comity.statement.authorised import AUTHORISED_KINDS
from comity.statement.kinds import SPOKEN_KINDS

AT_HAND = AtHand("tester", ask_nobody)
KOR_REGISTER = "mod.kor.example/register/gsomia-jpn-kor"

ANNOUNCED = (
    *("agreement", "announce", "gsomia-jpn-kor", "--subject", "later"),
    *("--announced", "2016-11-24", "--node", "jpn"),
)


def test_a_node_that_is_said_to_be_restored_says_nothing_more(cli, signed) -> None:
    outcome = cli("register", "restored", "--node", "jpn")
    assert outcome.code == 0
    assert "gsomia-jpn-kor: nothing is said; an operator said so" in outcome.out
    assert "to answer      KOR" in outcome.out
    refused = cli(*ANNOUNCED)
    assert refused.code == 1
    assert "register.restoring" in refused.err
    shown = cli("register", "restore", "--node", "jpn", "--json")
    assert shown.code == 1
    (row,) = shown.value["registers"]
    assert (row["why"], row["asked"], row["answered"]) == ("said", ["KOR"], {})


def test_its_roots_may_let_it_go_on(cli, signed) -> None:
    cli("register", "restored", "--node", "jpn")
    outcome = cli("register", "restore", "--override", "--node", "jpn")
    assert outcome.code == 0
    assert "goes on by the word of our root keys: mod.jpn.example/register" in outcome.out
    assert cli("register", "restore", "--node", "jpn").out.endswith("our registers are whole\n")
    again = cli("register", "restore", "--override", "--node", "jpn")
    assert "nothing is being restored" in again.out


def test_a_store_that_was_put_back_is_filled_by_the_partners_disc(cli, signed, ferry) -> None:
    shutil.copytree("jpn", "backup")
    assert cli(*ANNOUNCED).code == 0
    ferry("jpn", "kor")
    for name in ("store.sqlite", "store.sqlite-wal", "store.sqlite-shm"):
        (signed / "jpn" / name).unlink(missing_ok=True)
    shutil.copy("backup/store.sqlite", "jpn/store.sqlite")
    assert cli("register", "restored", "--node", "jpn").code == 0
    for node in ("jpn", "kor"):
        set_story_clock(signed / node, parse_instant("2016-12-17T03:00:00Z"))
    ferry("jpn", "kor")
    assert cli("register", "restore", "--node", "jpn").code == 0
    rows = {
        node: cli("register", "show", "--node", node, "--json").value["registers"]
        for node in ("jpn", "kor")
    }
    sizes = [{each["party"]: each["size"] for each in rows[node]}["JPN"] for node in ("jpn", "kor")]
    assert sizes[0] == sizes[1] == 5


def test_what_is_lost_is_listed_and_a_person_asks_for_it(cli, signed) -> None:
    assert "nothing is lost" in cli("register", "lost", "--node", "kor").out
    assert cli("register", "lost", "--ask", "--node", "kor").code == 2


def test_a_split_view_is_settled_by_two_officers(cli, signed) -> None:
    shown = keep_split_view(signed / "jpn")
    listed = cli("register", "show", "--node", "jpn")
    assert f"evidence       SHA-256 {shown}" in listed.out
    asked = ("register", "settle", "--party", "KOR", "--evidence", shown, "--reason", "note 14")
    refused = cli(*asked, "--node", "jpn", "--as", "reader")
    assert refused.code == 3
    first = cli(*asked, "--node", "jpn", "--as", "registrar")
    assert first.code == 0
    assert "gsomia-jpn-kor/KOR: waits for another person" in first.out
    assert cli(*asked, "--node", "jpn", "--as", "registrar").code == 3
    _, _, again = first.err.rpartition("next: comity ")
    second = cli(*shlex.split(again), "--json")
    assert second.code == 0
    assert second.value["schema"] == "comity/register-settle/1"
    assert (second.value["by"], second.value["waits"]) == (["registrar", "officer"], False)
    assert "DISPUTED" not in cli("register", "show", "--node", "jpn").out
    again = cli(*asked, "--node", "jpn", "--as", "officer")
    assert again.code == 1
    assert "register.not-disputed" in again.err


def keep_split_view(folder: Path) -> str:
    shown = b"two checkpoints"

    async def keep() -> None:
        async with open_node(folder, AT_HAND, writing=True) as context:
            await keep_dispute(context, KOR_REGISTER, shown, 3)

    asyncio.run(keep())
    return digest_of(shown)


def test_what_a_thief_said_is_taken_back_listed_and_ended_by_new_keys(cli, signed, ferry) -> None:
    shutil.copytree("jpn", "thief")
    assert cli(*ANNOUNCED[:-1], "thief").code == 0
    ferry("thief", "kor")
    shows = pack_and_take(cli, "kor", "jpn", "shows")
    assert shows.code == 1
    assert "register.behind" in shows.err
    standing = cli("register", "restore", "--node", "jpn")
    assert standing.code == 1
    assert "a partner shows more than we hold, signed by our keys" in standing.out
    thief = "register stolen --reason 'others may have signed with our keys'"
    assert f"comity {thief} --node jpn --as officer" in standing.err
    # Nothing goes on before an officer has said what it comes from.
    unsaid = cli("register", "restored", "--node", "jpn")
    assert "register.officer-decides" in unsaid.err
    assert cli("register", "restored", "--node", "jpn", "--as", "reader").code == 3
    said = ("register", "stolen", "--reason", "note 3", "--node", "jpn")
    assert cli(*said, "--as", "reader").code == 3
    assert "nothing ever came back" in cli("register", "regained", "--node", "jpn").out
    outcome = cli(*said, "--as", "officer")
    assert outcome.code == 0
    assert "an officer said that our keys are stolen" in outcome.out
    assert cli("card", "rotate", "--node", "jpn").code == 1
    for node in ("jpn", "kor"):
        set_story_clock(signed / node, parse_instant("2016-12-17T03:00:00Z"))
    ferry("jpn", "kor")
    back = cli("register", "regained", "--node", "jpn")
    assert "gsomia-jpn-kor/JPN/4: agreement.announcement" in back.out
    assert "did            binds the state, by a note of the authority key" in back.out
    (row,) = cli("register", "regained", "--node", "jpn", "--json").value["registers"]
    assert [each["place"] for each in row["entries"]] == ["JPN/4"]
    waits = cli("register", "restore", "--node", "jpn")
    assert "comity card rotate --new-tls --at-once" in waits.err
    assert cli("card", "rotate", "--new-tls", "--at-once", "--node", "jpn").code == 0
    assert cli("register", "restore", "--node", "jpn").code == 0
    ferry("jpn", "kor")


def pack_and_take(cli, giver: str, taker: str, name: str):
    assert cli("courier", "pack", "--to", taker.upper(), name, "--node", giver).code == 0
    return cli("courier", "take", name, "--node", taker)


def test_every_kind_of_statement_has_words_for_what_it_did() -> None:
    for kind in SPOKEN_KINDS:
        did, then = effect_of({"counted": True, "kind": kind})
        assert did.startswith("binds the state") == (kind in AUTHORISED_KINDS), kind
        assert (then is None) == (kind == "party.card")
    assert effect_of({"counted": False, "kind": "item.release"})[0].startswith("nothing")
