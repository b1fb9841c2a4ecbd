# SPDX-License-Identifier: Apache-2.0
"""`channel`: by which ways an item may travel, and encrypted from which level.

Source: AGREEMENTS.md section 3; Japan-ROK GSOMIA Art. 9 and 12 (treaties.md G9, G12c);
DESIGN.md section 5
"""

from __future__ import annotations

from comity.agreement.acts import Action, Effect
from comity.agreement.kinds import ClauseKind, Ground, KeySpec, KeyType
from comity.agreement.model import Clause
from comity.agreement.rules import Accredited, ByChannel, Condition, Rule
from comity.keys.suites import SEALING_ALGORITHMS

_ACTS = (Action.RELEASE, Action.TRANSMIT)
ENCRYPTED_CHANNELS = ("node", "courier")
SUITES = tuple(suite.value for suite in SEALING_ALGORITHMS)


def _rules(clause: Clause, _ground: Ground) -> tuple[Rule, ...]:
    conditions: list[Condition] = [
        ByChannel(clause.texts("allowed"), ENCRYPTED_CHANNELS, clause.find_text("encrypted_from"))
    ]
    accredited_from = clause.find_text("accredited_from")
    if accredited_from is not None:
        conditions.append(Accredited(accredited_from))
    return (
        Rule(
            clause.article,
            clause.kind,
            frozenset(_ACTS),
            frozenset(),
            tuple(conditions),
            "the channel is allowed",
        ),
    )


KIND = ClauseKind(
    name="channel",
    effect=Effect.PERMIT,
    meaning=(
        "An item may be released and transmitted only by the channels listed, and from the named "
        "level on only by an encrypted one; `node` and `courier` count as encrypted. A parcel "
        "follows the acknowledgement of its statement, except by the channels named here; for "
        "alerts (flash messages, named by their categories) further channels may be named."
    ),
    keys=(
        KeySpec(
            "allowed",
            KeyType.NAMES,
            "the channels that may be used, such as `node` and `courier`",
            required=True,
            example=ENCRYPTED_CHANNELS,
        ),
        KeySpec(
            "encrypted_from",
            KeyType.LEVEL,
            "from which level on a channel must be encrypted; left out: at no level",
        ),
        KeySpec(
            "accredited_from",
            KeyType.LEVEL,
            "from which level on the recipient must have assured that its system for the channel "
            "(any but `courier`) is accredited, by an assurance for `system:` and the channel's "
            "name; left out: at no level",
        ),
        KeySpec(
            "parcel_before_acknowledgement",
            KeyType.NAMES,
            "the allowed channels by which a parcel may go with its statement; by the others it "
            "waits for the partner's cosignature",
            default=(),
            among="allowed",
        ),
        KeySpec(
            "suite",
            KeyType.WORD,
            "the suite that item keys are wrapped in, never negotiated; the strongest where "
            "several clauses name one, for items of every level",
            words=SUITES,
            default=SUITES[0],
        ),
        KeySpec(
            "alerts",
            KeyType.CATEGORIES,
            "the categories whose items are alerts: they are shown as such, and go before others; "
            "left out: none",
        ),
        KeySpec(
            "immediate",
            KeyType.CATEGORIES,
            "the categories whose items are of precedence IMMEDIATE, below FLASH, which alerts "
            "are; left out: none",
        ),
        KeySpec(
            "priority",
            KeyType.CATEGORIES,
            "the categories whose items are of precedence PRIORITY; left out: none. All others "
            "are ROUTINE, and where clauses differ the highest counts",
        ),
        KeySpec(
            "alert_before_acknowledgement",
            KeyType.NAMES,
            "the allowed channels by which the parcel of an alert may go with its statement; "
            "acknowledgement before content is given up for these items",
            default=(),
            among="allowed",
        ),
    ),
    speaks_of=_ACTS,
    asks=("channel", "item.level", "assurances", "recipient", "at"),
    rules=_rules,
)
