# SPDX-License-Identifier: Apache-2.0
"""The pages of the wire say what the code does: routes, fields, limits and examples."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.basis import limits
from comity.flows.pending import PENDING_KEPT
from comity.flows.serving.callers import NONCES_MAX
from comity.flows.serving.uploads import EXCESS_ENTRIES_MAX
from comity.keys.http_signatures import CONTENT_DIGEST, CONTENT_RANGE, SIGNATURE, TO
from comity.tlog.push import PUSH_TYPE
from comity.wire.limits import WireLimits
from comity.wire.mirroring import MISSING_HEADER, REFUSED_HEADER
from comity.wire.router import OTHER, PartnerWire
from tests.builders.world import JPN, make_world
from tests.docs.test_format_pages import first_words, page, section, table_after, vector


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[PartnerWire]:
    """Give a wire; nothing is asked of it."""
    with make_world(tmp_path, (JPN,)) as world:
        yield PartnerWire(world.jpn.context)


def test_every_route_has_a_row_and_every_row_a_route(wire: PartnerWire) -> None:
    listed = first_words(table_after(page("wire"), "route"))
    routes = {f"{each.method} {each.label}" for each in wire._routes}
    assert set(listed) == routes
    assert {each.split(" ")[1] for each in listed} | {OTHER} == set(wire.labels)


LIMITS = {
    "wire": (
        limits.ADD_CHECKPOINT_BYTES_MAX,
        limits.ADD_ENTRIES_PACKAGES_MAX,
        limits.PARCEL_INLINE_BYTES_MAX,
        limits.PARCEL_PIECE_BYTES_MAX,
        limits.PARCEL_UPLOADS_MAX,
        limits.ECHO_BYTES_MAX,
        limits.UPLOAD_STALLED_MS // 3_600_000,
        limits.PARTNER_CONNECTIONS_MAX,
        limits.PARTNER_CONNECTIONS_ADDRESS_MAX,
        limits.HANDSHAKES_MAX,
        limits.HANDSHAKES_ADDRESS_MAX,
        EXCESS_ENTRIES_MAX,
        PENDING_KEPT,
        WireLimits().address_requests,
        int(WireLimits().address_burst),
        WireLimits().partner_running,
        int(WireLimits().idle_s),
        int(WireLimits().grace_s),
        WireLimits().address_buffered_bytes // limits.MIB,
    ),
    "push": (
        limits.PUSH_BYTES_MAX,
        limits.PUSH_ENTRIES_MAX,
        limits.PUSH_HELD_MAX,
        limits.PUSH_PARCELS_MAX,
        limits.PARCEL_INLINE_BYTES_MAX,
    ),
    "http-signatures": (
        limits.HTTP_SIGNATURE_WINDOW_S,
        limits.HTTP_SIGNATURE_SKEW_S,
        NONCES_MAX,
    ),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_page_names_the_limits_of_its_format(name: str) -> None:
    text = page(name)
    for value in LIMITS[name]:
        assert re.search(rf"(?<![0-9,]){value:,}(?![0-9,]*[0-9])", text), f"{value:,}"


def test_fields_and_types_are_those_of_the_code() -> None:
    fields = first_words(table_after(page("http-signatures"), "field"))
    assert {TO, CONTENT_DIGEST, CONTENT_RANGE, SIGNATURE, "signature-input"} == set(fields)
    assert f"`content-type: {PUSH_TYPE}`" in page("push")
    headers = first_words(table_after(page("push"), "header of the answer"))
    assert [each.partition(":")[0] for each in headers] == [MISSING_HEADER, REFUSED_HEADER]


def test_the_example_of_the_wire_is_the_one_that_the_code_gives() -> None:
    kept, text = vector("wire"), page("wire")
    assert f"/{kept['origin_hash']}/checkpoint" in text
    assert kept["add_entries_head"] in text.replace("\n", "")
    head, _, _ = kept["add_checkpoint"].partition("\n\n")
    assert head in text


def test_the_example_of_a_push_is_the_one_that_the_code_gives() -> None:
    kept, text = vector("push"), page("push")
    assert f"{kept['bytes']:,} bytes" in text
    shown = "".join(first_words(table_after(section(text, "## Example"), "bytes")))
    origin = b"jpn.example/register/gsomia-jpn-kor".hex()
    head = kept["entries_head"].replace(origin, "")
    assert shown == "".join(
        (
            kept["checkpoint_length"],
            kept["entries_length"],
            head,
            kept["entry_length"],
            kept["held_length"],
            kept["parcel_head"],
            kept["parcel_length"],
        )
    )


def test_the_example_of_a_signed_request_is_the_one_that_the_code_gives() -> None:
    kept, text = vector("http-signatures"), page("http-signatures")
    assert kept["piece"]["base"] in text
    assert f"signature: {kept['piece']['fields']['signature']}" in text
