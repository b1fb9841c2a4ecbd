# SPDX-License-Identifier: Apache-2.0
"""The agreement file: its model, its reader, its vocabulary and the rules it compiles to.

Whether an act is allowed is decided in `decision/`; here is only what the file says.
Source: AGREEMENTS.md
"""
