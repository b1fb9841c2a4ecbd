# SPDX-License-Identifier: Apache-2.0
"""Alerts at this node: that each came, who acknowledged it when, and what nobody did in time."""
