"""What opens a calendar is stored encrypted, for one user and one calendar alone."""

import base64
import os
import subprocess
from typing import Any

import pytest
from cryptography.fernet import Fernet

from common.conf.env import HOW_TO_MAKE_A_KEY
from user_service.calendars.faults import Refused
from user_service.calendars.fetching.secrets import LOST_KEY, NoCalendarKeys, decrypt, encrypt

SECRET = {"url": "https://calendar.example.org/private-7c1d", "password": "sésame"}
OWNED = {"owner": "ann@example.org", "calendar": "work"}


def make_key() -> str:
    return Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def key(settings: Any) -> str:
    settings.CALENDAR_KEYS = [make_key()]
    found: str = settings.CALENDAR_KEYS[0]
    return found


def test_a_secret_comes_back() -> None:
    assert decrypt(encrypt(SECRET, **OWNED), **OWNED) == SECRET


def test_a_secret_cannot_be_read_and_looks_different_each_time() -> None:
    first, second = encrypt(SECRET, **OWNED), encrypt(SECRET, **OWNED)

    content = base64.urlsafe_b64decode(first)
    assert first != second
    assert not any(word in content for word in (b"private", b"example", b"work"))


@pytest.mark.parametrize("other", [{"owner": "bob@example.org"}, {"calendar": "home"}])
def test_a_secret_is_of_no_use_elsewhere(other: dict[str, str]) -> None:
    text = encrypt(SECRET, **OWNED)

    with pytest.raises(Refused, match=LOST_KEY):
        decrypt(text, **OWNED | other)


def test_the_first_key_encrypts_and_all_decrypt(settings: Any, key: str) -> None:
    old = encrypt(SECRET, **OWNED)
    settings.CALENDAR_KEYS = [make_key(), key]
    new = encrypt(SECRET, **OWNED)

    assert decrypt(old, **OWNED) == decrypt(new, **OWNED) == SECRET
    settings.CALENDAR_KEYS = settings.CALENDAR_KEYS[:1]
    assert decrypt(new, **OWNED) == SECRET
    with pytest.raises(Refused, match=LOST_KEY):
        decrypt(old, **OWNED)


@pytest.mark.parametrize("text", ["", "nonsense", "gAAAAA==", "é"])
def test_what_is_no_secret_of_ours_is_not_read(text: str) -> None:
    with pytest.raises(Refused, match=LOST_KEY):
        decrypt(text, **OWNED)


def test_a_changed_secret_is_not_read() -> None:
    text = encrypt(SECRET, **OWNED)
    changed = text[:40] + ("A" if text[40] != "A" else "B") + text[41:]

    with pytest.raises(Refused, match=LOST_KEY):
        decrypt(changed, **OWNED)


def test_without_keys_nothing_is_encrypted_and_the_operator_is_told_what_to_do(settings: Any) -> None:
    text = encrypt(SECRET, **OWNED)
    settings.CALENDAR_KEYS = []

    with pytest.raises(NoCalendarKeys) as told:
        encrypt(SECRET, **OWNED)
    assert "CALENDAR_KEYS" in str(told.value.detail)
    assert HOW_TO_MAKE_A_KEY in str(told.value.detail)
    with pytest.raises(Refused, match=LOST_KEY):
        decrypt(text, **OWNED)


def test_a_key_is_made_as_the_operator_is_told(settings: Any) -> None:
    made = subprocess.run(["sh", "-c", HOW_TO_MAKE_A_KEY], capture_output=True, text=True, check=True, env=os.environ)
    settings.CALENDAR_KEYS = [made.stdout.strip()]

    assert decrypt(encrypt(SECRET, **OWNED), **OWNED) == SECRET
