# SPDX-License-Identifier: Apache-2.0
"""Items at the command line: released, drafted, received, looked at and opened."""

import json
import shlex
from pathlib import Path
from types import SimpleNamespace

import pytest

from comity.cli.item_open import SHOWN_BYTES_MAX
from comity.flows import taking_stix
from tests.builders.foreign_formats import bundle, indicator

REPORTS = Path(__file__).parents[2] / "src/comity/cli/demo/reports"


@pytest.fixture
def received(cli, signed, release, ferry):
    """Release a file, carry it, and receipt it; return the outcome of opening it as the reader."""

    def call(file: str, *more: str, opening: tuple[str, ...] = ()):
        assert release(file, *more).code == 0
        ferry("jpn", "kor")
        assert cli("item", "receipt", "JPN/4", "--node", "kor", "--as", "registrar").code == 0
        who = ("--purpose", "warning", "--node", "kor", "--as", "reader")
        return cli("item", "open", "JPN/4", *who, *opening)

    return call


def next_of(outcome) -> list[str]:
    """Give the words of the command that is printed as what comes next."""
    (line,) = (each for each in outcome.err.splitlines() if each.startswith("next: comity "))
    return shlex.split(line.removeprefix("next: comity "))


def test_what_comes_next_runs_as_it_is_printed(cli, signed, release, ferry) -> None:
    assert release("text.txt").code == 0
    ferry("jpn", "kor")
    who = ("--node", "kor", "--as", "reader")
    waits = next_of(cli("item", "show", "JPN/4", *who))
    assert waits[-1] == "registrar", "who may do it is named, not a word for it"
    assert cli(*waits).code == 0
    opening = next_of(cli("item", "show", "JPN/4", *who))
    assert cli(*opening).code == 0


def test_a_release_names_the_node_and_the_person_in_what_comes_next(cli, release) -> None:
    outcome = release("text.txt")
    (line,) = (each for each in outcome.err.splitlines() if each.startswith("next: "))
    assert "comity courier pack --to KOR --node jpn --as " in line


def test_a_way_that_is_not_allowed_is_refused_with_the_option_that_names_it(cli, release) -> None:
    outcome = release("text.txt", "--channel", "pigeon", "--dry-run")
    assert outcome.code == 3
    assert "--channel" in outcome.err
    assert release("text.txt", "--channel", "node", "--dry-run").code == 0


def size_of(cli, node: str, party: str) -> int:
    rows = cli("register", "show", "--node", node, "--json").value["registers"]
    return next(row["size"] for row in rows if row["party"] == party)


def test_a_dry_run_decides_and_keeps_nothing(cli, release) -> None:
    before = size_of(cli, "jpn", "JPN")
    outcome = release("text.txt", "--dry-run", "--json")
    assert outcome.code == 0
    assert outcome.value["level"] == "CONFIDENTIAL"
    assert [each["decision"] for each in outcome.value["decisions"]] == ["allow"]
    assert size_of(cli, "jpn", "JPN") == before
    assert cli("item", "drafts", "--node", "jpn", "--json").value["drafts"] == []


def test_a_dry_run_refuses_as_the_release_would(cli, release) -> None:
    for more in (("--dry-run",), ()):
        outcome = release("text.txt", "--form", "song", "--json", *more)
        assert outcome.code == 3
        assert outcome.value["schema"] == "comity/refusal/1"
        assert {each["article"] for each in outcome.value["findings"]} == {"2"}


@pytest.mark.row("G4.1")
@pytest.mark.parametrize("more", [("--dry-run",), ()])
def test_g4_1_an_unlisted_marking_is_refused_by_its_article_and_journalled(
    cli, release, more: tuple[str, ...]
) -> None:
    outcome = release("text.txt", "--marking", "機密", "--json", *more)
    assert outcome.code == 3
    assert outcome.value["schema"] == "comity/refusal/1"
    assert {each["article"] for each in outcome.value["findings"]} == {"4(1)"}
    told = cli("register", "journal", "--node", "jpn", "--as", "auditor", "--json").value
    refused = [each for each in told["entries"] if each["outcome"] == "refused"]
    cited = [each["details"]["articles"] for each in refused]
    assert cited == ([] if more else [["4(1)"]])
    assert cli("item", "drafts", "--node", "jpn", "--json").value["drafts"] == []


@pytest.mark.parametrize("marking", ["", "x" * 1000])
def test_what_could_be_no_marking_at_all_is_bad_input(cli, release, marking: str) -> None:
    outcome = release("text.txt", "--marking", marking, "--json")
    assert outcome.code == 2


def test_what_is_released_is_told_with_the_articles_that_allowed_it(cli, release) -> None:
    entered = release("text.txt", "--json").value["entered"]
    assert entered["articles"] == ["2"]
    assert "allowed by     Art. 2" in release("text.txt").out


def test_a_dry_run_asks_for_the_role_too(cli, signed) -> None:
    label = ("--to", "KOR", "--marking", "秘", "--category", "cyber", "--purpose", "warning")
    who = ("--node", "jpn", "--as", "reader", "--dry-run")
    outcome = cli("item", "release", "text.txt", *label, *who)
    assert outcome.code == 3
    assert "item.draft needs one of the roles: drafter, releasing_officer" in outcome.err


def test_a_released_item_is_told_as_json(cli, release) -> None:
    entered = release("text.txt", "--json").value["entered"]
    assert entered["place"] == "gsomia-jpn-kor/JPN/4"
    assert entered["kind"] == "item.release"
    assert entered["body"]["label"]["marking"] == "秘"
    assert "観測" not in json.dumps(entered, ensure_ascii=False)


def test_art_7_5_an_item_for_a_post_waits_for_an_assurance_of_that_post(
    cli, release, ferry
) -> None:
    refused = release("text.txt", "--for", "director")
    assert refused.code == 3
    assert "Art. 7(5) (assurance)" in refused.err
    assert "comity assurance give --for director, on its node" in refused.err
    held = cli(
        "person", "change", "reader", "--post", "director", "--node", "kor", "--as", "registrar"
    )
    assert held.code == 0
    terms = ("--level", "SECRET", "--for", "director", "--until", "2017-06-30")
    assert cli("assurance", "give", *terms, "--node", "kor", "--as", "registrar").code == 0
    ferry("kor", "jpn")
    entered = release("text.txt", "--for", "director", "--json").value["entered"]
    assert entered["body"]["label"]["for"] == ["director"]
    told = release("text.txt", "--for", "director").out
    assert "meant for director; the agreement has no `audience` clause" in told
    assert "`audience`" not in release("text.txt").out


@pytest.mark.parametrize("option", ["--purpose", "--for"])
def test_a_label_that_would_not_read_is_not_kept(cli, release, option: str) -> None:
    for word in ("", "緊急", "a\x1b", "w" * 65):
        assert release("text.txt", option, word).code == 2
        assert release("text.txt", option, word, "--dry-run").code == 2
    assert cli("item", "drafts", "--node", "jpn", "--json").value["drafts"] == []


def test_a_draft_waits_and_is_told_as_json(cli, release) -> None:
    draft = release("text.txt", "--marking", "極秘", "--json").value["draft"]
    assert draft["level"] == "SECRET"
    listed = cli("item", "drafts", "--node", "jpn", "--json").value["drafts"]
    assert listed == [draft]
    outcome = cli("item", "approve", str(draft["number"]), "--node", "jpn", "--as", "officer")
    assert outcome.code == 3
    assert "two persons" in outcome.err


def test_a_later_item_supersedes_an_earlier_one(cli, release) -> None:
    release("text.txt")
    assert release("text.txt", "--supersedes", "JPN/4").code == 0
    listed = cli("item", "list", "--node", "jpn", "--as", "auditor", "--json").value["items"]
    assert [each["superseded_by"] for each in listed] == ["JPN/5", None]
    assert "superseded     by JPN/5" in cli("item", "list", "--node", "jpn", "--as", "auditor").out


@pytest.mark.parametrize("name", sorted(path.stem for path in REPORTS.glob("*.json")))
def test_every_report_is_held_to_its_schema_and_sealed(cli, release, name: str) -> None:
    file = REPORTS / f"{name}.json"
    schema = json.loads(file.read_text(encoding="utf-8"))["schema"]
    assert release(str(file), "--schema", schema, "--dry-run").code == 0


def test_a_report_that_does_not_read_is_not_sealed(cli, signed, release) -> None:
    (signed / "report.json").write_text('{"schema": "free_report/1"}', encoding="utf-8")
    outcome = release("report.json", "--schema", "free_report/1")
    assert outcome.code == 2
    assert cli("item", "drafts", "--node", "jpn", "--json").value["drafts"] == []


def test_content_comes_from_standard_input_too(cli, signed, release, monkeypatch) -> None:
    with (signed / "text.txt").open(encoding="utf-8") as file:
        monkeypatch.setattr("sys.stdin", file)
        assert release("-", "--title", "速報").code == 0


@pytest.mark.parametrize("name", ["missing.txt", "."])
def test_a_file_that_cannot_be_read_is_bad_input(cli, release, name: str) -> None:
    outcome = release(name)
    assert outcome.code == 2
    assert "cli.unreadable-file" in outcome.err


def test_text_is_shown_between_both_markings(received) -> None:
    lines = received("text.txt", "--title", "速報").out.splitlines()
    assert lines[1:5] == [
        "EXERCISE EXERCISE EXERCISE",
        "日本国政府 · Government of Japan",
        "秘",
        "군사III급비밀",
    ]
    assert lines[-4:] == list(reversed(lines[1:5]))
    assert "観測" in lines


def test_text_cannot_steer_the_terminal(signed, received) -> None:
    (signed / "evil.txt").write_text("a\x1b[2Jb\u202ec\nd", encoding="utf-8")
    outcome = received("evil.txt", "--title", "t\x1b[31m")
    assert "\x1b" not in outcome.out
    assert "\u202e" not in outcome.out
    assert "a‹U+001B›[2Jb‹U+202E›c" in outcome.out.splitlines()
    assert "d" in outcome.out.splitlines()


def test_a_report_is_shown_readably(received) -> None:
    file = REPORTS / "nuclear-test-2016-01-06.json"
    lines = received(str(file), "--schema", "nuclear_test_report/1").out.splitlines()
    assert "  - 5.1 Mj: JMA, 2016-01-06 (superseded)" in lines
    assert "  - 5.0 Mj: JMA, revision 2" in lines


def test_a_payload_that_lies_about_its_schema_is_shown_as_text(
    cli, signed, received, monkeypatch
) -> None:
    from comity.cli import contents

    monkeypatch.setattr(contents, "parse_report", lambda raw: _Lie())
    monkeypatch.setattr(contents, "schema_of", lambda report: "free_report/1")
    outcome = received("text.txt", "--schema", "free_report/1")
    assert outcome.code == 0
    assert "warning: not the report that its schema says" in outcome.err
    assert "観測" in outcome.out


class _Lie:
    head = type("Head", (), {"title": "lie"})


def test_opened_content_is_told_as_json(received) -> None:
    value = received("text.txt", opening=("--json",)).value
    assert value["content"] == "観測\n"
    assert value["banner"]["head"][2:] == ["秘", "군사III급비밀"]
    assert value["header"] == {
        "title": "text.txt",
        "media_type": "text/plain",
        "file_name": "text.txt",
        "schema": None,
    }


@pytest.mark.parametrize("content", [b"\xff\xfe\x00\x01", b"a\x00b"])
def test_what_is_no_text_goes_to_a_file_alone(cli, signed, received, content: bytes) -> None:
    (signed / "raw.bin").write_bytes(content)
    outcome = received("raw.bin")
    assert outcome.code == 2
    assert "the content is no text [cli.not-text]" in outcome.err
    who = ("--purpose", "warning", "--node", "kor", "--as", "reader")
    written = cli("item", "open", "JPN/4", *who, "--out", "out.bin", "--json").value
    assert written["bytes"] == len(content)
    assert (signed / "out.bin").read_bytes() == content
    assert (signed / "out.bin").stat().st_mode & 0o077 == 0


def test_long_content_goes_to_a_file_alone(signed, received) -> None:
    (signed / "long.txt").write_bytes(b"a" * (SHOWN_BYTES_MAX + 1))
    outcome = received("long.txt")
    assert outcome.code == 2
    assert "cli.too-long-to-show" in outcome.err


@pytest.mark.parametrize("name", ["text.txt", "", "-"])
def test_opening_writes_over_nothing_and_journals_nothing_for_it(
    cli, signed, received, name: str
) -> None:
    assert received("text.txt").code == 0
    before = journal_size(cli)
    who = ("--purpose", "warning", "--node", "kor", "--as", "reader")
    assert cli("item", "open", "JPN/4", *who, "--out", name).code == 2
    assert journal_size(cli) == before + 1  # that the journal was read


def journal_size(cli) -> int:
    who = ("--node", "kor", "--as", "auditor")
    return cli("register", "journal", "--limit", "1", *who, "--json").value["size"]


def test_an_altered_payload_is_not_opened_and_leaves_no_file(cli, signed, received) -> None:
    assert received("text.txt").code == 0
    for blob in (signed / "kor/blobs").rglob("*"):
        if blob.is_file():
            raw = bytearray(blob.read_bytes())
            raw[-1] ^= 1
            blob.chmod(0o600)
            blob.write_bytes(raw)
    who = ("--purpose", "warning", "--node", "kor", "--as", "reader")
    outcome = cli("item", "open", "JPN/4", *who, "--out", "out.txt")
    assert outcome.code == 4
    assert not list(signed.glob("*out.txt*"))
    shown = cli("item", "open", "JPN/4", *who)
    assert shown.code == 4
    assert "観測" not in shown.out


def test_who_was_refused_stands_in_the_journal(cli, received) -> None:
    received("text.txt")
    refused = cli(
        "item", "open", "JPN/4", "--purpose", "study", "--node", "kor", "--as", "outsider", "--json"
    )
    assert refused.code == 3
    assert {each["article"] for each in refused.value["findings"]} == {"6(c)", "7(1)", "7(2)"}
    journal = cli("register", "journal", "--node", "kor", "--as", "auditor", "--json").value
    last = journal["entries"][-1]
    assert last["by"] == "outsider"
    assert last["outcome"] == "refused"
    assert last["details"]["articles"] == ["6(c)", "7(1)", "7(2)"]


def test_a_person_knows_of_items_by_office_or_need(cli, release) -> None:
    release("text.txt")

    def listed(person: str) -> tuple[int, int]:
        value = cli("item", "list", "--node", "jpn", "--as", person, "--json").value
        return len(value["items"]), value["withheld"]

    assert listed("auditor") == (1, 0)
    assert listed("reader") == (1, 0)
    assert listed("outsider") == (0, 1)
    assert cli("item", "show", "JPN/4", "--node", "jpn", "--as", "outsider").code == 3
    assert cli("item", "list", "--node", "jpn", "--as", "administrator").code == 3


def test_what_is_not_ours_is_not_shown(cli, signed) -> None:
    outcome = cli("item", "show", "JPN/4", "--node", "kor", "--as", "auditor")
    assert outcome.code == 1
    assert "item.unknown" in outcome.err


def test_asking_what_may_be_done_does_nothing(cli, release) -> None:
    release("text.txt")
    before = size_of(cli, "jpn", "JPN")
    who = ("--node", "jpn", "--as", "reader", "--purpose", "warning", "--json")
    allowed = cli("item", "may", "open", "JPN/4", *who)
    assert (allowed.code, allowed.value["decision"]) == (0, "allow")
    denied = cli("item", "may", "third_party_release", "JPN/4", "--recipient", "USA", *who)
    assert (denied.code, denied.value["decision"]) == (3, "deny")
    assert [each["article"] for each in denied.value["articles"]] == ["6(a)"]
    assert size_of(cli, "jpn", "JPN") == before


@pytest.mark.parametrize("text", ["JPN", "JPN/x", "a/b/c/d", "gsomia-jpn-kor/JPN", "/JPN/4", ""])
def test_a_control_number_that_does_not_read_is_bad_input(cli, signed, text: str) -> None:
    assert cli("item", "show", text, "--node", "jpn", "--as", "auditor").code == 2


def test_a_control_number_and_the_option_name_one_agreement(cli, release) -> None:
    release("text.txt")
    who = ("--node", "jpn", "--as", "auditor")
    assert cli("item", "show", "gsomia-jpn-kor/JPN/4", *who).code == 0
    assert cli("item", "show", "JPN/4", "--agreement", "gsomia-jpn-kor", *who).code == 0
    outcome = cli("item", "show", "gsomia-jpn-kor/JPN/4", "--agreement", "other", *who)
    assert outcome.code == 2
    assert "cli.two-agreements" in outcome.err


def test_with_two_agreements_one_is_named(cli, release) -> None:
    release("text.txt")
    assert cli("agreement", "pin", "acsa-jpn-kor", "--party", "KOR", "--node", "jpn").code == 0
    who = ("--node", "jpn", "--as", "auditor")
    outcome = cli("item", "show", "JPN/4", *who)
    assert outcome.code == 2
    assert "one of acsa-jpn-kor, gsomia-jpn-kor" in outcome.err
    assert cli("item", "show", "JPN/4", "--agreement", "gsomia-jpn-kor", *who).code == 0


def test_without_an_agreement_it_says_how_to_pin_one(cli, jpn) -> None:
    outcome = cli("state", "export", "--node", jpn)
    assert outcome.code == 1
    assert "cli.no-agreement" in outcome.err


def test_an_end_of_use_is_set_with_the_release_and_shown(cli, release) -> None:
    assert release("text.txt", "--use-until", "2017-03-31").code == 0
    shown = cli("item", "show", "JPN/4", "--node", "jpn", "--as", "officer")
    assert "use until      2017-03-31" in shown.out
    assert release("text.txt").code == 0
    without = cli("item", "show", "JPN/5", "--node", "jpn", "--as", "officer")
    assert "use until" not in without.out


def test_an_end_of_use_that_has_passed_or_is_none_is_refused(cli, release) -> None:
    passed = release("text.txt", "--use-until", "2016-01-31")
    assert (passed.code, "cli.past-end" in passed.err) == (2, True)
    assert "--use-until" in passed.err
    assert release("text.txt", "--use-until", "soon").code == 2


@pytest.fixture
def take_in(cli, signed):
    """Take a file in as a bundle of STIX, as Tokyo's officer."""
    label = ("--to", "KOR", "--category", "missile-warning", "--purpose", "warning")

    def call(file: str):
        return cli("item", "draft", "--stix", file, *label, "--node", "jpn", "--as", "officer")

    return call


def test_a_bundle_whose_marking_the_agreement_does_not_know_is_refused(
    cli, signed, take_in
) -> None:
    (signed / "bundle.json").write_bytes(bundle(indicator(1, "TLP:AMBER")))
    outcome = take_in("bundle.json")
    assert outcome.code == 3
    assert "TLP:AMBER" in outcome.err
    assert cli("item", "drafts", "--node", "jpn", "--json").value["drafts"] == []


def test_a_bundle_waits_as_a_draft_for_another_officer(cli, signed, take_in, monkeypatch) -> None:
    # No agreement between these two knows TLP; the circle's is in tests/articles.
    monkeypatch.setattr(taking_stix, "parse_stix", lambda raw: SimpleNamespace(tlp="秘"))
    (signed / "bundle.json").write_bytes(bundle(indicator(1, "TLP:AMBER")))
    before = size_of(cli, "jpn", "JPN")
    outcome = take_in("bundle.json")
    assert outcome.code == 0, outcome.err
    assert "waits for a releasing officer" in outcome.out
    assert "next: find another releasing officer" in outcome.err
    (draft,) = cli("item", "drafts", "--node", "jpn", "--json").value["drafts"]
    assert draft["level"] == "CONFIDENTIAL"
    assert size_of(cli, "jpn", "JPN") == before


def test_a_text_is_no_bundle(take_in) -> None:
    assert take_in("text.txt").code == 2
    assert take_in("absent.json").code == 2
