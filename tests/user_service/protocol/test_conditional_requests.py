"""ETag, If-Match and If-None-Match (RFC 9110, section 13) of a user and of a user's week."""

import json
from functools import partial
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.support.problems import assert_problem
from tests.support.user_checks import NEVER, at_once, grid, interval

ANN = "/users/ann@example.org"
WEEK = f"{ANN}/availability"
CHANGES = [("patch", ANN, {"name": "Ann B."}), ("put", WEEK, {"grid": NEVER}), ("delete", ANN, None)]
ids = [method for method, _, _ in CHANGES]


def send(client: APIClient, change: tuple[str, str, Any], if_match: str) -> Any:
    method, path, body = change
    return client.generic(
        method.upper(),
        path,
        "" if body is None else json.dumps(body),
        content_type="application/json",
        HTTP_IF_MATCH=if_match,
    )


def everything(client: APIClient) -> Any:
    return client.get(ANN).json(), client.get(WEEK).json()


@pytest.mark.parametrize("change", CHANGES, ids=ids)
@pytest.mark.parametrize("shape", ["{}", "*", ' "other" ,{}', '{}, W/"other"', "  {}  "])
def test_a_change_goes_on_while_the_tag_is_right(
    client: APIClient, ann: dict[str, Any], change: tuple[str, str, Any], shape: str
) -> None:
    tag = client.get(change[1])["ETag"]

    answer = send(client, change, shape.replace("{}", tag))

    assert answer.status_code in (200, 204)


@pytest.mark.parametrize("change", CHANGES, ids=ids)
@pytest.mark.parametrize("shape", ['"stale"', "W/{}", "garbage", "", '"', "{}x", "*,*", '"*"', '"a", "b"', "\xff"])
def test_a_stale_weak_or_garbled_tag_changes_nothing(
    client: APIClient, ann: dict[str, Any], change: tuple[str, str, Any], shape: str
) -> None:
    before = everything(client)
    tag = client.get(change[1])["ETag"]
    bare = tag.strip('"')

    answer = send(client, change, shape.replace("{}x", f"{bare}x").replace("{}", tag))

    assert_problem(answer, 412, code="precondition-failed")
    assert everything(client) == before


@pytest.mark.parametrize("change", CHANGES, ids=ids)
def test_the_tag_is_stale_after_a_change_by_somebody_else(
    client: APIClient, ann: dict[str, Any], change: tuple[str, str, Any]
) -> None:
    tag = client.get(change[1])["ETag"]
    client.patch(ANN, {"timezone": "UTC"}, format="json")
    before = everything(client)

    assert_problem(send(client, change, tag), 412, code="precondition-failed")

    assert everything(client) == before


@pytest.mark.parametrize("change", CHANGES, ids=ids)
@pytest.mark.parametrize("if_match", ["*", '"any"'])
def test_nobody_is_not_found_whatever_the_tag(client: APIClient, change: tuple[str, str, Any], if_match: str) -> None:
    assert_problem(send(client, change, if_match), 404, code="unknown-user")


@pytest.mark.parametrize("change", CHANGES, ids=ids)
@pytest.mark.parametrize("shape", ["*", "{}", "W/{}", '"other", {}'])
def test_a_change_of_what_if_none_match_names_is_refused(
    client: APIClient, ann: dict[str, Any], change: tuple[str, str, Any], shape: str
) -> None:
    method, path, body = change
    before = everything(client)
    headers = {"If-None-Match": shape.replace("{}", client.get(path)["ETag"])}

    assert_problem(getattr(client, method)(path, body, format="json", headers=headers), 412, code="precondition-failed")

    assert everything(client) == before


@pytest.mark.parametrize("change", CHANGES, ids=ids)
def test_a_change_of_what_if_none_match_does_not_name_goes_on(
    client: APIClient, ann: dict[str, Any], change: tuple[str, str, Any]
) -> None:
    method, path, body = change

    answer = getattr(client, method)(path, body, format="json", headers={"If-None-Match": '"other"'})

    assert answer.status_code in (200, 204)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("patch", ANN, {}),
        ("patch", ANN, {"name": "Ann"}),
        ("put", WEEK, {"intervals": [interval("monday", "09:00", "12:00")]}),
    ],
)
def test_a_change_of_nothing_leaves_tag_and_time(
    client: APIClient, ann: dict[str, Any], method: str, path: str, body: dict[str, Any]
) -> None:
    tag = client.get(path)["ETag"]

    answer = getattr(client, method)(path, body, format="json")

    assert (answer.status_code, answer["ETag"]) == (200, tag)
    assert client.get(ANN).json() == ann


def test_another_name_leaves_the_tag_of_the_week(client: APIClient, ann: dict[str, Any]) -> None:
    tag = client.get(WEEK)["ETag"]

    client.patch(ANN, {"name": "Ann B."}, format="json")

    assert client.get(WEEK)["ETag"] == tag
    assert send(client, CHANGES[1], tag).status_code == 200


@pytest.mark.parametrize("change", [{"timezone": "UTC"}, {"timezone": "Europe/Paris"}])
def test_another_time_zone_changes_the_tag_of_the_week(
    client: APIClient, ann: dict[str, Any], change: dict[str, str]
) -> None:
    tag = client.get(WEEK)["ETag"]

    client.patch(ANN, change, format="json")

    assert client.get(WEEK)["ETag"] != tag


def test_another_week_changes_the_tag_of_the_user_and_the_same_week_again_that_of_the_week_back(
    client: APIClient, ann: dict[str, Any]
) -> None:
    user, week = client.get(ANN)["ETag"], client.get(WEEK)
    never = client.put(WEEK, {"grid": NEVER}, format="json")

    assert never["ETag"] != week["ETag"]
    assert client.get(ANN)["ETag"] != user
    again = client.put(WEEK, {"grid": week.json()["grid"]}, format="json")
    assert again["ETag"] == week["ETag"]


def test_a_user_made_anew_has_another_tag(client: APIClient, ann: dict[str, Any]) -> None:
    tag = client.get(ANN)["ETag"]
    client.delete(ANN)
    client.post("/users", {"email": "ann@example.org", "name": "Ann", "timezone": "Europe/Berlin"}, format="json")

    assert client.get(ANN)["ETag"] != tag


@pytest.mark.parametrize("path", [ANN, WEEK])
@pytest.mark.parametrize("shape", ["{}", "W/{}", "*", '"other", {}'])
def test_who_knows_the_answer_is_told_so_without_a_body(
    client: APIClient, ann: dict[str, Any], path: str, shape: str
) -> None:
    tag = client.get(path)["ETag"]

    answer = client.get(path, HTTP_IF_NONE_MATCH=shape.replace("{}", tag))

    assert answer.status_code == 304
    assert answer.content == b""
    assert answer["ETag"] == tag
    assert "Content-Length" not in answer


@pytest.mark.parametrize("path", [ANN, WEEK])
@pytest.mark.parametrize("known", ['"other"', "garbage", "", '"*"'])
def test_who_knows_another_answer_gets_this_one(client: APIClient, ann: dict[str, Any], path: str, known: str) -> None:
    assert client.get(path, HTTP_IF_NONE_MATCH=known).status_code == 200


def test_of_many_who_change_the_same_version_at_once_one_succeeds(client: APIClient, ann: dict[str, Any]) -> None:
    tag = client.get(WEEK)["ETag"]

    def put(hour: int) -> tuple[int, int]:
        answer = APIClient().put(WEEK, {"grid": grid((6, hour))}, format="json", HTTP_IF_MATCH=tag)
        return answer.status_code, hour

    answers = at_once([partial(put, hour) for hour in range(8)])

    assert sorted(status for status, _ in answers) == [200] + [412] * 7
    winner = next(hour for status, hour in answers if status == 200)
    assert client.get(WEEK).json()["grid"] == grid((6, winner))
