# SPDX-License-Identifier: Apache-2.0
"""The register of persons and facilities: changed, read as of any instant, and its clearances."""
