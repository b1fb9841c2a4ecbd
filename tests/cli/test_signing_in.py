# SPDX-License-Identifier: Apache-2.0
"""`comity person password` and `comity token`: by registrars, shown once, never for oneself."""

import io
import sys

import pytest

from tests.cli.conftest import make_node


@pytest.fixture
def node(cli, jpn):
    """Japan's node with a registrar, a reader and no way in."""
    assert cli("facility", "add", "hq", "--node", jpn).code == 0
    for person, role in (("jpn-001", "registrar"), ("jpn-017", "reader")):
        by = () if person == "jpn-001" else ("--as", "jpn-001")
        wanted = ("--facility", "hq", "--role", role, "--node", jpn)
        assert cli("person", "add", person, *wanted, *by).code == 0
    return jpn


@pytest.fixture
def typed(monkeypatch):
    """Stand in for standard input."""

    def type_in(raw):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))

    return type_in


def test_gives_a_one_time_code(cli, node):
    outcome = cli("person", "password", "jpn-017", "--node", node, "--as", "jpn-001", "--json")
    assert outcome.code == 0
    assert outcome.value["done"] == "code"
    assert len(outcome.value["code"].replace("-", "")) == 20
    shown = cli("person", "password", "jpn-017", "--node", node, "--as", "jpn-001")
    assert "shown this once" in shown.out


def test_sets_and_removes_a_password(cli, node, typed):
    typed(b"correct horse battery staple\n")
    who = ("--node", node, "--as", "jpn-001")
    assert cli("person", "password", "jpn-017", "--set", *who).code == 0
    typed(b"too short\n")
    assert cli("person", "password", "jpn-017", "--set", *who).code == 2
    typed(b"\xff\xfe not utf-8 at all\n")
    assert cli("person", "password", "jpn-017", "--set", *who).code == 2
    removed = cli("person", "password", "jpn-017", "--remove", *who)
    assert (removed.code, removed.out.splitlines()[-1]) == (0, "jpn-017: password removed")
    assert cli("person", "password", "jpn-017", "--set", "--remove", *who).code == 2


@pytest.mark.parametrize("by", [("--as", "jpn-017"), ()])
def test_only_a_registrar_gives_codes(cli, node, by):
    assert cli("person", "password", "jpn-017", "--node", node, *by).code == 3
    assert cli("person", "password", "jpn-017", "--remove", "--node", node, *by).code == 3


def test_nobody_gives_oneself_a_way_in(cli, node):
    assert cli("person", "password", "jpn-001", "--node", node, "--as", "jpn-001").code == 3
    token = ("token", "create", "jpn-001", "--name", "a", "--for", "people:read")
    assert cli(*token, "--node", node, "--as", "jpn-001").code == 3
    # While nobody else keeps the register, whoever runs the node may.
    assert cli("person", "password", "jpn-001", "--node", node).code == 0
    assert cli(*token, "--node", node).code == 0


def test_makes_lists_and_revokes_a_token(cli, node):
    who = ("--node", node, "--as", "jpn-001")
    made = cli(
        "token", "create", "jpn-017", "--name", "viewer", "--for", "items:read", *who, "--json"
    )
    assert made.code == 0
    assert made.value["secret"].startswith("comity_")
    token = made.value["token"]
    assert (token["permissions"], token["good"]) == (["items:read"], True)
    listed = cli("token", "list", "--node", node)
    assert token["id"] in listed.out
    assert made.value["secret"] not in listed.out
    assert cli("token", "revoke", token["id"], *who).code == 0
    assert cli("token", "revoke", token["id"], *who).code == 0
    assert "no token is good here" in cli("token", "list", "--node", node).out
    everything = cli("token", "list", "jpn-017", "--all", "--node", node, "--json")
    assert [each["good"] for each in everything.value["tokens"]] == [False]
    assert cli("token", "revoke", "0" * 16, *who).code == 1
    assert cli("token", "revoke", token["id"], "--node", node, "--as", "jpn-017").code in (0, 3)


@pytest.mark.parametrize(
    "wish",
    [
        ("--name", "A B", "--for", "items:read"),
        ("--name", "a", "--for", "items:everything"),
        ("--name", "a", "--for", "people:write"),
        ("--name", "a", "--for", "items:read", "--days", "366"),
        ("--name", "a", "--for", "items:read", "--days", "0"),
        ("--name", "a"),
    ],
)
def test_refuses_a_token_that_cannot_be(cli, node, wish):
    outcome = cli("token", "create", "jpn-017", *wish, "--node", node, "--as", "jpn-001")
    assert outcome.code == 2


def test_says_what_a_new_token_is(cli, node):
    who = ("--node", node, "--as", "jpn-001")
    made = cli("token", "create", "jpn-017", "--name", "viewer", "--for", "items:read", *who)
    assert "comity_" in made.out
    assert "kept nowhere" in made.err


def test_a_person_of_another_node_gets_nothing(cli, node):
    assert make_node(cli, "KOR").code == 0
    assert cli("person", "password", "jpn-017", "--node", "kor").code == 1
