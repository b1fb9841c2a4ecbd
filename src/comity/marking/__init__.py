# SPDX-License-Identifier: Apache-2.0
"""Levels, labels, equivalent markings and banners.

Knows the closed lists that an agreement gives it; knows no agreement. Comparing, choosing
and printing markings happen here and nowhere else.
"""
