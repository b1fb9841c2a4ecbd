# SPDX-License-Identifier: Apache-2.0
"""What a bundle could not bring is told with the command that brings it."""

import shutil


def test_a_register_that_is_not_pinned_here_is_told_with_the_way_to_pin_it(cli, signed) -> None:
    text = cli("agreement", "template", "gsomia-jpn-kor").out
    text = text.replace('id = "gsomia-jpn-kor"', 'id = "second"', 1)
    (signed / "second.toml").write_text(text, encoding="utf-8")
    assert cli("agreement", "pin", "second", "--party", "KOR", "--node", "jpn").code == 0
    assert cli("agreement", "propose", "second.toml", "--node", "jpn").code == 0
    assert cli("courier", "pack", "--to", "KOR", "disc", "--node", "jpn").code == 0
    outcome = cli("courier", "take", "disc", "--node", "kor")
    assert outcome.code == 0
    assert "not pinned" in outcome.out
    assert "register/second" in outcome.out
    assert "comity agreement pin second --party JPN" in outcome.err
    [taken] = cli("courier", "take", "disc", "--node", "kor", "--json").value["taken"]
    assert [origin.rpartition("/")[2] for origin in taken["unserved"]] == ["second"]
    assert taken["gaps"] == []


def test_a_gap_is_told_with_the_way_to_close_it(cli, signed, release, ferry) -> None:
    shutil.copytree(signed / "kor", signed / "kor-before")
    assert release("text.txt").code == 0
    ferry("jpn", "kor")
    assert release("text.txt").code == 0
    assert cli("courier", "pack", "--to", "KOR", "late", "--node", "jpn").code == 0
    outcome = cli("courier", "take", "late", "--node", "kor-before")
    assert outcome.code == 0
    assert "gap" in outcome.out
    assert "comity courier pack --to JPN" in outcome.err
    [taken] = cli("courier", "take", "late", "--node", "kor-before", "--json").value["taken"]
    assert (taken["entries"], len(taken["gaps"])) == (0, 1)
