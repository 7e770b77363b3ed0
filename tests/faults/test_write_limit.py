"""The limit of writes, with two web processes behind a router."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from fault_world import serving

HASHES = ",".join(f"{name}={hashlib.sha256(name.encode()).hexdigest()}" for name in ("ann", "bob"))


@pytest.fixture(scope="module")
def site(make_database, template):
    with serving(make_database(template), SETA_TOKENS=HASHES, SETA_PROXIES="1",
                 WEB_CONCURRENCY="2", SETA_WRITES_PER_MINUTE="5") as service:
        yield service.address


def test_a_limit_is_one_for_all_processes_and_goes_by_token_not_by_router(site):
    """It was one for each process, and all clients behind a router shared it."""
    def write(token, address):
        return requests.post(
            site + "/api/v1/scopes/none/release", json={}, timeout=30,
            headers={"Authorization": f"Bearer {token}", "X-Forwarded-For": address}).status_code

    def let_in(writes):
        with ThreadPoolExecutor(4) as pool:
            return sum(status != 429 for status in pool.map(lambda each: write(*each), writes))
    anns = [("ann", f"192.0.2.{number}") for number in range(20)]
    assert let_in(anns) in (5, 6)   # one comes back every 12 seconds
    assert let_in([("bob", "192.0.2.1")] * 3) == 3
    assert let_in([("wrong", "192.0.2.1")] * 20) in (5, 6)
    assert let_in([("wrong", "192.0.2.2")] * 3) == 3
