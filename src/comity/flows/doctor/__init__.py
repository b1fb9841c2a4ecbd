# SPDX-License-Identifier: Apache-2.0
"""Trying every part of a node, and each step of the way to a partner and back."""
