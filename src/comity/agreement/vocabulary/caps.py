# SPDX-License-Identifier: Apache-2.0
"""`caps`: how much a party may owe, and be owed, within a year, and from when on it is warned.

Source: AGREEMENTS.md section 3; treaties.md 4.2 (10 U.S.C. 2347)
"""

from __future__ import annotations

from comity.agreement.acts import Effect
from comity.agreement.kinds import ClauseKind, KeySpec, KeyType

KIND = ClauseKind(
    name="caps",
    effect=Effect.METER,
    meaning=(
        "The node keeps a meter of what a party owes and is owed within its year, before anything "
        "is netted, and warns; an acceptance that goes beyond a cap does not count. Amounts are "
        "whole units of that party's own currency, others stop nothing, and what is to be given "
        "back or replaced counts once it became a debt in cash or was paid for."
    ),
    keys=(
        KeySpec("party", KeyType.PARTY, "whose caps these are", required=True, example="JPN"),
        KeySpec(
            "liabilities",
            KeyType.COUNT,
            "how much the party may owe; left out: any amount",
            example=60_000_000,
        ),
        KeySpec(
            "supplies",
            KeyType.COUNT,
            "how much of that for supplies and loans; left out: any amount",
            example=20_000_000,
        ),
        KeySpec(
            "credits",
            KeyType.COUNT,
            "how much the party may be owed; left out: any amount",
            example=75_000_000,
        ),
        KeySpec(
            "year_begins",
            KeyType.COUNT,
            "the month with which the year begins, from 1 to 12",
            default=1,
        ),
        KeySpec(
            "not_counted",
            KeyType.CATEGORIES,
            "what does not count; left out: everything counts",
        ),
        KeySpec(
            "waived_for",
            KeyType.NAMES,
            "the activities for which nothing counts; left out: none",
        ),
        KeySpec(
            "warn_percent",
            KeyType.COUNT,
            "from how many hundredths of a cap on the node warns",
            default=80,
        ),
    ),
)
