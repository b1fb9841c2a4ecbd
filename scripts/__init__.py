# SPDX-License-Identifier: Apache-2.0
"""What keeps the repository in order; no part of the product."""
