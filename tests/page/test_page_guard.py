"""Nobody but the user of this computer reaches the page: no other web site, and nobody without the token."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from asking import OWN, PORT, TOKEN
from starlette.testclient import TestClient

from motionsig.page.openapi import OPERATIONS

Connect = Callable[..., TestClient]

PAGES = ("/", "/queue", "/people", "/people/x", "/others", "/suspects", "/suspects/x", "/suspects/x/video")
ASKED = [("GET", page) for page in PAGES] + [(one.method, f"/api/v1{one.path}") for one in OPERATIONS]


@pytest.mark.parametrize(("method", "path"), [*ASKED, ("GET", "/api/v1/openapi.json"), ("GET", "/nowhere")])
def test_without_the_token_nothing_is_answered(connect: Connect, method: str, path: str) -> None:
    assert connect().request(method, path).status_code == 401


@pytest.mark.parametrize("given", ["", "wrong", TOKEN[:-1], TOKEN + "x", "é", "\N{GRINNING FACE}"])
def test_a_wrong_token_opens_nothing(connect: Connect, given: str) -> None:
    assert connect().get("/", params={"token": given}).status_code in (401, 403)
    assert connect().get("/people", params={"token": TOKEN}).status_code == 401  # only the beginning takes it
    for headers in (
        {"Authorization": f"Bearer {given}".encode()},
        {"Cookie": f"motionsig-{PORT}={given}".encode()},
    ):
        assert connect().get("/people", headers=headers).status_code == 401


def test_the_address_gives_a_cookie_that_no_script_and_no_other_site_can_use(connect: Connect) -> None:
    client = connect()
    answer = client.get("/", params={"token": TOKEN})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert TOKEN not in answer.text
    assert client.get("/").status_code == 200


def test_two_browsers_can_use_the_page_at_once(connect: Connect) -> None:
    first, second = connect(), connect()
    for client in (first, second):
        client.get("/", params={"token": TOKEN})
    assert first.post("/api/v1/people", json={"name": "Jane"}, headers={"Origin": OWN}).status_code == 201
    assert "Jane" in second.get("/people").text
    assert first.get("/").status_code == second.get("/").status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        f"evil.example:{PORT}",
        "127.0.0.1",
        "127.0.0.1:80",
        f"127.0.0.1.evil.example:{PORT}",
        "",
    ],
)
def test_a_name_that_was_made_to_lead_here_is_refused(program: TestClient, host: str) -> None:
    assert program.get("/people", headers={"Host": host}).status_code == 421


def test_the_page_answers_to_localhost_too(program: TestClient) -> None:
    assert program.get("/people", headers={"Host": f"localhost:{PORT}"}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://localhost:3000",
        "http://127.0.0.1:1",
        f"https://127.0.0.1:{PORT}",
    ],
)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/api/v1/people"), ("DELETE", "/api/v1/people/x"), ("GET", "/people")]
)
def test_another_origin_is_refused_even_with_the_cookie(
    browser: TestClient, origin: str, method: str, path: str
) -> None:
    assert browser.request(method, path, headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_other_sites_can_neither_load_nor_change_anything(browser: TestClient, site: str) -> None:
    """Ports of one computer are the same site, so a strict cookie alone does not keep them out."""
    headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "video"}
    assert browser.get("/suspects/x/video", headers=headers).status_code == 403
    assert browser.get("/static/page.js", headers=headers).status_code == 403
    visit = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert browser.get("/suspects", headers=visit).status_code == 403
    assert browser.post("/api/v1/people", json={"name": "x"}, headers=visit).status_code == 403
    assert browser.get("/", headers=visit).status_code == 200  # a link to the page, which changes nothing


def test_a_browser_that_does_not_say_which_page_asks_changes_nothing(browser: TestClient) -> None:
    assert browser.post("/api/v1/people", json={"name": "Jane"}).status_code == 403
    assert browser.post("/api/v1/people", json={"name": "A"}, headers={"Origin": OWN}).status_code == 201
    own = {"Sec-Fetch-Site": "same-origin"}
    assert browser.post("/api/v1/people", json={"name": "B"}, headers=own).status_code == 201


def test_nothing_is_shared_with_other_origins(browser: TestClient, program: TestClient) -> None:
    for answer in (
        browser.options("/api/v1/people", headers={"Origin": "https://evil.example"}),
        program.get("/api/v1/people"),
        program.options("/api/v1/people"),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "path", ["/", "/people", "/people/nobody", "/nowhere", "/api/v1/people", "/static/page.css"]
)
def test_every_answer_forbids_the_browser_to_load_anything_from_elsewhere(
    program: TestClient, connect: Connect, path: str
) -> None:
    for client in (program, connect()):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert "http" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"


def test_names_are_text_on_every_page(program: TestClient) -> None:
    name = "<img src=x onerror=alert(1)> \u202eenaJ"
    person = program.post("/api/v1/people", json={"name": name}).json()["id"]
    for page in ("/people", f"/people/{person}"):
        text = program.get(page).text
        assert "<img" not in text
        assert "\u202e" not in text
        assert "&lt;img src=x onerror=alert(1)&gt;" in text
