# SPDX-License-Identifier: Apache-2.0
"""Opening a node to be served: it is ours alone for as long, and its keys are unlocked once."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from comity.adapters.crash import permit_crashes
from comity.adapters.node_socket_answers import NodeAnswers, StatusOf
from comity.adapters.node_socket_frames import AskEntries
from comity.adapters.node_socket_server import NodeSocket
from comity.adapters.partner_https import HttpsPartners
from comity.adapters.partner_signing import RequestSigner
from comity.adapters.random_system import SystemRandom
from comity.adapters.signing_thread import SigningThread
from comity.adapters.store_served import ServedStore, Wrote
from comity.adapters.store_sqlite import SqliteStore
from comity.adapters.stored_keys import StoredKeys
from comity.adapters.tls_keys import TLS_CERTIFICATE_NAME, TLS_KEY_NAME
from comity.adapters.tls_listening import listening_context, load_key
from comity.basis.ids import Digest, parse_agreement_id, parse_party_id
from comity.basis.strict_json import format_json
from comity.config import Config
from comity.flows.context import Context
from comity.flows.known_card import known_version
from comity.flows.listing import page_register
from comity.flows.rotation import change_tls_key
from comity.flows.set_up import the_card
from comity.flows.shapes import page_json
from comity.node.at_hand import AtHand
from comity.node.folder import (
    KEYS_NAME,
    STORE_NAME,
    config_error,
    load_config,
    refuse_lost_store,
    refuse_other_store,
)
from comity.node.opening import (
    clock_of,
    open_keys,
    open_passwords,
    ports_of,
)
from comity.node.ways import hold_to_serve
from comity.ports import Passwords


@dataclass(frozen=True, slots=True)
class Notices:
    """What whoever serves wants to hear. Neither call may wait.

    `stopped` comes once, from any thread: nothing can be kept any more. `wrote` comes after each
    commit, in its loop: agreements in which registers were opened or ours grew, and kinds of
    documents.
    """

    stopped: Callable[[str], None]
    wrote: Wrote


@dataclass(frozen=True, slots=True)
class ServedNode:
    """A node that is open to be served, and what its listeners show."""

    folder: Path
    context: Context
    passwords: Passwords
    partners_tls: ssl.SSLContext
    people_tls: ssl.SSLContext
    pins: tuple[Digest, ...]
    keys: StoredKeys
    store: SqliteStore

    def flushes(self) -> dict[str, int]:
        """Count the flushes of the node's files since it was opened."""
        return {"store": self.store.flushes, "custody": self.keys.flushes}

    def socket(self, status: StatusOf, fault: Callable[[Exception], None]) -> NodeSocket:
        """Make the local socket, by which commands reach this node."""
        ports = self.context.ports
        written = self.context.written.tell
        answers = NodeAnswers(
            ports.store,
            ports.keys,
            status,
            written=written,
            new_key_is_met=self.meet_next_tls_key,
            entries=self._entries,
        )
        party = self.context.config.party
        return NodeSocket(self.folder, party, answers.answer, fault=fault)

    async def _entries(self, asked: AskEntries) -> bytes:
        """Page a register for a command, off the view that is at hand here."""
        agreement, party = parse_agreement_id(asked.agreement), parse_party_id(asked.party)
        page = await page_register(
            self.context, agreement, party, start=asked.start, limit=asked.limit
        )
        return format_json(page_json(agreement, party, page))

    def meet_next_tls_key(self) -> None:
        """Let new connections meet the TLS key that has taken over."""
        _load_own_key(self.partners_tls, self.folder, self.keys)
        if self.context.config.serve.people_certificate is None:
            _load_own_key(self.people_tls, self.folder, self.keys)


@asynccontextmanager
async def open_served(folder: Path, at_hand: AtHand, notices: Notices) -> AsyncIterator[ServedNode]:
    """Open a node to be served, and hold it until the end.

    1. the lock is taken: commands that write go through the socket from now on;
    2. the node's keys are unlocked: the passphrase is asked for here and nowhere else;
    3. a new TLS key takes over, if every partner knows it by now;
    4. what partners will meet is held against what our card says they will.

    Raises:
        ConfigError: the folder is no node, or it cannot be served safely.
        StateError: it is served already, or the passphrase is wrong.
        EdgeError: the disk failed, or another command holds the node for too long.
    """
    config = load_config(folder)
    permit_crashes(exercise=config.exercise)
    refuse_lost_store(folder)
    async with AsyncExitStack() as held:
        await held.enter_async_context(hold_to_serve(folder, config, at_hand))  # 1
        keys = held.enter_context(open_keys(folder, config, at_hand, on_stop=notices.stopped))
        password = keys.tls_password()  # 2
        hand = SigningThread()
        held.callback(hand.close)
        keys.sign_by(hand)
        keys.finish_tls_change()
        store = ServedStore(
            folder / STORE_NAME, config.domain, on_stop=notices.stopped, wrote=notices.wrote
        )
        held.callback(store.close)
        await refuse_other_store(folder, store, config)
        clock, random = clock_of(folder, config), SystemRandom()
        signer = RequestSigner(
            keys, clock, random, config.domain, lambda party: known_version(context, party)
        )
        partners = HttpsPartners(signer)
        held.push_async_callback(partners.close)
        ports = ports_of(folder, config, store, keys, partners=partners)
        context = Context(config, ports, at_hand.operator)
        await change_tls_key(context)  # 3
        pins = await _pins_shown(context)  # 4
        tls = _own_context(folder, password)
        yield ServedNode(
            folder=folder,
            context=context,
            passwords=held.enter_context(open_passwords(config)),
            partners_tls=tls,
            people_tls=_people_context(folder, config, password),
            pins=pins,
            keys=keys,
            store=store,
        )


async def _pins_shown(context: Context) -> tuple[Digest, ...]:
    """Give the pins that our card names, if those that partners will meet are among them.

    Raises:
        ConfigError: they are not: every partner would turn away.
    """
    card = await the_card(context, context.config.party)
    shown = (*(await context.ports.keys.tls_pins())[:1], *context.config.serve.tls_pins)
    if not shown or not set(shown) <= set(card.tls_pins):
        raise config_error(
            "serve.key-not-pinned",
            "our card does not pin the TLS keys that partners would meet",
            where=f"card version {card.version}",
            expected=", ".join(shown) or "a TLS key",
            found=", ".join(card.tls_pins) or "none",
            hint="make a card that does: comity card rotate; partners follow it by courier",
        )
    return card.tls_pins


def _own_context(folder: Path, password: bytes) -> ssl.SSLContext:
    keys = folder / KEYS_NAME
    return listening_context(keys / TLS_CERTIFICATE_NAME, keys / TLS_KEY_NAME, password)


def _people_context(folder: Path, config: Config, password: bytes) -> ssl.SSLContext:
    serve = config.serve
    if serve.people_certificate is None or serve.people_key is None:
        return _own_context(folder, password)
    return listening_context(folder / serve.people_certificate, folder / serve.people_key, None)


def _load_own_key(context: ssl.SSLContext, folder: Path, keys: StoredKeys) -> None:
    files = (folder / KEYS_NAME / TLS_CERTIFICATE_NAME, folder / KEYS_NAME / TLS_KEY_NAME)
    load_key(context, *files, keys.tls_password())
