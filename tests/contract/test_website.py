"""What the website refuses before it asks is what the API and the user pool would refuse."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import pytest
from files_service.attachments import RASTER_IMAGES
from files_service.config import VARIABLES

from local.cloudformation import template as templates
from tests.docs.test_documentation import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES = ROOT / "frontend" / "src"
SCHEMAS = templates.read(ROOT / "api.yaml").body["components"]["schemas"]
POOL = templates.read(ROOT / "template.yaml").body["Resources"]["UserPool"]["Properties"]
RULES = POOL["Policies"]["PasswordPolicy"]

TITLE = SCHEMAS["Title"]["maxLength"]
LABEL = SCHEMAS["Label"]["maxLength"]
LABELS = SCHEMAS["Labels"]["maxItems"]
NUMBER = r"(\d[\d_]*(?: \* \d+)*)"
# Each number in the website, by what stands before it, and what it has to be.
NUMBERS = [
    ("attachments/limits.ts", "MAX_BYTES = ", int(VARIABLES["MAX_FILE_BYTES"].default or 0)),
    ("attachments/limits.ts", "MAX_FILES = ", int(VARIABLES["MAX_FILES_PER_TODO"].default or 0)),
    ("attachments/limits.ts", "MAX_NAME = ", SCHEMAS["FileName"]["maxLength"]),
    ("auth/password.ts", "length >= ", RULES["MinimumLength"]),
    ("todos/QuickAdd.tsx", "MAX_TITLE = ", TITLE),
    ("todos/TitleEditor.tsx", "maxLength={", TITLE),
    ("todos/SheetFields.tsx", "maxLength={", TITLE),
    ("todos/SheetFields.tsx", r"sheet.description}\s+most={", SCHEMAS["Description"]["maxLength"]),
    ("todos/SheetFields.tsx", r"sheet.notes}\s+most={", SCHEMAS["Notes"]["maxLength"]),
    ("todos/quick-add.ts", "MAX_LABELS = ", LABELS),
    ("todos/quick-add.ts", "MAX_LABEL_LENGTH = ", LABEL),
    ("todos/LabelField.tsx", "MOST = ", LABELS),
    ("todos/LabelField.tsx", "maxLength={", LABEL),
    ("todos/BulkBar.tsx", "MAX_LABELS = ", LABELS),
    ("todos/BulkBar.tsx", "maxLength={", LABEL),
    ("i18n/en.ts", "A to-do has at most ", LABELS),
    ("i18n/en.ts", "labels of at most ", LABEL),
    ("i18n/en-account.ts", 'length: "', RULES["MinimumLength"]),
]


def numbers(file: str, before: str) -> Iterator[int]:
    for product in re.findall(before + NUMBER, (SOURCES / file).read_text()):
        yield math.prod(int(factor) for factor in product.replace("_", "").split(" * "))


@pytest.mark.parametrize(("file", "before", "limit"), NUMBERS)
def test_the_website_knows_the_limit(file: str, before: str, limit: int) -> None:
    assert list(numbers(file, before)) == [limit]


def test_the_website_knows_the_rules_for_passwords() -> None:
    text = (SOURCES / "auth" / "password.ts").read_text()
    asked = {name: f"{name}: (password" in text for name in ("lower", "upper", "digit", "symbol")}

    assert asked == {
        "lower": RULES["RequireLowercase"],
        "upper": RULES["RequireUppercase"],
        "digit": RULES["RequireNumbers"],
        "symbol": RULES["RequireSymbols"],
    }


def test_the_website_previews_what_the_api_shows_inline() -> None:
    text = (SOURCES / "attachments" / "limits.ts").read_text()
    (names,) = re.findall(r"RASTER_IMAGES = new Set\(\[([^\]]+)\]\)", text)

    assert set(re.findall(r'"([^"]+)"', names)) == RASTER_IMAGES
