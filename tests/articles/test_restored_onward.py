# SPDX-License-Identifier: Apache-2.0
"""A forwarder's disc is put back to before an approval: what went out does not go out again."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.basis.errors import StateError
from comity.decision.stages import Refused
from comity.flows.passing import onward
from comity.flows.passing.linking import link_onward
from comity.flows.passing.onward import pass_on
from comity.flows.passing.wishes import KeptPassing, kept_passings
from comity.flows.recovery.restore import begin_restore, override_restore
from comity.sealing.stages import seal
from tests.articles.outcomes import passed
from tests.builders.pacts import Story, make_pacts
from tests.builders.restores import LATER_MS, backed_up, put_back
from tests.builders.world import JPN, KOR, OFFICER, USA, World, run


def _refill(story: Story) -> None:
    """Let both partners give back what they hold of the register; nobody else is left to ask."""
    run(begin_restore(story.usa.context, "said"))
    for turn in range(4):
        story.world.move(LATER_MS)
        for pair, other in ((story.first, JPN), (story.second, KOR)):
            pair.carry(USA, other, name=f"ask-{other}-{turn}")
            pair.carry(other, USA, name=f"give-{other}-{turn}")
    run(override_restore(story.usa.context))


def _pass_on_and_settle(story: Story, kept: KeptPassing) -> None:
    release = passed(run(pass_on(story.usa.context, OFFICER, kept.number))).release
    story.first.settle()
    story.second.settle()
    story.kor.receipt(release, None)
    story.second.settle()
    run(link_onward(story.usa.context))
    story.first.settle()


def _counts(world: World) -> tuple[int, int]:
    story = Story(world)
    state = story.jpn.view().fold.state
    return len(list(state.passed_on.keys())), len(list(story.kor.view().fold.state.items.keys()))


@pytest.mark.row("G6a")
def test_g6a_what_went_on_after_the_backup_does_not_go_on_again(tmp_path: Path) -> None:
    with make_pacts(tmp_path / "world", with_hub=False) as world:
        story = Story(world)
        item = story.give()
        story.consent(item)
        kept = story.draft(item)
        assert not isinstance(kept, Refused)
        backup = backed_up(world, tmp_path)
        _pass_on_and_settle(story, kept)
        before = _counts(world)
        put_back(world, backup, USA)
        again = Story(world)
        _refill(again)
        (waits,) = run(kept_passings(again.usa.context))
        assert waits.said is not None
        assert waits.release is not None
        with pytest.raises(StateError) as refused:
            run(pass_on(again.usa.context, OFFICER, kept.number))
        assert refused.value.code == "passing.released"
        run(link_onward(again.usa.context))
        assert run(kept_passings(again.usa.context)) == ()
        again.first.settle()
        again.second.settle()
        assert _counts(world) == before == (1, 1)


@pytest.mark.row("G6a")
def test_g6a_one_that_the_entries_are_not_of_still_waits_and_goes(tmp_path: Path) -> None:
    with make_pacts(tmp_path / "world", with_hub=False) as world:
        story = Story(world)
        items = story.give(), story.give()
        story.consent(*items)
        drafts = [story.draft(each) for each in items]
        backup = backed_up(world, tmp_path)
        assert isinstance(drafts[0], KeptPassing)
        assert isinstance(drafts[1], KeptPassing)
        _pass_on_and_settle(story, drafts[0])
        put_back(world, backup, USA)
        again = Story(world)
        _refill(again)
        first, second = run(kept_passings(again.usa.context))
        assert first.release is not None
        assert (second.said, second.release) == (None, None)
        passed(run(pass_on(again.usa.context, OFFICER, second.number)))


def _two_drafts(story: Story) -> tuple[int, int]:
    item = story.give()
    story.consent(item)
    one, two = story.draft(item), story.draft(item)
    assert isinstance(one, KeptPassing)
    assert isinstance(two, KeptPassing)
    return one.number, two.number


@pytest.mark.row("G6a")
def test_g6a_what_stands_at_the_third_party_is_not_let_go_again(tmp_path: Path) -> None:
    with make_pacts(tmp_path, with_hub=False) as world:
        story = Story(world)
        one, two = _two_drafts(story)
        passed(run(pass_on(story.usa.context, OFFICER, one)))
        story.second.settle()
        with pytest.raises(StateError) as refused:
            run(pass_on(story.usa.context, OFFICER, two))
        assert refused.value.code == "passing.again"
        story.first.settle()
        story.second.settle()
        assert _counts(world) == (1, 1)


@pytest.mark.row("G6a")
def test_g6a_what_the_third_party_refused_may_go_there_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with make_pacts(tmp_path, with_hub=False) as world:
        story = Story(world)
        one, two = _two_drafts(story)
        with monkeypatch.context() as changed:
            changed.setattr(onward, "seal", lambda prepared, wraps, _proof: seal(prepared, wraps))
            passed(run(pass_on(story.usa.context, OFFICER, one)))
        story.second.settle()
        assert len(story.kor.said("item.refusal")) == 1
        passed(run(pass_on(story.usa.context, OFFICER, two)))
