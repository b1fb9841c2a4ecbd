# SPDX-License-Identifier: Apache-2.0
"""A second reader of comity's evidence, from docs/formats alone: it shares no code and is short.

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
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace as Record
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519, mldsa

MIB, INTEGER_MAX, SIZE_MAX, SIZE = 2**20, 2**53 - 1, 2**63 - 1, "(0|[1-9][0-9]{0,18})"
FILES = {"statement.json": 65_535, "statement.tlog-proof": MIB // 2, "policy": MIB // 2}
PARTY, CARD = "[A-Z][A-Z0-9-]{0,31}", r"\.([1-9][0-9]{0,5}|10{6})\.(card|json|tlog-proof)"
ED, COSIGN, MLDSA, TEXT_MLDSA = b"\x01", b"\x04", b"\x06", b"\xffcomity/ml-dsa-44/v1"
LENGTHS = {"ed25519": 32, "ml-dsa-44": 1312, "xwing": 1216, "mlkem1024": 1568}
SIGNS = {"root": (ED, TEXT_MLDSA), "authority": (ED, TEXT_MLDSA), "statement": (ED, MLDSA),
         "mirror": (COSIGN, MLDSA)}  # The types of a use's Ed25519 and ML-DSA-44 keys.
USES = sorted([*((use, each) for use in SIGNS for each in [*LENGTHS][:2]), ("online", "ed25519")])
P, D = 2**255 - 19, -121665 * pow(121666, -1, 2**255 - 19)
UNSEEN = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"
CONTROL = r"\0-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
DECEPTIVE = rf"{UNSEEN}{CONTROL}\u061c\ufff0-\uffff\U000e0000-\U000e0fff"
COINS = {code: int(decimals) for decimals, codes in re.findall("([023]) ([A-Z\\s]+)", """
    0 BIFCLPDJFGNFISKJPYKMFKRWPYGRWFUGXVNDVUVXAFXOFXPF 3 BHDIQDJODKWDLYDOMRTND 2 AEDAFNALLAMDAOAARSA
    UDAWGAZNBAMBBDBDTBGNBMDBNDBOBBRLBSDBTNBWPBYNBZDCADCDFCHFCNYCOPCRCCUPCVECZKDKKDOPDZDEGPERNETBEURF
    JDFKPGBPGELGHSGIPGMDGTQGYDHKDHNLHTGHUFIDRILSINRIRRJMDKESKGSKHRKPWKYDKZTLAKLBPLKRLRDLSLMADMDLMGAM
    KDMMKMNTMOPMRUMURMVRMWKMXNMYRMZNNADNGNNIONOKNPRNZDPABPENPGKPHPPKRPLNQARRONRSDRUBSARSBDSCRSDGSEKS
    GDSHPSLESOSSRDSSPSTNSVCSYPSZLTHBTJSTMTTOPTRYTTDTWDTZSUAHUSDUYUUZSVESWSTXCDYERZARZMW""")
    for code in re.findall("[A-Z]{3}", "".join(codes.split()))}  # How many decimals each has.
UNITS = ("C62|EA|PR|DZN|KGM|GRM|TNE|LBR|ONZ|STN|LTN|LTR|MLT|MTQ|GLL|GLI|BLL|MTR|CMT|KMT|INH|FOT|YR"
         "D|SMI|NMI|MTK|HAR|FTK|SEC|MIN|HUR|DAY|WEE|MON|ANN|KWH|MWH|BX|PK|SET|KT|RO|E48|TKM")
# The keys of statements by family and kind (`!`: with a note of authority), then of other objects:
# `key=type`, `key@` a place; `+` is a list, `*` one that may be empty; `?` may lack, `/` be null.
SHAPES, family = {}, ""
for named, kinds, noted, fields in re.findall(r"\s*([a-z]*:)?\s*([a-z_|]+)(!?)([^;]*)", """
party: authority! name=short keys=key_name+ valid_from=time delivered=date; law_change! law=word
effect=code articles=article* effective=date answers@/ TEXT; card card=.card; dispute: open!
articles=article+ about@* duties=duty* TEXT; settle! dispute@ TEXT; duty: waive! trigger@ duty;
extend! trigger@ duty until=time; agreement: propose|counter! file=.file version=count about@?;
initial|sign!; postpone! reason_code=code?; entry_notification! delivered=date; amend! file=.file
version=count; end_notice! announced=date/ delivered=date effective=date/; suspend_end_notice!
notice@ delivered=date; withdraw_end_notice! notices@+ delivered=date; suspend_category!
category=word from=until/ until/ reason_code=code?; resume_category! suspension@ from=until/;
interpretation! about@ reading; announcement! subject=.{1,200} announced=date; assurance: give
level=word for=word/ need=flag equivalent_protection=flag until/; item: release label=.label
parcel=.parcel sealed=.sealed supersedes@/ answers@/ passed_on=.onward? sharing=.hub?
derived_from@+? rights=right+?; recall items@+ wanted=return|destroy|either code until/; return
item@ copies=copy+ remaining on=date TEXT follows@?; destroyed item@ copies=copy+ remaining
means=burn|shred|pulp|other|equipment_destroy|equipment_modify|crypto_erase on=date persons TEXT
follows@?; receipt item@ parcel_sha256=sha256 marking; refusal item@ code articles=article*;
third_party_release item@ recipient=party purpose=word consents@* agreement release@/ receipt@/
follows@/; reclassify item@ level=word marking effective=time; inventory: result on=date
items=remaining copies=remaining missing@* incident@/; consent: ask items@* category=word/
recipient=party purpose=word until/; give! ask@/ items@* category=word/ recipient=party purpose=word
until/; refuse ask@; withdraw consent@; request: make category=word TEXT subject=(law)?; decline
request@; answer request@ item@; statement: reject party index=size code article/ entry=sha256?;
time: dispute party index=size clock=time limit_ms=count; journal: anchor digest=sha256
restored_from=journal/; incident: report affected=.harm+ held_by=party
harm=loss|compromise|victim_named certainty=actual|possible found_at=time begun_at=time TEXT;
findings incident@ outcome=loss|compromise|neither|unknown/ measures=code* TEXT; close incident@;
visit: request host=party facility=word purpose=official|security level=word first_day=date
last_day=date visitors clearance=word clearance_until=date/ TEXT; decide visit@ level=word/
first_day=date/ last_day=date/; disclosure: record visit@/ label=.label disclosed_at=time TEXT;
contractor: assure firm=word facility=word parent=word/ conditions=code+ met=flag clearance=word/
document=word/ assured_by=word assured_on=date until=date/ TEXT; order: request head=.order/
continues@/ lines=.line+ TEXT; accept order@ head=.reply/ lines=.sold+; decline|cancel order@
lines=line*; dispute order@ lines=line* stands=flag TEXT; delivery: make order@ number on=date
at=short issuing=.who lines=.part+ TEXT; receipt delivery@ on=date receiving=.who lines=.came* TEXT;
claim: notice receipt@ collector=.who; invoice: issue number order@ receipts@+ billing=.who
total=sum currency; settlement: record number order@ method on=date acting=.who currency/
lines=.paid+ reason=short/ against@/ confirms@/ TEXT; drop settlement@ acting=.who TEXT; balance:
state until=date sha256 rows=.row*; agree balance@ differs=.ref*; : harm item@ copies=copy*; onward
agreement item@ marking?; hub under=agreement with=other+ category=word; file sha256 size=mib; card
sha256 size=mib version=line; parcel sha256 size=head; sealed suite=code size=count sha256; label
marking level=word category=word form=word purposes=word+ for=word* originators=party+
use_until=until/; pact id=agreement sha256; statement format kind=text agreement=.pact by=party
to=other+ at=time seen nonce=[0-9a-f]{32} body=object; whole party domain names
competent_authority=shown addresses=address* version=line issued_at=time keys=.key+ limits=.limits
tls_pins=sha256+?; limits parcel_bytes_max=count? push_bytes_max=count?; key use algorithm
public=text id=text valid_from=time valid_until=time/; order number provider=party activity=word
exercise=word/ method/ charter=flag authority=short/ organisation=short ordering=.who billed=short
fund=short/ at=short by=date/ asked_with=asker* through=word/ protected=short*; line line
category=word nature=supply|service|loan stock=number/ description=short quantity=sum unit
return_by=date/; reply number accepting=.who payee=short collects=.who organisation=short
liability=.money/ replace_by=date/ replace_at=short/; sold line quantity=sum price=sum currency
basis=word method taxes=.tax*; part line quantity=sum; came line quantity=sum
condition=good|damaged; paid line quantity=sum/ amount=sum/ price=sum/ damaged=sum?; tax amount=sum
reason=short; money amount=sum currency; row by=party to=party currency amount=sum; ref order@ line;
who person office=short"""
        .replace("TEXT", "parcel=.parcel/ sealed=.sealed/").replace("@", "=place")):
    family, told = named.replace(":", ".") or family, fields + noted.replace("!", " authority")
    shape = {each.split("=")[0].rstrip("/?"): each.split("=")[-1] for each in told.split()}
    SHAPES |= {family + kind: shape for kind in kinds.split("|")}
def _need(reads: object, what: str, error: type[Exception] = ValueError) -> None:
    if not reads:
        raise error(what)
_hold = functools.partial(_need, error=InvalidSignature)
def _match(pattern: str, text: str) -> Any:
    _need(found := re.fullmatch(pattern, text, re.DOTALL), f"not of the form {pattern!r}")
    return found.groups() if found else ()
def _is_domain(text: str) -> bool:
    labels = [each for each in text.split(".") if each[2:4] == "--"]
    wide = [each[4:].encode().decode("punycode") for each in labels]
    return labels == [f"xn--{it.encode('punycode').decode()}" for it in wide if not it.isascii()]
def _is_marking(text: str) -> bool:
    old, new = ({table.category(each) for each in text} for table in (unicode.ucd_3_2_0, unicode))
    wide = {unicode.category(each) for each in unicode.normalize("NFKC", text)}
    return bool(unicode.normalize("NFC", text).strip() == text and wide - {"Zs"}
        and not re.search(f"[{UNSEEN}\u2800]", text) and not old & {"Cn", "Co", "Cs"}
        and not new & {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
def _place(text: str) -> tuple[str, int]:
    return text.split("/")[0], int(text.split("/")[1])
def _rising(key: Callable[[Any], Any] = str) -> Callable[[list[Any]], bool]:
    return lambda many: (keys := [key(each) for each in many]) == sorted({*keys})
COIN = r'"(?:amount|total)":"[0-9]+\.?([0-9]*)"'  # In it, or deeper; to find its decimals.
LABEL, WORD = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", "[A-Za-z0-9][A-Za-z0-9 ._/:+-]{0,63}"
DAY, TIME = "[0-9]{4}(-[0-9]{2}){2}", r"T([01][0-9]|2[0-3])(:[0-5][0-9]){2}\.[0-9]{3}Z"
FORMS = {  # What a text matches. A type that stands in no table is a pattern itself.
    "address": r"(?=.{1,500}$)https://([a-z0-9.-]{1,190}|\[[0-9a-f:]{2,39}\])"
        r"(:[1-9][0-9]{0,4})?(/[A-Za-z0-9._~/-]*)?", "asker": WORD, "date": DAY,
    "agreement": "[a-z0-9-]{1,64}", "place": f"{PARTY}/{SIZE}", "until": f"{DAY}({TIME})?",
    "algorithm": "|".join(LENGTHS), "currency": "|".join(COINS), "short": f"[^{CONTROL}]{{1,200}}",
    "article": f"[^{CONTROL}]{{1,64}}", "sum": r"(?!0\Z)(0|[1-9][0-9]{0,14})(\.[0-9]{0,5}[1-9])?",
    "authority": ".{1,8192}", "party": PARTY, "sha256": "[0-9a-f]{64}", "unit": UNITS,
    "code": "[a-z0-9][a-z0-9._-]{0,63}", "domain": rf"(?!.{{191}})({LABEL}\.)+(?![0-9]+\Z){LABEL}",
    "duty": "[0-9a-f]{32}", "marking": ".{1,64}", "other": PARTY, "text": ".{1,4096}", "word": WORD,
    "time": DAY + TIME, "method": "cash|return|replacement_in_kind|equal_value|offset|converted",
    "journal": "[^/]+/journal(/[1-9][0-9]{0,3})?", "language": "[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}",
    "key_name": r"(?!.{265})[^+\s\0-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e]+\+[0-9a-f]{8}",
    "number": "[A-Z0-9][A-Z0-9._/-]{0,63}", "use": "root|authority|statement|mirror|online|sealing",
    "person": "[a-z0-9][a-z0-9._-]{0,63}", "right": "copyright|other|patent|trade_secret",
    "reading": "(?=.{1,64}$)[a-z]+(_[a-z]+)*", "shown": rf"(?!\s)[^{DECEPTIVE}]{{1,200}}(?<!\s)"}
BESIDES: dict[str, Callable[[str], object]] = {  # What else holds of such a text.
    **dict.fromkeys(("date", "time", "until"), lambda v: datetime.date.fromisoformat(v[:10])),
    "domain": _is_domain, "journal": lambda v: _is(v.split("/")[0], "domain"),
    "marking": _is_marking, "place": lambda v: _place(v)[1] <= INTEGER_MAX}
WHOLE = {"copy": 10**6, "count": INTEGER_MAX, "format": 1, "head": MIB // 4, "line": 10**6,  # From
         "mib": MIB, "persons": 16, "visitors": 1000, "remaining": 10**6, "size": INTEGER_MAX}  # 1.
LISTS: dict[str, tuple[int, Callable[[list[Any]], bool] | None]] = {  # So long at most, in order.
    **dict.fromkeys((".sold", ".part", ".line", ".came", ".paid"),
                    (128, _rising(lambda v: v["line"]))), ".key": (64, None), ".tax": (4, None),
    **{kind: (most, lambda v: len({*v}) == len(v)) for kind, most in
       (("address", 16), ("asker", 32), ("sha256", 4))}, "shown": (16, None), "size": (15, None),
    ".harm": (256, _rising(lambda v: _place(v["item"]))), "place": (256, _rising(_place)),
    ".ref": (512, _rising(lambda v: (_place(v["order"]), v["line"]))), "copy": (256, _rising(int)),
    ".row": (256, _rising(lambda v: (v["by"], v["to"], v["currency"]))), "other": (15, _rising()),
    "article": (32, None), "duty": (256, None), "key_name": (2, lambda v: len(v) == 2),
    "line": (128, _rising(int)), "short": (16, None)}
MAPS = {"names": ("language+", "shown+"), "seen": ("other*", "size*")}
def _is(value: Any, kind: str) -> bool:
    one, last = kind[:-1], kind[-1]
    if last in "/?":
        return (value is None and last == "/") or _is(value, one)
    if last in "+*":
        most, in_order = LISTS.get(one, (32, _rising()))
        return (isinstance(value, list) and (last == "*" or value != []) and len(value) <= most
            and all(_is(each, one) for each in value) and (in_order is None or in_order(value)))
    if kind in MAPS:
        return isinstance(value, dict) and all(map(_is, ([*value], [*value.values()]), MAPS[kind]))
    if kind in SHAPES:
        types = SHAPES[kind]
        needed = {key for key in types if types[key][-1] != "?"}
        coins = re.findall(COIN, _canonical(value).decode()) if "currency" in types else []
        return (isinstance(value, dict) and needed <= value.keys() <= types.keys()
            and all(_is(each, types[key]) for key, each in value.items())
            and all(len(decimals) <= COINS.get(value["currency"], -1) for decimals in coins))
    if kind in WHOLE:
        return type(value) is int and (kind not in ("size", "remaining")) <= value <= WHOLE[kind]
    if kind in ("flag", "object"):
        return isinstance(value, bool if kind == "flag" else dict)
    reads = isinstance(value, str) and re.fullmatch(FORMS.get(kind, kind), value, re.DOTALL)
    return bool(reads and BESIDES.get(kind, len)(value))
def _parse(raw: bytes, bytes_max: int, shape: str) -> Any:
    value = json.loads(raw.decode()) if len(raw) <= bytes_max else None
    _need(_canonical(value) == raw and _is(value, shape), f"not a {shape[1:]} in its one form")
    return value
def _canonical(value: Any) -> bytes:  # By RFC 8785 for all that has a shape: its keys are ASCII.
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
def _statement(raw: bytes) -> Any:
    said = _parse(raw, FILES["statement.json"], ".statement")
    kind, body = said["kind"], said["body"]
    _need(said["by"] not in [*said["to"], *said["seen"]], "speaks to itself")
    _need(kind in SHAPES and kind[0] != "." and _is(body, kind), f"no {kind} that is read here")
    if kind == "order.request":
        _need((body["head"] is None) != (body["continues"] is None), "not a head or another's line")
    for line in body["lines"] if kind == "settlement.record" else ():
        most = line["quantity"] or 0 if body["method"] == "return" else 0
        _need(Decimal(line.get("damaged", 0)) <= Decimal(most), "so much cannot come back damaged")
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
        first = value["issued_at"] if key["use"] == "root" else key["valid_from"]
        _need(key["valid_from"] <= first < (key["valid_until"] or "~"), "never valid")
        uses += [] if key["use"] == "sealing" else [(key["use"], algorithm)]
        _need((key["use"] == "sealing") == (algorithm in ("xwing", "mlkem1024")), "another use")
    _need(len(uses) < len(publics) == len({*publics}) and sorted(uses) == USES, "other keys")
    _hold(all(_is_sound(*each) for each in publics), "a weak key")
    return Record(value=value, note=note, index=-1, seen={})
@functools.lru_cache(1024)
def _is_sound(algorithm: str, raw: bytes) -> bool:
    """Say whether a key can be one. Source: FIPS 203 7.2; RFC 7748 5; RFC 8032 5.1.3."""
    of_kem = raw[:{"xwing": -64, "mlkem1024": -32}.get(algorithm, 0)]
    coefficients = (int.from_bytes(of_kem, "little") >> at for at in range(0, len(of_kem) * 8, 12))
    y = (number := int.from_bytes(raw[-32:], "little")) % 2**255
    x, z = (1 + y, 1 - y) if algorithm == "ed25519" else (y, 1)
    for _ in range(3):  # Doubled three times as x / z, a point of small order comes to nothing.
        x, z = (x * x - z * z) ** 2 % P, 4 * x * z * (x * x + 486662 * x * z + z * z) % P
    on_curve = y < P and pow((y * y - 1) * pow(D * y * y + 1, -1, P), (P - 1) // 2, P) == 1
    sound = {"ed25519": on_curve and z != 0, "xwing": number < P and z != 0}.get(algorithm, True)
    return sound and all(each & 4095 < 3329 for each in coefficients)
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
    reader.from_public_bytes(key.public).verify(signature, message)
    return time
def _signed_alone(note: Record, card: Record, use: str) -> None:
    keys = _keys(card, use)
    _hold([*note.lines] == [(key.name, key.id) for key in keys], "other signatures")
    _hold([_signed(note, key) for key in keys], "no signatures")
def _origin(card: Record, agreement: str) -> str:
    return str(_match("(.{1,255})", f"{card.value['domain']}/register/{agreement}")[0])
def _cards(files: Mapping[str, bytes], party: str, agreement: str) -> list[Record]:
    cards: list[Record] = []
    names = [name for name in files if re.fullmatch(rf"cards/{party}\.[0-9]+\.card", name)]
    for name in sorted(names, key=lambda name: (len(name), name)):
        entry, path = (files.get(name[:-4] + part) for part in ("json", "tlog-proof"))
        _need((entry is None) == (path is None) == (not cards), "not as the first or a later card")
        card = _card(raw := files[name])
        old = cards[-1] if cards else card
        new, was = card.value, old.value
        uses = {key["public"]: key["use"] for key in was["keys"]}
        _hold(all(uses.get(key["public"], key["use"]) == key["use"] for key in new["keys"])
            and new["version"] == was["version"] + bool(cards) and new["party"] == was["party"]
            and new["issued_at"] >= was["issued_at"] and _fingerprint(card) == _fingerprint(old),
            "does not follow the card before")
        _signed_alone(card.note, old, "root")
        _hold(f"cards/{new['party']}.{new['version']}.card" == name, "another card's name")
        if entry is not None and path is not None:
            said, proof, origin = _statement(entry), _proof(path), _origin(card, agreement)
            card.index, card.seen, digest = proof.index, said["seen"], sha256(raw).hexdigest()
            body = {"card": {"sha256": digest, "size": len(raw), "version": new["version"]}}
            _hold(said["kind"] == "party.card" and said["body"] == body, "enters another card")
            _hold((said["by"], said["agreement"]["id"]) == (party, agreement), "entered elsewhere")
            _hold(proof.size == proof.index + 1 and proof.origin == origin, "another checkpoint")
            more = all(card.seen.get(each, 0) >= size for each, size in old.seen.items())
            _hold(more and card.index > old.index, "entered before the one that it follows")
            _hold([_signed(proof.note, key) for key in _keys(old, "statement", origin)], "unsigned")
            _stands(entry, proof)
        cards.append(card)
    return cards
def _authorise(said: Any, card: Record) -> None:
    note = _note(said["body"]["authority"].encode(), 8192)
    digest, enter_by = _match("comity/authority/v1\n([^\n]*)\n([^\n]*)\n", note.text)
    _need(_is(enter_by, "time"), "not an instant")
    told = {key: said[key] for key in ("agreement", "by", "format", "kind", "nonce", "to")}
    told["body"] = {key: each for key, each in said["body"].items() if key != "authority"}
    _hold(digest == sha256(_canonical(told)).hexdigest(), "a note for something else")
    keys = [key for key in card.value["keys"] if key["use"] == "authority"]
    valid = all(key["valid_from"] <= said["at"] < (key["valid_until"] or "~") for key in keys)
    _hold(said["at"] <= enter_by and valid, "expired, or by keys that were not valid")
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
    _hold((origin := proof.origin) == _origin(cards[by][0], agreement), "of another register")
    signer = [each for each in cards[by] if each.index + 1 < size][-1]
    keys, witnesses = _keys(signer, "statement", origin), [f"{by.lower()}-mldsa"]
    for party in [each for each in cards if each != by]:
        keys += _keys([each for each in cards[party] if each.seen.get(by, 0) < size][-1], "mirror")
        witnesses += [f"{party.lower()}-ed", f"{party.lower()}-mldsa"]
    _need(len({key.public for key in keys}) == len(keys) <= 65, "no sound policy")
    lines = [f"witness {name} {key.vkey}\n" for name, key in zip(witnesses, keys[1:], strict=True)]
    lines += [f"group all-of all {' '.join(witnesses)}\nquorum all-of\n"]
    policy = f"log {keys[0].vkey}\n{''.join(lines)}"
    _hold(files["policy"] == policy.encode(), "the policy is not the one that the cards give")
    times = [_signed(proof.note, key) for key in keys][2:]
    _hold(all(times) and times[::2] == times[1::2], "cosignatures name two times, or none")
    if "authority" in SHAPES[said["kind"]]:
        _authorise(said, [each for each in cards[by] if each.index < proof.index][-1])
    for party, (first, *_) in cards.items():
        pins = {digits := _fingerprint(first), f"{party} {digits}"}
        _hold(pins & {*trusted}, f"not pinned: {party} {digits}")
    return f"verified: {by} said {said['kind']}, {agreement}/{by}/{proof.index}, in {origin}"
def judge(work: Callable[[], str]) -> tuple[int, str]:
    """Give words for people, and a code: 4 for what does not hold, 2 for what does not read."""
    try:
        return 0, work()
    except (InvalidSignature, OSError, ValueError, RecursionError, TypeError) as refusal:
        words = str(refusal) or "a signature does not hold"
        return 4 if isinstance(refusal, InvalidSignature) else 2, f"refused: {words}"
def read_pins(text: str) -> set[str]:
    """Read pins, one a line: a fingerprint, after its party's id or alone."""
    lines = (each.partition("#")[0].strip() for each in text.split("\n"))
    got = (_match(rf"(({PARTY})\s+)?((?:[ \t\r]*[0-9A-Fa-f]){{64}})", it)[1:] for it in lines if it)
    return {f"{by or ''} {re.sub('[^0-9a-f]', '', told.lower())}".lstrip() for by, told in got}
def _read(path: Path, bytes_max: int) -> bytes:
    _need(path.is_file() and not path.is_symlink() and path.stat().st_size <= bytes_max, "no file")
    return path.read_bytes()
def main(folder: str, *arguments: str) -> str:
    """Verify a folder by the pins that follow, each after `--trust`."""
    pins = [read_pins(_read(Path(each), MIB).decode() if Path(each).exists() else each)
            for each in arguments[1::2]]
    _need(all(pins) and arguments[::2] == ("--trust",) * len(pins), "no pins")
    cards, held = Path(folder, "cards"), {each.name for each in Path(folder).iterdir()}
    names = [*FILES, *(f"cards/{each.name}" for each in cards.iterdir())]
    _need(held == {*FILES, "cards"} and not cards.is_symlink() and len(names) < 768, "other files")
    files = {name: _read(Path(folder, name), FILES.get(name, MIB)) for name in names}
    return verify(files, {pin for each in pins for pin in each})
if __name__ == "__main__":
    code, words = (0, __doc__) if "--help" in sys.argv else judge(lambda: main(*sys.argv[1:]))
    print(words, file=sys.stderr if code else sys.stdout)
    sys.exit(code)
