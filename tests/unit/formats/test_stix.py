# SPDX-License-Identifier: Apache-2.0
"""STIX bundles: what is known goes in and out whole, under its TLP marking; the rest is refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.basis.errors import InputError
from comity.formats.stix import format_stix, mark_at_least, parse_stix
from comity.formats.stix_objects import KINDS
from comity.formats.tlp import MARKING_IDS, STRICTEST_FIRST, definition_of, strictest
from tests.builders.foreign_formats import (
    Json,
    bundle,
    domain,
    every_kind,
    indicator,
    observed,
    statement,
    uuid,
)


def refused(raw: bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        parse_stix(raw)
    return caught.value


def without(value: Json, key: str) -> Json:
    return {name: each for name, each in value.items() if name != key}


def test_every_kind_comes_back_as_it_went() -> None:
    read = parse_stix(bundle(*every_kind()))
    assert {each.id.partition("--")[0] for each in read.objects} == set(KINDS)
    written = format_stix(read)
    assert parse_stix(written) == read
    assert format_stix(parse_stix(written)) == written


def test_what_is_written_holds_the_definitions_of_its_markings_first() -> None:
    value = json.loads(format_stix(parse_stix(bundle(*every_kind()))))
    ids = [each["id"] for each in value["objects"]]
    named = [MARKING_IDS[each] for each in ("TLP:RED", "TLP:AMBER", "TLP:GREEN")]
    assert ids[:4] == [*named, f"marking-definition--{uuid(20)}"]
    assert value["objects"][0] == definition_of("TLP:RED")


def test_the_whole_is_marked_as_its_strictest_object() -> None:
    assert (
        parse_stix(bundle(indicator(1, "TLP:CLEAR"), indicator(2, "TLP:GREEN"))).tlp == "TLP:GREEN"
    )
    assert parse_stix(bundle(*every_kind())).tlp == "TLP:RED"


@given(
    st.lists(st.sampled_from(STRICTEST_FIRST), min_size=1, max_size=6),
    st.sampled_from(STRICTEST_FIRST),
)
def test_marking_at_least_never_lowers_and_comes_back(names: list[str], least: str) -> None:
    read = parse_stix(bundle(*(indicator(at, each) for at, each in enumerate(names))))
    raised = mark_at_least(read, least)
    assert [each.tlp for each in raised.objects] == [strictest((each, least)) for each in names]
    assert parse_stix(format_stix(raised)) == raised
    assert mark_at_least(raised, least) == raised


def test_statements_stay_beside_a_marking_that_is_raised() -> None:
    own = f"marking-definition--{uuid(20)}"
    read = parse_stix(bundle(statement(20), indicator(1, own, "TLP:GREEN")))
    value = json.loads(format_stix(mark_at_least(read, "TLP:RED")))
    assert value["objects"][-1]["object_marking_refs"] == [own, MARKING_IDS["TLP:RED"]]


@pytest.mark.parametrize("name", STRICTEST_FIRST)
def test_a_published_definition_is_taken_and_an_altered_one_is_not(name: str) -> None:
    own = definition_of(name)
    parse_stix(bundle(own, indicator(1, name)))
    parse_stix(bundle({**own, "created": "2022-10-01T00:00:00Z"}, indicator(1, name)))
    other = "TLP:CLEAR" if name == "TLP:RED" else "TLP:RED"
    for altered in (
        {**own, "name": other},
        {**own, "extensions": definition_of(other)["extensions"]},
        {**own, "created": "2022-10-01T00:00:00.001Z"},
        {**own, "more": 1},
    ):
        assert refused(bundle(altered, indicator())).code == "formats.stix-tlp-altered"


@pytest.mark.parametrize(
    ("refs", "code"),
    [
        (["TLP:RED", "TLP:GREEN"], "formats.stix-tlp"),
        (["TLP:RED", "TLP:RED"], "formats.stix-marking"),
        (["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"], "formats.stix-marking"),
        ([f"marking-definition--{uuid(20)}"], "formats.stix-marking"),
        (["identity--" + uuid(1)], "formats.stix-id"),
        (["TLP:AMBER "], "formats.stix-id"),
    ],
)
def test_an_object_has_one_known_tlp_marking(refs: list[str], code: str) -> None:
    assert refused(bundle(indicator(1, *refs))).code == code


def test_what_is_unmarked_is_refused_with_its_path() -> None:
    error = refused(bundle(indicator(1), without(indicator(2), "object_marking_refs")))
    assert error.code == "basis.missing-field"
    assert error.where == "$.objects[1]"
    alone = refused(bundle(statement(20), indicator(1, f"marking-definition--{uuid(20)}")))
    assert alone.code == "formats.stix-tlp"


@pytest.mark.parametrize("value", every_kind()[1:], ids=lambda each: each["type"])
def test_each_key_that_an_object_must_have_is_asked_for(value: Json) -> None:
    for key in KINDS[value["type"]].must:
        assert refused(bundle(statement(20), without(value, key))).code == "basis.missing-field"


@pytest.mark.parametrize("value", every_kind(), ids=lambda each: each["type"])
def test_a_key_that_is_not_known_is_refused_with_its_path(value: Json) -> None:
    error = refused(bundle(indicator(99), {**value, "x_custom": 1}))
    assert error.code == "basis.unknown-field"
    assert error.where == "$.objects[1]"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"type": "threat-actor", "id": f"threat-actor--{uuid(1)}"}, "formats.stix-kind"),
        ({"id": f"malware--{uuid(1)}"}, "formats.stix-id"),
        ({"id": "indicator--1"}, "formats.stix-id"),
        ({"id": f"indicator--{uuid(1)}\n"}, "formats.stix-id"),
        ({"spec_version": "2.0"}, "basis.wrong-form"),
        ({"created": "2026-11-01"}, "basis.wrong-form"),
        ({"created": "2026-11-01T00:00:00+09:00"}, "basis.wrong-form"),
        ({"created": "2026-02-30T00:00:00Z"}, "basis.instant"),
        ({"modified": "2026-10-31T23:59:59.999Z"}, "formats.stix-times"),
        ({"valid_until": "2026-10-01T00:00:00Z"}, "formats.stix-times"),
        ({"pattern_type": "lua"}, "basis.wrong-form"),
        ({"pattern": ""}, "basis.wrong-length"),
        ({"pattern": "x" * 20_001}, "basis.wrong-length"),
        ({"confidence": 101}, "basis.out-of-range"),
        ({"revoked": "no"}, "basis.wrong-type"),
        ({"labels": []}, "basis.wrong-length"),
        ({"lang": "en\u202e"}, "basis.wrong-form"),
        ({"created_by_ref": "Team A"}, "formats.stix-id"),
        ({"created_by_ref": f"threat-actor--{uuid(1)}"}, "formats.stix-kind"),
        ({"kill_chain_phases": [{"kill_chain_name": "a"}]}, "basis.missing-field"),
        ({"external_references": [{"source_name": "a", "hashes": {}}]}, "formats.stix-empty"),
        ({"granular_markings": []}, "basis.unknown-field"),
        ({"extensions": {}}, "basis.unknown-field"),
    ],
)
def test_what_does_not_fit_is_refused(changed: Json, code: str) -> None:
    assert refused(bundle({**indicator(), **changed})).code == code


@pytest.mark.parametrize(
    "hashes",
    [{"SHA-256": "a" * 63}, {"SHA-256": "g" * 64}, {"SSDEEP": "a"}, {}, {"SHA-256": 1}],
)
def test_a_hash_is_of_a_known_name_and_length(hashes: Json) -> None:
    assert refused(bundle(observed("file", 1, hashes=hashes))).where.startswith(
        "$.objects[0].hashes"
    )


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (bundle(), "basis.wrong-length"),
        (bundle(statement(20)), "formats.stix-nothing"),
        (bundle(indicator(), type="report"), "formats.stix-no-bundle"),
        (bundle(indicator(), id="bundle--1"), "formats.stix-id"),
        (bundle(indicator(), spec_version="2.0"), "basis.unknown-field"),
        (bundle(indicator(), indicator()), "formats.stix-doubled"),
        (bundle(statement(20, definition_type="tlp")), "formats.stix-definition"),
        (bundle(statement(20, definition={"tlp": "red"})), "basis.missing-field"),
        (bundle(statement(20, definition={"statement": "a", "b": 1})), "basis.unknown-field"),
        (bundle(statement(20, created_by_ref="malware--" + uuid(1))), "formats.stix-id"),
        (bundle(*(indicator(at) for at in range(1_001))), "basis.wrong-length"),
        (b" " * (1024 * 1024 + 1), "basis.too-large"),
        (b'{"type":"bundle","objects":' + b"[" * 13 + b"]" * 13 + b"}", "basis.json-too-deep"),
        (bundle(indicator(confidence=0.5)), "basis.json-number"),
        (bundle(indicator()).replace(b'"spec', b'"id":"a","spec', 1), "basis.json-doubled-key"),
        (b"\xff", "basis.not-utf8"),
    ],
)
def test_no_bundle_beyond_what_is_known_and_bounded(raw: bytes, code: str) -> None:
    assert refused(raw).code == code


def test_of_two_observations_the_end_may_be_the_beginning_and_never_before() -> None:
    seen = domain(
        "observed-data",
        4,
        first_observed="2026-11-01T00:00:00.5Z",
        last_observed="2026-11-01T00:00:00.50Z",
        number_observed=1,
        object_refs=[f"url--{uuid(1)}"],
    )
    parse_stix(bundle(seen))
    earlier: Any = {**seen, "last_observed": "2026-11-01T00:00:00.4999Z"}
    assert refused(bundle(earlier)).code == "formats.stix-times"
