# SPDX-License-Identifier: Apache-2.0
"""A node's beginning, and what people compare by hand: our card, partners' cards, agreement ids.

No key, address or register is served before it is pinned here. Source: DESIGN 4, 6
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import attrgetter
from typing import Final

from comity.basis.errors import ConfigError, InputError, ProofError, StateError
from comity.basis.ids import AgreementId, PartyId, PersonId
from comity.basis.instants import Instant
from comity.decision.house import allow_house_act
from comity.flows.context import Context, decide_again
from comity.flows.documents import (
    AGREEMENT_PIN,
    CARD,
    CLEAR,
    PIN,
    agreement_pin_document,
    card_document,
    json_document,
    read_json_document,
)
from comity.flows.journal import journal_entry
from comity.keys.cards import (
    Card,
    CardKey,
    card_key,
    card_text,
    fingerprint,
    read_card_unverified,
    verify_card,
    verify_succession,
)
from comity.keys.suites import SEALING_ALGORITHMS
from comity.ports import Basis, Change, Holding, PublicKey, RegisterRow
from comity.tlog.origin import journal_origin, register_origin

_CARDS_KEPT: Final = 64
# Equal bytes read equal: a process reads a card that is pinned here once, not with every act.
_read_card = lru_cache(maxsize=_CARDS_KEPT)(read_card_unverified)


@dataclass(frozen=True, slots=True)
class CardWords:
    """What a card says besides keys: names by language, the authority, where partners reach us."""

    names: tuple[tuple[str, str], ...]
    competent_authority: str
    addresses: tuple[str, ...] = ()


async def found_node(context: Context, words: CardWords) -> Card:
    """Make all keys, sign our first card, and open the journal.

    There is a sealing key of every suite, since each agreement names the one it wants.

    Raises:
        StateError: there is a card already.
    """
    store, keys = context.ports.store, context.ports.keys
    if await find_card(context, context.config.party) is not None:
        raise StateError(
            "node.founded", "this node has a card already", hint="use it, or init anew"
        )
    now = context.ports.clock.now()
    public = (
        *await keys.new_root(),
        *await keys.new_authority(1),
        *await keys.new_key_set(1, *SEALING_ALGORITHMS),
    )
    await keys.new_tls_key()
    card = await sign_card(context, words, version=1, keys=card_keys(public, now), now=now)
    await store.commit(
        Change(
            allowed_by=allow_house_act("node.found"),
            basis=Basis(versions=((CARD, 0),)),
            registers=(
                RegisterRow(
                    journal_origin(context.config.domain),
                    Holding.JOURNAL,
                    context.config.party,
                    None,
                ),
            ),
            documents=(card_document(card.party, 1, card.raw),),
            journal=(journal_entry(context, "node.found", None),),
        )
    )
    return card


def card_keys(public: tuple[PublicKey, ...], valid_from: Instant) -> tuple[CardKey, ...]:
    """Name our public keys as a card does, without an end."""
    return tuple(
        card_key(each.use, each.algorithm, public=each.public, valid_from=valid_from)
        for each in public
    )


async def sign_card(
    context: Context,
    words: CardWords,
    *,
    version: int,
    keys: tuple[CardKey, ...],
    now: Instant,
) -> Card:
    """Write a version of our card and sign it with the root keys.

    It pins the TLS keys that we hold, and those that the configuration names: our proxies'.
    """
    card = Card(
        party=context.config.party,
        domain=context.config.domain,
        names=tuple(sorted(words.names)),
        competent_authority=words.competent_authority,
        addresses=words.addresses,
        version=version,
        issued_at=now,
        keys=keys,
        limits=(
            ("parcel_bytes_max", context.config.limits.parcel_bytes_max),
            ("push_bytes_max", context.config.limits.push_bytes_max),
        ),
        tls_pins=(*await context.ports.keys.tls_pins(), *context.config.serve.tls_pins),
    )
    raw = await context.ports.keys.sign_card(card_text(card))
    return replace(card, raw=raw)


async def known_versions(context: Context, party: PartyId) -> tuple[Card, ...]:
    """Return every version of a party's card that was pinned or followed, the oldest first."""
    found = await context.ports.store.documents(CARD, prefix=f"{party}/")
    return tuple(_read_card(each.body) for each in found if each.body is not None)


async def find_card(context: Context, party: PartyId, version: int | None = None) -> Card | None:
    """Return a party's card as it was pinned or followed: the newest, or one version."""
    cards = await known_versions(context, party)
    matching = [each for each in cards if version is None or each.version == version]
    return matching[-1] if matching else None


async def the_card(context: Context, party: PartyId, version: int | None = None) -> Card:
    """Return a party's card.

    Raises:
        StateError: none is pinned.
    """
    card = await find_card(context, party, version)
    if card is None:
        raise StateError(
            "card.not-pinned",
            "no card of this party is pinned",
            found=party,
            hint="pin it: comity card pin FILE --node DIR",
        )
    return card


async def pin_card(context: Context, raw: bytes, *, compared: str) -> Card:
    """Trust a partner's card whose fingerprint was compared by hand. Doing it twice is once.

    Raises:
        ProofError: another fingerprint, or a signature that does not hold.
        StateError: another card of that party, domain or version is pinned already.
    """
    card = verify_card(raw, fingerprint=compared)

    async def attempt() -> Card:
        store = context.ports.store
        versions = tuple([(kind, await store.version(kind)) for kind in (PIN, CARD)])
        await _refuse_other_pin(context, card)
        pin = json_document(PIN, card.party, {"fingerprint": compared, "version": card.version})
        if await store.document(PIN, card.party) == pin.body:
            return card
        details = {"party": card.party, "fingerprint": compared}
        await store.commit(
            Change(
                allowed_by=allow_house_act("card.pin"),
                basis=Basis(versions=versions),
                documents=(card_document(card.party, card.version, raw), pin),
                journal=(journal_entry(context, "card.pin", None, details=details),),
            )
        )
        return card

    return await decide_again(attempt)


async def _refuse_other_pin(context: Context, card: Card) -> None:
    """Refuse a card that says something else than what is pinned or followed."""
    config, compared = context.config, fingerprint(card)
    if card.party == config.party or card.domain == config.domain:
        raise InputError(
            "card.own",
            "this card names ourselves",
            found=card.party,
            hint="pin the card that the partner gave you; ours is for the partner to pin",
        )
    others = await pinned_cards(context)
    _refuse_taken_keys(card, (await the_card(context, config.party), *others))
    for pinned in others:
        if (pinned.party == card.party) != (pinned.domain == card.domain):
            raise StateError(
                "card.domain-taken",
                "party and domain belong to different pinned cards",
                expected=f"{pinned.party} at {pinned.domain}",
                found=f"{card.party} at {card.domain}",
                hint="one party, one domain: ask which of the two is right",
            )
        if pinned.party == card.party and fingerprint(pinned) != compared:
            raise StateError(
                "card.pinned-otherwise",
                "another card of this party is pinned",
                where=f"card of {card.party}",
                expected=fingerprint(pinned),
                found=compared,
                hint="a party that lost its root keys is a new party: settle it by hand first",
            )
    same = await find_card(context, card.party, card.version)
    if same is not None and same.raw != card.raw:
        raise StateError(
            "card.version-taken",
            "another card of this version is held, signed by the same root keys",
            where=f"card of {card.party}",
            found=f"version {card.version}",
            hint="ask the party which of the two it stands by",
        )


def _refuse_taken_keys(card: Card, known: tuple[Card, ...]) -> None:
    """Refuse a card that shows another party's key as its own: evidence could not tell them apart.

    Source: C2SP tlog-policy (no two witnesses of one key)
    """
    keys = {key.public for key in card.keys}
    for other in known:
        if other.party != card.party and keys & {key.public for key in other.keys}:
            raise StateError(
                "card.key-taken",
                "the card shows a key of another party as its own",
                where=f"card of {card.party}",
                found=f"a key of {other.party}",
                hint="do not pin it; ask the party what happened",
            )


async def pinned_cards(context: Context) -> tuple[Card, ...]:
    """Return the newest card of every pinned partner, by party."""
    pins = await context.ports.store.documents(PIN)
    found = [await find_card(context, PartyId(each.key)) for each in pins]
    return tuple(each for each in found if each is not None)


async def held_successors(
    context: Context, cards: Iterable[Card]
) -> dict[PartyId, tuple[Card, ...]]:
    """Give the cards that are held and follow these, one after the other, before they are judged.

    An entry names each, its party's root keys signed it; what it is judged by is still to come.
    """
    kept = await context.ports.store.documents(CLEAR)
    raws = [each.body for each in kept if each.body is not None]
    return {card.party: _successors(card, raws) for card in cards}


def _successors(card: Card, raws: Iterable[bytes]) -> tuple[Card, ...]:
    """Follow a card as far as it goes; whatever else lies among these bytes follows nothing."""
    read = [each for each in map(_read_any, raws) if each is not None and each.party == card.party]
    last, found = card, list[Card]()
    for each in sorted(read, key=attrgetter("version")):
        with suppress(InputError, ProofError):
            last = verify_succession(last, each.raw)
            found.append(last)
    return tuple(found)


def _read_any(raw: bytes) -> Card | None:
    try:
        return _read_card(raw)
    except (InputError, ProofError):
        return None


async def pinned_fingerprints(context: Context) -> tuple[tuple[PartyId, str], ...]:
    """Return our own fingerprint and every pinned partner's, by party."""
    own = await the_card(context, context.config.party)
    cards = (own, *await pinned_cards(context))
    return tuple(sorted((each.party, fingerprint(each)) for each in cards))


async def pin_agreement(
    context: Context, agreement: AgreementId, party: PartyId, person: PersonId | None = None
) -> None:
    """Serve a partner's register for an agreement id, and open ours. Doing it twice is once.

    Source: DESIGN 4 (unknown origins are not served until card and agreement id are pinned)
    """

    async def attempt() -> None:
        store, config = context.ports.store, context.config
        version = await store.version(AGREEMENT_PIN)
        own, partner = await the_card(context, config.party), await the_card(context, party)
        known = await agreement_pins(context, agreement)
        opened = [each for each in (own, partner) if each.party not in known]
        if not opened:
            return
        details = {"agreement": agreement, "party": party}
        await store.commit(
            Change(
                allowed_by=allow_house_act("agreement.pin"),
                basis=Basis(versions=((AGREEMENT_PIN, version),)),
                registers=tuple(_register_row(context, each, agreement) for each in opened),
                documents=tuple(
                    agreement_pin_document(agreement, each.party, each.version) for each in opened
                ),
                journal=(journal_entry(context, "agreement.pin", person, details=details),),
            )
        )

    await decide_again(attempt)


def _register_row(context: Context, card: Card, agreement: AgreementId) -> RegisterRow:
    holding = Holding.OWN if card.party == context.config.party else Holding.MIRROR
    return RegisterRow(register_origin(card.domain, agreement), holding, card.party, agreement)


async def agreement_pins(context: Context, agreement: AgreementId) -> dict[PartyId, int]:
    """Return the parties whose registers are served, each with the card that it opened with."""
    found = await context.ports.store.documents(AGREEMENT_PIN, prefix=f"{agreement}/")
    return {
        PartyId(each.key.rpartition("/")[2]): _card_version(each.body)
        for each in found
        if each.body is not None
    }


async def pinned_agreements(context: Context) -> tuple[AgreementId, ...]:
    """List the agreement ids that are pinned with anyone."""
    found = await context.ports.store.documents(AGREEMENT_PIN)
    return tuple(sorted({AgreementId(each.key.partition("/")[0]) for each in found}))


def _card_version(body: bytes) -> int:
    value = read_json_document(body)
    if not isinstance(value, dict) or not isinstance(value.get("card_version"), int):
        raise ConfigError("node.pin-unreadable", "a pin in the store does not read")
    return int(str(value["card_version"]))
