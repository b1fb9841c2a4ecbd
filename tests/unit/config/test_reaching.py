# SPDX-License-Identifier: Apache-2.0
"""A file that tells partners of a place where the node does not listen is told so."""

from __future__ import annotations

import pytest

from comity.basis.ids import Digest, Domain, PartyId
from comity.config import Config, Endpoint, Serving
from comity.config.reaching import told_elsewhere

ANYWHERE = Endpoint("0.0.0.0", 8443)
NEAR = Endpoint("127.0.0.1", 8443)


def config(*addresses: str, listens: Endpoint = ANYWHERE, pins: tuple[Digest, ...] = ()) -> Config:
    return Config(
        party=PartyId("JPN"),
        domain=Domain("jpn.example"),
        names=(("en", "Japan"),),
        competent_authority="Japan",
        addresses=addresses,
        serve=Serving(partners_listen=listens, tls_pins=pins),
    )


@pytest.mark.parametrize(
    ("address", "listens"),
    [
        ("https://jpn.example:8443", ANYWHERE),
        ("https://jpn.example:8443/comity", ANYWHERE),
        ("https://[2001:db8::1]:8443", Endpoint("::", 8443)),
        ("https://jpn.example", Endpoint("192.0.2.1", 443)),
        ("https://127.0.0.1:8443", NEAR),
        ("https://localhost:8443", NEAR),
        ("https://jpn.example:9443", Endpoint("127.0.0.1", 0)),
    ],
)
def test_an_address_that_leads_here_needs_no_word(address: str, listens: Endpoint) -> None:
    assert told_elsewhere(config(address, listens=listens)) is None


@pytest.mark.parametrize(
    ("address", "listens"),
    [
        ("https://jpn.example:9443", ANYWHERE),
        ("https://jpn.example", ANYWHERE),
        ("https://jpn.example:8443", NEAR),
        ("https://a:b:c", NEAR),
    ],
)
def test_an_address_that_leads_elsewhere_is_told_with_where_the_node_listens(
    address: str, listens: Endpoint
) -> None:
    told = told_elsewhere(config(address, listens=listens))
    assert told == f"partners are told {address}, and the node listens on {listens}"


def test_one_way_that_leads_here_is_enough_and_a_proxy_that_is_named_is_another() -> None:
    both = ("https://jpn.example:1", "https://jpn.example:8443")
    assert told_elsewhere(config(*both)) is None
    assert told_elsewhere(config("https://jpn.example", pins=(Digest("00" * 32),))) is None
    assert told_elsewhere(config()) is None


def test_where_it_listens_indeed_counts() -> None:
    there = config("https://127.0.0.1:5", listens=Endpoint("127.0.0.1", 0))
    assert told_elsewhere(there, Endpoint("127.0.0.1", 5)) is None
    assert told_elsewhere(there, Endpoint("127.0.0.1", 6)) is not None
