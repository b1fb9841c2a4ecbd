# SPDX-License-Identifier: Apache-2.0
"""What a party can say: exact bytes, one file per family of kinds, and how it is judged.

Whether a statement may be said is decided in `decision/`; what it amounts to is folded in
`state/`. Here is only what can be told from the bytes of the registers.
"""
