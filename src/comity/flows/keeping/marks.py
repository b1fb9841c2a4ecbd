# SPDX-License-Identifier: Apache-2.0
"""What a copy must bear: every marking of the item as it stands now, its number, and its note.

Source: Japan-ROK GSOMIA Art. 4(2), 6(g), 14, 15
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from comity.agreement.model import Agreement
from comity.basis.ids import PartyId
from comity.flows.context import Context
from comity.flows.copies import Copy
from comity.flows.receipts import given_marking, item_banner, marking_and_level
from comity.flows.view import View
from comity.marking.banners import Banner
from comity.marking.notes import NOTES, translation_note
from comity.state.records import Item

_NUMBER: Final = "No. {number}"


def copy_banner(context: Context, view: View, item: Item, copy: Copy) -> Banner:
    """Write a copy's banner: the item's, the number, and on a translation the note."""
    agreement = view.file(item.version)
    plain = item_banner(context, view, item, agreement)
    lines = [_NUMBER.format(number=copy.number)]
    _, level = marking_and_level(view, item, view.moment(context))
    note = None if copy.language is None else _note(agreement, item, level, copy.language)
    lines += [] if note is None else [note]
    return Banner((*plain.head, *lines), (*reversed(lines), *plain.foot))


def note_texts(agreement: Agreement) -> Mapping[str, str]:
    """Give the notes by language: those of the agreement, or our own words where it has none."""
    for clause in agreement.clauses("translation"):
        words = clause.find_words("note")
        if words is not None:
            return dict(words.texts)
    return NOTES


def note_language(agreement: Agreement, wanted: str | None) -> str | None:
    """Give the language of a note that there is, or None."""
    return wanted if wanted in note_texts(agreement) else None


def _note(agreement: Agreement, item: Item, level: str, language: str) -> str | None:
    """Write the note; an originator that is no party is named by its id, as in the banner.

    Beside it stands its own marking, where the item was passed on. Source: Japan-ROK GSOMIA
    Art. 4(2), 15 (treaties.md G15)
    """
    text = note_texts(agreement).get(language)
    if text is None:
        return None
    by, marking = given_marking(item, level) or (None, None)
    names = [
        _name(agreement, party, language) + (f" ({marking})" if party == by else "")
        for party in item.release.label.originators
    ]
    return translation_note(text, tuple(names))


def _name(agreement: Agreement, party: PartyId, language: str) -> str:
    known = agreement.find_party(party)
    return party if known is None else known.names.in_language(language)
