# SPDX-License-Identifier: Apache-2.0
"""What goes beside an item that is passed on: evidence of its release, and of every consent.

The third party is no party to the originating agreement: it sees none of its registers, and
believes by this alone, and by keys that it has pinned itself.
Source: DESIGN 4 (the consent's `tlog-proof` beside it); Japan-ROK GSOMIA Art. 6(a)
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from comity.basis.errors import ComityError, InputError, ProofError, excerpt
from comity.basis.ids import AgreementId, PartyId
from comity.basis.instants import DAY_MS, UTC, Date, Instant, date_of
from comity.basis.limits import (
    EVIDENCE_CARDS_MAX,
    ONWARD_PROOF_BYTES_MAX,
    ONWARD_STATEMENTS_MAX,
)
from comity.statement.evidence import (
    POLICY_FILE,
    PROOF_FILE,
    STATEMENT_FILE,
    Testimony,
    read_evidence,
    verify_evidence,
)
from comity.statement.information import ConsentGive, ItemRelease
from comity.statement.passing import Onward
from comity.statement.values import Until

MAGIC: Final = b"comity/onward/v1\n"
_NOT_COVERED: Final = "passing.not-covered"
NOT_NAMED: Final = "passing.not-named"
"""All is there but a consent that names the item, which its mark to be shared asks for."""

_OWN_FILES: Final = (STATEMENT_FILE, PROOF_FILE, POLICY_FILE)
_PARTS_MAX: Final = len(_OWN_FILES) * ONWARD_STATEMENTS_MAX + EVIDENCE_CARDS_MAX
_LAST_ZONE_MS: Final = DAY_MS // 2
_NAME_BYTES: Final = 2
_SIZE_BYTES: Final = 4


class Carried(Struct, frozen=True, gc=False):
    """A release that says that it was passed on, as the third party meets it: who, whom, when."""

    by: PartyId
    to: PartyId
    at: Instant
    release: ItemRelease


class OnwardTestimony(Struct, frozen=True, gc=False):
    """What the proof shows: the item as its originator released it, and the consents."""

    item: Testimony
    consents: tuple[Testimony, ...]


def format_onward_proof(folders: Sequence[Mapping[str, bytes]]) -> bytes:
    """Write evidence folders of one agreement as one run of bytes; cards stand in it once.

    The item's release comes first, then its consents.
    """
    parts = {
        f"{number}/{name}": raw
        for number, folder in enumerate(folders)
        for name, raw in folder.items()
        if name in _OWN_FILES
    }
    for folder in folders:
        parts.update((name, raw) for name, raw in folder.items() if name not in _OWN_FILES)
    return MAGIC + b"".join(_part(name, parts[name]) for name in sorted(parts))


def read_onward_proof(raw: bytes) -> tuple[dict[str, bytes], ...]:
    """Read evidence folders from what `format_onward_proof` wrote, and from nothing else.

    Raises:
        InputError: it is not that.
    """
    if len(raw) > ONWARD_PROOF_BYTES_MAX or not raw.startswith(MAGIC):
        raise _unreadable("it does not begin as a proof does, or is too long")
    parts = dict(_parts(raw))
    folders: list[dict[str, bytes]] = []
    while len(folders) < ONWARD_STATEMENTS_MAX and f"{len(folders)}/{STATEMENT_FILE}" in parts:
        own = {name: f"{len(folders)}/{name}" for name in _OWN_FILES}
        folders.append({name: parts.pop(within, b"") for name, within in own.items()})
    for folder in folders:
        folder.update(parts)
    if not folders or format_onward_proof(folders) != raw:
        raise _unreadable("it is not in the one form of a proof")
    return tuple(folders)


def verify_onward(
    raw: bytes,
    carried: Carried,
    *,
    trusted: frozenset[str],
    by_mark: Container[AgreementId] = (),
) -> OnwardTestimony:
    """Check that every originator let the item go to this party, for these purposes.

    1. every folder verifies by keys that are pinned here, all under the agreement that is named;
    2. the first is the item's release, at the place named: to the forwarder, of the very sealed
       payload, and all its originators, its marking there and private rights still stand on it; if
       it is for named persons, some of them are named, and nobody else;
    3. of each of them there is a consent, for the item or its category, to this party, for each
       purpose that the item is passed on for, and not past when the forwarder passes it on;
    4. where the originator marked it to be shared with this party, each of them names the item:
       arrangements ask that, those in `by_mark` excepted, of which the mark itself is approval.

    The release names the proof by its parcel's digest, so every consent in it was given before,
    whatever the clocks of two agreements say. A withdrawal cannot be seen from here: it counts
    under the originating agreement. Nor does it matter when the item comes here: a late courier
    is no late release, and what had been seen before holds the forwarder's `at`.

    Raises:
        ProofError: `passing.unreadable`, `passing.not-pinned` or `passing.not-covered`;
            `passing.not-named` where nothing but the fourth fails.

    Source: DESIGN 4 (`seen`, `at`); docs/decisions/0014; TISA 2014, paragraph 4
    """
    onward = carried.release.passed_on
    if onward is None:
        raise _not_covered("the release does not say where the item came from")
    item, *others = _verified(raw, onward, trusted)  # 1
    origin = _check_item(item, onward, carried)  # 2
    mark = _asked_by_item(origin, carried.to, by_mark)
    for party in origin.label.originators:
        for purpose in carried.release.label.purposes:
            given = [each for each in others if _covers(each, party, purpose, origin, carried)]
            if not given:  # 3
                raise _not_covered(f"no consent of {party} to {carried.to} for {purpose}")
            if mark is not None and not any(_names_item(each, onward) for each in given):  # 4
                raise _not_named(f"{party} for {purpose}, under {mark}")
    return OnwardTestimony(item, tuple(others))


def _asked_by_item(
    origin: ItemRelease, to: PartyId, by_mark: Container[AgreementId]
) -> AgreementId | None:
    """Give the arrangement by which each consent to a party has to name the item; None: none."""
    mark = origin.sharing
    if mark is None or to not in mark.recipients or mark.under in by_mark:
        return None
    return mark.under


def _names_item(given: Testimony, onward: Onward) -> bool:
    consent = given.statement.body
    return isinstance(consent, ConsentGive) and onward.item in consent.items


def _names_within(named: tuple[str, ...], known: tuple[str, ...]) -> bool:
    """Answer whether what is for some persons alone is for some of them still, and no others."""
    return not known or (bool(named) and set(named) <= set(known))


def _verified(raw: bytes, onward: Onward, trusted: frozenset[str]) -> list[Testimony]:
    found: list[Testimony] = []
    try:
        for folder in read_onward_proof(raw):
            testimony = verify_evidence(read_evidence(folder), trusted=trusted)
            if testimony.statement.agreement_id != onward.agreement:
                raise _not_covered(f"a statement is not made under {onward.agreement}")
            found.append(testimony)
    except ComityError as err:
        if err.code == _NOT_COVERED:
            raise
        if err.code == "evidence.not-pinned":
            raise ProofError(
                "passing.not-pinned",
                "the proof beside the item is by keys that are not pinned here",
                where=err.where,
                found=err.found,
                hint="pin the originator's card first: comity card pin; then ask for the item anew",
            ) from err
        raise ProofError(
            "passing.unreadable",
            "the proof beside the item does not verify",
            where=str(onward.item),
            found=err.code,
            hint="refuse it, and ask the forwarder for the proof",
        ) from err
    return found


def _check_item(item: Testimony, onward: Onward, carried: Carried) -> ItemRelease:
    body, label = item.statement.body, carried.release.label
    if not isinstance(body, ItemRelease) or item.place != onward.item:
        raise _not_covered(f"the proof is not of the release of {onward.item}")
    if carried.by not in (item.statement.by, *item.statement.to):
        raise _not_covered(f"{onward.item} was not released to {carried.by}")
    same = (body.sealed.sha256, body.sealed.size)
    if (carried.release.sealed.sha256, carried.release.sealed.size) != same:
        raise _not_covered(f"another payload than that of {onward.item} is passed on")
    if not set(body.label.originators) <= set(label.originators):
        raise _not_covered(f"an originator of {onward.item} is left out")
    if not set(body.rights) <= set(carried.release.rights):
        raise _not_covered(f"a private right in {onward.item} is left out")
    if onward.marking != body.label.marking:
        raise _not_covered(f"the marking that {onward.item} was given with is left out")
    if body.label.use_until is not None and label.use_until != body.label.use_until:
        raise _not_covered(f"the end of use of {onward.item} is left out")
    if not _names_within(label.named_for, body.label.named_for):
        raise _not_covered(f"it goes on for others than those that {onward.item} is for")
    return body


def _covers(
    given: Testimony, party: PartyId, purpose: str, origin: ItemRelease, carried: Carried
) -> bool:
    consent, onward = given.statement.body, carried.release.passed_on
    if not isinstance(consent, ConsentGive) or onward is None or given.statement.by != party:
        return False
    named = onward.item in consent.items or consent.category == origin.label.category
    return (
        named
        and _holds(consent.until, carried.at)
        and (consent.recipient, consent.purpose) == (carried.to, purpose)
    )


def _holds(until: Until, at: Instant) -> bool:
    """Ask whether a consent holds; a date for as long as it is that day anywhere.

    The zone stands in a file that the third party has not; the originators' fold counts by it.
    """
    if until is None:
        return True
    if isinstance(until, Date):
        return date_of(Instant(at - _LAST_ZONE_MS), UTC) <= until
    return at <= until


def _part(name: str, raw: bytes) -> bytes:
    named = name.encode("ascii")
    sizes = len(named).to_bytes(_NAME_BYTES, "big"), len(raw).to_bytes(_SIZE_BYTES, "big")
    return sizes[0] + named + sizes[1] + raw


def _parts(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Read the parts after the magic; by their places, so that many small ones cost no more."""
    place = len(MAGIC)
    for _ in range(_PARTS_MAX):
        if place == len(raw):
            return
        name, place = _take(raw, place, _NAME_BYTES)
        part, place = _take(raw, place, _SIZE_BYTES)
        yield name.decode("ascii", "replace"), part
    if place < len(raw):
        raise _unreadable("it holds too many parts")


def _take(raw: bytes, place: int, size_bytes: int) -> tuple[bytes, int]:
    begin = place + size_bytes
    end = begin + int.from_bytes(raw[place:begin], "big")
    if len(raw) < end:
        raise _unreadable("it ends within a part")
    return raw[begin:end], end


def _unreadable(why: str) -> InputError:
    return InputError(
        "passing.unreadable", "the proof beside the item does not read", found=excerpt(why)
    )


def _not_covered(why: str) -> ProofError:
    return ProofError(
        "passing.not-covered",
        "the proof beside the item does not cover it",
        found=excerpt(why),
        hint="refuse it: nobody showed that its originators let it go on to here",
    )


def _not_named(why: str) -> ProofError:
    return ProofError(
        NOT_NAMED,
        "the item is marked to be shared, and no consent beside it names it",
        found=excerpt(why),
        hint="refuse it: the originator approves item by item; ask for its consent to this one",
    )
