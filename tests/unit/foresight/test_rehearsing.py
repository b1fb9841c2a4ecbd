# SPDX-License-Identifier: Apache-2.0
"""Planned exchanges run through a draft."""

from __future__ import annotations

import json

from comity.decision.request_json import request_json
from comity.foresight.rehearsing import rehearse
from comity.foresight.situations import request_of, world_of


def _plan(agreement, action, **situation):
    named = {name.replace("_of_", "."): word for name, word in situation.items()}
    request = request_of(world_of(agreement), action, named)
    return json.dumps(request_json(request)).encode()


def test_plans_are_decided_by_name_and_refusals_counted_by_article(gsomia):
    found = rehearse(
        gsomia,
        [
            ("c.json", _plan(gsomia, "open", need_to_know="no")),
            ("a.json", _plan(gsomia, "open")),
            (
                "b.json",
                _plan(gsomia, "open", actor_of_kind="contractor", purpose="no", consent="none"),
            ),
        ],
    )
    assert [each.name for each in found.exchanges] == ["a.json", "b.json", "c.json"]
    assert [each.decision.allowed for each in found.exchanges] == [True, False, False]
    assert len(found.refused) == 2
    assert found.by_article() == (("7(1)", 2), ("7(2)", 2), ("6(c)", 1))


def test_a_plan_that_does_not_read_keeps_no_other_back(gsomia):
    found = rehearse(gsomia, [("a.json", b"{"), ("b.json", _plan(gsomia, "open"))])
    assert found.unread == 1
    assert found.exchanges[0].problem.code == "basis.json-syntax"
    assert found.exchanges[1].decision.allowed


def test_what_a_plan_leaves_open_counts_under_the_article_that_asks(gsomia):
    found = rehearse(gsomia, [("a.json", b'{"action": "open", "at": "2020-01-01T00:00:00Z"}')])
    assert "7(2)" in dict(found.by_article())


def test_an_act_that_nothing_permits_counts_under_the_scope(gsomia):
    found = rehearse(gsomia, [("a.json", _plan(gsomia, "order"))])
    assert found.by_article() == (("2", 1),)
