# SPDX-License-Identifier: Apache-2.0
"""The rows of the agreements on goods and services, and of the law of the United States on them."""

from __future__ import annotations

from typing import Final

from scripts.articles.row import Row, Section

JAPAN: Final = Section(
    "Japan and the United States, 1996 to 2016 (ACSA)",
    (
        Row("A1", "categories", "Only what stands on the list of its version.", "E", "V in part"),
        Row(
            "A2",
            "purpose",
            "Basic terms for provision in both directions.",
            "E",
            "V",
            cannot="it asks for nothing of its own: the same rules hold for either provider",
        ),
        Row("A3", "activities 1996", "Exercises, UN peacekeeping, relief.", "E", "V"),
        Row("A3b", "1999", "Situations in areas surrounding Japan are added.", "E by date", "V"),
        Row("A3c", "2004", "Armed attack, disasters and other activities.", "E by date", "V*"),
        Row(
            "A3d",
            "2016",
            "Situations that threaten survival, and others.",
            "E by date",
            "V*; list R",
        ),
        Row("A4", "Charter", "Each order confirms a use that the UN Charter allows.", "C E", "V"),
        Row("A5", "US authority", "Provision by the United States rests on a law.", "C E", "V"),
        Row("A6", "who acts", "The two forces act, by those who may.", "E", "V"),
        Row("A7", "exclusions", "Weapons never; ammunition by version and activity.", "E", "V"),
        Row("A8", "third parties", "Nothing goes on without prior written consent.", "E", "R"),
        Row(
            "A9", "supplies", "Return, then the same kind, then cash.", "E C", "methods V; order R"
        ),
        Row("A10", "services", "Cash or equal value, agreed before.", "E C", "methods V; rest R"),
        Row("A11", "prices, taxes", "No tax in a price without a reason.", "E", "R"),
        Row("A12", "procedure", "All is settled within twelve months of handing over.", "E M", "V"),
        Row("A13", "annexes", "An old order is judged by the annex of its date.", "E", "V"),
        Row("A14", "disputes", "By consultation.", "C M", "R"),
        Row(
            "A15",
            "term",
            "Ten years, renewed; notice, and an end at any time.",
            "E M",
            "R",
        ),
        Row("A16", "no duty", "A framework: nobody must provide.", "–", "V*"),
    ),
)

LAW: Final = Section(
    "Law of the United States, 10 U.S.C. 2341 to 2350",
    (
        Row(
            "2341",
            "2341",
            "From whom may be bought.",
            "C",
            "V",
            cannot="which ground a partner meets is a finding of its own law, made before any file "
            "is signed",
        ),
        Row(
            "2342a",
            "2342(a,b)",
            "Consultation and notice to Congress thirty days before.",
            "E M",
            "V",
            cannot="that it was done is the word of whoever signs, with its day: a node sees no "
            "legislature and no consultation. For a partner who needs no notice the file leaves "
            "them out",
        ),
        Row(
            "2342c",
            "2342(c)",
            "Not for what commerce has.",
            "C",
            "V",
            cannot="what a market offers is no fact of a register: `authority` of an order names "
            "the law that its requester rests on",
        ),
        Row(
            "2342d",
            "2342(d)",
            "Not to pass support to a country without one.",
            "E",
            "V",
        ),
        Row(
            "2342e",
            "2342(e)",
            "No commitment to hostilities.",
            "–",
            "V",
            cannot="no statement of a register commits anybody to them",
        ),
        Row("2342f", "2342(f,g)", "Asking, receipt and payment apart; true accounts.", "E", "V"),
        Row("2342h", "2342(h)", "A yearly report, and all that is older than a year.", "M", "V"),
        Row("2344a", "2344(a)", "Cash, replacement in kind, equal value.", "E", "V"),
        Row("2344b", "2344(b)", "Each price has a basis.", "E", "V"),
        Row("2344c", "2344(c)", "No nuclear material, no chemical munitions.", "E", "V"),
        Row("2345a", "2345(a)", "Cash balances at least every twelve months.", "M E", "V"),
        Row("2345b", "2345(b)", "In kind within twelve months of delivery.", "M E", "V"),
        Row("2345c", "2345(c)", "Offset after eighteen months, by both.", "E", "V"),
        Row(
            "2346",
            "2346",
            "Receipts credited to the account used.",
            "C",
            "V",
            cannot="accounts of a treasury are not in a node's hands; the fund stands in the order",
        ),
        Row(
            "2347",
            "2347",
            "Caps of a fiscal year before netting.",
            "E",
            "V",
            cannot="whether an operation is waived is a finding of the party's own law, named by "
            "its file; nobody converts amounts in other currencies, so they stop nothing",
        ),
        Row(
            "2348",
            "2348",
            "Stocks are not raised for this.",
            "C",
            "V",
            cannot="what a force buys for itself is no word between parties",
        ),
        Row("2350.1", "2350(1)", "The sixteen categories.", "E", "V"),
        Row("2350.4", "2350(4)", "Sale, lease, loan: a loan has a day of return.", "E", "V"),
    ),
)

FAMILY: Final = Section(
    "The family of the United States' agreements (Sri Lanka, Guyana, Spain)",
    (
        Row("U1", "use", "Exercises, training, operations, unforeseen needs.", "E", "V"),
        Row("U2", "return", "Cash or reciprocal provision.", "E", "V"),
        Row("U3", "exchange", "Support of equal value in return.", "E", "V"),
        Row("U4", "in kind", "Like type and like amount, within a year.", "E M", "V"),
        Row("U5", "conversion", "What is not done in time is owed in cash.", "E", "R"),
        Row("U6", "cash", "Billed after delivery, paid within days.", "M", "V of 30 days"),
        Row("U7", "loan", "Returned as it came; damage and loss paid.", "E C", "R"),
        Row("U8", "excluded", "Weapon systems and the rest of the list.", "E", "R"),
        Row("U9", "third parties", "No transfer without prior written consent.", "E", "R"),
        Row("U10", "taxes", "No duty or tax in a price as far as law allows.", "E", "R"),
        Row("U11", "classified", "Protected under the information agreement.", "C", "V in part"),
        Row("U12", "disputes, end", "By consultation; debts outlive the end.", "C E", "R"),
    ),
)
