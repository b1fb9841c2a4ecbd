# SPDX-License-Identifier: Apache-2.0
"""What reports say, key by key, in the reader's words: the keys of `picture.beside`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from comity.console.languages import phrase
from comity.console.visit import Visit
from comity.picture.figures import Confidence
from comity.picture.launches import Outcome

KEYS: Final[Mapping[str, str]] = {
    "schema": phrase("Kind of report"),
    "event": phrase("Event"),
    "title": phrase("Title"),
    "confidence": phrase("How sure the author is"),
    "name": phrase("Name of the object"),
    "system": phrase("System"),
    "launched_at": phrase("Launched at"),
    "presumed_launch_point": phrase("Launch point, presumed"),
    "expected_impact_point": phrase("Impact point, seen or expected"),
    "impact_at": phrase("Impact at"),
    "bearing_degrees": phrase("Bearing, degrees from north"),
    "apogee_km": phrase("Highest point, km"),
    "distance_km": phrase("Distance, km"),
    "duration_s": phrase("Time of flight, seconds"),
    "outcome": phrase("How the flight ended"),
    "site": phrase("Test site"),
    "origin_time": phrase("Origin time"),
    "hypocentre": phrase("Hypocentre"),
    "depth_m": phrase("Depth, m"),
    "magnitudes": phrase("Magnitudes"),
    "yield_kt": phrase("Yield, kt"),
    "seen_from": phrase("Seen from"),
    "seen_until": phrase("Seen until"),
    "place": phrase("Place"),
    "point": phrase("Point"),
    "objects": phrase("What was seen"),
    "range_km": phrase("Range, km"),
    "outlook": phrase("Outlook"),
    "text": phrase("Text"),
    "assumptions": phrase("Assumptions"),
    "alternatives": phrase("Other readings"),
    "source": phrase("Source"),
}
VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "confidence": {
        Confidence.LOW: phrase("low"),
        Confidence.MODERATE: phrase("moderate"),
        Confidence.HIGH: phrase("high"),
        Confidence.UNKNOWN: phrase("the author does not say"),
    },
    "outcome": {
        Outcome.IN_FLIGHT: phrase("in flight"),
        Outcome.SUCCESS: phrase("success"),
        Outcome.FAILURE: phrase("failure"),
        Outcome.UNKNOWN: phrase("not known"),
    },
}
"""Words of a closed list; whatever else a report says is its author's, and stays as it is."""


def say_key(visit: Visit, key: str) -> str:
    """Give what a row of two reports side by side is about; of several objects with its number."""
    number, _, own = key.rpartition(" ")
    words = visit.say(KEYS[own])
    return f"{number} {words}" if number else words


def say_value(visit: Visit, key: str, line: str) -> str:
    """Give a line of such a row, in words where it is one of a closed list."""
    words = VALUES.get(key.rpartition(" ")[2], {}).get(line)
    return line if words is None else visit.say(words)
