# SPDX-License-Identifier: Apache-2.0
"""The templates that ship with the package are sound files under their own names."""

import pytest

from comity.agreement.reading import read_agreement
from comity.agreement.templates import template, template_ids
from comity.basis.errors import InputError


@pytest.mark.parametrize("template_id", template_ids())
def test_a_template_is_a_sound_file_of_its_name(template_id: str) -> None:
    assert read_agreement(template(template_id)).id == template_id


def test_refuses_a_template_that_is_not_there() -> None:
    with pytest.raises(InputError) as refusal:
        template("../reading")
    assert refusal.value.code == "agreement.unknown-template"
    assert "gsomia-jpn-kor" in refusal.value.expected
