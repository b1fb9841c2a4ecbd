# SPDX-License-Identifier: Apache-2.0
"""Cases: losses and compromises, visits and what is disclosed on them, contractors."""
