# SPDX-License-Identifier: Apache-2.0
"""What a recipient says, under the originating agreement, of an item that it passes on.

The originator reads in its own mirror to whom its item went, what for, by which consents, and
where it stands now. Source: DESIGN 4; Japan-ROK GSOMIA Art. 6(a)
"""

from typing import ClassVar, Final

from msgspec import Struct

from comity.basis.errors import InputError, excerpt
from comity.basis.fields import Fields
from comity.basis.ids import (
    AgreementId,
    PartyId,
    Place,
    format_place,
    parse_agreement_id,
    parse_party_id,
)
from comity.basis.limits import AGREEMENT_ID_CHARS_MAX, STATEMENT_TO_MAX
from comity.basis.strict_json import JsonValue
from comity.statement.values import (
    format_nullable_place,
    format_places,
    read_nullable_place,
    read_party,
    read_place,
    read_places,
    read_word,
    take_marking,
)


class Onward(Struct, frozen=True, gc=False):
    """Where an item came from that is released under another agreement.

    `item` is its place in the registers of `agreement`, under which its originators gave it;
    `marking` is the marking that it was given with there.

    Source: Japan-ROK GSOMIA Art. 4(2)
    """

    agreement: AgreementId
    item: Place
    marking: str | None = None

    @classmethod
    def parse(cls, fields: Fields) -> "Onward":
        """Read `{agreement, item, marking}`."""
        onward = cls(
            read_agreement_id(fields, "agreement"),
            read_place(fields, "item"),
            take_marking(fields) if fields.has("marking") else None,
        )
        fields.finish()
        return onward

    def to_json(self) -> dict[str, JsonValue]:
        """Write `{agreement, item, marking}`."""
        marking: dict[str, JsonValue] = {} if self.marking is None else {"marking": self.marking}
        return {"agreement": self.agreement, "item": format_place(self.item), **marking}


class Sharing(Struct, frozen=True, gc=False):
    """The originator's mark that an item is to be shared: under which arrangement, with whom.

    `category` is what it is about in that arrangement's words.

    Source: TISA 2014, paragraph 4
    """

    under: AgreementId
    recipients: tuple[PartyId, ...]
    category: str

    @classmethod
    def parse(cls, fields: Fields) -> "Sharing":
        """Read `{under, with, category}`."""
        under = read_agreement_id(fields, "under")
        texts = fields.texts("with", min_items=1, max_items=STATEMENT_TO_MAX)
        parties = tuple(parse_party_id(text, fields.place("with")) for text in texts)
        if list(parties) != sorted(set(parties)):
            raise InputError(
                "statement.not-sorted",
                "parties must be sorted and stand once",
                where=fields.place("with"),
                found=excerpt(", ".join(texts)),
            )
        sharing = cls(under, parties, read_word(fields, "category"))
        fields.finish()
        return sharing

    def to_json(self) -> dict[str, JsonValue]:
        """Write `{under, with, category}`."""
        return {
            "under": self.under,
            "with": list(self.recipients),
            "category": self.category,
        }


class ItemThirdPartyRelease(Struct, frozen=True, gc=False):
    """An item is released onward to a third party, under another agreement.

    The first statement names the consents that it rests on. A later one `follows` it and adds
    where the release stands in that agreement's registers, and the third party's receipt.

    Source: Japan-ROK GSOMIA Art. 6(a)
    """

    KIND: ClassVar[str] = "item.third_party_release"
    item: Place
    recipient: PartyId
    purpose: str
    consents: tuple[Place, ...]
    agreement: AgreementId
    release: Place | None = None
    receipt: Place | None = None
    follows: Place | None = None

    @classmethod
    def parse(cls, fields: Fields) -> "ItemThirdPartyRelease":
        """Read the body."""
        return cls(
            read_place(fields, "item"),
            read_party(fields, "recipient"),
            read_word(fields, "purpose"),
            read_places(fields, "consents"),
            read_agreement_id(fields, "agreement"),
            read_nullable_place(fields, "release"),
            read_nullable_place(fields, "receipt"),
            read_nullable_place(fields, "follows"),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Write the body."""
        return {
            "item": format_place(self.item),
            "recipient": self.recipient,
            "purpose": self.purpose,
            "consents": format_places(self.consents),
            "agreement": self.agreement,
            "release": format_nullable_place(self.release),
            "receipt": format_nullable_place(self.receipt),
            "follows": format_nullable_place(self.follows),
        }


def read_agreement_id(fields: Fields, key: str) -> AgreementId:
    """Take the id of another agreement; whether it is known here is judged elsewhere."""
    text = fields.text(key, max_chars=AGREEMENT_ID_CHARS_MAX)
    return parse_agreement_id(text, fields.place(key))


PASSING_KINDS: Final = (ItemThirdPartyRelease,)

PassingBody = ItemThirdPartyRelease
