# SPDX-License-Identifier: Apache-2.0
"""A node's configuration: the text of `comity.toml` → `Config`, every problem at once.

It says who the node is, where it is served and how strictly it works here; keys, cards,
agreements and persons are elsewhere. Nothing unknown is skipped, and what is not said takes the
stricter value.
"""

from comity.config.model import (
    ALWAYS,
    CONFIG_BYTES_MAX,
    CONFIG_NAME,
    GRACEFUL_STOP_S,
    LANGUAGES,
    NEVER,
    OWN_TLS_PINS_MAX,
    TIME_DISPUTE_LIMIT_S,
    TIME_DISPUTE_LIMIT_S_MAX,
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
)
from comity.config.reading import parse_config
from comity.config.writing import format_config

__all__ = [
    "ALWAYS",
    "CONFIG_BYTES_MAX",
    "CONFIG_NAME",
    "GRACEFUL_STOP_S",
    "LANGUAGES",
    "NEVER",
    "OWN_TLS_PINS_MAX",
    "TIME_DISPUTE_LIMIT_S",
    "TIME_DISPUTE_LIMIT_S_MAX",
    "Alerting",
    "ClockKind",
    "Config",
    "Endpoint",
    "Limits",
    "PassphraseSetting",
    "Passphrases",
    "Schedule",
    "Serving",
    "SourceKind",
    "TwoPersons",
    "format_config",
    "parse_config",
]
