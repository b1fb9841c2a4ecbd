# SPDX-License-Identifier: Apache-2.0
"""An end of use that has passed is refused over HTTP as at the desk, item by item."""

import base64

from comity.basis.instants import Instant, format_instant
from tests.api.support_api import BASE, GSOMIA, described, item_header
from tests.builders.world import DRAFTER, OFFICER, TEXT


def test_an_end_of_use_that_has_passed_is_refused_and_the_other_items_are_released(jpn, released):
    content, now = base64.b64encode(b"x").decode(), released.jpn.clock.now()
    a_minute_ago, in_an_hour = (
        format_instant(Instant(now + each)) for each in (-60_000, 3_600_000)
    )
    ends = ["2016-01-31", None, a_minute_ago, in_an_hour]
    items = [described(content=content, use_until=each) for each in ends]
    answer = jpn.post(f"{GSOMIA}/items:batch", OFFICER, {"items": items})
    codes = [each["answer"].get("error", {}).get("code") for each in answer.json["results"]]
    assert codes == ["item.use-ended", None, "item.use-ended", None]
    past = jpn.post(f"{GSOMIA}/items", OFFICER, headers=item_header(use_until=ends[0]), body=TEXT)
    assert (past.status, past.json["error"]["code"]) == (400, "item.use-ended")


def test_a_draft_whose_end_of_use_passes_before_its_release_is_not_released(jpn, released):
    end = format_instant(Instant(released.jpn.clock.now() + 60_000))
    drafted = jpn.post(f"{GSOMIA}/items", DRAFTER, headers=item_header(use_until=end), body=TEXT)
    approval = f"{BASE}/drafts/{drafted.json['draft']['number']}/approval"
    released.move(120_000)
    late = jpn.post(approval, OFFICER)
    assert (late.status, late.json["error"]["code"]) == (400, "item.use-ended")
