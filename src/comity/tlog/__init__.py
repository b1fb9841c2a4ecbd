# SPDX-License-Identifier: Apache-2.0
"""Append-only Merkle logs: hashes, tree, proofs, tiles, checkpoints, cosignatures, policies.

Knows bytes, not statements. Follows RFC 6962, RFC 9162 and the C2SP tlog specifications.
"""
