# SPDX-License-Identifier: Apache-2.0
"""Reports out of registers and journal: for an inspector of a partner, and for the public."""
