# SPDX-License-Identifier: Apache-2.0
"""Making a node: what is there afterwards, and what is refused before anything is made."""

import asyncio
import os
import stat
from pathlib import Path

import pytest

from comity import node
from comity.basis.errors import ConfigError
from comity.basis.instants import Instant, parse_instant
from comity.config import parse_config
from tests.cli.conftest import make_node
from tests.cli.stories import found_story

AUTHORITY_AND_NODE = ("--passphrase", "authority=file:a", "--passphrase", "node=file:b")


def test_makes_a_node_for_its_owner_alone(cli, tmp_path: Path) -> None:
    outcome = make_node(cli, "KOR", "--name", "ko=대한민국", "--authority", "국방부")
    assert outcome.code == 0
    assert "node of KOR made in kor" in outcome.out
    assert "EXERCISE: its keys protect nothing" in outcome.out
    assert "KOR (KOR · 대한민국)" in outcome.out
    assert "next: comity card show --node kor --out kor.card" in outcome.err
    for path in (tmp_path / "kor", *(tmp_path / "kor").rglob("*")):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path
    config = parse_config((tmp_path / "kor" / "comity.toml").read_bytes())
    assert (config.party, config.domain, config.exercise) == ("KOR", "kor.example", True)
    assert config.names == (("en", "KOR"), ("ko", "대한민국"))
    assert config.competent_authority == "국방부"
    assert sorted(each.name for each in (tmp_path / "kor" / "keys").glob("*.key")) == [
        "authority.key",
        "node.key",
        "root.key",
        "tls.key",
    ]


def test_prints_the_card_as_an_object(cli) -> None:
    value = make_node(cli, "KOR", "--json").value
    assert value["schema"] == "comity/init/1"
    assert value["card"]["party"] == "KOR"
    assert len(value["card"]["fingerprint"]) == 64
    assert value["exercise"] is True


def test_takes_a_source_for_each_passphrase(cli, tmp_path: Path, monkeypatch) -> None:
    folder = tmp_path / "kor"
    folder.mkdir(mode=0o700)
    (folder / "root.pass").write_text("correct horse battery\n")
    (folder / "root.pass").chmod(0o600)
    monkeypatch.setenv("KOR_AUTHORITY", "another one of them")
    wanted = ("--party", "KOR", "--name", "Korea", "--domain", "kor.example")
    sources = ("root=file:root.pass", "authority=environment:KOR_AUTHORITY", "node=command:echo x7")
    given = [part for each in sources for part in ("--passphrase", each)]
    short = cli("init", "kor", *wanted, *given)
    assert short.code == 1
    assert "the passphrase is too short" in short.err
    # What that left behind is swept away.
    given[-1] = "node=command:echo a third one, long enough"
    assert cli("init", "kor", *wanted, *given).code == 0
    assert not (folder / "founding").exists()
    shown = cli("card", "show", "--node", "kor")
    assert shown.code == 0
    assert "EXERCISE" not in shown.out


def test_refuses_to_ask_for_passphrases_where_nobody_types(cli, tmp_path: Path) -> None:
    outcome = cli("init", "kor", "--party", "KOR", "--name", "Korea", "--domain", "kor.example")
    assert outcome.code == 2
    assert "cli.no-terminal" in outcome.err
    assert "--exercise" in outcome.err
    assert not (tmp_path / "kor").exists()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--name", "en=Korea"), "cli.name"),
        (("--name", "ko="), "cli.name"),
        (("--passphrase", "boot=prompt"), "cli.passphrase-source"),
        (("--passphrase", "root=telepathy"), "cli.passphrase-source"),
        (
            ("--passphrase", "root=file:", *AUTHORITY_AND_NODE),
            "config.wrong-value",
        ),
        (("--passphrase", "root=prompt", "--passphrase-file", "x"), "cli.one-passphrase"),
        (("--address", "http://kor.example"), "config.wrong-value"),
        (("--party", "kor"), "basis.party-id"),
        (("--domain", "Kor.Example"), "basis.domain"),
        (("--name", "ko=대한\u202e민국"), "config.wrong-value"),
    ],
)
def test_refuses_what_it_cannot_use_and_makes_nothing(cli, tmp_path, more, code) -> None:
    outcome = make_node(cli, "KOR", *more)
    assert outcome.code == 2
    assert f"[{code}]" in outcome.err
    assert "Traceback" not in outcome.err
    assert not (tmp_path / "kor").exists()


def test_one_passphrase_for_all_is_for_exercises_only(cli, tmp_path) -> None:
    (tmp_path / "pass").write_text("x\n")
    (tmp_path / "pass").chmod(0o600)
    wanted = ("--party", "KOR", "--name", "Korea", "--domain", "kor.example")
    outcome = cli("init", "kor", *wanted, "--passphrase-file", "pass")
    assert outcome.code == 2
    assert "cli.one-passphrase" in outcome.err
    assert cli("init", "kor", *wanted, "--passphrase-file", "pass", "--exercise").code == 0
    assert cli("card", "show", "--node", "kor").code == 0


def test_a_node_is_never_made_twice_in_one_folder(cli, kor) -> None:
    before = cli("card", "show", "--node", kor, "--json").value
    outcome = make_node(cli, "KOR")
    assert outcome.code == 1
    assert "node.exists" in outcome.err
    assert cli("card", "show", "--node", kor, "--json").value == before


def test_a_folder_that_holds_something_else_is_left_alone(cli, tmp_path) -> None:
    (tmp_path / "kor").mkdir(mode=0o700)
    (tmp_path / "kor" / "letters.txt").write_text("mine")
    outcome = make_node(cli, "KOR")
    assert outcome.code == 1
    assert "letters.txt" in outcome.err
    assert [each.name for each in (tmp_path / "kor").iterdir()] == ["letters.txt"]


def test_a_folder_that_others_may_read_is_refused(cli, tmp_path) -> None:
    (tmp_path / "kor").mkdir()
    (tmp_path / "kor").chmod(0o755)
    outcome = make_node(cli, "KOR")
    assert outcome.code == 2
    assert "node.open-to-others" in outcome.err
    assert f"chmod 700 {tmp_path / 'kor'}" in outcome.err


def test_what_a_crash_left_of_a_founding_is_no_node_and_is_swept_away(cli, kor, tmp_path) -> None:
    folder = tmp_path / kor
    (folder / "comity.toml").unlink()
    (folder / "founding").touch()
    assert "node.not-a-node" in cli("card", "show", "--node", kor).err
    assert make_node(cli, "KOR").code == 0
    assert cli("card", "show", "--node", kor).code == 0


def test_the_same_passphrase_is_not_taken_for_two_key_files(monkeypatch) -> None:
    from comity.cli import init

    typed = iter(["first words", "first words", "second words", "first words", "third words"])
    monkeypatch.setattr(init, "ask_at_terminal", lambda key_file, *, new: next(typed))
    passphrases = init._NewPassphrases()
    asked = [passphrases.ask(each, new=True) for each in ("root", "authority", "node")]
    assert asked == ["first words", "second words", "third words"]


def test_nobody_is_asked_where_nobody_sits() -> None:
    with pytest.raises(ConfigError) as caught:
        node.ask_nobody("root", new=False)
    assert caught.value.code == "node.no-passphrase"


def test_a_story_clock_is_moved_only_where_there_is_one(cli, kor, tmp_path) -> None:
    with pytest.raises(ConfigError) as caught:
        node.set_story_clock(tmp_path / kor, Instant(0))
    assert caught.value.code == "node.no-story"


def test_an_exercise_shows_its_own_time_wherever_time_is(cli, tmp_path) -> None:
    asyncio.run(found_story(tmp_path / "jpn", "JPN", parse_instant("2016-11-23T00:00:00Z")))
    outcome = cli("card", "show", "--node", "jpn")
    assert outcome.out.startswith("EXERCISE · JPN · story clock 2016-11-23T00:00:00.000Z\n")
    node.set_story_clock(tmp_path / "jpn", parse_instant("2016-12-16T03:00:00Z"))
    value = cli("card", "list", "--node", "jpn", "--json").value
    assert value["node"] == {
        "party": "JPN",
        "exercise": True,
        "clock": "story",
        "now": "2016-12-16T03:00:00.000Z",
    }


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_another_users_node_is_not_opened(cli, kor, tmp_path) -> None:
    os.chown(tmp_path / kor, 12345, 12345)
    outcome = cli("card", "show", "--node", kor)
    assert outcome.code == 2
    assert "node.other-owner" in outcome.err


def test_an_address_that_leads_elsewhere_than_the_node_listens_is_told(cli, tmp_path) -> None:
    words = ("--party", "JPN", "--domain", "jpn.example", "--name", "Japan", "--exercise")
    away = cli("init", str(tmp_path / "away"), *words, "--address", "https://jpn.example:9443")
    assert "partners are told https://jpn.example:9443" in away.out
    assert "127.0.0.1:8443" in away.out
    assert "partners_listen" in away.err
    here = cli("init", str(tmp_path / "here"), *words, "--address", "https://127.0.0.1:8443")
    assert "note:" not in here.out + here.err
