# SPDX-License-Identifier: Apache-2.0
"""`Config` → the text of `comity.toml`, whole: it shows every setting there is."""

from __future__ import annotations

from comity.config.model import Config


def format_config(config: Config) -> str:
    """Write a configuration file that `parse_config` reads back."""
    serve = config.serve
    people_files = (
        ("people_certificate", serve.people_certificate),
        ("people_key", serve.people_key),
    )
    lines = [
        f"party = {_quoted(config.party)}",
        f"domain = {_quoted(config.domain)}",
        f"competent_authority = {_quoted(config.competent_authority)}",
        f"addresses = [{', '.join(map(_quoted, config.addresses))}]",
        f"exercise = {str(config.exercise).lower()}",
        f"clock = {_quoted(config.clock)}",
        f"default_language = {_quoted(config.default_language)}",
        f"time_dispute_limit_s = {config.time_dispute_limit_s}",
        "",
        "[names]",
        *(f"{_quoted(language)} = {_quoted(name)}" for language, name in config.names),
        "",
        "[two_persons]",
        f"default = {_quoted(config.two_persons.default)}",
        "[two_persons.agreements]",
        *(f"{_quoted(each)} = {_quoted(level)}" for each, level in config.two_persons.agreements),
        "",
        "[limits]",
        f"parcel_bytes_max = {config.limits.parcel_bytes_max}",
        f"push_bytes_max = {config.limits.push_bytes_max}",
        "",
        "[serve]",
        f"partners_listen = {_quoted(str(serve.partners_listen))}",
        f"people_listen = {_quoted(str(serve.people_listen))}",
        *(f"{key} = {_quoted(name)}" for key, name in people_files if name is not None),
        f"tls_pins = [{', '.join(map(_quoted, serve.tls_pins))}]",
        f"graceful_stop_s = {serve.graceful_stop_s}",
        "",
        "[schedule]",
        f"journal_anchor_hours = {config.schedule.journal_anchor_hours}",
        f"sealing_keys_days = {config.schedule.sealing_keys_days}",
        f"scrub_hours = {config.schedule.scrub_hours}",
        f"blobs_scrub_hours = {config.schedule.blobs_scrub_hours}",
        f"left_over_days = {config.schedule.left_over_days}",
        f"security_visit_months = {config.schedule.security_visit_months}",
        "",
        "[alerts]",
        f"acknowledge_minutes = {config.alerts.acknowledge_minutes}",
        f"escalate_to = [{', '.join(map(_quoted, config.alerts.escalate_to))}]",
        "",
        "[passphrases]",
        f"root = {_quoted(str(config.passphrases.root))}",
        f"authority = {_quoted(str(config.passphrases.authority))}",
        f"node = {_quoted(str(config.passphrases.node))}",
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Write a TOML basic string; all text here is printable."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
