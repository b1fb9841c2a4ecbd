# SPDX-License-Identifier: Apache-2.0
"""What to do next, for errors of rooms that do not know who asked: by code, for the terminal."""

from __future__ import annotations

from typing import Final

HINTS: Final = {
    "basis.agreement-id": "lower-case letters, digits and hyphens, as gsomia-jpn-kor",
    "basis.date": "year, month and day, as 2016-11-23",
    "basis.domain": "a name of at least two parts in lower case, as jpn.example",
    "basis.instant": "UTC with a Z at the end, as 2016-12-16T03:00:00Z",
    "basis.party-id": "capital letters and digits, as JPN",
    "basis.person-id": "lower-case letters, digits, dots and hyphens, as kor-017",
    "basis.place": "party and number, as comity item list shows them: JPN/12",
    "disk.failed": "look at the rights of that file and at the disk, then try again",
    "keys.malformed-fingerprint": "64 hexadecimal digits; spaces between groups do not count",
    "keys.malformed-card": "take the file that the partner's comity card show --out wrote",
    "keys.malformed-note": "take the file whole, exactly as it was written",
    "keys.other-file": "each key file keeps its name: root.key, authority.key, node.key",
    "person.role": "one of the roles named above; --role may be given several times",
}
