# SPDX-License-Identifier: Apache-2.0
"""Keeping what was given: its copies, translations, what is made from it, its count and its end."""
