# SPDX-License-Identifier: Apache-2.0
"""What to do next, for errors of rooms that do not know who asked: by code, for the terminal."""

from __future__ import annotations

from typing import Final

_ANYWHERE: Final = "see where things stand: comity agreement state, comity register check"

_BY_CODE: Final = {
    "basis.agreement-id": "lower-case letters, digits and hyphens, as gsomia-jpn-kor",
    "basis.date": "year, month and day, as 2016-11-23",
    "basis.domain": "a name of at least two parts in lower case, as jpn.example",
    "basis.instant": "UTC with a Z at the end, as 2016-12-16T03:00:00Z",
    "basis.party-id": "capital letters and digits, as JPN",
    "basis.person-id": "lower-case letters, digits, dots and hyphens, as kor-017",
    "basis.place": "party and number, as comity item list shows them: JPN/12",
    "disk.failed": "look at the folder, its rights and the disk, then try again",
    "keys.malformed-fingerprint": "64 hexadecimal digits; spaces between groups do not count",
    "keys.malformed-card": "take the file that the partner's comity card show --out wrote",
    "keys.malformed-note": "take the file whole, exactly as it was written",
    "keys.other-file": "each key file keeps its name: root.key, authority.key, node.key",
    "token.beyond-roles": "ask for what is expected, or give the person a role first: "
    "comity person change PERSON --role ROLE",
    "token.not-permitted": "ask a registrar for another token: comity token create",
    "token.permission": "one of those named above; --for once for each",
    "person.role": "one of the roles named above; --role once for each",
}

_BY_ROOM: Final = {
    "api": "hold the request against /openapi.json of the node",
    "affairs": "see the articles and their numbers: comity agreement show FILE",
    "agreement": "correct the file where it says, and check it: comity agreement check FILE",
    "authority": "see which authorities were told: comity authority list",
    "basis": "correct it where it says, and try again",
    "blobs": "a stored payload is not whole; read everything back: comity register check",
    "bundle": "ask the partner for a new bundle (comity courier pack)",
    "card": "see whose cards are pinned: comity card list",
    "cli": "see what the command takes: say it again with --help",
    "clock": "correct the clock in comity.toml, or set the machine's",
    "config": "correct comity.toml in the node's folder",
    "contractor": "see what is assured of each firm: comity contractor list",
    "copy": "see what copies there are: comity copy list ITEM",
    "courier": "take the disc again; if it is said again, ask the partner for a new bundle",
    "custody": "the key is not to be had: ask the partner for the item again (comity request make)",
    "decision": "correct the request where it says; facts that are not known are left out",
    "delivery": "see how each partner stands: comity status; try the way: comity doctor PARTY",
    "demo": "tell it again in a new folder: comity demo --dir DIR",
    "disclosure": "see what was disclosed: comity disclosure list",
    "disk": "make room on that disk, then try again",
    "dispute": "see what is disputed: comity dispute list",
    "duty": "see what is owed, and by which ids: comity duties",
    "evidence": "trust nothing of it: take the folder again from whoever wrote it",
    "facility": "list them: comity facility list",
    "foresight": "see what the command takes: comity agreement --help",
    "incident": "see what was reported: comity incident list",
    "inventory": "see what should be found: comity inventory expected",
    "item": "see what was said of the item: comity item show",
    "journal": "trust nothing of it: ask whoever showed the journal to show it again",
    "keys": "nothing was trusted: take card, note and keys whole, exactly as they were written",
    "label": "take the label from the register: comity label write ITEM",
    "law": "see what is to be told of changes of law: comity law tasks",
    "lock": "wait until the other command has ended, then try again",
    "marking": "levels and markings are those of the agreement: comity agreement show FILE",
    "news": "begin without a position, or with one that this node gave",
    "node": "see what the node's folder must hold: comity init --help",
    "parcel": "nothing was opened: ask the partner for the payload again",
    "partners": "try each step of the way to the partner: comity doctor PARTY",
    "passing": "see what went to third parties and what waits: comity third-party list",
    "person": "see how a person is written down: comity person add --help",
    "passwords": "wait a little, then try again",
    "picture": "correct the report where it says, and release it again",
    "report": "trust nothing of it: have the report made anew",
    "restore": "see what is still awaited: comity register restore --help",
    "sealing": "nothing was opened: ask the partner for the payload again",
    "serve": "see what is served, and where: comity status",
    "signin": "set a password anew: comity person password",
    "socket": "end the served node and start it again, then say the command again",
    "state": "nothing was changed: try again; if it is said again, comity rebuild",
    "statement": "it would not be admitted anywhere: tell whoever wrote it this code",
    "store": "look at the disk and at the node's folder, then: comity register check",
    "token": "see what the command takes: comity token create --help",
    "tls": "put back keys/tls.key and tls.crt as they were, or: comity card rotate --new-tls",
    "tlog": "trust nothing of it: take the original again, or ask its party for another",
    "suspension": "see what is suspended, and by whom: comity agreement state ID",
    "visit": "see what was asked and granted: comity visit list",
    "wire": "the partner's request was not taken: both sides try again: comity doctor PARTY",
}


def hint_for(code: str) -> str:
    """Give the hint of this code, or else that of its room."""
    return _BY_CODE.get(code) or _BY_ROOM.get(code.partition(".")[0], _ANYWHERE)
