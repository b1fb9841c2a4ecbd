# SPDX-License-Identifier: Apache-2.0
"""Evidence by the thousand, half of it broken, the same for one seed but for its signatures.

Who breaks it is a thief with whole folders alone, or a party with all of its keys.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from comity.statement.evidence import POLICY_FILE, PROOF_FILE, STATEMENT_FILE
from tests.builders.bodies import sample_bodies
from tests.builders.broken_goods import said_on_goods
from tests.builders.broken_parties import PARTIES, Broken
from tests.builders.broken_texts import break_bytes, break_lines
from tests.builders.evidence import Files, Registers, registers_of, tell, trust_all
from tests.builders.speakers import make_speaker, posing_as

STRANGER = "— someone.example/mirror QUFBQUFBQUE=\n".encode()
FOLDERS_SEEN = 60
BY_PARTIES = {**PARTIES, said_on_goods.__name__: said_on_goods}


@dataclass(frozen=True)
class Piece:
    """One folder's files, what its reader has pinned, and how it was made."""

    made: str
    files: Files
    pins: frozenset[str]


class World:
    """Three lives of registers in which everything is said, and one that a forger made up."""

    def __init__(self, seed: int) -> None:
        """Let two, and then three, parties speak and change their cards."""
        self.dice = random.Random(seed)
        jpn, kor, usa = (make_speaker(party) for party in ("JPN", "KOR", "USA"))
        two, three, kinds = (
            registers_of(jpn, kor),
            registers_of(jpn, kor, usa),
            registers_of(jpn, kor),
        )
        tell(two)
        three.say("USA")
        tell(three)
        three.renew("USA")
        three.say("USA", to=("KOR",))
        for kind, body in sample_bodies().items():
            if kind != "party.card":  # cards are changed by other ways
                kinds.say("JPN", body)
        self.lives = (two, three, kinds)
        forgers = (
            posing_as(each.party, replace(each, seed="forger"), "forger") for each in (jpn, kor)
        )
        self.forged = registers_of(*forgers)
        tell(self.forged)
        self.seen = [self.whole(self.lives[number % 3]) for number in range(FOLDERS_SEEN)]

    def whole(self, registers: Registers) -> Broken:
        """Show some statement, acknowledged at some size that covers it."""
        party = self.dice.choice([each for each, said in registers.entries.items() if said])
        index = self.dice.randrange(len(registers.entries[party]))
        size = self.dice.randint(index + 1, len(registers.entries[party]))
        return registers.evidence(party, index, size), trust_all(registers)

    def pieces(self, count: int) -> Iterator[Piece]:
        """Give as many pieces: six made to hold to eleven made not to, since some still do."""
        of_parties = {name: partial(_by_party, broken=way) for name, way in BY_PARTIES.items()}
        breaks: list[tuple[str, Way]] = [*THIEVES.items(), *of_parties.items()]
        holds = list(HOLDS.items())
        for number in range(count):
            ways = breaks if number % 17 < 11 else holds
            name, way = self.dice.choice(ways)
            yield Piece(name, *way(self))


Way = Callable[[World], Broken]


def _by_party(world: World, broken: Callable[[random.Random, Registers], Broken]) -> Broken:
    return broken(world.dice, world.dice.choice(world.lives))


def _folder(world: World) -> Broken:
    files, pins = world.dice.choice(world.seen)
    return dict(files), pins


# What holds


def signed_anew(world: World) -> Broken:
    """Sign and cosign once more."""
    return world.whole(world.dice.choice(world.lives))


def pinned_without_parties(world: World) -> Broken:
    """Pin fingerprints alone."""
    files, pins = _folder(world)
    return files, frozenset(each.split(" ")[-1] for each in pins)


def pinned_among_others(world: World) -> Broken:
    """Pin more than it takes."""
    files, pins = _folder(world)
    return files, pins | trust_all(world.forged) | {"ab" * 32, f"USA {'cd' * 32}"}


def with_something_extra(world: World) -> Broken:
    """Add the proof's extra line, which nothing authenticates."""
    files, pins = _folder(world)
    files[PROOF_FILE] = files[PROOF_FILE].replace(b"\nindex ", b"\nextra QUJD\nindex ")
    return files, pins


def with_a_stranger(world: World) -> Broken:
    """Add a line by a key that nobody knows."""
    files, pins = _folder(world)
    files[PROOF_FILE] += STRANGER
    return files, pins


def in_another_order(world: World) -> Broken:
    """Shuffle the checkpoint's signature lines."""
    files, pins = _folder(world)
    text, _, lines = files[PROOF_FILE].rpartition(b"\n\n")
    shuffled = lines.splitlines(keepends=True)
    world.dice.shuffle(shuffled)
    files[PROOF_FILE] = text + b"\n\n" + b"".join(shuffled)
    return files, pins


HOLDS: dict[str, Way] = {
    each.__name__: each
    for each in (
        signed_anew,
        pinned_without_parties,
        pinned_among_others,
        with_something_extra,
        with_a_stranger,
        in_another_order,
    )
}


# What a thief can do with folders that it has seen


def broken_bytes(world: World) -> Broken:
    """Flip a bit, cut, add or double bytes of any file."""
    files, pins = _folder(world)
    name = world.dice.choice(sorted(files))
    files[name] = break_bytes(world.dice, files[name])
    return files, pins


def broken_lines(world: World) -> Broken:
    """Change a line of a proof, a policy or a card, or take one from another folder."""
    (files, pins), (others, _) = _folder(world), _folder(world)
    name = world.dice.choice([each for each in sorted(files) if not each.endswith("json")])
    files[name] = break_lines(world.dice, files[name], others.get(name, others[PROOF_FILE]))
    return files, pins


def swapped_files(world: World) -> Broken:
    """Put one or two files of another folder in the place of these."""
    (files, pins), (others, _) = _folder(world), _folder(world)
    for name in world.dice.sample(sorted(files), world.dice.choice((1, 1, 2))):
        files[name] = others.get(name, others[world.dice.choice(sorted(others))])
    return files, pins


def swapped_fields(world: World) -> Broken:
    """Put one field of another statement in the place of this one's."""
    (files, pins), (others, _) = _folder(world), _folder(world)
    name, field = (
        STATEMENT_FILE,
        rb'"(?:at|by|kind|nonce|seen|to|body|agreement)":(?:\{.*?\}|\[.*?\]|".*?")',
    )
    theirs = re.findall(field, others[name])
    mine = re.findall(field, files[name])
    for one, other in zip(mine, theirs, strict=False):
        if one != other and world.dice.random() < 0.4:
            files[name] = files[name].replace(one, other, 1)
            break
    return files, pins


def of_something_else(world: World) -> Broken:
    """Put a whole proof, with what it proves, into a folder of other cards or another policy."""
    (files, pins), (others, other_pins) = _folder(world), _folder(world)
    parts: tuple[tuple[str, ...], ...] = (
        (STATEMENT_FILE, PROOF_FILE),
        (STATEMENT_FILE, PROOF_FILE, POLICY_FILE),
        (PROOF_FILE,),
        (POLICY_FILE,),
    )
    files |= {name: others[name] for name in world.dice.choice(parts)}
    return files, world.dice.choice((pins, other_pins))


def swapped_cards(world: World) -> Broken:
    """Call a card by another's name, take one away, or add one from elsewhere."""
    (files, pins), (others, _) = _folder(world), _folder(world)
    cards = [name for name in sorted(files) if name.startswith("cards/")]
    name = world.dice.choice(cards)
    match world.dice.randrange(6):
        case 0:
            del files[name]
        case 1:
            version = world.dice.choice(("1", "2", "3", "4", "01", "0", "1000000", "1000001"))
            files[re.sub(r"\.[0-9]+\.", f".{version}.", name)] = files.pop(name)
        case 2:
            files[re.sub("/[A-Z]+", world.dice.choice(("/JPN", "/KOR", "/ZZZ")), name)] = files.pop(
                name
            )
        case 3:
            added = [each for each in sorted(others) if each.startswith("cards/")]
            files |= {each: others[each] for each in added}
        case 4:
            files = {each: raw for each, raw in files.items() if not each.startswith(name[:11])}
        case _:
            swap = world.dice.choice(cards)
            files[name], files[swap] = files[swap], files[name]
    return files, pins


def stripped_signatures(world: World) -> Broken:
    """Take signature lines away from any note."""
    files, pins = _folder(world)
    name = world.dice.choice(
        [each for each in sorted(files) if not each.endswith(("json", "policy"))]
    )
    lines = files[name].splitlines(keepends=True)
    signed = [each for each in range(len(lines)) if lines[each].startswith("—".encode())]
    gone = set(world.dice.sample(signed, world.dice.randint(1, len(signed))))
    files[name] = b"".join(line for at, line in enumerate(lines) if at not in gone)
    return files, pins


def other_policies(world: World) -> Broken:
    """Ask for less, or for somebody else: by words that the grammar has."""
    files, pins = _folder(world)
    policy = files[POLICY_FILE]
    changed: tuple[tuple[bytes, bytes], ...] = (
        (b"all-of all", b"all-of any"),
        (b"all-of all", b"all-of 1"),
        (b"quorum all-of", b"quorum none"),
        (b"log ", b"# read it well\nlog "),
        (b"group", b"\ngroup"),
        (b"-mldsa", b"-MLDSA"),
        (b"quorum all-of\n", b"quorum all-of"),
        (b"log ", b"log  "),
    )
    files[POLICY_FILE] = policy.replace(*world.dice.choice(changed))
    return files, pins


def forged(world: World) -> Broken:
    """Tell the whole story by a forger's keys, to whoever pinned the true ones, or half of it."""
    files, pins = world.whole(world.forged)
    real, true_pins = _folder(world)
    if world.dice.random() < 0.5:
        kept = re.compile(world.dice.choice(("cards/JPN.*", "cards/KOR.*", "cards.*", "policy")))
        files |= {name: raw for name, raw in real.items() if kept.fullmatch(name)}
    return files, world.dice.choice((true_pins, true_pins, pins))


def other_pins(world: World) -> Broken:
    """Pin nothing, one party of them, or each for another."""
    files, pins = _folder(world)
    told = sorted(pins)
    crossed = {f"{a[:3]} {b[4:]}" for a, b in zip(told, told[1:] + told[:1], strict=True)}
    some = world.dice.choice((set(), {told[0]}, {told[-1]}, crossed, trust_all(world.forged)))
    return files, frozenset(some)


THIEVES: dict[str, Way] = {
    each.__name__: each
    for each in (
        broken_bytes,
        broken_lines,
        swapped_files,
        swapped_fields,
        of_something_else,
        swapped_cards,
        stripped_signatures,
        other_policies,
        forged,
        other_pins,
        broken_lines,
        broken_bytes,
    )
}
