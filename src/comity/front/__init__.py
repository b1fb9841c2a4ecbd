# SPDX-License-Identifier: Apache-2.0
"""What stands before the API and the console alike: bounds, headers, counts, the session's cookie.

Plain ASGI; what an answer that says no looks like is for those behind it.
"""
