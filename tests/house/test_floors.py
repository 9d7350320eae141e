"""The floors that developers read of are the floors that are held to."""

import configparser
import re

from tests.house.conftest import ROOT


def test_the_floors_are_told_as_they_stand():
    plan = configparser.ConfigParser()
    plan.read(ROOT / ".importlinter")
    layers = plan["importlinter:contract:floors"]["layers"]
    # What stands in parentheses is not built yet.
    standing = [name for line in layers.split("\n") for name in re.findall(r"\w+", re.sub(r"\(.*\)", "", line))]
    table = (ROOT / "docs" / "developers.md").read_text().split("| Floor | Package | Is |")[1].split("\n\n")[0]
    places = [row.split("|")[2] for row in table.split("\n") if row.count("|") > 3]
    told = [re.sub(r"/.*|\.py", "", name) for place in places for name in re.findall(r"`([^`]+)`", place)]
    assert told == standing
