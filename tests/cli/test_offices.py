# SPDX-License-Identifier: Apache-2.0
"""Who may be named with `--as` where the state is bound: an office that speaks for it."""

import pytest

ID = "gsomia-jpn-kor"
DAY = ("--delivered", "2016-12-16")
BINDING = [
    ("agreement.propose", ("agreement", "propose", "draft.toml")),
    ("agreement.counter", ("agreement", "counter", "draft.toml")),
    ("agreement.initial", ("agreement", "initial", ID)),
    ("agreement.postpone", ("agreement", "postpone", ID)),
    ("agreement.sign", ("agreement", "sign", ID)),
    ("agreement.entry_notification", ("agreement", "notify-entry", ID, *DAY)),
    ("agreement.end_notice", ("agreement", "give-notice", ID, *DAY)),
    (
        "agreement.suspend_end_notice",
        ("agreement", "suspend-notice", ID, "--notice", "KOR/1", *DAY),
    ),
    (
        "agreement.withdraw_end_notice",
        ("agreement", "withdraw-notice", ID, "--notice", "KOR/1", *DAY),
    ),
    ("agreement.suspend_category", ("agreement", "suspend", ID, "--category", "missile-warning")),
    ("agreement.resume_category", ("agreement", "resume", ID)),
    ("agreement.interpretation", ("agreement", "interpret", ID, "--reading", "in_force")),
    ("agreement.announcement", ("agreement", "announce", ID, "--subject", "news")),
    ("duty.waive", ("duty", "waive", "00")),
    ("duty.extend", ("duty", "extend", "00", "--until", "2030-01-01")),
    ("dispute.open", ("dispute", "open", "--article", "12(a)")),
    ("dispute.settle", ("dispute", "settle", "KOR/1")),
    ("party.authority", ("authority", "notify", "--name", "Ministry")),
    ("party.authority", ("authority", "change", "--name", "Ministry")),
    ("party.law_change", ("law", "tell", "--law", "A", "--effect", "marking", "--article", "4")),
]


def own_register(cli) -> str:
    return cli("register", "show", "--party", "KOR", "--node", "kor", "--json").out


def test_every_act_that_binds_the_state_is_refused_to_a_reader_and_journalled(cli, signed):
    assert cli("agreement", "template", ID, "--out", "draft.toml").code == 0
    before, reader = own_register(cli), ("--node", "kor", "--as", "reader")
    for act, words in BINDING:
        refused = cli(*words, *reader)
        assert refused.code == 3, (words, refused)
        assert f"refused: {act}" in refused.out + refused.err
        assert "needs one of the roles: registrar, releasing_officer" in refused.out + refused.err
    assert own_register(cli) == before
    journal = cli("register", "journal", "--node", "kor", "--as", "auditor", "--json").value
    found = [
        each["entry"]["act"] if "entry" in each else each["act"]
        for each in journal["entries"]
        if "refused" in str(each) and "'reader'" in str(each)
    ]
    assert found == [act for act, _ in BINDING]


@pytest.mark.parametrize("who", [(), ("--as", "officer"), ("--as", "registrar")])
def test_whoever_holds_the_office_or_nobody_binds_the_state(cli, signed, who):
    words = ("agreement", "announce", ID, "--subject", "news")
    assert cli(*words, "--node", "kor", *who).code == 0
    law = ("law", "tell", "--law", "Act 1", "--effect", "marking", "--article", "4(1)")
    assert cli(*law, "--node", "kor", *who).code == 0
    dispute = ("dispute", "open", "--article", "12(a)", "--node", "kor", *who)
    assert cli(*dispute).code == 0
    assert cli("authority", "change", "--name", "Ministry", "--node", "kor", *who).code == 0


def test_who_is_on_no_register_is_an_error_and_no_refusal(cli, signed):
    words = ("agreement", "announce", ID, "--subject", "news", "--node", "kor")
    assert cli(*words, "--as", "nobody").code == 1


def test_a_reader_waives_no_duty_and_an_officer_does(cli, release, ferry, signed):
    assert release("text.txt").code == 0
    ferry("jpn", "kor")
    [duty] = [
        each
        for each in cli("duties", "--node", "jpn", "--json").value["duties"]
        if each["owes"] == "item.receipt" and each["state"] in ("open", "late")
    ]
    words = ("duty", "waive", duty["id"], "--node", "jpn")
    assert cli(*words, "--as", "reader").code == 3
    assert cli(*words, "--as", "officer").code == 0
