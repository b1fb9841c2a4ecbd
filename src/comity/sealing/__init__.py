# SPDX-License-Identifier: Apache-2.0
"""From payload to parcel and back: sealed streams, key wraps, and the stage `Sealed`.

Keys come in as arguments; wrapping and unwrapping are the `Keys` port's. Source: DESIGN 6
"""
