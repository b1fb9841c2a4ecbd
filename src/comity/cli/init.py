# SPDX-License-Identifier: Apache-2.0
"""`comity init`: a new node in a new folder, with its keys and its first card."""

from __future__ import annotations

import asyncio
import re
import shlex
import sys
from pathlib import Path

import click

from comity.basis.errors import InputError, excerpt
from comity.basis.ids import parse_domain, parse_party_id
from comity.basis.strict_json import JsonValue
from comity.cli.cards import card_lines, fingerprint_lines
from comity.cli.printing import json_option, print_json, print_lines, say, shown
from comity.cli.session import ask_at_terminal, operator_name
from comity.config import (
    ALWAYS,
    LANGUAGES,
    Config,
    Passphrases,
    PassphraseSetting,
    SourceKind,
    TwoPersons,
)
from comity.config.reaching import told_elsewhere
from comity.flows.shapes import card_json
from comity.node import EXERCISE_PASSPHRASES, AtHand, found

_NAME = re.compile(r"(?:([a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})=)?(.+)", re.DOTALL)
_KEY_FILES = ("root", "authority", "node")


@click.command(
    epilog="Example: comity init kor --party KOR --domain kor.example "
    "--name 'Republic of Korea' --name ko=대한민국 --authority 'Ministry of National Defense'"
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--party", required=True, metavar="PARTY", help="The party's id, as JPN or KOR.")
@click.option(
    "--name",
    "names",
    required=True,
    multiple=True,
    metavar="[LANGUAGE=]NAME",
    help="The party's name; LANGUAGE is en unless told. Once for each language.",
)
@click.option("--domain", required=True, metavar="NAME", help="The party's domain, as jpn.example.")
@click.option(
    "--authority",
    metavar="NAME",
    help="The competent authority; the party's name unless told.",
)
@click.option(
    "--address",
    "addresses",
    multiple=True,
    metavar="URL",
    help="Where partners reach the node; once for each.",
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default=LANGUAGES[0],
    show_default=True,
    help="The language of agreements' pages in the API where none is asked for.",
)
@click.option(
    "--two-persons-from",
    default=ALWAYS,
    show_default=True,
    metavar="LEVEL",
    help="From which level on drafter and releasing officer are two persons; or always, never.",
)
@click.option(
    "--passphrase",
    "sources",
    multiple=True,
    metavar="KEY=SOURCE",
    help="Where the passphrase of a key file comes from: KEY is root, authority or node; SOURCE "
    "is prompt, file:NAME, command:COMMAND or environment:VARIABLE. Once for each; a prompt "
    "unless told.",
)
@click.option("--exercise", is_flag=True, help="A node for exercises: its keys protect nothing.")
@click.option(
    "--passphrase-file",
    metavar="FILE",
    help="One passphrase for all three key files; in an exercise only.",
)
@json_option
def init(
    *,
    folder: Path,
    party: str,
    names: tuple[str, ...],
    domain: str,
    authority: str | None,
    addresses: tuple[str, ...],
    language: str,
    two_persons_from: str,
    sources: tuple[str, ...],
    exercise: bool,
    passphrase_file: str | None,
    as_json: bool,
) -> None:
    """Make a node in DIR, a new or empty folder: configuration, keys, card and journal.

    There are three key files, each with a passphrase of its own: root.key signs our card and is
    then best kept away from the machine; authority.key binds the state; node.key works daily.
    """
    by_language = _names(names)
    config = Config(
        party=parse_party_id(party, "--party"),
        domain=parse_domain(domain, "--domain"),
        names=tuple(sorted(by_language.items())),
        competent_authority=authority or by_language.get("en") or min(by_language.items())[1],
        addresses=addresses,
        exercise=exercise,
        default_language=language,
        two_persons=TwoPersons(two_persons_from),
        passphrases=_passphrases(sources, passphrase_file, exercise=exercise),
    )
    _refuse_to_ask_nobody(config.passphrases)
    at_hand = AtHand(operator_name(), _NewPassphrases().ask)
    card = asyncio.run(found(folder.absolute(), config, at_hand))
    if as_json:
        value: dict[str, JsonValue] = {
            "folder": str(folder),
            "exercise": exercise,
            "card": card_json(card),
        }
        print_json("comity/init/1", value)
        return
    print_lines([f"node of {card.party} made in {shown(str(folder))}"])
    if exercise:
        print_lines(["EXERCISE: its keys protect nothing"])
    print_lines([*card_lines(card), *fingerprint_lines(card)])
    node = shlex.quote(shown(str(folder)))
    elsewhere = told_elsewhere(config)
    if elsewhere is not None:
        print_lines([f"note: {shown(elsewhere)}"])
        say(f"      unless something passes it on, set partners_listen in {node}/comity.toml")
    say(f"next: comity card show --node {node} --out {card.party.lower()}.card")
    say("      give that file to each partner, and read the fingerprint out by another way")


def _names(given: tuple[str, ...]) -> dict[str, str]:
    names: dict[str, str] = {}
    for each in given:
        match = _NAME.fullmatch(each)
        language, name = (match[1] or LANGUAGES[0], match[2]) if match else (LANGUAGES[0], "")
        if not name or language in names:
            raise InputError(
                "cli.name",
                "a party has one name in each language",
                where="--name",
                expected="NAME, or LANGUAGE=NAME as ja=日本",
                found=excerpt(each),
            )
        names[language] = name
    return names


def _passphrases(
    sources: tuple[str, ...], passphrase_file: str | None, *, exercise: bool
) -> Passphrases:
    settings = {each: PassphraseSetting() for each in _KEY_FILES}
    if passphrase_file is not None:
        if not exercise or sources:
            raise InputError(
                "cli.one-passphrase",
                "one passphrase for all key files is for exercises only",
                where="--passphrase-file",
                hint="give each its own: --passphrase root=SOURCE, authority=SOURCE, node=SOURCE",
            )
        name = str(Path(passphrase_file).absolute())
        settings = dict.fromkeys(_KEY_FILES, PassphraseSetting(SourceKind.FILE, name))
    elif exercise and not sources:
        return EXERCISE_PASSPHRASES
    for each in sources:
        key_file, setting = _source(each)
        settings[key_file] = setting
    return Passphrases(**settings)


def _source(text: str) -> tuple[str, PassphraseSetting]:
    key_file, _, source = text.partition("=")
    kind, _, value = source.partition(":")
    if key_file not in _KEY_FILES or kind not in list(SourceKind):
        raise InputError(
            "cli.passphrase-source",
            "not a source of a passphrase",
            where="--passphrase",
            expected="root, authority or node = prompt, file:NAME, command:COMMAND or "
            "environment:VARIABLE",
            found=excerpt(key_file),
            hint="for instance --passphrase node=file:node.passphrase",
        )
    return key_file, PassphraseSetting(SourceKind(kind), value)


def _refuse_to_ask_nobody(passphrases: Passphrases) -> None:
    settings = (passphrases.root, passphrases.authority, passphrases.node)
    if any(each.kind is SourceKind.PROMPT for each in settings) and not sys.stdin.isatty():
        raise InputError(
            "cli.no-terminal",
            "new passphrases are typed at a terminal, and this is none",
            hint="run it at a terminal, name a source with --passphrase for each key file, "
            "or make an exercise node: --exercise",
        )


class _NewPassphrases:
    """Asks for new passphrases, and takes none twice.

    One for all would let whoever runs the node bind the state.
    """

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def ask(self, key_file: str, *, new: bool) -> str:
        """Ask until the passphrase is another than those of the other key files."""
        while True:
            text = ask_at_terminal(key_file, new=new)
            others = [each for each, known in self._known.items() if known == text]
            if key_file in others or not others:
                self._known[key_file] = text
                return text
            say(f"this one opens {others[0]}.key already: choose another")
