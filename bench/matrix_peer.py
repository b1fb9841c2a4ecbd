# SPDX-License-Identifier: Apache-2.0
"""Two Matrix homeservers (Synapse) that federate on loopback over TLS, driven as our nodes are.

Events of 1 KiB are sent to a room on one server that somebody on the other has joined; each is
done once it has come to that person. Synapse is installed apart: `COMITY_BENCH_PEER` names the
folder of its virtual environment.
"""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import json
import re
import ssl
import statistics
import subprocess
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from aiohttp import ClientError, ClientSession, TCPConnector
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bench.measuring import Row, Timing, plain_environment
from bench.served_nodes import cpu_seconds, free_port
from bench.wire_rows import figure

CONTENT: Final = "x" * 1024
_HOST: Final = "127.0.0.1"
_WARM, _ALONE, _AT_ONCE, _TOTAL = 32, 20, 64, 512
_SETTLED_S: Final = 3.0
_COME_S: Final = 60.0
_READY_S: Final = 60.0
_STOP_S: Final = 30.0
_SYNC_MS: Final = 20_000
_FILTER: Final = json.dumps(
    {
        "presence": {"types": []},
        "account_data": {"types": []},
        "room": {
            "timeline": {"limit": 1000, "types": ["m.room.message"]},
            "state": {"types": []},
            "ephemeral": {"types": []},
            "account_data": {"types": []},
        },
    }
)
_PLENTY: Final = {"per_second": 1_000_000, "burst_count": 1_000_000}


@dataclass(frozen=True, slots=True)
class Homeserver:
    """One server, and a person on it."""

    process: subprocess.Popen[bytes]
    name: str
    token: str


@dataclass(slots=True)
class Pair:
    """Both servers, the room that they share, and what has come to the other side of it."""

    servers: tuple[Homeserver, Homeserver]
    session: ClientSession
    room: str
    sent: int = 0
    since: str = ""
    waiting: dict[str, asyncio.Future[None]] = field(default_factory=dict)
    come: set[str] = field(default_factory=set)

    def cpu_s(self) -> float:
        """Give the CPU time of both servers so far."""
        return sum(cpu_seconds(each.process.pid) for each in self.servers)

    async def exchange(self) -> None:
        """Send one event; return once it has come to the other server's person."""
        self.sent += 1
        path = f"rooms/{self.room}/send/m.room.message/{self.sent}"
        body = {"msgtype": "m.text", "body": CONTENT}
        told = await ask(self.session, self.servers[0], "PUT", path, json=body)
        event = told["event_id"]
        if event not in self.come:
            self.waiting[event] = asyncio.get_running_loop().create_future()
            await asyncio.wait_for(self.waiting[event], _COME_S)
            del self.waiting[event]
        self.come.discard(event)

    async def keep_in_flight(self, count: int, total: int) -> float:
        """Keep `count` events in flight until `total` have come; give the seconds it took."""
        left = iter(range(total))

        async def go_on() -> None:
            for _ in left:
                await self.exchange()

        started = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(count):
                group.create_task(go_on())
        return time.perf_counter() - started

    async def listen(self) -> None:
        """Hear what comes to the other server's person, for ever."""
        while True:
            wanted = {"filter": _FILTER, "timeout": str(_SYNC_MS), "since": self.since}
            told = await ask(self.session, self.servers[1], "GET", "sync", params=wanted)
            self.since = told["next_batch"]
            joined = told.get("rooms", {}).get("join", {}).get(self.room, {})
            for event in joined.get("timeline", {}).get("events", ()):
                self._hear(event["event_id"])

    def _hear(self, event: str) -> None:
        waiting = self.waiting.get(event)
        if waiting is None:
            self.come.add(event)
        elif not waiting.done():
            waiting.set_result(None)


@asynccontextmanager
async def federating(folder: Path, environment: Path) -> AsyncIterator[Pair]:
    """Serve both, let one open a room and the other join it, and end them in order."""
    async with ClientSession(connector=TCPConnector(ssl=_trusting_nobody(), limit=0)) as session:
        processes: list[subprocess.Popen[bytes]] = []
        try:
            names = [f"{_HOST}:{free_port()}" for _ in range(2)]
            _certify(folder)
            for name in names:
                processes.append(_begin(folder, environment, name))
            first, second = [
                Homeserver(process, name, await _register(session, process, name))
                for process, name in zip(processes, names, strict=True)
            ]
            room = await _share_room(session, first, second)
            since = await ask(session, second, "GET", "sync", params={"filter": _FILTER})
            pair = Pair((first, second), session, room, since=since["next_batch"])
            listening = asyncio.create_task(pair.listen())
            try:
                yield pair
            finally:
                listening.cancel()
                with suppress(asyncio.CancelledError):
                    await listening
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(_STOP_S)


async def peer_rows(folder: Path, environment: Path) -> list[Row]:
    """Measure events alone and in flight between the two servers."""
    async with federating(folder, environment) as pair:
        await pair.keep_in_flight(1, _WARM)
        alone = [await pair.keep_in_flight(1, 1) for _ in range(_ALONE)]
        cpu_s = pair.cpu_s()
        wall_s = await pair.keep_in_flight(_AT_ONCE, _TOTAL) / _TOTAL
        await asyncio.sleep(_SETTLED_S)
        cpu_s = (pair.cpu_s() - cpu_s) / _TOTAL
    p50, name = statistics.median(alone), "two Synapse servers"
    return [
        Row(name=f"{name}, one alone, p50", taken=Timing(p50, p50)),
        Row(
            name=f"{name}, {_AT_ONCE} in flight: CPU of both",
            taken=Timing(cpu_s, wall_s),
            amount=1,
            unit="exchanges",
        ),
        figure(f"{name}, {_AT_ONCE} in flight: exchanges a second", 1 / wall_s),
    ]


async def ask(
    session: ClientSession, server: Homeserver, method: str, path: str, **sent: Any
) -> Any:
    """Ask a server as its person."""
    return await _ask(session, server.name, method, path, token=server.token, **sent)


async def _ask(
    session: ClientSession, name: str, method: str, path: str, *, token: str = "", **sent: Any
) -> Any:
    url = f"https://{name}/_matrix/client/v3/{path}"
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with session.request(method, url, headers=headers, **sent) as reply:
        if reply.status >= 300:
            raise RuntimeError(f"{method} {path}: {reply.status} {await reply.text()}")
        return await reply.json()


async def _share_room(session: ClientSession, first: Homeserver, second: Homeserver) -> str:
    made = await ask(session, first, "POST", "createRoom", json={"preset": "public_chat"})
    room: str = made["room_id"]
    await ask(session, second, "POST", f"join/{room}", params={"server_name": first.name}, json={})
    return room


async def _register(session: ClientSession, process: subprocess.Popen[bytes], name: str) -> str:
    """Wait until a server answers, and make a person on it."""
    deadline = time.monotonic() + _READY_S
    body = {"username": "bench", "password": "bench", "auth": {"type": "m.login.dummy"}}
    while True:
        try:
            told = await _ask(session, name, "POST", "register", json=body)
        except ClientError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.2)
        else:
            token: str = told["access_token"]
            return token


def _begin(folder: Path, environment: Path, name: str) -> subprocess.Popen[bytes]:
    home = _home(folder, name)
    config = home / "homeserver.yaml"
    config.write_text(json.dumps(_config(home, name)), encoding="utf-8")
    command = [str(environment / "bin/python"), "-m", "synapse.app.homeserver", "-c", str(config)]
    with (home / "diagnostics").open("ab") as errors:
        subprocess.run(
            [*command, "--generate-keys"], check=True, stdout=errors, stderr=errors, cwd=home
        )
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            cwd=home,
            env=plain_environment(),
        )


def _config(home: Path, name: str) -> Mapping[str, Any]:
    """Write a server's configuration: JSON is YAML. Nothing but what two servers need here."""
    limits = {"failed_attempts": _PLENTY, "account": _PLENTY, "address": _PLENTY}
    return {
        "server_name": name,
        "pid_file": str(home / "pid"),
        "listeners": [
            {
                "port": int(name.rpartition(":")[2]),
                "tls": True,
                "type": "http",
                "bind_addresses": [_HOST],
                "resources": [{"names": ["client", "federation"]}],
            }
        ],
        "tls_certificate_path": str(home.parent / "tls.crt"),
        "tls_private_key_path": str(home.parent / "tls.key"),
        "federation_custom_ca_list": [str(home.parent / "tls.crt")],
        "federation_ip_range_blacklist": [],
        "ip_range_blacklist": [],
        "trusted_key_servers": [],
        "database": {"name": "sqlite3", "args": {"database": str(home / "homeserver.db")}},
        "media_store_path": str(home / "media"),
        "signing_key_path": str(home / "signing.key"),
        "log_config": str(_quiet(home)),
        "macaroon_secret_key": "bench",
        "form_secret": "bench",
        "report_stats": False,
        "enable_registration": True,
        "enable_registration_without_verification": True,
        "presence": {"enabled": False},
        "use_presence": False,
        "rc_message": _PLENTY,
        "rc_registration": _PLENTY,
        "rc_login": limits,
        "rc_joins": {"local": _PLENTY, "remote": _PLENTY},
        "rc_joins_per_room": _PLENTY,
        "rc_federation": {
            "window_size": 1,
            "sleep_limit": 1_000_000,
            "sleep_delay": 1,
            "reject_limit": 1_000_000,
            "concurrent": 64,
        },
        "suppress_key_server_warning": True,
    }


def _quiet(home: Path) -> Path:
    """Write the configuration of a log that holds warnings alone."""
    path = home / "log.yaml"
    plain = {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"console": {"class": "logging.StreamHandler"}},
        "root": {"level": "WARNING", "handlers": ["console"]},
    }
    path.write_text(json.dumps(plain), encoding="utf-8")
    return path


def _home(folder: Path, name: str) -> Path:
    home = folder / re.sub(r"[^0-9a-z]", "-", name)
    home.mkdir(parents=True, exist_ok=True)
    return home


def _certify(folder: Path) -> None:
    """Make the servers' TLS key, and the certificate for their address that each trusts."""
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _HOST)])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address(_HOST))
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain, secret = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "tls.key").write_bytes(key.private_bytes(pem, plain, secret))
    (folder / "tls.crt").write_bytes(certificate.public_bytes(pem))


def _trusting_nobody() -> ssl.SSLContext:
    """Give a context that takes any key: the servers' keys are not what is measured."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    return tls
