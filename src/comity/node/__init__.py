# SPDX-License-Identifier: Apache-2.0
"""A node's folder: configuration → adapters → what flows are given. Nothing else names an adapter.

`comity.toml`, `store.sqlite`, `blobs/`, `keys/`, `courier/`, `lock`, `socket` while it is served,
and in an exercise its clock.
"""

from comity.node.at_hand import AskPassphrase, AtHand, ask_nobody
from comity.node.examining import look_at, on_the_wire
from comity.node.folder import (
    BLOBS_NAME,
    COURIER_NAME,
    KEYS_NAME,
    STORE_NAME,
    load_config,
)
from comity.node.founding import found, set_story_clock
from comity.node.opening import open_node, open_passwords
from comity.node.passphrases import EXERCISE_PASSPHRASE_NAME, EXERCISE_PASSPHRASES
from comity.node.ways import LOCK_WAIT_S, ask_entries, ask_status, refuse_served

__all__ = [
    "BLOBS_NAME",
    "COURIER_NAME",
    "EXERCISE_PASSPHRASES",
    "EXERCISE_PASSPHRASE_NAME",
    "KEYS_NAME",
    "LOCK_WAIT_S",
    "STORE_NAME",
    "AskPassphrase",
    "AtHand",
    "ask_entries",
    "ask_nobody",
    "ask_status",
    "found",
    "load_config",
    "look_at",
    "on_the_wire",
    "open_node",
    "open_passwords",
    "refuse_served",
    "set_story_clock",
]
