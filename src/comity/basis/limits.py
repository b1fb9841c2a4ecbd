# SPDX-License-Identifier: Apache-2.0
"""Every bound of the product by name: sizes, counts, depths and lengths.

A limit that partners must agree on is part of a format and changes only with its version.
"""

KIB = 1024
MIB = 1024 * KIB

# Text in errors and diagnostics.
EXCERPT_CHARS_MAX = 80

# JSON. Integers stay exact in every JSON reader (RFC 8785 3.2.2.3, RFC 7493 2.2).
JSON_DEPTH_MAX = 32
JSON_INTEGER_MAX = 2**53 - 1
JSON_INTEGER_DIGITS_MAX = 16
JSON_FIELD_CHARS_MAX = 4096
JSON_ITEMS_MAX = 1024

# Statements and registers. C2SP tlog-tiles prefixes an entry with a uint16 length.
STATEMENT_BYTES_MAX = 65_535
ENTRY_BYTES_MAX = 65_535
PARTIES_MAX = 16
STATEMENT_TO_MAX = PARTIES_MAX - 1
AUTHORITY_NOTE_CHARS_MAX = 8 * KIB

# Clear payloads (DESIGN 4).
CARD_BYTES_MAX = 1 * MIB
AGREEMENT_BYTES_MAX = 1 * MIB
REQUEST_BYTES_MAX = 1 * MIB

# Identifiers.
PARTY_ID_CHARS_MAX = 32
AGREEMENT_ID_CHARS_MAX = 64
DOMAIN_CHARS_MAX = 190
DOMAIN_LABEL_CHARS_MAX = 63
PERSON_ID_CHARS_MAX = 64
ORIGIN_BYTES_MAX = 255

# Signed notes (C2SP signed-note asks for at least 16 signatures).
NOTE_BYTES_MAX = 2 * MIB
NOTE_SIGNATURES_MAX = 32
NOTE_SIGNATURE_BYTES_MAX = 8 * KIB
KEY_NAME_CHARS_MAX = 255

# Cards.
CARD_KEYS_MAX = 256
CARD_ADDRESSES_MAX = 16
CARD_NAMES_MAX = 16
CARD_NAME_CHARS_MAX = 200
CARD_ADDRESS_CHARS_MAX = 500
CARD_LIMITS_MAX = 32
CARD_VERSION_MAX = 1_000_000
KEY_ID_CHARS_MAX = 64
LANGUAGE_CHARS_MAX = 35

# Durations (AGREEMENTS 1.4).
DURATION_AMOUNT_MAX = 100_000
DURATION_CHARS_MAX = 20
