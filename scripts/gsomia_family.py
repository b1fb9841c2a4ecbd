# SPDX-License-Identifier: Apache-2.0
"""Write the instances of the GSOMIA family from the articles of the Japan-Korea file.

One model of 21 articles with parameters: parties, levels, markings, how it enters into force. Run
`python -m scripts.gsomia_family --write` after a change of `gsomia-jpn-kor.toml`; a test holds the
files to it. Source: treaties.md section 2
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "src/comity/agreement/templates"
_BASE = FOLDER / "gsomia-jpn-kor.toml"
_LANGUAGE_LINE = re.compile(r"^(?:[a-z]+\.)?(en|ja|ko) = ")
_LAST = '[[article]]\nnumber = "end"'
_COMMENT = re.compile(r" +# .*$", re.MULTILINE)
_SOURCE_LINE = re.compile(r'^source = ".*"$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Instance:
    """One agreement of the family: what differs from the others.

    `head` is everything before the articles; `swaps` are replacements in the articles.
    """

    id: str
    languages: tuple[str, ...]
    head: str
    swaps: tuple[tuple[str, str], ...] = ()


def instance_text(instance: Instance) -> str:
    """Write the file of an instance; each of its articles is a model, as none was read."""
    base = _BASE.read_text(encoding="utf-8")
    articles = base[base.index("[[article]]") :]
    articles = articles[: articles.index(_LAST)]  # its last article speaks of that paper alone
    articles = _SOURCE_LINE.sub('source = "model"', articles)
    articles = _COMMENT.sub("", articles)  # they speak of the treaty of 2016
    for old, new in instance.swaps:
        if old not in articles:
            raise ValueError(f"the articles of {_BASE.name} do not hold: {old}")
        articles = articles.replace(old, new)
    kept = [line for line in articles.splitlines() if _is_spoken(line, instance.languages)]
    return instance.head + "\n".join(kept).rstrip() + "\n"


def _is_spoken(line: str, languages: tuple[str, ...]) -> bool:
    match = _LANGUAGE_LINE.match(line)
    return match is None or match.group(1) in languages


_SPDX = "# SPDX-License-" + "Identifier: Apache-2.0\n"
_SCOPE = """
[scope]
article = "2"
categories = [
  "missile-warning",
  "missile-activity",
  "nuclear-test",
  "assessment",
  "air",
  "maritime",
  "cyber",
]
forms = ["oral", "visual", "electronic", "magnetic", "document", "equipment", "technology"]
"""
_LIFE = """
[lifecycle]
article = "21"
entry = "{entry}"
runs = "1 year"
renews = "1 year"
notice = "90 days"
zone = "{zone}"

"""
_USA = """
[parties.USA]
competent_authority = "Department of Defense"
[parties.USA.name]
en = "Government of the United States of America"
"""

_FAMILY = Instance(
    "gsomia-family",
    ("en",),
    _SPDX
    + """# Model, not the legal text: the articles that agreements of this family have in common,
# between two parties that are yet to be named. Copy it, name the parties, put in
# levels and markings, and hold each article against the paper. Written by scripts/gsomia_family.py.

format = 1
id = "gsomia-family"
version = 1
kind = "information-security"
binding = true
prevailing_languages = ["en"]

[title]
en = "Two parties: protection of classified military information"

[parties.AAA]
competent_authority = "Ministry of Defence of the first party"
[parties.AAA.name]
en = "Government of the first party"

[parties.BBB]
competent_authority = "Ministry of Defence of the second party"
[parties.BBB.name]
en = "Government of the second party"

[levels]                      # highest first; nothing above the first may travel
article = "4(1)"
order = ["SECRET", "CONFIDENTIAL"]

[[equivalence]]               # under each party its own markings, as it writes them
article = "4(1)"
level = "SECRET"
AAA = ["SECRET"]
BBB = ["SECRET"]

[[equivalence]]
article = "4(1)"
level = "CONFIDENTIAL"
AAA = ["CONFIDENTIAL"]
BBB = ["CONFIDENTIAL"]
"""
    + _SCOPE
    + _LIFE.format(entry="later_of_notifications", zone="UTC"),
)

_JPN_USA = Instance(
    "jpn-usa-2007",
    ("en", "ja"),
    _SPDX
    + """# Model, not the legal text. An instance of the GSOMIA family, with the parameters of the
# agreement of Tokyo, 10 August 2007; written by scripts/gsomia_family.py from the articles of 2016.
#
# Of this agreement its author had read the opening only (who makes the information). Press and a
# defective copy say: three levels; the receiver marks with the originator's name and its own
# classification; lists of qualified people; electronic transmission encrypted to fit the level,
# over accredited systems; contractors inspected at first and again. The Japanese markings, the
# term and everything else are remembered from the family, so every article is a model.

format = 1
id = "jpn-usa-2007"
version = 1
kind = "information-security"
binding = true
prevailing_languages = ["en", "ja"]

[title]
en = "Japan and the United States of America: protection of classified military information"
ja = "日本国とアメリカ合衆国：秘密軍事情報の保護"

[parties.JPN]
competent_authority = "Ministry of Defense"
[parties.JPN.name]            # the first name is in the party's own language
ja = "日本国政府"
en = "Government of Japan"
"""
    + _USA
    + """ja = "アメリカ合衆国政府"

[levels]                      # highest first
article = "4(1)"
order = ["TOP SECRET", "SECRET", "CONFIDENTIAL"]

[[equivalence]]
article = "4(1)"
level = "TOP SECRET"
JPN = [{ text = "機密", romanised = "Kimitsu" }]
USA = ["TOP SECRET"]

# The law of the marking 防衛秘密 ended when that of 10 December 2014 began (remembered, not read).
[[equivalence]]
article = "4(1)"
level = "SECRET"
JPN = [
  { text = "極秘", romanised = "Gokuhi" },
  { text = "防衛秘密", romanised = "Bouei Himitsu", valid_to = 2014-12-09 },
]
USA = ["SECRET"]

[[equivalence]]
article = "4(1)"
level = "CONFIDENTIAL"
JPN = [{ text = "秘", romanised = "Hi" }]
USA = ["CONFIDENTIAL"]
"""
    + _SCOPE
    + _LIFE.format(entry="last_signature", zone="+09:00"),
    (
        ('top_level = "SECRET"', 'top_level = "TOP SECRET"'),
        (
            'encrypted_from = "CONFIDENTIAL"\n',
            'encrypted_from = "CONFIDENTIAL"\naccredited_from = "CONFIDENTIAL"\n',
        ),
    ),
)

_KOR_USA = Instance(
    "kor-usa-1987",
    ("en", "ko"),
    _SPDX
    + """# Model, not the legal text. An instance of the GSOMIA family, with the parameters of the
# agreement of 24 September 1987; written by scripts/gsomia_family.py from the articles of 2016.
#
# Of this agreement its author had read nothing but its date, in the arrangement of 2014 that rests
# on it. Levels, markings, term and every article are remembered from the family: all of it a model.

format = 1
id = "kor-usa-1987"
version = 1
kind = "information-security"
binding = true
prevailing_languages = ["en", "ko"]

[title]
en = "The Republic of Korea and the United States of America: protection of military secrets"
ko = "대한민국과 미합중국: 군사비밀의 보호"

[parties.KOR]
competent_authority = "Ministry of National Defense"
[parties.KOR.name]            # the first name is in the party's own language
ko = "대한민국 정부"
en = "Government of the Republic of Korea"
"""
    + _USA
    + """ko = "미합중국 정부"

[levels]                      # highest first
article = "4(1)"
order = ["TOP SECRET", "SECRET", "CONFIDENTIAL"]

[[equivalence]]
article = "4(1)"
level = "TOP SECRET"
KOR = [{ text = "군사I급비밀", romanised = "Gunsa I-kup bimil" }]
USA = ["TOP SECRET"]

[[equivalence]]
article = "4(1)"
level = "SECRET"
KOR = [{ text = "군사II급비밀", romanised = "Gunsa II-kup bimil" }]
USA = ["SECRET"]

[[equivalence]]
article = "4(1)"
level = "CONFIDENTIAL"
KOR = [{ text = "군사III급비밀", romanised = "Gunsa III-kup bimil" }]
USA = ["CONFIDENTIAL"]
"""
    + _SCOPE
    + _LIFE.format(entry="last_signature", zone="+09:00"),
    (('top_level = "SECRET"', 'top_level = "TOP SECRET"'),),
)

INSTANCES = (_FAMILY, _JPN_USA, _KOR_USA)


def main() -> int:
    """Write the files, or say which differ."""
    differing = 0
    for instance in INSTANCES:
        path, text = FOLDER / f"{instance.id}.toml", instance_text(instance)
        if "--write" in sys.argv[1:]:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            print(f"{path.name} differs from its family; write it again with --write")
            differing += 1
    return min(differing, 1)


if __name__ == "__main__":
    sys.exit(main())
