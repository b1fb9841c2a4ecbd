# SPDX-License-Identifier: Apache-2.0
"""By which article, and of which agreement, a line of the journal says that something was refused.

Source: AGREEMENTS 6; TISA 2014, paragraphs 3 and 4
"""

from __future__ import annotations

from typing import Any

from comity.basis.ids import AgreementId, Digest
from comity.decision.deciding import Citation, Decision
from comity.decision.house import HOUSE, join_refusals
from comity.decision.stages import Refused
from comity.flows.journal import answered_by, refusal_entry
from comity.flows.reports.journal_search import Line, refused_by
from tests.builders.world import OFFICER, World


def denial(agreement: str, *articles: str) -> Refused:
    cited = tuple(Citation(each, "recall", "called back") for each in articles)
    file = (AgreementId(agreement), 1, Digest(f"{ord(agreement[0]):02x}" * 32))
    return Refused("copy.make", cited, Decision("deny", *file, "copy.make", None, cited, (), ()))


def line(**details: Any) -> Line:
    return Line("kor.example/journal", 0, b"", {"details": details})


def test_an_article_of_one_number_counts_under_each_agreement_that_refused_by_its_own() -> None:
    one, other = denial("first-pact", "6(h)", "4(3)"), denial("second-pact", "6(h)")
    both = join_refusals(one, other)
    assert both is not None
    said = line(agreement="first-pact", articles=["4(3)", "6(h)"], **answered_by(both.asked))
    assert refused_by(said) == {
        ("first-pact", "6(h)"),
        ("first-pact", "4(3)"),
        ("second-pact", "6(h)"),
    }


def test_what_one_agreement_allowed_counts_for_it_by_none_of_its_articles() -> None:
    (denied,) = (each.decision for each in [denial("first-pact", "6(h)")])
    assert denied is not None
    allowed = Decision(
        "allow", AgreementId("second-pact"), 1, Digest("22" * 32), "release", None,
        (Citation("6(h)", "release", "it may"),), (), (),
    )  # fmt: skip
    said = line(agreement="second-pact", articles=["6(h)"], **answered_by((denied, allowed)))
    assert refused_by(said) == {("first-pact", "6(h)")}


def test_what_one_file_allows_by_a_clause_and_refuses_beside_it_it_refuses() -> None:
    denied = denial("first-pact", "6(h)").decision
    assert denied is not None
    may = Decision(
        "allow", denied.agreement, 1, denied.sha256, "release", None,
        (Citation("6(a)", "third_party_rule", "consent holds"),), (), (),
    )  # fmt: skip
    answer = {
        "agreement": "first-pact",
        "decision": "deny",
        "articles": ["6(h)"],
        "version": 1,
        "file": denied.sha256,
    }
    assert answered_by((may, denied)) == {"decisions": [answer]}


def test_our_own_house_counts_beside_what_agreements_refused() -> None:
    house = Refused("copy.make", (Citation(HOUSE, "roles", "it needs a role"),))
    denied = denial("first-pact", "6(h)")
    joined = join_refusals(house, denied)
    assert joined is not None
    said = line(agreement="first-pact", articles=[each.article for each in joined.findings])
    assert refused_by(said) == {("first-pact", HOUSE), ("first-pact", "6(h)")}


def test_a_refusal_by_another_agreement_than_the_lines_own_names_it(assured: World) -> None:
    context = assured.kor.context
    for agreement, other in (("first-pact", False), ("second-pact", True)):
        entry = refusal_entry(
            context, denial("first-pact", "6(h)"), OFFICER, {"agreement": agreement}
        )
        assert (b'"decisions"' in entry) == other
        assert (b'"file"' in entry) is True
