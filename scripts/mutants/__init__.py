# SPDX-License-Identifier: Apache-2.0
"""Mutation testing of a room by a seeded sample: what its tests would not notice.

mutmut writes the mutants; here they are drawn, run and named. Its own runner goes test by test
name, which our names in many scripts are too long for, and has no samples.
"""
