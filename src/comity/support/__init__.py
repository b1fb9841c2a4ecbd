# SPDX-License-Identifier: Apache-2.0
"""Mutual support: what is owed for goods and services, line by line, and what settles it.

Pure arithmetic on whole millionths: what was said stands in `statement`, and what the registers
amount to in `state`. Source: DESIGN.md section 3
"""
