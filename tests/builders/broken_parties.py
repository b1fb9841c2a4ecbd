# SPDX-License-Identifier: Apache-2.0
"""Evidence that a party broke which holds all of its own keys: nothing but reading refuses it."""

import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from comity.basis.encoding import decode_base64, encode_base64
from comity.basis.ids import Digest, PartyId
from comity.basis.instants import Instant
from comity.keys.cards import (
    authority_keys,
    mirror_keys,
    root_keys,
    statement_keys,
)
from comity.keys.notes import Note, NoteSignature, format_note, note_signature, parse_note
from comity.keys.signing import sign
from comity.keys.suites import Algorithm, KeyUse
from comity.statement.evidence import PROOF_FILE, card_file
from comity.statement.treaty import PartyCard
from comity.statement.values import CardRef
from comity.tlog.checkpoints import (
    SignedCheckpoint,
    log_messages,
    log_signatures,
    signed_checkpoint,
    with_cosignatures,
)
from comity.tlog.cosignatures import cosigner_messages, cosigner_signatures, mldsa44_message
from tests.builders.broken_texts import change_json, ordered, write_json
from tests.builders.evidence import Files, Registers, registers_of, trust_all
from tests.builders.holders import seeded_key
from tests.builders.speakers import ISSUED_AT, SIGNING, Speaker

Broken = tuple[Files, frozenset[str]]
"""The files of a folder, and what its reader has pinned."""

CARD_HEADER = "comity/card/v1\n"
# Each is one step from a marking that reads; the first three do.
MARKINGS = (
    "秘",
    "Ⅱ급",
    "가",
    "\u1100\u1161",
    " 秘",
    "秘\u3000",
    "秘\u200b",
    "\u3000",
    "秘\u2800",
    "\u0378",
)
WEAK_ED25519 = (
    *(number.to_bytes(32, "little") for number in (0, 1, 2, 2**255 - 20, 2**255 - 19, 2**255 - 1)),
    *(number.to_bytes(32, "little") for number in (2**255, 2**255 + 1, 2**256 - 20, 2**255 - 18)),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
)
WEAK_X25519 = (
    *(number.to_bytes(32, "little") for number in (0, 1, 2**255 - 20, 2**255 - 19, 2**255, 2, 9)),
    bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
)


def grown(registers: Registers, party: str, raw: bytes) -> Registers:
    """Give registers in which a party has entered one more thing, whatever it is."""
    entries = {each: list(said) for each, said in registers.entries.items()}
    entries[PartyId(party)].append(raw)
    return Registers(registers.speakers, registers.histories, entries, registers.minute)


def _speaker(dice: random.Random, registers: Registers) -> str:
    return dice.choice([each for each, said in registers.entries.items() if said])


def _last(registers: Registers, party: str) -> Files:
    return registers.evidence(party, len(registers.entries[PartyId(party)]) - 1)


def said_anything(dice: random.Random, registers: Registers) -> Broken:
    """Change a statement in one to three places, and enter it; its authority follows the change."""
    party = _speaker(dice, registers)
    value = json.loads(dice.choice(registers.entries[PartyId(party)]))
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        value = change_json(dice, value)
    if (
        isinstance(value, dict)
        and isinstance(value.get("body"), dict)
        and "authority" in value["body"]
    ):
        value = authorised(registers.newest(party), value)
    altered = grown(registers, party, write_json(dice, value))
    return _last(altered, party), trust_all(registers)


def said_of_every_kind(dice: random.Random, registers: Registers) -> Broken:
    """Enter a statement whose body, alone, is changed; so each kind's fields are tried."""
    party = _speaker(dice, registers)
    value = json.loads(dice.choice(registers.entries[PartyId(party)]))
    value["body"] = change_json(dice, value["body"])
    if isinstance(value["body"], dict) and "authority" in value["body"]:
        value = authorised(registers.newest(party), value)
    altered = grown(registers, party, json.dumps(
        ordered(value), ensure_ascii=False, separators=(",", ":")
    ).encode("utf-8", "replace"))  # fmt: skip
    return _last(altered, party), trust_all(registers)


def authorised(speaker: Speaker, value: dict[str, Any]) -> dict[str, Any]:
    """Put a true authority note for these very bytes into a statement."""
    body = {key: each for key, each in value["body"].items() if key != "authority"}
    told = {key: each for key, each in value.items() if key not in ("at", "seen", "body")}
    written = json.dumps(ordered({**told, "body": body}), ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(written.encode("utf-8", "replace")).hexdigest()
    text = f"comity/authority/v1\n{digest}\n2016-12-17T03:00:00.000Z\n"
    note = speaker.sign_text(text, authority_keys(speaker.card), KeyUse.AUTHORITY)
    return {**value, "body": {**body, "authority": note.decode()}}


def said_with_one_rule_broken(dice: random.Random, registers: Registers) -> Broken:
    """Break one rule of the envelope, of lists or of markings, and nothing else."""
    party = _speaker(dice, registers)
    value = json.loads(dice.choice(registers.entries[PartyId(party)]))
    others = [each for each in registers.speakers if each != party]
    match dice.randrange(7):
        case 0:
            value["seen"] = {**value["seen"], party: 0}
        case 1:
            value["to"] = sorted([*value["to"], party])
        case 2:
            value["to"] = [*others[::-1], *others[:1]][: dice.randint(1, 3)]
        case 3:
            value["seen"] = {f"P{number}": 0 for number in range(dice.choice((15, 16)))}
        case 4:
            places = dice.sample(["JPN/2", "JPN/10", "KOR/0", "KOR/1"], 2)
            body = {"notices": places, "delivered": "2016-11-23"}
            value |= {"kind": "agreement.withdraw_end_notice", "body": {**body, "authority": ""}}
        case 5:
            words = dice.sample(["a", "b", "a b", "B"], 2)
            value |= {"kind": "item.release", "body": _release(dice.choice(MARKINGS), words)}
        case _:
            body = {"item": "KOR/3", "parcel_sha256": "ab" * 32, "marking": dice.choice(MARKINGS)}
            value |= {"kind": "item.receipt", "body": body}
    if "authority" in value["body"]:
        value = authorised(registers.newest(party), value)
    raw = json.dumps(ordered(value), ensure_ascii=False, separators=(",", ":")).encode()
    return _last(grown(registers, party, raw), party), trust_all(registers)


def _release(marking: str, words: list[str]) -> dict[str, Any]:
    label: dict[str, Any] = {"category": "x", "for": [], "form": "x", "level": "x"}
    label |= {"marking": marking, "originators": ["JPN"], "purposes": words, "use_until": None}
    parcel = {"sha256": "ab" * 32, "size": 1}
    sealed = {**parcel, "suite": "xwing"}
    named = {"label": label, "parcel": parcel, "sealed": sealed}
    return {**named, "supersedes": None, "answers": None}


def dated_back(dice: random.Random, registers: Registers) -> Broken:
    """Let a party's next card be issued before, or just after, the one that it follows."""
    speakers = list(registers.speakers.values())
    first = speakers[0][1]
    issued = Instant(ISSUED_AT + dice.choice((0, 1, 86_400_000)))
    dated = replace(first, card=first.sign_card(replace(first.unsigned_card(), issued_at=issued)))
    told = registers_of(dated, *(each[1] for each in speakers[1:]))
    for _ in range(dice.randint(1, 3)):
        told.say(first.party)
    told.renew(first.party)
    told.say(first.party)
    party = first.party
    index = dice.randrange(len(told.entries[party]))
    return told.evidence(party, index), trust_all(told)


def under_another_origin(dice: random.Random, registers: Registers) -> Broken:
    """Sign a checkpoint that names another log, by the keys and under the name of this one."""
    party = PartyId(_speaker(dice, registers))
    index = dice.randrange(len(registers.entries[party]))
    size = len(registers.entries[party])
    files = registers.evidence(party, index)
    right = registers.checkpoint(party, size).checkpoint
    other = dice.choice((right.origin + "x", right.origin[:-1], "jpn.example/journal"))
    checkpoint = replace(right, origin=other)
    speaker = registers.speakers[party][registers.histories[party].statement_card(size).version]
    messages = log_messages(checkpoint, 0)
    made = [sign(speaker.key(KeyUse.STATEMENT, each), message)
            for each, message in zip(SIGNING, messages, strict=True)]  # fmt: skip
    keys = statement_keys(speaker.card, speaker.origin)
    # The ML-DSA-44 key signs its own name; under it the text of another log is signed as well.
    message = mldsa44_message(speaker.origin, checkpoint, 0)
    made[1] = sign(speaker.key(KeyUse.STATEMENT, Algorithm.MLDSA44), message)
    signed = signed_checkpoint(checkpoint, log_signatures(keys, (made[0], made[1]), time_s=0))
    for each in registers.speakers:
        if each != party:
            mirror = registers.histories[each].mirror_card(party, size)
            signed = registers.speakers[each][mirror.version].cosign(signed)
    files[PROOF_FILE] = registers.prove(party, index, signed)
    return files, trust_all(registers)


def covered_later(dice: random.Random, registers: Registers) -> Broken:
    """Prove a later card in a larger tree than the first one that covers it, by its old keys."""
    changed = [each for each in registers.speakers if registers.histories[each].changes]
    if not changed:
        return dated_back(dice, registers)
    party = dice.choice(changed)
    files = registers.evidence(party, dice.randrange(len(registers.entries[party])))
    change = registers.histories[party].changes[0]
    size = dice.randint(change.index + 1, len(registers.entries[party]))
    old = registers.speakers[party][change.card.version - 1]
    signed = old.checkpoint(registers.entries[party][:size])
    name = card_file(party, change.card.version, "tlog-proof")
    files[name] = registers.prove(party, change.index, signed)
    return files, trust_all(registers)


def noted_otherwise(dice: random.Random, registers: Registers) -> Broken:
    """Give a statement a note that is expired, another's, half signed or no note."""
    party = _speaker(dice, registers)
    speaker = registers.newest(party)
    noted = [each for each in registers.entries[PartyId(party)] if b'"authority"' in each]
    if not noted:
        return said_anything(dice, registers)
    value = authorised(speaker, json.loads(dice.choice(noted)))
    note = parse_note(value["body"]["authority"].encode())
    header, digest, enter_by, _ = note.text.split("\n")
    texts = (
        note.text,
        f"{header}\n{digest}\n2016-12-16T02:59:59.999Z\n",
        f"{header}\n{digest}\n{value['at']}\n",
        f"{header}\n{'ab' * 32}\n{enter_by}\n",
        f"{header}\n{digest.upper()}\n{enter_by}\n",
        f"{header}\n{digest}\n2016-12-17T03:00:00Z\n",
        f"{header}\n{'ab' * 32}\n2016-12-17\n",
        f"comity/authority/v2\n{digest}\n{enter_by}\n",
        f"{header}\n{digest}\n{enter_by}\nmore\n",
        f"{header}\n{digest}\n",
    )
    keys, use = authority_keys(speaker.card), KeyUse.AUTHORITY
    if dice.random() < 0.1:
        keys, use = root_keys(speaker.card), KeyUse.ROOT
    signed = parse_note(speaker.sign_text(dice.choice(texts), keys, use))
    lines = signed.signatures if dice.random() < 0.6 else _otherwise(dice, signed.signatures)
    note_text = format_note(Note(signed.text, lines)).decode()
    value["body"]["authority"] = dice.choice((note_text,) * 9 + (note_text[:-1], "note"))
    raw = json.dumps(ordered(value), ensure_ascii=False, separators=(",", ":")).encode()
    return _last(grown(registers, party, raw), party), trust_all(registers)


def _otherwise(dice: random.Random, lines: tuple[NoteSignature, ...]) -> tuple[NoteSignature, ...]:
    """Leave signature lines as they are, or strip, turn, add, cut or exchange some."""
    first, second, *rest = lines
    stranger = NoteSignature("stranger.example/root", b"abcd", b"x" * 64)
    cut = NoteSignature(second.name, second.key_id, second.signature[:-1])
    crossed = NoteSignature(first.name, first.key_id, second.signature)
    ways: tuple[tuple[NoteSignature, ...], ...] = (
        *((lines,) * 3),
        (first, *rest),
        (second, *rest),
        (second, first, *rest),
        (*lines, stranger),
        (first, cut, *rest),
        (crossed, second, *rest),
        (NoteSignature(first.name, first.key_id, b"x"), second, *rest),
    )
    return dice.choice(ways)


def card_by_its_roots(dice: random.Random, registers: Registers) -> Broken:
    """Change a first card, and let its own roots sign it again, and pin that."""
    party, files = _some(dice, registers)
    speaker = registers.speakers[party][1]
    value = _card_value(speaker)
    for _ in range(dice.choice((1, 1, 2))):
        value = change_json(dice, value)
    files[card_file(party, 1, "card")] = _sign_card(dice, speaker, write_json(dice, value))
    return files, trust_all(registers)


def card_with_other_keys(dice: random.Random, registers: Registers) -> Broken:
    """Give a first card a weak, doubled, cut or borrowed key, and let its roots sign it again."""
    party, files = _some(dice, registers)
    speaker = registers.speakers[party][1]
    value = _card_value(speaker)
    key = dice.choice(value["keys"])
    public, other = decode_base64(key["public"], bytes_max=4096), dice.choice(value["keys"])
    changed: dict[str, tuple[bytes, ...]] = {
        "ed25519": (*WEAK_ED25519, seeded_key("another", Algorithm.ED25519).public),
        "xwing": (*(public[:-32] + weak for weak in WEAK_X25519), b"\xff" * 64 + public[64:]),
        "ml-dsa-44": (bytes(1312), b"\xff" * 1312, seeded_key("another", Algorithm.MLDSA44).public),
    }
    made = dice.choice((*changed[key["algorithm"]] * 3, public[:-1], public + b"\0"))
    key["public"] = encode_base64(made)
    key["id"] = hashlib.sha256(f"{key['algorithm']}\n".encode() + made).hexdigest()[:16]
    match dice.randrange(16):
        case 0:
            key |= {"use": other["use"]}
        case 1:
            key |= {"algorithm": other["algorithm"]}
        case 2:
            key |= {"public": other["public"], "id": other["id"]}
        case 3:
            key |= {"valid_until": key["valid_from"]}
        case 4:
            value["keys"].append(dict(other))
        case 5:
            key["id"] = "0" * 16
    files[card_file(party, 1, "card")] = _sign_card(dice, speaker, write_json(dice, value))
    return files, trust_all(registers)


def card_with_other_pins(dice: random.Random, registers: Registers) -> Broken:
    """Give a first card other keys of TLS, and let its roots sign it again; some forms read."""
    party, files = _some(dice, registers)
    speaker = registers.speakers[party][1]
    value = _card_value(speaker)
    pins = [f"{dice.randrange(2**256):064x}" for _ in range(4)]
    made = dice.choice((pins, pins[:2], pins[:1], *_odd_pins(pins), "gone"))
    value["tls_pins"] = made
    if made == "gone":
        del value["tls_pins"]
    files[card_file(party, 1, "card")] = _sign_card(dice, speaker, write_json(dice, value))
    return files, trust_all(registers)


def _odd_pins(pins: list[str]) -> tuple[Any, ...]:
    one = pins[0]
    return (
        *([], None, one, 7, {one: one}, [*pins, "ab" * 32], [one, one], [None], [7], [[one]]),
        *([one[:-1]], [one + "0"], ["AB" * 32], [""], [one + "\n"], ["g" * 64], ["٠" * 64]),
    )


def _card_value(speaker: Speaker) -> dict[str, Any]:
    note = parse_note(speaker.card.raw)
    value: dict[str, Any] = json.loads(note.text.removeprefix(CARD_HEADER))
    return value


def _sign_card(dice: random.Random, speaker: Speaker, line: bytes) -> bytes:
    text = dice.choice((CARD_HEADER,) * 30 + ("comity/card/v2\n",)) + line.decode() + "\n"
    try:
        return speaker.sign_text(text, root_keys(speaker.card), KeyUse.ROOT)
    except ValueError:
        # Some texts no note can hold; a thief writes them all the same.
        return text.encode() + b"\n\xe2\x80\x94 x QUJDREVGRw==\n"


def _some(dice: random.Random, registers: Registers) -> tuple[PartyId, Files]:
    """Choose a party, and a whole folder."""
    speaker = _speaker(dice, registers)
    index = dice.randrange(len(registers.entries[PartyId(speaker)]))
    return dice.choice(list(registers.speakers)), registers.evidence(speaker, index)


def entered_another_card(dice: random.Random, registers: Registers) -> Broken:
    """Enter a next card that does not follow, or by a statement that does not bring it."""
    party = PartyId(_speaker(dice, registers))
    speaker = registers.newest(party)
    value = _card_value(speaker.next())
    for _ in range(dice.choice((0, 0, 1))):
        value = change_json(dice, value)
    card = _sign_card(dice, speaker, write_json(dice, value))
    version = speaker.card.version + 1
    ref = CardRef(Digest(hashlib.sha256(card).hexdigest()), len(card), version)
    if dice.random() < 0.2:
        ref = CardRef(Digest("ab" * 32), len(card), version)
    registers = _copied(registers)
    others = {str(each): 0 for each in registers.entries if each != party}
    seen = others if dice.random() < 0.2 else None
    registers.say(party, PartyCard(ref), seen=seen)
    index = len(registers.entries[party]) - 1
    if dice.random() < 0.5:
        registers.say(party)
    size = dice.choice((index + 1,) * 3 + (len(registers.entries[party]), index))
    files = registers.evidence(party, dice.randrange(index), min(size, index + 1))
    at = min(index, size - 1)
    proof = registers.prove(party, at, _signed_by(dice, registers, party, size))
    new = {"card": card, "json": registers.entries[party][index], "tlog-proof": proof}
    files |= {card_file(party, version, part): raw for part, raw in new.items()}
    return files, trust_all(registers)


def _copied(registers: Registers) -> Registers:
    entries = {each: list(said) for each, said in registers.entries.items()}
    return Registers(registers.speakers, registers.histories, entries, registers.minute)


def _signed_by(
    dice: random.Random, registers: Registers, party: PartyId, size: int
) -> SignedCheckpoint:
    """Sign a checkpoint, by the right keys more often than not."""
    if dice.random() < 0.7:
        return registers.checkpoint(party, size)
    speaker = dice.choice(list(registers.speakers[party].values()))
    return speaker.checkpoint(registers.entries[party][:size])


def signed_by_other_keys(dice: random.Random, registers: Registers) -> Broken:
    """Sign and cosign by any version of the parties' keys, with any times, or only half."""
    party = PartyId(_speaker(dice, registers))
    index = dice.randrange(len(registers.entries[party]))
    size = dice.randint(index + 1, len(registers.entries[party]))
    files = registers.evidence(party, index, size)
    signed = _log_signed(dice, registers, party, size)
    for other in registers.speakers:
        if other != party:
            signed = _cosigned(dice, registers, signed, other)
    if dice.random() < 0.3:
        lines = _otherwise(dice, signed.note.signatures)
        signed = signed_checkpoint(signed.checkpoint, lines)
    files[PROOF_FILE] = registers.prove(party, index, signed)
    return files, trust_all(registers)


def _log_signed(
    dice: random.Random, registers: Registers, party: PartyId, size: int
) -> SignedCheckpoint:
    """Sign a checkpoint at a time that a log need not name."""
    right = registers.histories[party].statement_card(size).version
    version = right if dice.random() < 0.8 else dice.choice(list(registers.speakers[party]))
    speaker = registers.speakers[party][version]
    checkpoint = registers.checkpoint(party, size).checkpoint
    time_s = dice.choice((0, 0, 0, 1, 2**63 - 1))
    messages = log_messages(checkpoint, time_s)
    made = [sign(speaker.key(KeyUse.STATEMENT, each), message)
            for each, message in zip(SIGNING, messages, strict=True)]  # fmt: skip
    keys = statement_keys(speaker.card, speaker.origin)
    return signed_checkpoint(checkpoint, log_signatures(keys, (made[0], made[1]), time_s=time_s))


def _cosigned(
    dice: random.Random, registers: Registers, signed: SignedCheckpoint, other: PartyId
) -> SignedCheckpoint:
    """Cosign at one time, or two, or none."""
    by = registers.speakers
    log = next(each for each in by if by[each][1].origin == signed.checkpoint.origin)
    right = registers.histories[other].mirror_card(log, signed.checkpoint.size).version
    speaker = by[other][right if dice.random() < 0.8 else dice.choice(list(by[other]))]
    keys, time_s = mirror_keys(speaker.card), dice.choice((0, 1, 1_481_857_260, 2**63 - 1))
    other_time = time_s if dice.random() < 0.7 else time_s // 2
    lines = []
    for at, (algorithm, when) in enumerate(zip(SIGNING, (time_s, other_time), strict=True)):
        message = cosigner_messages(keys[0].name, signed.checkpoint, when)[at]
        made = sign(speaker.key(KeyUse.MIRROR, algorithm), message)
        lines.append(cosigner_signatures(keys, (made, made), time_s=when)[at])
    if dice.random() < 0.1:
        raw = (2**63).to_bytes(8, "big") + lines[0].signature[8:]
        lines[0] = note_signature(keys[0], raw)
    return with_cosignatures(signed, tuple(lines[: dice.choice((2, 2, 2, 2, 1))]))


def out_of_another_register(dice: random.Random, registers: Registers) -> Broken:
    """Let a party's entry stand in the other one's register, or under a cut origin."""
    party = PartyId(_speaker(dice, registers))
    others = [each for each in registers.speakers if each != party]
    raw = dice.choice(registers.entries[party])
    other = dice.choice(others)
    return _last(grown(registers, other, raw), other), trust_all(registers)


PARTIES: dict[str, Callable[[random.Random, Registers], Broken]] = {
    each.__name__: each
    for each in (
        said_anything,
        said_of_every_kind,
        said_with_one_rule_broken,
        noted_otherwise,
        dated_back,
        covered_later,
        under_another_origin,
        card_by_its_roots,
        card_with_other_keys,
        card_with_other_pins,
        entered_another_card,
        signed_by_other_keys,
        out_of_another_register,
    )
}
