# SPDX-License-Identifier: Apache-2.0
"""The sentences of the clause on channels: ways, suites, alerts and precedence.

They stand in `phrases.SENTENCES` with the others.
"""

from __future__ import annotations

from typing import Final

from comity.foresight.sentences import Deed, Sentence

CHANNELS: Final[dict[str, tuple[Sentence, ...]]] = {
    "channel": (
        Sentence(
            Deed.ENFORCE,
            (
                "items travel only by these ways: {allowed}",
                "送る経路は次に限る：{allowed}",
                "보내는 경로는 다음에 한한다: {allowed}",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "from {encrypted_from} up only encrypted",
                "{encrypted_from}以上は暗号化した経路に限る",
                "{encrypted_from} 이상은 암호화된 경로에 한한다",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "from {accredited_from} up only to a system that the recipient assures to be "
                "accredited, unless carried by hand",
                "{accredited_from}以上は、人手で運ぶ場合を除き、受領側が認定済みと保証した"
                "システムに限る",
                "{accredited_from} 이상은, 인편이 아니면, 수령 측이 인가되었다고 보증한 시스템에 "
                "한한다",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "the content waits until the partner has acknowledged its statement, except by "
                "these ways: {parcel_before_acknowledgement}",
                "内容は、相手がその届けを確認するまで送らない。例外の経路："
                "{parcel_before_acknowledgement}",
                "내용은 상대가 그 통지를 확인할 때까지 보내지 않는다. 예외 경로: "
                "{parcel_before_acknowledgement}",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "the content waits until the partner has acknowledged its statement",
                "内容は、相手がその届けを確認するまで送らない",
                "내용은 상대가 그 통지를 확인할 때까지 보내지 않는다",
            ),
            only_if=("parcel_before_acknowledgement", ""),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "these categories are alerts, and go before others: {alerts}",
                "次の種類は警報とし、他に先んじて送る：{alerts}",
                "다음 종류는 경보로 하여 다른 것보다 먼저 보낸다: {alerts}",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "these categories are shown as IMMEDIATE: {immediate}",
                "次の種類は緊急度IMMEDIATEとして示す：{immediate}",
                "다음 종류는 긴급도 IMMEDIATE로 보인다: {immediate}",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "these categories are shown as PRIORITY: {priority}",
                "次の種類は緊急度PRIORITYとして示す：{priority}",
                "다음 종류는 긴급도 PRIORITY로 보인다: {priority}",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "the content of an alert goes with its statement, before it is acknowledged, by "
                "these ways: {alert_before_acknowledgement}",
                "警報の内容は、次の経路では確認を待たずに届けとともに送る："
                "{alert_before_acknowledgement}",
                "경보의 내용은 다음 경로에서는 확인을 기다리지 않고 통지와 함께 보낸다: "
                "{alert_before_acknowledgement}",
            ),
        ),
        Sentence(
            Deed.ENFORCE,
            (
                "every item's key is wrapped to the recipient by {suite}, and by nothing weaker",
                "情報ごとの鍵は{suite}で受領側にのみ渡し、これより弱い方式は使わない",
                "정보마다의 열쇠는 {suite}(으)로만 수령 측에 건네며 더 약한 방식은 쓰지 않는다",
            ),
        ),
    ),
}
