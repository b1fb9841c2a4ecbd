# SPDX-License-Identifier: Apache-2.0
"""Formats of others, out and in: GeoJSON, CAP, tables, and STIX with its TLP markings.

Bytes and values alone. Who may have them out is decided before, by the agreement; a word that is
not known here is refused on the way in, with its path.
"""
