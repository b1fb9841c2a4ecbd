# SPDX-License-Identifier: Apache-2.0
"""What two do at once by one document: each finds what the other wrote."""

from dataclasses import replace
from typing import Any

import pytest

from comity.basis.instants import DAY_MS
from comity.flows.duties import reminders
from comity.flows.duties.listing import list_urgent
from comity.flows.duties.reminders import remind, reminders_since
from comity.flows.treaty import acts as treaty
from comity.flows.treaty.acts import propose
from comity.flows.treaty.law_tasks import list_tasks, open_task, tasks_of_amendment
from tests.builders.world import GSOMIA, KOR, OFFICER, World, run


def test_two_that_remind_at_once_tell_each_thing_once(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assured.jpn.release(KOR)
    assured.settle()
    assured.move(6 * DAY_MS)
    here = assured.kor.context
    owed, other, meanwhile = list_urgent, replace(here, live={}), [True, False, False]

    async def other_first(*asked: Any, **more: Any) -> Any:
        if meanwhile.pop(0):
            assert len(await remind(other, GSOMIA)) == 1
        return await owed(*asked, **more)

    monkeypatch.setattr(reminders, "list_urgent", other_first)
    assert run(remind(here, GSOMIA)) == ()
    assert [each.what for each in run(reminders_since(here, GSOMIA, 0))] == ["item.receipt"]
    assert [act for act, _ in assured.kor.acts()].count("duty.remind") == 1


def test_a_task_of_a_new_version_takes_the_place_of_none_that_is_opened_meanwhile(
    assured: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = assured.jpn
    file = node.view().agreement()
    text = file.raw.decode().replace(f"version = {file.version} ", f"version = {file.version + 1} ")
    number, again = tasks_of_amendment, [True, False]

    async def number_first(*asked: Any) -> Any:
        numbered = await number(*asked)
        if again.pop(0):
            await open_task(node.context, GSOMIA, "Act 1 amended", OFFICER)
        return numbered

    monkeypatch.setattr(treaty, "tasks_of_amendment", number_first)
    run(propose(node.context, text.replace('text = "極秘"', 'text = "防衛秘密"').encode()))
    tasks = run(list_tasks(node.context, GSOMIA))
    assert [(each.number, each.cause) for each in tasks] == [(1, "Act 1 amended"), (2, "markings")]
