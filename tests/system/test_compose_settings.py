"""compose/.env.example explains what compose/compose.yaml reads."""

import re

from tests.support.servers import ROOT

WITHOUT_EXAMPLE = {"REDIS_PASSWORD"}  # its default is nothing to copy


def test_every_setting_is_explained_and_shown_with_its_default() -> None:
    text = (ROOT / "compose" / "compose.yaml").read_text()
    read = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", text))
    example = (ROOT / "compose" / ".env.example").read_text()
    shown = dict(re.findall(r"^(\w+)=(.*)$", example, re.MULTILINE))

    assert text.count("${") == len(re.findall(r"\$\{\w+:-[^}]*\}", text)), "a setting without a default"
    assert shown.keys() == read.keys()
    assert {name for name in read if shown[name] != read[name]} == WITHOUT_EXAMPLE
