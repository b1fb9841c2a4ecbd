# SPDX-License-Identifier: Apache-2.0
"""The rows of the treaties that a node is held against, and why it cannot show some of them.

Ids are those of the requirements, letter for letter. `does` says what a node does with a row:
E enforces, C records, M reminds. `read` says how sure the row is: V read in a text, V* in a
secondary text only, R remembered from the known template.
"""

from __future__ import annotations

from typing import Final

from scripts.articles.goods_rows import FAMILY, JAPAN, LAW
from scripts.articles.row import Row, Section

GSOMIA: Final = Section(
    "Japan and the Republic of Korea, 2016 (GSOMIA)",
    (
        Row("G1", "1", "Every decision names agreement, article and version.", "C", "V"),
        Row(
            "G2a",
            "2(a)",
            "Seven forms are covered; nothing is registered without a classification and an "
            "originator; what is said or shown needs no file.",
            "E",
            "V",
        ),
        Row("G2b", "2(b,c)", "Originator and receiver are roles of each item.", "E", "V"),
        Row(
            "G2d",
            "2(d)",
            "Only a notified competent authority acts.",
            "E C",
            "V",
            cannot="the diplomatic note's own number has no field beside its day: the statement's "
            "control number names it",
        ),
        Row(
            "G2e",
            "2(e)",
            "A clearance is granted by the person's own party, to a level, until a day.",
            "E",
            "V",
        ),
        Row(
            "G3",
            "3",
            "Laws are told of on request, and every change that affects protection.",
            "C M",
            "V",
            cannot="a law's version has no field of its own: it is told by the law's name and the "
            "day of effect",
        ),
        Row("G4.1", "4(1)", "Each item bears one of the listed markings.", "E", "V"),
        Row(
            "G4.2",
            "4(2)",
            "The receiver marks each item with the originator's name and its own classification "
            "before anybody reads it.",
            "E",
            "V",
        ),
        Row(
            "G4.3",
            "4(3)",
            "What is made from items inherits level, originators and limits.",
            "E",
            "V opening; rest R",
            cannot="which parts of it come from which item has no field: all of it is protected as "
            "the highest of them",
        ),
        Row("G5", "5", "A supplementary arrangement is no weaker than its parent.", "E", "R"),
        Row(
            "G6a",
            "6(a)",
            "Nothing goes to a third party without the originator's prior written approval.",
            "E C",
            "V*; list of recipients R",
        ),
        Row(
            "G6b",
            "6(b)",
            "Protection equal to the originator's is assured.",
            "C E",
            "R",
            cannot="a release without it is refused by 7(5), which has the same words and was read",
        ),
        Row(
            "G6c",
            "6(c)",
            "No other purpose without prior written approval.",
            "E M",
            "V*",
            cannot="beside the word for a purpose a question has no text of its own",
        ),
        Row("G6d", "6(d)", "Private rights in an item are respected.", "C E", "V tail"),
        Row("G6e", "6(e)", "Each facility keeps a register of persons.", "E C", "V"),
        Row(
            "G6f",
            "6(f)",
            "Copies are identified, located, counted; what is missing opens a case.",
            "E M C",
            "V",
        ),
        Row(
            "G6g",
            "6(g)",
            "The originator alone changes a level, and tells; it holds for all copies and "
            "derived items.",
            "E C",
            "V",
            cannot="the level before has no field in the notice: the register has it, at every "
            "instant",
        ),
        Row(
            "G6h",
            "6(h)",
            "What is no longer needed is returned or destroyed, and only that closes it.",
            "M E C",
            "V",
        ),
        Row("G7.1", "7(1)", "Nobody has access by rank, post or clearance alone.", "E", "V"),
        Row("G7.2", "7(2)", "Access asks for both need and clearance.", "E", "V"),
        Row(
            "G7.3–4",
            "7(3,4)",
            "A clearance rests on a decision with a date and a body, and is renewed.",
            "C M",
            "V",
            cannot="how a party finds out whether a person is trustworthy stays in its own house",
        ),
        Row(
            "G7.5",
            "7(5)",
            "Nothing is sent before the receiver's assurance of level, need and protection.",
            "E C",
            "V",
        ),
        Row(
            "G8",
            "8",
            "Visits are asked by one authority, granted by the host's, to a highest level.",
            "E C M",
            "V",
            cannot="that the host told its facility is not recorded: the command that grants says "
            "whom to tell and up to which level",
        ),
        Row(
            "G9",
            "9",
            "Only registered channels; custody passes with the receipt.",
            "E C",
            "heading V; body R",
        ),
        Row(
            "G10",
            "10",
            "A facility without a control officer holds nothing.",
            "E M",
            "R; V of firms, in 16(j)",
            cannot="how high an officer is cleared is weighed by whoever names one: the node asks "
            "that the officer works there and stays, and warns of one without a clearance. 10 was "
            "not read and the file has no clause of it, so that what comes to a facility without "
            "an officer is refused by its clause of 6(e), the register of persons. A deputy has no "
            "field: whoever stands in is named as the officer, from when the journal has it",
        ),
        Row(
            "G11",
            "11",
            "Stored so that only authorised persons get at it.",
            "E",
            "R; V that it is there, in 16(k)",
        ),
        Row(
            "G12a",
            "12(a)",
            "Two envelopes; no sign of classification outside; a receipt comes back.",
            "E C M",
            "V*; details R",
            cannot="paper envelopes and their seals are not in a node's hands; the final recipient "
            "is the party: a statement names no person, so its own house says who gives it "
            "(the registrar), and the journal says who has opened the item",
        ),
        Row(
            "G12b",
            "12(b)",
            "Equipment changes hands by receipts in an unbroken chain.",
            "C E",
            "R; V of its subject, in 16(m)",
            cannot="vehicles, guards and alarms; on record is each hand by which a copy goes "
            "within one node. 12(b) was not read and the file has no clause of it, so that a "
            "missing link is refused by its clause of 6(f), control of distribution",
        ),
        Row(
            "G12c",
            "12(c)",
            "Encryption and accreditation fit for the level.",
            "E",
            "R",
            cannot="whether a system is fit is its own authority's word, given as an assurance. "
            "The file of 2016 asks for none, as nothing of 12(c) was read; that of 2007 does. "
            "A file names one suite, fit for its highest level, and all are sealed by it",
        ),
        Row(
            "G13",
            "13",
            "Destroyed beyond recovery by an allowed means, and certified where asked.",
            "E C M",
            "means R; V of what it covers, in 16(m)",
            cannot="that paper was burnt is what two persons sign, not what a node sees",
        ),
        Row(
            "G14",
            "14",
            "Copies are numbered, marked, and held to a limit.",
            "E C",
            "R; V that they are controlled, in 16(n)",
        ),
        Row(
            "G15",
            "15",
            "Translated by cleared persons, with a note in the language of the translation.",
            "E",
            "R; V* that translators are limited",
        ),
        Row("G16", "16", "Fifteen conditions before a firm gets anything.", "E M C", "V"),
        Row(
            "G17",
            "17",
            "Every loss and every possibility of one is told at once, looked into, and closed "
            "with findings and measures.",
            "E M C",
            "V",
        ),
        Row(
            "G18",
            "18",
            "Security visits; a visitor's export holds only his own party's items.",
            "C M",
            "V; last clause R",
        ),
        Row("G19", "19", "Each bears its own costs.", "C", "R"),
        Row(
            "G20",
            "20",
            "Disputes are settled by consultation; protection goes on.",
            "C E",
            "V",
        ),
        Row("G21.1", "21(1)", "In force from the later of two notifications.", "E", "V"),
        Row(
            "G21.2",
            "21(2)",
            "Amended by both signatures over the same bytes.",
            "E",
            "V",
            cannot="a later day on which a new version is to take effect has no field: it counts "
            "from the last signature, and whoever signs last waits for that day",
        ),
        Row("G21.3", "21(3)", "A year at a time, unless 90 days' notice.", "E M", "V"),
        Row("G21.4", "21(4)", "What was provided stays protected after the end.", "E", "V"),
        Row("G-sig", "end", "Two originals in English.", "C", "V"),
        Row("G-vol", "–", "Nobody must provide; declining needs no reason.", "E", "V*"),
    ),
)

TISA: Final = Section(
    "Japan, the Republic of Korea and the United States, 2014 (TISA)",
    (
        Row("T0", "title", "The participants are ministries, not states.", "C", "V"),
        Row("T1", "1", "Nuclear and missile subjects only.", "E", "V"),
        Row("T2", "2", "Five forms; no equipment, no technology.", "E", "V"),
        Row("T3", "3", "Each leg is protected under its own agreement.", "E", "V"),
        Row(
            "T4",
            "4",
            "Only through the hub, and only what is marked to be shared.",
            "E C",
            "V to the middle",
            cannot="what is told in person passes no hub: its clause speaks of releases alone, so "
            "that a disclosure between the two others is put on record and not refused",
        ),
        Row("T4b", "–", "With the originator's approval, item by item.", "E", "V*"),
        Row("T5", "–", "One consent answers to both bilateral agreements.", "E", "V*"),
        Row("T6", "8", "Not binding: a concern, never a breach.", "C E", "V of the title"),
        Row("T7", "–", "Voluntary, as G-vol.", "C", "V*"),
        Row("T8", "end", "In force at the last of three signatures.", "E", "V*"),
        Row(
            "T9",
            "5–7, 9",
            "Management, consultations, ending.",
            "–",
            "not read",
            cannot="the paragraphs were not read: no node can be held to what nobody has seen",
        ),
    ),
)

SECTIONS: Final = (GSOMIA, TISA, JAPAN, LAW, FAMILY)
ROWS: Final = tuple(row for section in SECTIONS for row in section.rows)
