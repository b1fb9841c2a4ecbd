# SPDX-License-Identifier: Apache-2.0
"""Keys: suites, signed notes, party cards, authority notes, signing and sealing keys."""
