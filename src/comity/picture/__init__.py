# SPDX-License-Identifier: Apache-2.0
"""Event reports as values: what a payload of a known schema may hold.

Figures of several agencies stand side by side, revisions supersede and delete nothing,
assumptions are named. No weapon and no trajectory is modelled here.
"""
