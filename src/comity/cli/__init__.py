# SPDX-License-Identifier: Apache-2.0
"""Commands, one file per noun: parse, call a flow, print. Nothing is decided here."""
