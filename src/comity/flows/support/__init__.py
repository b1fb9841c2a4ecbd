# SPDX-License-Identifier: Apache-2.0
"""Mutual support: orders, deliveries, settlements and balances, and the papers made of them."""
