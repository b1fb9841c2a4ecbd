# SPDX-License-Identifier: Apache-2.0
import pytest

from comity.basis.networks import network_of


@pytest.mark.parametrize(
    ("address", "held_to"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", ""),
        ("odd:", ""),
        ("", ""),
    ],
)
def test_a_client_is_held_to_its_network(address, held_to):
    network_of.cache_clear()  # what another test asked before would be told again
    assert network_of(address) == held_to
