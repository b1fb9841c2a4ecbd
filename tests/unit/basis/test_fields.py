# SPDX-License-Identifier: Apache-2.0
import re
from enum import StrEnum

import pytest

from comity.basis.errors import InputError
from comity.basis.fields import Fields
from comity.basis.strict_json import JsonValue


class Kind(StrEnum):
    OFFICIAL = "official"
    TRANSLATOR = "translator"


OBJECT: dict[str, JsonValue] = {
    "text": "秘",
    "integer": 5,
    "boolean": True,
    "texts": ["a", "b"],
    "object": {"inner": 1},
    "objects": [{"x": 1}, {"x": 2}],
    "none": None,
    "kind": "official",
}


def fields() -> Fields:
    return Fields(dict(OBJECT), "body")


def refusal(take) -> InputError:
    with pytest.raises(InputError) as caught:
        take()
    return caught.value


def test_each_field_is_taken_by_its_type():
    taken = fields()
    assert taken.text("text") == "秘"
    assert taken.integer("integer", 0, 9) == 5
    assert taken.boolean("boolean") is True
    assert taken.texts("texts") == ("a", "b")
    assert taken.object("object").integer("inner") == 1
    assert [inner.integer("x") for inner in taken.objects("objects")] == [1, 2]
    assert taken.value("none") is None
    assert taken.choice("kind", Kind) is Kind.OFFICIAL
    taken.finish()


def test_optional_fields_are_taken_when_they_are_there():
    taken = fields()
    assert taken.optional_text("text") == "秘"
    assert taken.optional_integer("integer", min=1) == 5
    assert taken.optional_texts("texts") == ("a", "b")
    assert taken.object("object").where == "body.object"
    assert [each.where for each in taken.objects("objects")] == [
        "body.objects[0]",
        "body.objects[1]",
    ]


def test_optional_fields_that_are_absent_are_none():
    taken = Fields({})
    assert taken.optional_text("a") is None
    assert taken.optional_integer("a") is None
    assert taken.optional_texts("a") is None
    taken.finish()


def test_an_optional_field_may_not_be_null():
    assert refusal(lambda: fields().optional_text("none")).code == "basis.wrong-type"


def test_nullable_fields_are_taken_or_null():
    taken = fields()
    assert taken.nullable_text("text") == "秘"
    assert taken.nullable_integer("integer") == 5
    assert taken.nullable_boolean("boolean") is True
    assert taken.nullable_object("object") is not None
    assert taken.nullable_text("none") is None
    assert taken.nullable_integer("none") is None
    assert taken.nullable_boolean("none") is None
    assert taken.nullable_object("none") is None


@pytest.mark.parametrize("kind", ["text", "integer", "boolean", "object"])
def test_a_nullable_field_must_be_there(kind):
    take = getattr(Fields({}, "body"), f"nullable_{kind}")
    assert refusal(lambda: take("a")).code == "basis.missing-field"


def test_a_missing_field_is_named():
    error = refusal(lambda: Fields({"b": 1}, "body").text("a"))
    assert (error.code, error.where, error.expected) == ("basis.missing-field", "body", "a")


def test_what_is_required_and_missing_is_named_at_once():
    fields = Fields({"b": 1}, "body")
    fields.require(("b",))
    error = refusal(lambda: fields.require(("a", "b", "c")))
    assert (error.code, error.where, error.expected) == ("basis.missing-field", "body", "a, c")


@pytest.mark.parametrize("kind", ["text", "integer", "boolean", "texts", "object", "objects"])
@pytest.mark.parametrize("value", [None, True, 1, "a", [1], {"a": 1}])
def test_another_type_is_refused_and_named(kind, value):
    right = {"text": str, "integer": int, "boolean": bool, "texts": None, "object": dict}
    take = getattr(Fields({"key": value}, "body"), kind)
    if type(value) is right.get(kind):
        take("key")
        return
    error = refusal(lambda: take("key"))
    assert error.code == "basis.wrong-type"
    assert error.where in ("body.key", "body.key[0]")
    assert error.expected
    assert error.found


@pytest.mark.parametrize("value", [None, True, 1, "a", []])
def test_only_an_object_has_fields(value):
    error = refusal(lambda: Fields(value, "body"))
    assert (error.code, error.where, error.expected) == ("basis.wrong-type", "body", "an object")


def test_text_keeps_to_its_length():
    taken = Fields({"a": "xyz", "empty": ""}, "body")
    assert taken.text("a", max_chars=3) == "xyz"
    assert refusal(lambda: taken.text("a", max_chars=2)).code == "basis.wrong-length"
    assert refusal(lambda: taken.text("empty")).code == "basis.wrong-length"
    assert taken.text("empty", min_chars=0) == ""


def test_text_must_match_its_pattern_to_the_end():
    pattern = re.compile("[0-9]+")
    assert Fields({"a": "12"}).text("a", pattern=pattern) == "12"
    error = refusal(lambda: Fields({"a": "12\n"}).text("a", pattern=pattern))
    assert (error.code, error.where, error.found) == ("basis.wrong-form", "$.a", "12\\u{a}")


@pytest.mark.parametrize("value", [0, 4])
def test_an_integer_keeps_to_its_range(value):
    error = refusal(lambda: Fields({"a": value}, "body").integer("a", 1, 3))
    assert (error.code, error.expected, error.found) == (
        "basis.out-of-range",
        "1 to 3",
        str(value),
    )
    assert [Fields({"a": edge}).integer("a", 1, 3) for edge in (1, 3)] == [1, 3]


def test_an_array_keeps_to_its_length_and_names_the_element():
    taken = Fields({"a": ["x", "yy"], "o": [{}]}, "body")
    assert refusal(lambda: taken.texts("a", max_items=1)).code == "basis.wrong-length"
    assert refusal(lambda: taken.texts("a", min_items=3)).code == "basis.wrong-length"
    assert refusal(lambda: taken.objects("o", max_items=0)).code == "basis.wrong-length"
    assert refusal(lambda: taken.texts("a", max_chars=1)).where == "body.a[1]"
    error = refusal(lambda: taken.texts("a", pattern=re.compile("x")))
    assert (error.code, error.where) == ("basis.wrong-form", "body.a[1]")
    assert taken.texts("a", pattern=re.compile("x|yy")) == ("x", "yy")


def test_an_unknown_word_is_refused_with_the_nearest_one():
    error = refusal(lambda: Fields({"a": "oficial"}, "body").choice("a", Kind))
    assert (error.code, error.where) == ("basis.unknown-word", "body.a")
    assert error.expected == "official or translator"
    assert error.hint == "did you mean official?"
    assert refusal(lambda: Fields({"a": "zzz"}).choice("a", Kind)).hint == ""


def test_an_unknown_field_is_refused_with_the_nearest_one():
    taken = Fields({"level": "SECRET", "levle": "SECRET"}, "body.label")
    taken.text("level")
    error = refusal(taken.finish)
    assert (error.code, error.where, error.found) == ("basis.unknown-field", "body.label", "levle")
    assert error.hint == "did you mean level?"


@pytest.mark.parametrize(
    "ask",
    [
        lambda fields: fields.has("purpose"),
        lambda fields: fields.optional_text("purpose"),
        lambda fields: fields.optional_integer("purpose"),
        lambda fields: fields.optional_texts("purpose"),
    ],
    ids=["has", "text", "integer", "texts"],
)
def test_a_slip_in_a_field_that_may_be_absent_is_named_too(ask):
    fields = Fields({"purposes": "warning"})
    ask(fields)
    error = refusal(fields.finish)
    assert error.hint == "did you mean purpose?"
    assert error.expected == "purpose"


def test_an_unknown_field_like_no_other_is_refused_too():
    error = refusal(Fields({"\u202ex" * 100: 1}, "body").finish)
    assert error.hint == "remove it"
    assert len(error.found) <= 80


def test_says_whether_a_field_is_there_without_taking_it():
    taken = fields()
    assert taken.has("none")
    assert not taken.has("other")
    assert taken.keys() == tuple(sorted(OBJECT))
    assert refusal(taken.finish).code == "basis.unknown-field"
