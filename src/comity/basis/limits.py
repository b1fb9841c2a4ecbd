# SPDX-License-Identifier: Apache-2.0
"""Every bound of the product by name: sizes, counts, depths and lengths.

A limit that partners must agree on is part of a format and changes only with its version.
"""

KIB = 1024
MIB = 1024 * KIB

# Amounts: money, quantities, prices. Two of them multiplied still fit what `decimal` keeps exactly.
DECIMAL_DIGITS_MAX = 15
DECIMAL_PLACES_MAX = 6

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
STATEMENT_ARTICLE_CHARS_MAX = 64
STATEMENT_PLACES_MAX = 256
STATEMENT_WORD_CHARS_MAX = 64
STATEMENT_WORDS_MAX = 32
STATEMENT_SUBJECT_CHARS_MAX = 200
STATEMENT_PERSONS_MAX = 16
VISITORS_MAX = 1000
# Changes of one item's level by one party that are said and have no effect yet.
CHANGES_AHEAD_MAX = 16
# Consents of one party for one item or category, one recipient and one purpose; ended ones too.
CONSENTS_MAX = 1024
# A firm and every firm above it that it works for.
FIRM_CHAIN_MAX = 16
COPY_NUMBER_MAX = 1_000_000
# The record of an item's copies: far below what reads back, so that each can still be ended.
COPIES_MAX = 512
COPY_HANDS_MAX = 256
COPY_TEXT_CHARS_MAX = 1000
COPIES_BYTES_MAX = 512 * KIB
# What one item may be derived from, all that this was derived from included.
DERIVED_FROM_MAX = 64
# What is looked at behind one item that was passed on from agreement to agreement.
BEHIND_MAX = 512
# Lines of one statement of an order; an order of more is continued in further ones.
ORDER_LINES_MAX = 128
ORDER_LINE_NUMBER_MAX = 1_000_000
ORDER_SHEETS_MAX = 1024
ORDER_DELIVERIES_MAX = 1024
ORDER_TEXT_CHARS_MAX = 200
ORDER_TAXES_MAX = 4
ORDER_PROTECTED_MAX = 16
BALANCE_ROWS_MAX = 256
BALANCE_LINES_MAX = 512
LEDGER_BYTES_MAX = 64 * MIB
STATEMENT_AHEAD_MAX_MS = 10 * 60 * 1000
# How many of these one of several partners holds open at once; and one push more.
STATEMENTS_AHEAD_MAX = 8_192
SEGMENT_ENTRIES_MAX = 1024

# Sealing. The head of a parcel names at most one wrap for each recipient.
PARCEL_HEAD_BYTES_MAX = 256 * KIB
# Head and sealed payload together: what is longer is a file of its own.
PARCEL_INLINE_BYTES_MAX = 64 * KIB
PAYLOAD_HEADER_BYTES_MAX = 64 * KIB
PAYLOAD_TITLE_CHARS_MAX = 500
PAYLOAD_FILE_NAME_CHARS_MAX = 200
PAYLOAD_TYPE_CHARS_MAX = 100
WRAP_BYTES_MAX = 8 * KIB

# Clear payloads (DESIGN 4).
CARD_BYTES_MAX = 1 * MIB
AGREEMENT_BYTES_MAX = 1 * MIB
REQUEST_BYTES_MAX = 1 * MIB

# Agreement files: a partner may propose any, and every list is read against others.
AGREEMENT_LIST_MAX = 256
AGREEMENT_ROWS_MAX = 1024
AGREEMENT_PROBLEMS_MAX = 1000

# Foresight: rows of one condition that are tried when two versions are compared.
FORESIGHT_ROWS_MAX = 20_000
# Ways in which an act can be denied, each one failing of every clause that permits it; and the rows
# that one such way may have over all its variables.
FORESIGHT_REASONS_MAX = 256
FORESIGHT_JOINED_ROWS_MAX = 100_000
# Rows of one condition whose requests are kept; constraints and rows that one comparison looks at.
FORESIGHT_ASKED_ROWS_MAX = 4096
FORESIGHT_WORK_MAX = 10_000_000
REHEARSED_REQUESTS_MAX = 10_000
PROOF_MS_MAX = 60_000

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
VKEY_CHARS_MAX = 4 * KIB

# Cards.
CARD_KEYS_MAX = 64
CARD_ADDRESSES_MAX = 16
CARD_NAMES_MAX = 16
CARD_NAME_CHARS_MAX = 200
CARD_ADDRESS_CHARS_MAX = 500
CARD_VERSION_MAX = 1_000_000
CARD_TLS_PINS_MAX = 4
KEY_ID_CHARS_MAX = 64
PUBLIC_KEY_BYTES_MAX = 2 * KIB

# Durations (AGREEMENTS 1.4).
DURATION_AMOUNT_MAX = 100_000

# Logs (C2SP tlog-tiles, tlog-proof, tlog-witness, tlog-cosignature). Paths of proofs stay within
# 63 hashes, and sizes within signed 64-bit integers.
TREE_SIZE_MAX = 2**63 - 1
PROOF_HASHES_MAX = 63
TILE_WIDTH = 256
COSIGNATURE_TIME_MAX_S = 2**63 - 1
CHECKPOINT_BYTES_MAX = 256 * KIB
TLOG_PROOF_BYTES_MAX = 512 * KIB
TLOG_PROOF_EXTRA_BYTES_MAX = 64 * KIB
JOURNAL_RESTORATIONS_MAX = 9_999
JOURNAL_LINES_MAX = 1_000_000
JOURNAL_LINES_BYTES_MAX = 256 * MIB
REPORT_FOLDER_BYTES_MAX = 256 * MIB

# What partners meet (docs/formats/wire.md). One push holds at most as many entries as a segment.
PUSH_BYTES_MAX = 4 * MIB
PUSH_ENTRIES_MAX = SEGMENT_ENTRIES_MAX
PUSH_HELD_MAX = PARTIES_MAX
PUSH_PARCELS_MAX = 2 * PUSH_ENTRIES_MAX
WIRE_REPLY_BYTES_MAX = 256 * KIB
WIRE_READ_BYTES_MAX = 17 * MIB
ADD_CHECKPOINT_BYTES_MAX = 264 * KIB
MIRROR_TICKET_BYTES_MAX = 65_535
MIRROR_INFO_BYTES_MAX = 128 * KIB
ADD_ENTRIES_PACKAGES_MAX = 32
ECHO_BYTES_MAX = KIB

# What doctor calls too little.
DISK_FREE_BYTES_MIN = 1024 * MIB
PARCEL_UPLOADS_MAX = 16
PARCEL_PIECE_BYTES_MAX = 4 * MIB
UPLOAD_STALLED_MS = 24 * 60 * 60 * 1000
HTTP_SIGNATURE_WINDOW_S = 60
HTTP_SIGNATURE_SKEW_S = 60
HTTP_SIGNATURE_CHARS_MAX = 1024

# Trust policies (C2SP tlog-policy asks for at least 32 logs, witnesses and groups).
POLICY_BYTES_MAX = 512 * KIB
POLICY_LOGS_MAX = 64
POLICY_WITNESSES_MAX = 64
POLICY_GROUPS_MAX = 64

# Labels and markings.
MARKING_CHARS_MAX = 64
LABEL_WORD_CHARS_MAX = 64
LABEL_WORDS_MAX = 32

# Labels of other programs (STANAG 4774 XML, 5636 JSON).
LABEL_FILE_BYTES_MAX = 64 * KIB
LABEL_FILE_DEPTH_MAX = 16
LABEL_TEXT_CHARS_MAX = 255
LABEL_CATEGORIES_MAX = 32
LABEL_VALUES_MAX = 64

# Event reports.
REPORT_BYTES_MAX = 256 * KIB
REPORT_DECIMAL_CHARS_MAX = 24
REPORT_FIGURES_MAX = 64
REPORT_OBJECTS_MAX = 32
REPORT_POINTS_MAX = 1024
REPORT_ASSUMPTIONS_MAX = 32
REPORT_LINE_CHARS_MAX = 500
REPORT_TEXT_CHARS_MAX = 20_000
REPORT_SOURCES_MAX = 32
REPORT_REVISION_MAX = 10_000

# The common picture: points of interest, and what one picture shows.
INTERESTS_BYTES_MAX = 1 * MIB
INTERESTS_MAX = 256
OVERLAY_LINES_MAX = 100
OVERLAY_SPOTS_MAX = 5_000
LINK_PAIRS_MAX = 5_000
LINK_SPOTS_MAX = 4
LINK_WORDS_MAX = 256

# Bundles of response teams (STIX 2.1).
STIX_BYTES_MAX = 1 * MIB
STIX_DEPTH_MAX = 12
STIX_OBJECTS_MAX = 1_000
STIX_LIST_MAX = 1_000
STIX_LINE_CHARS_MAX = 500
STIX_TEXT_CHARS_MAX = 20_000

# Items out in formats of others.
EXPORT_ITEMS_MAX = 64

# Courier bundles (docs/formats/courier.md).
BUNDLE_HEADER_BYTES_MAX = 1 * MIB
BUNDLE_LISTING_BYTES_MAX = 64 * MIB
BUNDLE_LISTING_VALUES_MAX = 2_000_000
BUNDLE_PARTS_MAX = 8192
BUNDLE_PART_BYTES = 64 * MIB
BUNDLE_SEGMENTS_MAX = 100_000
BUNDLE_CLEAR_BYTES_MAX = 32 * MIB
BUNDLE_WANTED_MAX = 10_000
BUNDLES_STAGED_MAX = 16
COURIER_WRAP_BYTES_MAX = 4 * KIB
SIGNED_CHECKPOINT_CHARS_MAX = 64 * KIB
PARCEL_BYTES_MAX = 64 * 1024 * MIB

# The register of persons.
PERSON_RECORD_BYTES_MAX = 64 * KIB
PERSON_WORD_CHARS_MAX = 100
PERSON_WORDS_MAX = 64

# Evidence folders.
EVIDENCE_CARDS_MAX = 256
# The proof that goes beside an item that is passed on, within its parcel's head.
ONWARD_PROOF_BYTES_MAX = 160 * KIB
ONWARD_STATEMENTS_MAX = 32

# The lifecycle of an agreement: notices of one party that are not withdrawn.
NOTICES_MAX = 16

# The store: changes in one flush, and changes that wait for one.
STORE_GROUP_CHANGES_MAX = 512
STORE_QUEUE_CHANGES_MAX = 8192

# The local socket between commands and a served node.
NODE_FRAME_BYTES_MAX = 96 * MIB
NODE_CLIENTS_MAX = 32

# Listeners: what one connection may ask for before a request is understood, and how many there are.
HTTP_HEAD_BYTES_MAX = 64 * KIB
PARTNER_CONNECTIONS_MAX = 512
PARTNER_CONNECTIONS_ADDRESS_MAX = 64
PEOPLE_CONNECTIONS_MAX = 512
PEOPLE_CONNECTIONS_ADDRESS_MAX = 128
HANDSHAKES_MAX = 128
HANDSHAKES_ADDRESS_MAX = 32
