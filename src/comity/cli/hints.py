# SPDX-License-Identifier: Apache-2.0
"""What to do next, for errors of rooms that do not know who asked: by code, for the terminal."""

from __future__ import annotations

from typing import Final

_ANYWHERE: Final = "see where things stand: comity agreement state, comity register check"

_BY_CODE: Final = {
    "agreement.doubled-value": "name each value once",
    "agreement.empty-list": "name at least one value, or leave the key out",
    "agreement.hidden-character": "delete that character, and type the text by hand instead of "
    "pasting it",
    "agreement.missing-key": "add the key that is expected; docs/agreements tells what it means",
    "agreement.not-toml": "look at that line: quotes, brackets and equals signs, and nothing left "
    "over",
    "agreement.not-utf8": "save the file as UTF-8 in the editor, and check it again",
    "agreement.out-of-range": "write a number within what is expected",
    "agreement.repeated-article": "number the article otherwise, or put its clauses under the "
    "first one",
    "agreement.suspended-otherwise": "write the same `by` in every clause `suspension` that names "
    "the category, or name other categories",
    "agreement.too-deep": "write fewer tables within one another",
    "agreement.too-few": "add what is missing, up to the number that is expected",
    "agreement.too-large": "shorten the texts of the articles: the file is a reading, not the "
    "treaty",
    "agreement.too-many": "take some away, down to the number that is expected",
    "agreement.unknown-clause": "name one of the kinds that are expected; "
    "docs/agreements/clauses.md has each",
    "agreement.unknown-format": "have the file written in the format that is expected, or update "
    "comity",
    "agreement.unknown-level": "name a level of [levels] order, letter for letter",
    "agreement.unknown-party": "name a party that stands in [parties], or add it there",
    "agreement.unknown-template": "list those there are: comity agreement template",
    "agreement.unknown-value": "choose one of the words that are expected",
    "agreement.weaker": "make it as strict as the agreement above, or leave the clause out",
    "agreement.weaker-than-parent": "make it as strict as the agreement above: comity agreement "
    "check FILE --parent FILE",
    "agreement.withdrawal-without-term": "leave `withdrawal` out: where nothing ends by "
    "itself, `notice` already counts from any day",
    "agreement.wrong-form": "write it in the letters and the form that are expected",
    "agreement.wrong-length": "write a text of the length that is expected",
    "agreement.wrong-type": "write what is expected: text in quotes; numbers, dates, true and "
    "false without",
    "basis.agreement-id": "lower-case letters, digits and hyphens, as gsomia-jpn-kor",
    "basis.date": "year, month and day, as 2016-11-23",
    "basis.digest": "64 digits of 0-9 and a-f, copied whole from where comity shows them",
    "basis.domain": "a name of at least two parts in lower case, as jpn.example",
    "basis.instant": "UTC with a Z at the end, as 2016-12-16T03:00:00Z",
    "basis.json-not-canonical": "take the file as comity wrote it; an editor has changed it",
    "basis.json-syntax": "it has to be JSON: look at that byte, at quotes and commas most of all",
    "basis.missing-field": "add the field that is expected; where the fact is not known, leave the"
    " whole out",
    "basis.party-id": "capital letters and digits, as JPN",
    "basis.person-id": "lower-case letters, digits, dots and hyphens, as kor-017",
    "basis.place": "party and number, as comity item list shows them: JPN/12",
    "basis.wrong-form": "write it in the letters and the form that are expected",
    "basis.wrong-length": "write as many as is expected, neither none nor more",
    "basis.wrong-type": "write what is expected: text in quotes; numbers, true and false without",
    "basis.zone": "hours and minutes from UTC, as +09:00",
    "disk.failed": "look at the folder, its rights and the disk, then try again",
    "keys.malformed-card": "take the file that the partner's comity card show --out wrote",
    "keys.malformed-fingerprint": "64 hexadecimal digits; spaces between groups do not count",
    "keys.malformed-note": "take the file whole, exactly as it was written",
    "keys.other-file": "each key file keeps its name: root.key, authority.key, node.key",
    "marking.empty": "name the marking as the agreement lists it: comity agreement text ID, or for "
    "a file comity agreement show FILE",
    "marking.no-equivalent": "the table has no such marking for that day: release under a level "
    "that has one, or amend the agreement",
    "marking.unknown-level": "name a level of the agreement's ladder, letter for letter",
    "marking.xml-invalid": "ask whoever sent the label to write it by STANAG 4774, and read it "
    "again",
    "marking.xml-malformed": "take the label's file whole, as the other program wrote it",
    "person.role": "one of the roles named above; give --role once for each",
    "token.beyond-roles": "ask for what is expected, or give the person a role first: comity "
    "person change PERSON --role ROLE",
    "token.not-permitted": "ask a registrar for another token: comity token create",
    "token.permission": "one of those named above; give --for once for each",
}

_BY_ROOM: Final = {
    "alert": "see which alerts wait, and their numbers: comity alert list",
    "api": "hold the request against /openapi.json of the node",
    "affairs": "see the articles and their numbers: comity agreement text ID",
    "agreement": "correct the file where it says, and check it: comity agreement check FILE",
    "authority": "see which authorities were told: comity authority list",
    "balance": "see what was stated and answered: comity balance list",
    "basis": "correct it where it says, and try again",
    "blobs": "a stored payload is not whole; read everything back: comity register check",
    "bundle": "ask the partner for a new bundle (comity courier pack)",
    "card": "see whose cards are pinned: comity card list",
    "claim": "see what is receipted and claimed: comity delivery list",
    "cli": "see what the command takes: say it again with --help",
    "clock": "correct the clock in comity.toml, or set the machine's",
    "config": "correct comity.toml in the node's folder",
    "console": "go back to the page, correct what it names, and send the form again",
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
    "duties": "see what is owed, by whom and under which articles: comity duties",
    "duty": "see what is owed, and by which ids: comity duties",
    "evidence": "trust nothing of it: take the folder again from whoever wrote it",
    "export": "see what the command takes: comity item export --help",
    "facility": "list them: comity facility list",
    "foresight": "see what the command takes: comity agreement --help",
    "formats": "have the file written as docs/formats/foreign.md says, and try again",
    "goods": "see what the command takes: comity balance --help",
    "incident": "see what was reported: comity incident list",
    "inventory": "see what should be found: comity inventory expected",
    "invoice": "see what is billed: comity settlement list",
    "item": "see what was said of the item: comity item show",
    "journal": "trust nothing of it: ask whoever showed the journal to show it again",
    "keys": "nothing was trusted: take card, note and keys whole, exactly as they were written",
    "label": "take the label from the register: comity label write ITEM",
    "law": "see what is to be told of changes of law: comity law tasks",
    "lock": "wait until the other command has ended, then try again",
    "marking": "levels and markings are those of the agreement: comity agreement text ID, or for a "
    "file comity agreement show FILE",
    "news": "begin without a position, or with one that this node gave",
    "node": "see what the node's folder must hold: comity init --help",
    "order": "see the orders and how far each has come: comity order list",
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
    "settlement": "see what is settled, and what is claimed: comity settlement list",
    "signin": "set a password anew: comity person password",
    "socket": "end the served node and start it again, then say the command again",
    "state": "nothing was changed: try again; if it is said again, comity rebuild",
    "statement": "it would not be admitted anywhere: tell whoever wrote it this code",
    "store": "look at the disk and at the node's folder, then: comity register check",
    "support": "hold both books against each other line by line: comity balance show --lines",
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
