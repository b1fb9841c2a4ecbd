# SPDX-License-Identifier: Apache-2.0
"""The templates that ship with the package are sound files under their own names."""

from dataclasses import replace

import pytest

from comity.agreement.acts import Source
from comity.agreement.reading import read_agreement
from comity.agreement.templates import template, template_ids
from comity.basis.errors import InputError
from scripts.gsomia_family import INSTANCES, Instance, instance_text


@pytest.mark.parametrize("template_id", template_ids())
def test_a_template_is_a_sound_file_of_its_name(template_id: str) -> None:
    assert read_agreement(template(template_id)).id == template_id
    head = template(template_id).decode().partition("format = 1")[0]
    assert "model, not the legal text" in head.lower()


@pytest.mark.parametrize("instance", INSTANCES, ids=lambda instance: instance.id)
def test_an_instance_of_the_family_is_written_from_its_articles(instance: Instance) -> None:
    assert template(instance.id).decode() == instance_text(instance)


def test_an_instance_cannot_replace_what_the_family_does_not_say() -> None:
    with pytest.raises(ValueError, match="do not hold: article 99"):
        instance_text(replace(INSTANCES[0], swaps=(("article 99", ""),)))


@pytest.mark.parametrize(
    ("template_id", "languages"),
    [("gsomia-family", "en"), ("jpn-usa-2007", "en ja"), ("kor-usa-1987", "en ko")],
)
def test_an_instance_speaks_the_languages_of_its_parties_and_claims_to_have_read_nothing(
    template_id: str, languages: str
) -> None:
    for article in read_agreement(template(template_id)).articles:
        assert article.title.languages() == tuple(languages.split())
        assert article.summary.languages() == tuple(languages.split())
        assert article.source is Source.MODEL


def test_refuses_a_template_that_is_not_there() -> None:
    with pytest.raises(InputError) as refusal:
        template("../reading")
    assert refusal.value.code == "agreement.unknown-template"
    assert "gsomia-jpn-kor" in refusal.value.expected
