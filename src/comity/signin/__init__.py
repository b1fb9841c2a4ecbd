# SPDX-License-Identifier: Apache-2.0
"""Who is at the door: passwords, sessions and tokens of our own people and their programs.

Who a person is and what they may do stands in the register of persons, and is asked anew each time.
"""
