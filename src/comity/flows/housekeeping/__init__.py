# SPDX-License-Identifier: Apache-2.0
"""What a node does for itself: sweeps, reads back, rebuilds, lets go of what lies idle."""
