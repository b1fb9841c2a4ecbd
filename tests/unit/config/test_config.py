# SPDX-License-Identifier: Apache-2.0
"""The configuration file: everything it may say, and everything that it may not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.basis.errors import ConfigError, Problem
from comity.basis.ids import AgreementId, Digest, Domain, PartyId, PersonId
from comity.config import (
    ALWAYS,
    CONFIG_BYTES_MAX,
    Alerting,
    ClockKind,
    Config,
    Endpoint,
    Limits,
    Passphrases,
    PassphraseSetting,
    Schedule,
    Serving,
    SourceKind,
    TwoPersons,
    format_config,
    parse_config,
)

LEAST = """\
party = "JPN"
domain = "jpn.example"
competent_authority = "Ministry of Foreign Affairs"
[names]
ja = "日本"
"""

WHOLE = """\
party = "KOR"
domain = "kor.example"
competent_authority = "Ministry of National Defense"
addresses = ["https://kor.example:8443/comity", "https://backup.kor.example"]
exercise = true
clock = "story"
default_language = "ko"
time_dispute_limit_s = 30

[names]
en = "Republic of Korea"
ko = "대한민국"

[two_persons]
default = "SECRET"
[two_persons.agreements]
gsomia-jpn-kor = "CONFIDENTIAL"
tisa = "never"

[limits]
parcel_bytes_max = 1048576
push_bytes_max = 4096

[serve]
partners_listen = "0.0.0.0:443"
people_listen = "[::1]:9000"
people_certificate = "people.crt"
people_key = "/etc/comity/people.key"
tls_pins = ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]
graceful_stop_s = 5

[schedule]
journal_anchor_hours = 1
sealing_keys_days = 30
scrub_hours = 12
blobs_scrub_hours = 48
left_over_days = 7
security_visit_months = 6

[alerts]
acknowledge_minutes = 3
escalate_to = ["kor-017", "kor-018"]

[passphrases]
root = "prompt"
authority = "command:pass show comity/authority"
node = "file:node.passphrase"
"""


def problems_of(text: str | bytes) -> tuple[Problem, ...]:
    raw = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(ConfigError) as caught:
        parse_config(raw)
    assert caught.value.code == "config.problems"
    assert caught.value.exit_code == 2
    return caught.value.problems


def the_problem(text: str | bytes) -> Problem:
    problems = problems_of(text)
    assert len(problems) == 1, [str(each) for each in problems]
    return problems[0]


def test_reads_everything_that_a_file_may_say() -> None:
    assert parse_config(WHOLE.encode()) == Config(
        party=PartyId("KOR"),
        domain=Domain("kor.example"),
        names=(("en", "Republic of Korea"), ("ko", "대한민국")),
        competent_authority="Ministry of National Defense",
        addresses=("https://kor.example:8443/comity", "https://backup.kor.example"),
        exercise=True,
        clock=ClockKind.STORY,
        default_language="ko",
        time_dispute_limit_s=30,
        two_persons=TwoPersons(
            "SECRET",
            ((AgreementId("gsomia-jpn-kor"), "CONFIDENTIAL"), (AgreementId("tisa"), "never")),
        ),
        limits=Limits(1048576, 4096),
        serve=Serving(
            Endpoint("0.0.0.0", 443),
            Endpoint("::1", 9000),
            "people.crt",
            "/etc/comity/people.key",
            (Digest("a" * 64),),
            5,
        ),
        schedule=Schedule(1, 30, 12, 48, 7, 6),
        alerts=Alerting(3, (PersonId("kor-017"), PersonId("kor-018"))),
        passphrases=Passphrases(
            PassphraseSetting(),
            PassphraseSetting(SourceKind.COMMAND, "pass show comity/authority"),
            PassphraseSetting(SourceKind.FILE, "node.passphrase"),
        ),
    )


def test_what_is_not_said_takes_the_stricter_value() -> None:
    config = parse_config(LEAST.encode())
    assert not config.exercise
    assert config.clock is ClockKind.SYSTEM
    assert config.two_persons_from(AgreementId("gsomia-jpn-kor")) == ALWAYS
    assert config.passphrases == Passphrases()
    assert config.passphrases.node.kind is SourceKind.PROMPT


def test_two_persons_are_asked_for_by_agreement_and_else_by_default() -> None:
    config = parse_config(WHOLE.encode())
    assert config.two_persons_from(AgreementId("gsomia-jpn-kor")) == "CONFIDENTIAL"
    assert config.two_persons_from(AgreementId("tisa")) == "never"
    assert config.two_persons_from(AgreementId("acsa-jpn-kor")) == "SECRET"


def test_passphrase_sources_do_not_show() -> None:
    assert "node.passphrase" not in repr(parse_config(WHOLE.encode()))


@pytest.mark.parametrize("text", [LEAST, WHOLE])
def test_what_is_written_reads_back(text: str) -> None:
    config = parse_config(text.encode())
    assert parse_config(format_config(config).encode()) == config


@given(
    st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20),
    st.sampled_from([PassphraseSetting(SourceKind.FILE, 'a "quoted\\ name'), PassphraseSetting()]),
)
def test_any_printable_name_survives_writing_and_reading(
    name: str, source: PassphraseSetting
) -> None:
    config = Config(
        PartyId("JPN"),
        Domain("jpn.example"),
        (("ja", name),),
        name,
        passphrases=Passphrases(root=source),
    )
    assert parse_config(format_config(config).encode()) == config


@pytest.mark.parametrize(
    ("found", "line", "place"),
    [
        ('party = "jpn"', 1, "party"),
        ('domain = "localhost"', 1, "domain"),
        ("competent_authority = 5", 1, "competent_authority"),
        ('competent_authority = ""', 1, "competent_authority"),
        ('competent_authority = "a\\u001bb"', 1, "competent_authority"),
        ('addresses = "https://a.example"', 1, "addresses"),
        ('addresses = ["http://a.example"]', 1, "addresses"),
        (f'addresses = ["https://{"a" * 600}"]', 1, "addresses"),
        ("addresses = [1]", 1, "addresses"),
        (f"addresses = {['https://a.example'] * 17}", 1, "addresses"),
        ('exercise = "yes"', 1, "exercise"),
        ("exercise = 1", 1, "exercise"),
        ('clock = "sundial"', 1, "clock"),
        ("clock = 1", 1, "clock"),
        ('clock = "story"', 1, "clock"),
        ('default_language = "fr"', 1, "default_language"),
        ("time_dispute_limit_s = 0", 1, "time_dispute_limit_s"),
        ("time_dispute_limit_s = 601", 1, "time_dispute_limit_s"),
        ("time_dispute_limit_s = true", 1, "time_dispute_limit_s"),
        ("time_dispute_limit_s = 1.5", 1, "time_dispute_limit_s"),
        ('names = "Japan"', 1, "names"),
        ("[names]\n", 6, "names.en"),
        ('[names]\nJapanese = "x"', 6, "names.Japanese"),
        ("[names]\nja = 1", 6, "names.ja"),
        ("[two_persons]\ndefault = 1", 6, "two_persons.default"),
        ("[two_persons.agreements]\nTISA = 'SECRET'", 6, "two_persons.agreements.TISA"),
        ("[two_persons.agreements]\ntisa = 5", 6, "two_persons.agreements.tisa"),
        ("[limits]\nparcel_bytes_max = 0", 6, "limits.parcel_bytes_max"),
        ("[limits]\npush_bytes_max = 4194305", 6, "limits.push_bytes_max"),
        ("[serve]\npartners_listen = 8443", 6, "serve.partners_listen"),
        ('[serve]\npartners_listen = "localhost:8443"', 6, "serve.partners_listen"),
        ('[serve]\npartners_listen = "127.0.0.1"', 6, "serve.partners_listen"),
        ('[serve]\npartners_listen = "127.0.0.256:1"', 6, "serve.partners_listen"),
        ('[serve]\npartners_listen = "127.0.0.1:65536"', 6, "serve.partners_listen"),
        ('[serve]\npartners_listen = "127.0.0.1:08"', 6, "serve.partners_listen"),
        ('[serve]\npartners_listen = "::1:8443"', 6, "serve.partners_listen"),
        ('[serve]\npartners_listen = "[127.0.0.1]:1"', 6, "serve.partners_listen"),
        ('[serve]\npeople_listen = "127.0.0.1:8443"', 6, "serve.people_listen"),
        ('[serve]\npeople_certificate = "a.crt"', 6, "serve.people_key"),
        ('[serve]\npeople_key = "a.key"', 6, "serve.people_key"),
        ('[serve]\ntls_pins = "aa"', 6, "serve.tls_pins"),
        ('[serve]\ntls_pins = ["AA"]', 6, "serve.tls_pins"),
        (f"[serve]\ntls_pins = {['a' * 64] * 2}", 6, "serve.tls_pins"),
        (f"[serve]\ntls_pins = {[each * 64 for each in 'abc']}", 6, "serve.tls_pins"),
        ("[serve]\ngraceful_stop_s = 601", 6, "serve.graceful_stop_s"),
        ("[schedule]\njournal_anchor_hours = 0", 6, "schedule.journal_anchor_hours"),
        ("[schedule]\nsealing_keys_days = 367", 6, "schedule.sealing_keys_days"),
        ("[schedule]\nscrub_hours = true", 6, "schedule.scrub_hours"),
        ("[schedule]\nblobs_scrub_hours = 0", 6, "schedule.blobs_scrub_hours"),
        ("[schedule]\nleft_over_days = 367", 6, "schedule.left_over_days"),
        ("[schedule]\nsecurity_visit_months = 0", 6, "schedule.security_visit_months"),
        ("[alerts]\nacknowledge_minutes = 1441", 6, "alerts.acknowledge_minutes"),
        ('[alerts]\nescalate_to = ["Not An Id"]', 6, "alerts.escalate_to"),
        ('[passphrases]\nroot = "secret"', 6, "passphrases.root"),
        ('[passphrases]\nroot = "prompt:"', 6, "passphrases.root"),
        ('[passphrases]\nroot = "file:"', 6, "passphrases.root"),
        ('[passphrases]\nroot = "command: "', 6, "passphrases.root"),
        ('[passphrases]\nroot = "environment:lower"', 6, "passphrases.root"),
        ('[passphrases]\nroot = "file:a"\nnode = "file:a"', 6, "passphrases.root"),
    ],
)
def test_a_wrong_value_is_refused_at_its_place(found: str, line: int, place: str) -> None:
    key = found.partition(" =")[0]
    kept = "".join(each for each in LEAST.splitlines(True) if not each.startswith(f"{key} ="))
    if found.startswith("["):
        if found.startswith("[names]"):
            kept = kept.split("[names]")[0]
            line -= 2
        text = f"{kept}{found}\n"
    else:
        if found.startswith("names"):
            kept = kept.split("[names]")[0]
        text = f"{found}\n{kept}"
    problem = problems_of(text)[0]
    assert problem.code == "config.wrong-value"
    assert problem.where == f"comity.toml line {line} {place}"
    assert problem.expected


@pytest.mark.parametrize("key", ["party", "domain", "competent_authority"])
def test_what_must_be_there_is_missed(key: str) -> None:
    text = "".join(each for each in LEAST.splitlines(True) if not each.startswith(key))
    assert (the_problem(text).found, the_problem(text).where) == (
        "nothing",
        f"comity.toml line 1 {key}",
    )


def test_an_environment_variable_may_hold_a_passphrase() -> None:
    config = parse_config((LEAST + '[passphrases]\nnode = "environment:COMITY_NODE"\n').encode())
    assert str(config.passphrases.node) == "environment:COMITY_NODE"


def test_a_node_is_served_on_this_machine_alone_unless_told() -> None:
    serve = parse_config(LEAST.encode()).serve
    assert str(serve.partners_listen) == "127.0.0.1:8443"
    assert str(serve.people_listen) == "127.0.0.1:8444"
    assert (serve.people_certificate, serve.people_key, serve.tls_pins) == (None, None, ())


def test_the_system_may_choose_both_ports() -> None:
    text = '[serve]\npartners_listen = "[::1]:0"\npeople_listen = "[::1]:0"\n'
    serve = parse_config((LEAST + text).encode()).serve
    assert serve.partners_listen == serve.people_listen == Endpoint("::1", 0)


def test_key_files_may_share_a_source_in_an_exercise_only() -> None:
    shared = 'file:all"\nauthority = "file:all"\nnode = "file:all"\n'
    text = f'exercise = true\n{LEAST}[passphrases]\nroot = "{shared}'
    assert parse_config(text.encode()).passphrases.root == PassphraseSetting(SourceKind.FILE, "all")
    problem = the_problem(text.replace("exercise = true\n", ""))
    assert problem.where == "comity.toml line 6 passphrases.root"


@pytest.mark.parametrize(
    ("text", "unknown", "hint"),
    [
        ("exercize = true\n" + LEAST, "exercize", "did you mean exercise?"),
        ("zzz = true\n" + LEAST, "zzz", "remove it"),
        (LEAST + "[limits]\nparcel_byte_max = 1\n", "parcel_byte_max", "did you mean parcel_"),
        (LEAST + "[two_persons]\ndefaults = 'SECRET'\n", "defaults", "did you mean default?"),
        (LEAST + "[limits]\nparcel_bytes = 1\n", "parcel_bytes", "did you mean"),
        (LEAST + "[serve]\npeople_keys = 'x'\n", "people_keys", "did you mean people_key?"),
        (LEAST + "[schedule]\nscrub_days = 1\n", "scrub_days", "did you mean scrub_hours?"),
        (LEAST + "[passphrases]\nrot = 'prompt'\n", "rot", "did you mean root?"),
    ],
)
def test_an_unknown_key_is_refused_with_its_nearest_match(
    text: str, unknown: str, hint: str
) -> None:
    problem = the_problem(text)
    assert (problem.code, problem.found) == ("config.unknown-key", unknown)
    if unknown != "officer":
        assert problem.hint.startswith(hint)


def test_every_problem_is_listed_at_once() -> None:
    text = 'party = 5\ndomain = "x"\ncolour = "red"\n[limits]\nparcel_bytes_max = -1\nx = 1\n'
    problems = problems_of(text)
    assert [each.where.removeprefix("comity.toml ") for each in problems] == [
        "line 1 party",
        "line 1 domain",
        "line 1 names.en",
        "line 1 competent_authority",
        "line 4 limits.parcel_bytes_max",
        "line 4 limits.x",
        "line 1 colour",
    ]


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"party = ", "not TOML"),
        (b"party = 'a'\nparty = 'b'\n", "not TOML"),
        (b"a = " + b"[" * 5000, "not TOML"),
        (b"party = '\xff'", "not UTF-8"),
        (b"#" * (CONFIG_BYTES_MAX + 1), "too large"),
    ],
)
def test_bytes_that_are_no_configuration_are_refused(raw: bytes, what: str) -> None:
    problem = the_problem(raw)
    assert (problem.code, problem.what) == ("config.unreadable", what)


def test_the_largest_file_is_still_read() -> None:
    padded = LEAST.encode()
    padded += b"#" * (CONFIG_BYTES_MAX - len(padded))
    assert parse_config(padded).party == "JPN"
