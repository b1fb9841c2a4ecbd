# SPDX-License-Identifier: Apache-2.0
"""A second reader of comity's evidence, from docs/formats alone: it shares no code and is short.

What it does not know it refuses, and so all statements on goods and services.

Run `python verify/evidence.py FOLDER --trust FINGERPRINT|FILE`, with Python 3.11 and the package
cryptography. Exit codes: 0 verified, 4 not verified, 2 not readable.
"""

# fmt: off
import base64
import datetime
import functools
import json
import re
import sys
import unicodedata as unicode
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace as Record
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa, mlkem

MIB, INTEGER_MAX, SIZE_MAX, SIZE = 2**20, 2**53 - 1, 2**63 - 1, "(0|[1-9][0-9]{0,18})"
FILES = {"statement.json": 65_535, "statement.tlog-proof": MIB // 2, "policy": MIB // 2}
PARTY, CARD = "[A-Z][A-Z0-9-]{0,31}", r"\.([1-9][0-9]{0,5}|10{6})\.(card|json|tlog-proof)"
ED, COSIGN, MLDSA, TEXT_MLDSA = b"\x01", b"\x04", b"\x06", b"\xffcomity/ml-dsa-44/v1"
LENGTHS = {"ed25519": 32, "ml-dsa-44": 1312, "xwing": 1216, "mlkem1024": 1568}
SIGNS = {"root": (ED, TEXT_MLDSA), "authority": (ED, TEXT_MLDSA), "statement": (ED, MLDSA),
         "mirror": (COSIGN, MLDSA)}  # The types of a use's Ed25519 and ML-DSA-44 keys.
USES = sorted([*((use, each) for use in SIGNS for each in [*LENGTHS][:2]), ("online", "ed25519")])
P, D = 2**255 - 19, -121665 * pow(121666, -1, 2**255 - 19)
SMALL_Y = {0, 1, P - 1, 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826,
           0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7}
SMALL_U = {0, 1, P - 1, 0x00b8495f16056286fdb1329ceb8d09da6ac49ff1fae35616aeb8413b7c7aebe0,
           0x57119fd0dd4e22d8868e1c58c45c44045bef839c55b1d0b1248c50a3bc959c5f}
UNSEEN = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"
CONTROL = r"\0-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
DECEPTIVE = rf"{UNSEEN}{CONTROL}\u061c\ufff0-\uffff\U000e0000-\U000e0fff"
# Keys of statements (by kind) and other objects (`.name`), `key=type`: `?` may lack, `/` be null.
SHAPES = {each.split()[0]: each.split()[1:] for each in """
party.authority name=subject_ keys=key_names valid_from=instant delivered=date authority;
party.law_change law=word effect=code articles effective=date answers=place/ TEXT authority;
dispute.open articles=articles1 about=places duties TEXT authority; dispute.settle dispute=place
TEXT authority; duty.waive trigger=place duty authority; duty.extend trigger=place duty
until=instant authority; agreement.propose file=.file version=count authority about=place?;
agreement.counter file=.file version=count authority about=place?; agreement.initial authority;
agreement.sign authority; agreement.postpone authority reason_code=code?;
agreement.entry_notification delivered=date authority; agreement.amend file=.file version=count
authority; agreement.end_notice announced=date/ delivered=date effective=date/ authority;
agreement.suspend_end_notice notice=place delivered=date authority; agreement.withdraw_end_notice
notices=places1 delivered=date authority; agreement.suspend_category category=word from=until/
until/ authority reason_code=code?; agreement.resume_category suspension=place from=until/
authority; agreement.interpretation about=place reading authority; party.card card=.card;
agreement.announcement subject announced=date authority; assurance.give level=word for=word/
need=flag equivalent_protection=flag until/; item.release label=.label parcel=.parcel sealed=.sealed
supersedes=place/ answers=place/ passed_on=.onward? sharing=.sharing? derived_from=places1? rights?;
item.recall items=places1 wanted code until/; item.return item=place copies remaining on=date TEXT
follows=place?; item.destroyed item=place copies remaining means on=date persons TEXT
follows=place?; inventory.result on=date items=remaining copies=remaining missing=places
incident=place/; item.receipt item=place parcel_sha256=digest marking; item.refusal item=place code
articles; item.third_party_release item=place recipient=party purpose=word consents=places agreement
release=place/ receipt=place/ follows=place/; item.reclassify item=place level=word marking
effective=instant; consent.ask items=places category=word/ recipient=party purpose=word until/;
consent.give ask=place/ items=places category=word/ recipient=party purpose=word until/ authority;
consent.refuse ask=place; consent.withdraw consent=place; request.make category=word TEXT
subject=law?; request.decline request=place; request.answer request=place item=place;
statement.reject party index=size code article/ entry=digest?; time.dispute party index=size
clock=instant limit_ms=count; journal.anchor digest restored_from=journal/; incident.report affected
held_by=party harm certainty found_at=instant begun_at=instant TEXT; incident.findings
incident=place outcome/ measures=codes TEXT; incident.close incident=place; visit.request host=party
facility=word purpose=visiting level=word first_day=date last_day=date visitors clearance=word
clearance_until=date/ TEXT; visit.decide visit=place level=word/ first_day=date/ last_day=date/;
disclosure.record visit=place/ label=.label disclosed_at=instant TEXT; contractor.assure firm=word
facility=word parent=word/ conditions=codes1 met=flag clearance=word/ document=word/ assured_by=word
assured_on=date until=date/ TEXT; .affected item=place copies=copies0; .onward agreement item=place
marking?; .sharing under=agreement with=to category=word; .file sha256=digest size=mib; .card
sha256=digest size=mib version=million; .parcel sha256=digest size=head; .sealed suite=code
size=count sha256=digest; .label marking level=word category=word form=word purposes=words1
for=words originators use_until=until/; .agreement id=agreement sha256=digest; .statement format
kind agreement=.agreement by=party to at=instant seen nonce body=object; .whole party domain names
competent_authority=shown addresses version=million issued_at=instant keys limits=.limits tls_pins?;
.limits parcel_bytes_max=count? push_bytes_max=count?; .key use algorithm public=text id=text
valid_from=instant valid_until=instant/"""
    .replace("TEXT", "parcel=.parcel/ sealed=.sealed/").split(";")}
class NotVerifiedError(Exception):
    """What reads and does not hold: exit 4. What does not read is a ValueError: exit 2."""
def _need(reads: object, what: str, error: type[Exception] = ValueError) -> None:
    if not reads:
        raise error(what)
_hold = functools.partial(_need, error=NotVerifiedError)
def _match(pattern: str, text: str) -> Any:
    _need(found := re.fullmatch(pattern, text, re.DOTALL), f"not of the form {pattern!r}")
    return found.groups() if found else ()
def _form(pattern: str) -> Callable[[Any], object]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value, re.DOTALL)
def _whole(least: int, most: int = INTEGER_MAX) -> Callable[[Any], object]:
    return lambda value: type(value) is int and least <= value <= most
def _list(kind: str, least: int, most: int, order: Any = str) -> Callable[[Any], object]:
    return lambda value: (isinstance(value, list) and least <= len(value) <= most
        and all(_is(each, kind) for each in value) and (order is None
        or (len({*value}) == len(value) if order is set else value == sorted({*value}, key=order))))
def _map(key: str, kind: str, least: int, most: int) -> Callable[[Any], object]:
    return lambda value: (isinstance(value, dict) and least <= len(value) <= most
        and all(_is(name, key) and _is(each, kind) for name, each in value.items()))
def _is_domain(text: str) -> bool:
    labels = text.split(".")
    wide = [each[4:].encode().decode("punycode") for each in labels if each[2:4] == "--"]
    wide = [f"xn--{each.encode('punycode').decode()}" for each in wide if not each.isascii()]
    return (len(labels) > 1 and len(text) <= 190 and not labels[-1].isdigit()
        and all(re.fullmatch("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", each) for each in labels)
        and [each for each in labels if each[2:4] == "--"] == wide)
def _is_marking(text: str) -> bool:
    old, new = ({table.category(each) for each in text} for table in (unicode.ucd_3_2_0, unicode))
    wide = {unicode.category(each) for each in unicode.normalize("NFKC", text)}
    return bool(unicode.normalize("NFC", text).strip() == text and wide - {"Zs"}
        and not re.search(f"[{UNSEEN}\u2800]", text) and not old & {"Cn", "Co", "Cs"}
        and not new & {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
def _place(text: str) -> tuple[str, int]:
    return text.split("/")[0], int(text.split("/")[1])
TYPES: dict[str, Callable[[Any], object]] = {
    "means": _form("burn|shred|pulp|other|equipment_destroy|equipment_modify|crypto_erase"),
    "date": lambda v: _form("[0-9]{4}(-[0-9]{2}){2}")(v) and datetime.date.fromisoformat(v),
    "kind": _form(r"[a-z_]+\.[a-z_]+"),
    "place": lambda v: _form(f"{PARTY}/{SIZE}")(v) and _place(v)[1] <= INTEGER_MAX,
    "shown": lambda v: _form(f"[^{DECEPTIVE}]{{1,200}}")(v) and v == v.strip(), "count": _whole(1),
    "use": _form("root|authority|statement|mirror|online|sealing"), "digest": _form("[0-9a-f]{64}"),
    "marking": lambda v: _form(".{1,64}")(v) and _is_marking(v), "keys": _list(".key", 1, 64, None),
    "until": lambda v: TYPES["date"](v) or TYPES["instant"](v), "remaining": _whole(0, 1_000_000),
    "domain": lambda v: isinstance(v, str) and _is_domain(v), "agreement": _form("[a-z0-9-]{1,64}"),
    "language": _form("[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}"), "visiting": _form("official|security"),
    "word": _form("[A-Za-z0-9][A-Za-z0-9 ._/:+-]{0,63}"), "article": _form(f"[^{CONTROL}]{{1,64}}"),
    "outcome": _form("loss|compromise|neither|unknown"), "code": _form("[a-z0-9][a-z0-9._-]{0,63}"),
    "reading": _form("(?=.{1,64}$)[a-z]+(_[a-z]+)*"), "subject_": _form(f"[^{CONTROL}]{{1,200}}"),
    "harm": _form("loss|compromise|victim_named"), "key_names": _list("key_name", 2, 2, None),
    "articles1": _list("article", 1, 32, None), "places1": _list("place", 1, 256, _place),
    "articles": _list("article", 0, 32, None), "names": _map("language", "shown", 1, 16),
    "addresses": _list("address", 0, 16, set), "wanted": _form("return|destroy|either"),
    "places": _list("place", 0, 256, _place), "object": lambda v: isinstance(v, dict),
    "tls_pins": _list("digest", 1, 4, set), "algorithm": _form("|".join(LENGTHS)),
    "flag": lambda v: isinstance(v, bool), "copies0": _list("copy", 0, 256, int), "size": _whole(0),
    "certainty": _form("actual|possible"), "duties": _list("duty", 0, 256, None),
    "copies": _list("copy", 1, 256, int), "originators": _list("party", 1, 32), "law": _form("law"),
    "seen": _map("party", "size", 0, 15), "authority": _form(".{1,8192}"), "persons": _whole(1, 16),
    "million": _whole(1, 1_000_000), "nonce": _form("[0-9a-f]{32}"), "codes1": _list("code", 1, 32),
    "words1": _list("word", 1, 32), "codes": _list("code", 0, 32), "words": _list("word", 0, 32),
    "duty": _form("[0-9a-f]{32}"), "subject": _form(".{1,200}"), "copy": _whole(1, 1_000_000),
    "visitors": _whole(1, 1000), "head": _whole(1, MIB // 4), "to": _list("party", 1, 15),
    "text": _form(".{1,4096}"), "format": _whole(1, 1), "party": _form(PARTY),
    "mib": _whole(1, MIB),
    "address": _form(r"(?=.{1,500}$)https://([a-z0-9.-]{1,190}|\[[0-9a-f:]{2,39}\])"
                     r"(:[1-9][0-9]{0,4})?(/[A-Za-z0-9._~/-]*)?"),
    "affected": lambda v: isinstance(v, list) and all(_is(each, ".affected") for each in v) and
        TYPES["places1"]([each["item"] for each in v]),
    "instant": lambda v: isinstance(v, str) and TYPES["date"](v[:10]) and
        re.fullmatch(r"T([01][0-9]|2[0-3])(:[0-5][0-9]){2}\.[0-9]{3}Z", v[10:]),
    "journal": lambda v: _form("[^/]+/journal(/[1-9][0-9]{0,3})?")(v)
        and _is_domain(v.split("/")[0]),
    "right": _form("copyright|other|patent|trade_secret"), "rights": _list("right", 1, 4),
    "key_name": _form(r"(?!.{265})[^+\s\0-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e]+\+[0-9a-f]{8}"),
}
def _is(value: Any, kind: str) -> bool:
    if kind[-1] in "/?":
        return (value is None and kind[-1] == "/") or _is(value, kind[:-1])
    if kind not in SHAPES:
        return bool(TYPES[kind](value))
    types = {each.split("=")[0].rstrip("/?"): each.split("=")[-1] for each in SHAPES[kind]}
    needed = {key for key, type_ in types.items() if type_[-1] != "?"}
    whole = isinstance(value, dict) and needed <= value.keys() <= types.keys()
    return whole and all(_is(each, types[key]) for key, each in value.items())
def _ordered(value: Any, depth: int = 0) -> Any:
    _need(not isinstance(value, float | int) or abs(value) <= INTEGER_MAX, "a number too large")
    _need(depth <= 32 and not isinstance(value, float), "nested too deeply, or a fraction")
    if isinstance(value, list):
        return [_ordered(each, depth + 1) for each in value]
    if not isinstance(value, dict):
        return value
    keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
    return {key: _ordered(value[key], depth + 1) for key in keys}
def _canonical(value: Any) -> bytes:
    return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":")).encode()
def _parse(raw: bytes, bytes_max: int, shape: str) -> Any:
    value = json.loads(raw.decode()) if len(raw) <= bytes_max else None
    _need(_canonical(value) == raw and _is(value, shape), f"not a {shape[1:]} in its one form")
    return value
def _statement(raw: bytes) -> Any:
    said = _parse(raw, FILES["statement.json"], ".statement")
    _need(said["by"] not in [*said["to"], *said["seen"]], "speaks to itself")
    _need(said["kind"] in SHAPES, f"a kind that this reader does not read: {said['kind']}")
    _need(_is(said["body"], said["kind"]), f"no {said['kind']}")
    return said
def _decode(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    _need(base64.b64encode(raw).decode() == text, "not base64 in its one spelling")
    return raw
def _note(raw: bytes, bytes_max: int) -> Record:
    _need(len(raw) <= bytes_max, "too large")
    text, lines = _match("([^\0-\x09\x0b-\x1f]*\n)\n((?:[^\n]+\n){1,32})", raw.decode())
    found: dict[tuple[str, bytes], bytes] = {}
    for line in lines[:-1].split("\n"):
        name, encoded = _match("\u2014 ([^\\s+\0-\x1f]{1,255}) (.*)", line)
        signature = _decode(encoded)
        _need(4 < len(signature) <= 8192 and (name, signature[:4]) not in found, "signatures")
        found[name, signature[:4]] = signature[4:]
    return Record(text=text, lines=found)
def _proof(raw: bytes) -> Record:
    head, _, rest = raw.partition(b"\n\n")
    form = f"c2sp.org/tlog-proof@v1(?:\nextra ([^\n]*))?\nindex {SIZE}((?:\n.*)?)"
    extra, index, lines = _match(form, head.decode("ascii"))
    note = _note(rest, MIB // 4)
    origin, size, root = _match(f"([!-*,-~]{{1,255}})\n{SIZE}\n([^\n]*)\n", note.text)
    path = [_decode(line) for line in [root, *lines.split("\n")[1:]]]
    _need(int(index) <= SIZE_MAX >= int(size) and len(raw) <= MIB // 2, "too large")
    _need(len(path) <= 64 and all(len(each) == 32 for each in path), "no hashes")
    _need(int(size) or path[0] == sha256().digest(), "no empty tree")
    _need(extra is None or 1 <= len(_decode(extra)) <= MIB // 16, "extra")
    return Record(index=int(index), path=path, origin=origin, size=int(size), note=note)
def _card(raw: bytes) -> Record:
    note = _note(raw, MIB)
    value = _parse(_match("comity/card/v1\n(.*)\n", note.text)[0].encode(), MIB, ".whole")
    uses, publics = [], [(each["algorithm"], _decode(each["public"])) for each in value["keys"]]
    for key, (algorithm, public) in zip(value["keys"], publics, strict=True):
        digest = sha256(algorithm.encode() + b"\n" + public).hexdigest()
        _need(len(public) == LENGTHS[algorithm] and key["id"] == digest[:16], "not a key")
        _need(_is_valid(key, key["valid_from"]), "valid until before it is valid")
        _need(key["use"] != "root" or _is_valid(key, value["issued_at"]), "root keys not valid")
        uses += [] if key["use"] == "sealing" else [(key["use"], algorithm)]
        _need((key["use"] == "sealing") == (algorithm in ("xwing", "mlkem1024")), "another use")
    _need(len(uses) < len(publics) == len({*publics}) and sorted(uses) == USES, "other keys")
    _hold(all(_is_sound(*each) for each in publics), "a weak key")
    return Record(value=value, raw=raw, note=note, index=-1, seen={})
def _is_valid(key: Mapping[str, str], at: str) -> bool:
    return key["valid_from"] <= at < (key["valid_until"] or "~")
@functools.lru_cache(1024)
def _is_sound(algorithm: str, raw: bytes) -> bool:
    y = (number := int.from_bytes(raw[-32:], "little")) % 2**255
    try:
        if algorithm == "xwing":
            mlkem.MLKEM768PublicKey.from_public_bytes(raw[:-32])
        if algorithm == "mlkem1024":
            mlkem.MLKEM1024PublicKey.from_public_bytes(raw)
    except ValueError:
        return False
    square = (y * y - 1) * pow(D * y * y + 1, -1, P)
    on_curve = y < P and y not in SMALL_Y and pow(square, (P - 1) // 2, P) == 1
    return {"ed25519": on_curve, "xwing": number < P and number not in SMALL_U}.get(algorithm, True)
def _stands(entry: bytes, proof: Record) -> None:
    """Check that the entry is in the tree. Source: RFC 9162 2.1.3."""
    node, (root, *path) = sha256(b"\0" + entry).digest(), proof.path
    inner = (proof.index ^ (proof.size - 1)).bit_length()
    length = inner + (proof.index >> inner).bit_count()
    _hold(proof.index < proof.size and len(path) == length, "a path of another length")
    for level, each in enumerate(path):
        before = level >= inner or proof.index >> level & 1
        node = sha256(b"\1" + (each + node if before else node + each)).digest()
    _hold(node == root, "the path leads to another root")
def _keys(card: Record, use: str, name: str = "") -> list[Record]:
    found = {each["algorithm"]: each["public"] for each in card.value["keys"] if each["use"] == use}
    name, keys = name or f"{card.value['domain']}/{use}", []
    for type_, algorithm in zip(SIGNS[use], LENGTHS, strict=False):
        typed = type_ + (public := _decode(found[algorithm]))
        id_, encoded = sha256(f"{name}\n".encode() + typed).digest()[:4], base64.b64encode(typed)
        vkey = f"{name}+{id_.hex()}+{encoded.decode()}"
        keys.append(Record(name=name, id=id_, type=type_, public=public, vkey=vkey))
    return keys
def _fingerprint(card: Record) -> str:
    return sha256("".join(f"{key.vkey}\n" for key in _keys(card, "root")).encode()).hexdigest()
def _signed(note: Record, key: Record) -> int:
    """Check a key's signature on a text or checkpoint, and give the time that it names."""
    signature, message, time = note.lines.get((key.name, key.id), b""), note.text.encode(), 0
    if key.type in (COSIGN, MLDSA):
        time, signature = int.from_bytes(signature[:8], "big"), signature[8:]
    _hold(signature and time <= SIZE_MAX, f"no signature by {key.name}")
    if key.type == COSIGN:
        message = f"cosignature/v1\ntime {time}\n{note.text}".encode()
    elif key.type == MLDSA:
        origin, size, root, _ = note.text.split("\n")
        of, log = (bytes([len(each)]) + each.encode() for each in (key.name, origin))
        when, sizes = time.to_bytes(8, "big"), int(size).to_bytes(16, "big")  # from 0 to size
        message = b"".join((b"subtree/v1\n\0", of, when, log, sizes, _decode(root)))
    reader = (mldsa.MLDSA44PublicKey, ed25519.Ed25519PublicKey)[key.type in (ED, COSIGN)]
    try:
        reader.from_public_bytes(key.public).verify(signature, message)
    except InvalidSignature:
        raise NotVerifiedError(f"a signature by {key.name} does not hold") from None
    return time
def _signed_alone(note: Record, card: Record, use: str) -> None:
    keys = _keys(card, use)
    _hold([*note.lines] == [(key.name, key.id) for key in keys], "other signatures")
    _hold([_signed(note, key) for key in keys], "no signatures")
def _origin(card: Record, agreement: str) -> str:
    _need(len(origin := f"{card.value['domain']}/register/{agreement}") <= 255, "too long")
    return origin
def _cards(files: Mapping[str, bytes], party: str, agreement: str) -> list[Record]:
    cards: list[Record] = []
    names = [name for name in files if re.fullmatch(rf"cards/{party}\.[0-9]+\.card", name)]
    for name in sorted(names, key=lambda name: (len(name), name)):
        entry, path = (files.get(name[:-4] + part) for part in ("json", "tlog-proof"))
        _need((entry is None) == (path is None) == (not cards), "not as the first or a later card")
        card = _card(files[name])
        old = cards[-1] if cards else card
        new, was = card.value, old.value
        _hold(not cards or new["version"] == was["version"] + 1, "not the next version")
        _hold(_fingerprint(card) == _fingerprint(old) and new["party"] == was["party"], "another")
        uses = {key["public"]: key["use"] for key in was["keys"]}
        _hold(all(uses.get(key["public"], key["use"]) == key["use"] for key in new["keys"]), "use")
        _hold(new["issued_at"] >= was["issued_at"], "issued before the one that it follows")
        _signed_alone(card.note, old, "root")
        _hold(f"cards/{new['party']}.{new['version']}.card" == name, "another card's name")
        if entry is not None and path is not None:
            said, proof, origin = _statement(entry), _proof(path), _origin(card, agreement)
            ref = {"sha256": sha256(card.raw).hexdigest(), "size": len(card.raw)}
            body = {"card": {**ref, "version": new["version"]}}
            _hold(said["kind"] == "party.card" and said["body"] == body, "enters another card")
            _hold((said["by"], said["agreement"]["id"]) == (party, agreement), "entered elsewhere")
            _hold(proof.size == proof.index + 1 and proof.origin == origin, "another checkpoint")
            card.index, card.seen = proof.index, said["seen"]
            more = all(card.seen.get(each, 0) >= size for each, size in old.seen.items())
            _hold(more and card.index > old.index, "entered before the one that it follows")
            _hold([_signed(proof.note, key) for key in _keys(old, "statement", origin)], "unsigned")
            _stands(entry, proof)
        cards.append(card)
    return cards
def _authorise(said: Any, card: Record) -> None:
    note = _note(said["body"]["authority"].encode(), 8192)
    digest, enter_by = _match("comity/authority/v1\n([^\n]*)\n([^\n]*)\n", note.text)
    _need(_is(enter_by, "instant"), "not an instant")
    told = {key: said[key] for key in ("agreement", "by", "format", "kind", "nonce", "to")}
    told["body"] = {key: each for key, each in said["body"].items() if key != "authority"}
    _hold(digest == sha256(_canonical(told)).hexdigest(), "a note for something else")
    keys = [key for key in card.value["keys"] if key["use"] == "authority"]
    _hold(said["at"] <= enter_by and all(_is_valid(key, said["at"]) for key in keys), "expired")
    _signed_alone(note, card, "authority")
def verify(files: Mapping[str, bytes], trusted: Iterable[str]) -> str:
    """Verify a folder's files by pins, `FINGERPRINT` or `PARTY FINGERPRINT`; say what it shows."""
    names = [re.fullmatch(f"cards/({PARTY}){CARD}", name) for name in files if name not in FILES]
    told = {(match[1], int(match[2])) for match in names if match}
    _need(None not in names and FILES.keys() <= files.keys() and 2 <= len(told) <= 256, "files")
    _need(all(f"cards/{each}.{n}.card" in files for each, n in told), "a card is missing")
    proof = _proof(files["statement.tlog-proof"])
    _stands(files["statement.json"], proof)
    said = _statement(files["statement.json"])
    by, agreement, size = said["by"], said["agreement"]["id"], proof.size
    cards = {each: _cards(files, each, agreement) for each in sorted({each for each, _ in told})}
    _hold({by, *said["to"]} <= cards.keys(), "no card of the speaker, or of whom it speaks to")
    _hold(len({each[0].value["domain"] for each in cards.values()}) == len(cards), "domains")
    origin = _origin(cards[by][0], agreement)
    _hold(proof.origin == origin, "a checkpoint of another register")
    signer = [each for each in cards[by] if each.index + 1 < size][-1]
    keys, witnesses = _keys(signer, "statement", origin), [f"{by.lower()}-mldsa"]
    for party in [each for each in cards if each != by]:
        keys += _keys([each for each in cards[party] if each.seen.get(by, 0) < size][-1], "mirror")
        witnesses += [f"{party.lower()}-ed", f"{party.lower()}-mldsa"]
    _need(len({key.public for key in keys}) == len(keys) <= 65, "no sound policy")
    lines = [f"witness {name} {key.vkey}\n" for name, key in zip(witnesses, keys[1:], strict=True)]
    group = f"group all-of all {' '.join(witnesses)}\nquorum all-of\n"
    policy = f"log {keys[0].vkey}\n{''.join(lines)}{group}"
    _hold(files["policy"] == policy.encode(), "the policy is not the one that the cards give")
    times = [_signed(proof.note, key) for key in keys][2:]
    _hold(all(times) and times[::2] == times[1::2], "cosignatures name two times, or none")
    if "authority" in SHAPES.get(said["kind"], ()):
        _authorise(said, [each for each in cards[by] if each.index < proof.index][-1])
    for party, (first, *_) in cards.items():
        pins = {digits := _fingerprint(first), f"{party} {digits}"}
        _hold(pins & {*trusted}, f"not pinned: {party} {digits}")
    return f"verified: {by} said {said['kind']}, {agreement}/{by}/{proof.index}, in {origin}"
def judge(work: Callable[[], str]) -> tuple[int, str]:
    """Give the exit code to which something leads, and words for people."""
    try:
        return 0, work()
    except (NotVerifiedError, OSError, ValueError, RecursionError, TypeError) as refusal:
        return 4 if isinstance(refusal, NotVerifiedError) else 2, f"refused: {refusal}"
def read_pins(text: str) -> set[str]:
    """Read pins, one a line: a fingerprint, after its party's id or alone."""
    lines = (each.partition("#")[0].strip() for each in text.split("\n"))
    form = rf"(?:({PARTY})\s+)?((?:[ \t\r]*[0-9A-Fa-f]){{64}})"
    pins = (_match(form, line) for line in lines if line)
    return {f"{by or ''} {re.sub('[^0-9a-f]', '', told.lower())}".lstrip() for by, told in pins}
def _read(path: Path, bytes_max: int) -> bytes:
    fits = path.is_file() and not path.is_symlink() and path.stat().st_size <= bytes_max
    _need(fits, f"no file of evidence: {path}")
    return path.read_bytes()
def main(folder: str, *arguments: str) -> str:
    """Verify a folder by the pins that follow, each after `--trust`."""
    pins: set[str] = set()
    for option, told in zip(arguments[::2], arguments[1::2], strict=True):
        found = read_pins(_read(Path(told), MIB).decode() if Path(told).exists() else told)
        _need(option == "--trust" and found, "no pins")
        pins |= found
    cards, held = Path(folder, "cards"), {each.name for each in Path(folder).iterdir()}
    names = [*FILES, *(f"cards/{each.name}" for each in cards.iterdir())]
    _need(held == {*FILES, "cards"} and not cards.is_symlink() and len(names) < 768, "other files")
    return verify({name: _read(Path(folder, name), FILES.get(name, MIB)) for name in names}, pins)
if __name__ == "__main__":
    code, words = (0, __doc__) if "--help" in sys.argv else judge(lambda: main(*sys.argv[1:]))
    print(words, file=sys.stderr if code else sys.stdout)
    sys.exit(code)
