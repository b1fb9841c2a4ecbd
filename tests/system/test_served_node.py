# SPDX-License-Identifier: Apache-2.0
"""A node served by a process: what it shows, what it refuses, how it ends, who may talk to it."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
import os
import signal
import socket
import ssl
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from comity.adapters.keys_file import FileTlsStorage
from comity.adapters.tls_keys import TlsKeys
from comity.basis.ids import PartyId
from comity.basis.instants import format_instant
from comity.cli.main import run
from comity.config import ClockKind, Config
from comity.node import EXERCISE_PASSPHRASES, AtHand, ask_nobody, found, load_config
from tests.builders.world import MORNING, config_of
from tests.system.served import Served, await_ready, begin, listen_anywhere, serving

pytestmark = pytest.mark.slow
JPN = PartyId("JPN")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_node(tmp_path / "jpn")


def make_node(folder: Path, source: str = "") -> Path:
    """Found an exercise node that listens wherever the system likes."""
    asyncio.run(found(folder, exercise(), AtHand("tester", ask_nobody)))
    listen_anywhere(folder)
    if source:
        path = folder / "comity.toml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('node = "file:exercise-passphrase"', source))
    return folder


def exercise() -> Config:
    return replace(config_of(JPN), passphrases=EXERCISE_PASSPHRASES)


def client_tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def pin_at(port: int, host: str = "127.0.0.1") -> str:
    """Connect as a partner does, and give the pin of the key that is met."""
    with (
        socket.create_connection((host, port), 120) as bare,
        client_tls().wrap_socket(bare) as tls,
    ):
        met = x509.load_der_x509_certificate(tls.getpeercert(binary_form=True) or b"")
    public = met.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(public).hexdigest()


def ask(port: int, method: str, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=120, context=client_tls())
    try:
        connection.request(method, path)
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = run([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out.splitlines()[0])


def test_a_served_node_shows_the_key_that_its_card_pins_and_keeps_its_two_sides_apart(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(folder) as (node,):
        _, shown = command(capsys, "card", "show", "--node", str(folder))
        assert shown["card"]["tls_pins"] == [pin_at(node.partners)] == node.told["tls_pins"]
        assert pin_at(node.people) == pin_at(node.partners)
        assert ask(node.people, "GET", "/healthz")[0] == 200
        assert json.loads(ask(node.people, "GET", "/readyz")[1])["ready"] is True
        status, page = ask(node.people, "POST", "/push")
        assert (status, b"<html" in page) == (400, True)
        assert ask(node.partners, "GET", "/healthz")[0] == 404
        assert ask(node.partners, "GET", "/api/v1/session")[0] == 404
        assert ask(node.partners, "POST", "/push")[0] == 400
    assert node.process.returncode == 0


def test_a_served_node_says_whose_clock_it_goes_by(tmp_path: Path) -> None:
    story = replace(exercise(), clock=ClockKind.STORY)
    folders = make_node(tmp_path / "jpn"), tmp_path / "story"
    asyncio.run(found(folders[1], story, AtHand("tester", ask_nobody), started=MORNING))
    listen_anywhere(folders[1])
    with serving(*folders) as nodes:
        marks = [each.told["node"] for each in nodes]
    assert [each["clock"] for each in marks] == ["system", "story"]
    assert [each.get("now") for each in marks] == [None, format_instant(MORNING)]


def test_status_says_whether_it_is_served(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["status", "--node", str(folder)]) == 1
    assert "not served" in capsys.readouterr().out
    with serving(folder) as (node,):
        assert run(["status", "--node", str(folder)]) == 0
        printed = capsys.readouterr().out
        assert f"https://127.0.0.1:{node.partners}" in printed
        code, told = command(capsys, "status", "--node", str(folder))
        assert (code, told["served"]) == (0, True)
        assert told["status"]["lines"] == []
    assert command(capsys, "status", "--node", str(folder)) == (
        1,
        {
            "schema": "comity/status/1",
            "node": {"party": "JPN", "exercise": True, "clock": "system"},
            "not_binding": [],
            "served": False,
            "status": None,
            "headlines": [],
            "waits": [],
        },
    )


def test_a_second_serve_on_the_same_folder_says_so(folder: Path) -> None:
    with serving(folder) as (first,):
        second = begin(folder)
        try:
            out, _ = second.process.communicate(timeout=300)
        finally:
            second.process.kill()
        assert second.process.returncode == 1
        error = json.loads(out)["error"]
        assert error["code"] == "serve.served-already"
        assert error["found"] == f"process {first.process.pid}"
        assert f"kill {first.process.pid}" in error["hint"]
        assert ask(first.people, "GET", "/healthz")[0] == 200


def test_an_address_that_is_taken_costs_no_passphrase(tmp_path: Path) -> None:
    folder = make_node(tmp_path / "jpn", 'node = "command:touch asked"')
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        path = folder / "comity.toml"
        port = taken.getsockname()[1]
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("127.0.0.1:0", f"127.0.0.1:{port}", 1))
        node = begin(folder)
        out, _ = node.process.communicate(timeout=300)
    assert node.process.returncode == 5
    assert json.loads(out)["error"]["code"] == "serve.cannot-listen"
    assert not (folder / "asked").exists()


def test_the_passphrase_is_asked_for_once_whatever_commands_do(tmp_path: Path) -> None:
    folder = make_node(tmp_path / "jpn")
    script = tmp_path / "words"
    script.write_text(
        f"#!/bin/sh\necho asked >> {tmp_path}/asked\ncat {folder}/exercise-passphrase\n"
    )
    script.chmod(0o700)
    path = folder / "comity.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('node = "file:exercise-passphrase"', f'node = "command:{script}"'))
    with serving(folder):
        assert run(["card", "rotate", "--node", str(folder)]) == 0
        assert run(["card", "rotate", "--new-tls", "--node", str(folder)]) == 0
        assert run(["person", "list", "--node", str(folder)]) == 0
    assert (tmp_path / "asked").read_text() == "asked\n"


def test_a_wrong_passphrase_serves_nothing(tmp_path: Path) -> None:
    folder = make_node(tmp_path / "jpn", 'node = "environment:COMITY_TEST_WORDS"')
    node = begin(folder, COMITY_TEST_WORDS="not the words")
    out, _ = node.process.communicate(timeout=300)
    assert node.process.returncode == 1
    assert json.loads(out)["error"]["code"] == "keys.locked"
    assert not (folder / "socket").exists()


def test_a_card_that_pins_another_key_is_not_served(folder: Path) -> None:
    path = folder / "comity.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("tls_pins = []", f'tls_pins = ["{"ab" * 32}"]'))
    node = begin(folder)
    out, _ = node.process.communicate(timeout=300)
    assert node.process.returncode == 2
    assert json.loads(out)["error"]["code"] == "serve.key-not-pinned"
    assert run(["card", "rotate", "--node", str(folder)]) == 0
    with serving(folder) as (served,):
        assert "ab" * 32 in served.told["tls_pins"]


def test_people_may_meet_a_certificate_of_their_own(tmp_path: Path) -> None:
    folder, other = make_node(tmp_path / "jpn"), tmp_path / "other"
    other.mkdir(mode=0o700)
    TlsKeys(FileTlsStorage(other), load_config(folder).domain).make(b"x")
    private = load_pem_private_key((other / "tls.key").read_bytes(), b"x")
    open_pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (other / "tls.key").write_bytes(open_pem)
    path = folder / "comity.toml"
    names = f'people_certificate = "{other}/tls.crt"\npeople_key = "{other}/tls.key"\n'
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[serve]\n", f"[serve]\n{names}"))
    with serving(folder) as (node,):
        assert pin_at(node.people) != pin_at(node.partners)
        assert pin_at(node.partners) in node.told["tls_pins"]


# The end


def slow_request(port: int) -> ssl.SSLSocket:
    """Begin a request whose body does not come."""
    bare = socket.create_connection(("127.0.0.1", port), 120)
    tls = client_tls().wrap_socket(bare)
    tls.sendall(b"POST /push HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nx")
    return tls


@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order_with_streams_open(folder: Path, which: signal.Signals) -> None:
    path = folder / "comity.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("graceful_stop_s = 20", "graceful_stop_s = 2"))
    with serving(folder) as (node,):
        with slow_request(node.partners):
            began = time.monotonic()
            assert node.stop(which) == 0
            assert time.monotonic() - began < 20
        assert [each["event"] for each in node.said()][:1] == ["serve.stopping"]
        assert not (folder / "socket").exists()


def test_a_second_signal_ends_it_at_once(folder: Path) -> None:
    with serving(folder) as (node,), slow_request(node.partners):
        node.process.send_signal(signal.SIGTERM)
        while not node.said():
            time.sleep(0.01)
        began = time.monotonic()
        assert node.stop(signal.SIGTERM) == 130
        assert time.monotonic() - began < 15  # it may take 20 in order


def test_a_killed_node_is_served_again_in_the_same_folder(folder: Path) -> None:
    with serving(folder) as (node,):
        node.process.kill()
        node.process.wait()
        assert (folder / "socket").exists()
        assert run(["card", "rotate", "--node", str(folder)]) == 0
    with serving(folder) as (again,):
        assert ask(again.people, "GET", "/healthz")[0] == 200


def test_it_tells_the_service_manager(folder: Path, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(120)
        node = begin(folder, NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="200000")
        await_ready(node)
        heard = [manager.recv(64) for _ in range(3)]
        assert heard == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]
        assert node.stop() == 0
        while (last := manager.recv(64)) == b"WATCHDOG=1":
            pass
        assert last == b"STOPPING=1"
        assert node.process.stdout is not None
        node.process.stdout.close()


def test_a_command_waits_for_a_node_that_begins_to_be_served(folder: Path) -> None:
    """Its lock is taken before its socket answers: the command goes on when it does."""
    node: Served = begin(folder)
    try:
        codes = [run(["card", "rotate", "--node", str(folder)]) for _ in range(2)]
        await_ready(node)
        assert codes == [0, 0]
        assert node.stop() == 0
    finally:
        node.process.kill()
        if node.process.stdout is not None:
            node.process.stdout.close()


def test_nothing_is_left_running() -> None:
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
