# SPDX-License-Identifier: Apache-2.0
"""By disc: what goes into a bundle, how it is packed, and how one is taken."""
