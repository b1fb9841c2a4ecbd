# SPDX-License-Identifier: Apache-2.0
"""The closed words that agreements, requests and statements share.

Source: AGREEMENTS.md sections 2 and 4
"""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """What a person or a node may ask leave to do with an item or an order."""

    RELEASE = "release"
    THIRD_PARTY_RELEASE = "third_party_release"
    OPEN = "open"
    REPRODUCE = "reproduce"
    TRANSLATE = "translate"
    DERIVE = "derive"
    TRANSMIT = "transmit"
    USE = "use"
    CONTRACTOR_RELEASE = "contractor_release"
    VISIT = "visit"
    DISCLOSE = "disclose"
    RECLASSIFY = "reclassify"
    RETURN = "return"
    DESTROY = "destroy"
    ORDER = "order"
    APPROVE_ORDER = "approve_order"
    DELIVER = "deliver"
    TRANSFER_GOODS = "transfer_goods"
    SETTLE = "settle"


class OtherAct(StrEnum):
    """What no node does and a pact may still forbid, so that the answer can be asked for."""

    ATTRIBUTE = "attribute"
    RESELL = "resell"


class AgreementState(StrEnum):
    """The states of an agreement's life, worked out from statements."""

    PROPOSED = "proposed"
    INITIALLED = "initialled"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    NOTICE_GIVEN = "notice_given"
    NOTICE_SUSPENDED = "notice_suspended"
    TERMINATED = "terminated"


class EntryRule(StrEnum):
    """From when an agreement is in force."""

    LATER_OF_NOTIFICATIONS = "later_of_notifications"
    LAST_SIGNATURE = "last_signature"


class Basis(StrEnum):
    """Where a value comes from: the treaty's text, a later arrangement, or our own house."""

    TEXT = "text"
    ARRANGEMENT = "arrangement"
    LOCAL = "local"


class Source(StrEnum):
    """How far the author of the file had read."""

    TEXT = "text"
    SECONDARY = "secondary"
    MODEL = "model"


class Effect(StrEnum):
    """Whether a clause permits and forbids, makes duties, or both; or stops at a meter."""

    PERMIT = "P"
    DUTY = "D"
    BOTH = "P D"
    METER = "M"


class DestructionMeans(StrEnum):
    """How an item may be destroyed; `other` is described to its originator in words.

    Source: Japan-ROK GSOMIA Art. 13 (treaties.md G13)
    """

    BURN = "burn"
    SHRED = "shred"
    PULP = "pulp"
    OTHER = "other"
    EQUIPMENT_DESTROY = "equipment_destroy"
    EQUIPMENT_MODIFY = "equipment_modify"
    CRYPTO_ERASE = "crypto_erase"


class PrivateRight(StrEnum):
    """A private right in an item, which whoever gets the item respects; sorted by word.

    Source: Japan-ROK GSOMIA Art. 6(d) (treaties.md G6d)
    """

    COPYRIGHT = "copyright"
    OTHER = "other"
    PATENT = "patent"
    TRADE_SECRET = "trade_secret"


class Recalled(StrEnum):
    """What an originator wants done with what it calls back."""

    RETURN = "return"
    DESTROY = "destroy"
    EITHER = "either"
