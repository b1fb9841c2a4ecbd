# SPDX-License-Identifier: Apache-2.0
"""The tables of a node's SQLite file, and the steps from each version of them to the next.

`place` = register << 43 | index: one integer key, so that an insert costs the same at a million
entries as at ten. A tile row holds what C2SP tlog-tiles calls a hash tile (its first `width`
hashes) and, after it, the nodes inside that tile level by level.
"""

APPLICATION_ID = 0x636F6D69
REGISTER_SHIFT = 43

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE registers (
            register INTEGER PRIMARY KEY,
            origin TEXT NOT NULL UNIQUE,
            holding TEXT NOT NULL,
            party TEXT NOT NULL,
            agreement TEXT,
            size INTEGER NOT NULL,
            edge BLOB NOT NULL
        ) STRICT""",
        "CREATE TABLE entries (place INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT",
        """CREATE TABLE tiles (
            place INTEGER PRIMARY KEY,
            width INTEGER NOT NULL,
            hashes BLOB NOT NULL
        ) STRICT""",
        "CREATE TABLE checkpoints (place INTEGER PRIMARY KEY, raw BLOB NOT NULL) STRICT",
        """CREATE TABLE cosignatures (
            cosignature INTEGER PRIMARY KEY,
            register INTEGER NOT NULL,
            size INTEGER NOT NULL,
            party TEXT NOT NULL,
            raw BLOB NOT NULL,
            UNIQUE (register, size, party)
        ) STRICT""",
        """CREATE TABLE judgements (
            place INTEGER PRIMARY KEY,
            admitted INTEGER NOT NULL,
            code TEXT,
            article TEXT
        ) STRICT""",
        """CREATE TABLE documents (
            document INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            body BLOB NOT NULL,
            UNIQUE (kind, key)
        ) STRICT""",
        "CREATE TABLE versions (kind TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT",
    ),
    ("CREATE TABLE parcels (place INTEGER PRIMARY KEY, raw BLOB NOT NULL) STRICT",),
    ("CREATE INDEX journals ON registers (register) WHERE holding = 'journal'",),
)
"""Step n leads from version n to version n + 1; a released step never changes."""
