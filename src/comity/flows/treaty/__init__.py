# SPDX-License-Identifier: Apache-2.0
"""What is done to the agreement itself: treaty acts, texts beneath a parent, laws to be told of."""
