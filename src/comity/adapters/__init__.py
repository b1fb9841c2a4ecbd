# SPDX-License-Identifier: Apache-2.0
"""One port and one technology per file. Only `comity.node` imports from here."""
