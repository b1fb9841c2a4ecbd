# SPDX-License-Identifier: Apache-2.0
"""The ground floor: errors, limits, the strict reader, ids, instants. It imports no other room."""
