# SPDX-License-Identifier: Apache-2.0
"""What the registers of one agreement amount to: a pure fold over admitted statements.

Nothing is decided here about what may be done: that is `decision/`. No cosignature and no
delivery position is kept here: the same registers give the same state on every node.
Source: DESIGN.md sections 1 and 4
"""
