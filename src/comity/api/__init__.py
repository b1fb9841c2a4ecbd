# SPDX-License-Identifier: Apache-2.0
"""The HTTP API for a party's own people and programs; partners are never met here.

Each answer has the same shape and schema name as the command of the same act prints with `--json`.
"""
