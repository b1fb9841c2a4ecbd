# SPDX-License-Identifier: Apache-2.0
"""Currencies and how many decimals each has: a table of ours, since two nodes must agree on it.

A library's table changes with its version, and a debt rounded otherwise on one side is a dispute.
Source: ISO 4217 (codes and minor units); funds codes, metals and codes for testing are left out
"""

from __future__ import annotations

from typing import Final

from comity.basis.errors import InputError, excerpt

_TWO: Final = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG
HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU
MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR
SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES
WST XCD YER ZAR ZMW
"""
_NONE: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE: Final = "BHD IQD JOD KWD LYD OMR TND"

_MINOR_DIGITS: Final = {
    code: digits for digits, codes in ((2, _TWO), (0, _NONE), (3, _THREE)) for code in codes.split()
}


def parse_currency(text: str, where: str = "") -> str:
    """Read an ISO 4217 code that comity knows."""
    if text not in _MINOR_DIGITS:
        raise InputError(
            "basis.currency",
            "not a currency that comity knows",
            where=where,
            expected="an ISO 4217 code such as JPY, KRW or USD",
            found=excerpt(text),
        )
    return text


def minor_digits(currency: str) -> int:
    """Give how many decimals a currency has: yen none, dollars two."""
    return _MINOR_DIGITS[currency]
