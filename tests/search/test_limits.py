"""One network can't take the search from all, and nobody is refused, remembered or told anything for it."""

from __future__ import annotations

import itertools
import logging
import pickle
import re
from ipaddress import ip_address

import pytest
from django.conf import settings as django_settings
from django.test import RequestFactory

from access.models import User
from search import limits, networks
from search.engines import get_engine
from search.limits import LOG_SECONDS, MAX_WAIT, NETWORK, PROCESS, SALT_SECONDS, SHARED, Limits
from search.memory import Remembered
from search.networks import address_of, is_shared, network_of
from search.system_checks import readers_can_be_told_apart
from tests.search.fakes import FakeFile

READER, OTHER, EXIT = "93.184.215.14", "93.184.215.15", "185.220.101.7"
NOWHERE = "00000000-0000-4000-8000-000000000000"
ADDRESSES = {
    "page": "/de/search/?q=folter&kind=case&topic=x&topic=%22%3E%3Cscript%3E",
    "api": "/api/v1/search?q=folter",
    "suggest": "/api/v1/suggest?q=folter",
    "export": "/api/v1/export?q=folter",
    "feed": "/feeds/de/search.atom?q=folter",
    "file": f"/d/{NOWHERE}/search/?q=folter",
    "version": f"/d/{NOWHERE}/v1/search/?q=folter",
}


class Clock:
    """Seconds that go by when a test says so."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def process(clock, monkeypatch, settings):
    """The budgets of this process, in use, all of them full."""
    settings.RATE_LIMITS = True
    fresh = Limits(clock)
    monkeypatch.setattr(limits, "_limits", fresh)
    monkeypatch.setattr(networks, "_exits", Remembered(300))
    return fresh


def key(address):
    return network_of(ip_address(address))


def overdraw(process, address=READER):
    """``address`` asked more than its share, and so much that others wait."""
    process.use(1000, key(address))


def exits(settings, tmp_path, text):
    path = tmp_path / "exits.txt"
    path.write_text(text)
    settings.SHARED_EXITS_FILE = str(path)


class TestBudgets:
    def test_nobody_is_refused_while_there_is_room(self, process, clock):
        overdraw(process)
        clock.now += PROCESS.burst + MAX_WAIT  # the process has its budget again, the network not yet
        process.use(NETWORK.burst + NETWORK.rate * MAX_WAIT, key(READER))
        clock.now += MAX_WAIT
        process.use(0.1, key(READER))
        assert process.wait(key(READER)) == 0

    def test_who_overdrew_waits_and_nobody_else(self, process):
        overdraw(process)
        assert process.wait(key(READER)) == MAX_WAIT
        assert process.wait(key(OTHER)) == 0

    def test_the_time_that_is_named_is_enough(self, process, clock):
        for _ in range(12):
            process.use(2.0, key(READER))
        seconds = process.wait(key(READER))
        assert 0 < seconds < MAX_WAIT
        clock.now += seconds - 2
        process.use(100, None)  # the others keep it busy
        assert process.wait(key(READER)) > 0
        clock.now += 3
        process.use(100, None)
        assert process.wait(key(READER)) == 0

    def test_one_program_that_asks_one_thing_after_another_is_never_refused(self, process, clock):
        for _ in range(2000):
            clock.now += 1.0
            process.use(0.95, key(READER))
            assert process.wait(key(READER)) == 0

    def test_a_reader_who_searches_and_types_beside_an_attack_is_not_refused(self, process, clock):
        for _ in range(120):
            clock.now += 1.0
            process.use(4.0, key(OTHER))
            process.use(0.3, key(READER))
            assert process.wait(key(READER)) == 0
        assert process.wait(key(OTHER)) > 0

    def test_in_every_process_it_has_the_same_share_and_no_more(self, clock):
        processes = [Limits(clock) for _ in range(4)]
        answered = dict.fromkeys(range(4), 0)
        for _ in range(600):
            clock.now += 0.5
            for number, each in enumerate(processes):
                each.use(1.0, None)  # what others search
                if not each.wait(key(READER)):
                    each.use(1.0, key(READER))
                    answered[number] += 1
        allowed = NETWORK.burst + 300 * NETWORK.rate
        assert set(answered.values()) == {answered[0]} and allowed - 2 <= answered[0] <= allowed + 2

    def test_a_process_that_starts_again_knows_nobody(self, process, clock):
        overdraw(process)
        assert Limits(clock).wait(key(READER)) == 0

    def test_an_attacker_with_a_64_is_one_and_its_neighbour_another(self, process):
        overdraw(process, "2a03:2880:f003:c07:face:b00c::2")
        assert process.wait(key("2a03:2880:f003:c07::1")) > 0
        assert process.wait(key("2a03:2880:f003:c08::1")) == 0


class TestNothingStays:
    def test_no_address_is_kept_and_none_can_be_made_of_what_is(self, process):
        overdraw(process)
        kept = pickle.dumps([list(process._networks), process.wait(key(READER))])
        assert READER.encode() not in kept and key(READER) not in kept
        (known,) = process._networks
        again = Limits()
        again.use(1, key(READER))
        assert known not in again._networks, "another process has another salt"

    def test_the_salt_of_yesterday_and_what_was_kept_under_it_are_gone(self, process, clock):
        overdraw(process)
        (known,) = process._networks
        clock.now += SALT_SECONDS
        overdraw(process)
        assert known not in process._networks and len(process._networks) == 1

    def test_who_does_not_come_back_is_forgotten_in_minutes(self, process, clock):
        overdraw(process)
        clock.now += NETWORK.burst / NETWORK.rate + MAX_WAIT
        process.use(0.1, key(OTHER))
        assert len(process._networks) == 1

    def test_memory_is_bounded(self, process, monkeypatch):
        monkeypatch.setattr(limits, "MAX_NETWORKS", 50)
        for number in range(200):
            process.use(1.0, number.to_bytes(8))
        assert len(process._networks) == 50

    def test_the_log_counts_and_names_nobody(self, process, clock, caplog):
        overdraw(process)
        with caplog.at_level(logging.DEBUG):
            for _ in range(5):
                process.wait(key(READER))
            clock.now += LOG_SECONDS - 1
            process.use(1000, key(READER))
            process.wait(key(READER))
            assert [record.refused for record in caplog.records] == [1]
            clock.now += 1
            process.wait(key(READER))
        assert [record.refused for record in caplog.records] == [1, 6]
        assert READER not in str([vars(record) for record in caplog.records])


class TestWhoAsks:
    def address(self, **meta):
        return address_of(RequestFactory().get("/", **meta))

    @pytest.mark.parametrize(
        "said", ["", "127.0.0.1", "::1", "10.1.2.3", "172.18.0.1", "fe80::1%eth0", "unix:", "1.2.3"]
    )
    def test_what_tells_nobody_apart_has_no_budget(self, said):
        """A web server or an onion service beside us: all their readers would be one."""
        assert self.address(REMOTE_ADDR=said) is None

    def test_an_address_written_as_ipv6_is_the_same(self):
        assert self.address(REMOTE_ADDR=f"::ffff:{READER}") == ip_address(READER)

    def test_no_header_counts_that_nobody_named(self):
        for name in ("HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED"):
            assert self.address(**{"REMOTE_ADDR": READER, name: OTHER}) == ip_address(READER)

    def test_of_a_header_the_part_counts_that_the_nearest_server_wrote(self, settings):
        settings.CLIENT_ADDRESS_HEADER = "X-Forwarded-For"
        said = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": f"{OTHER}, {READER}"}
        assert self.address(**said) == ip_address(READER)
        assert self.address(REMOTE_ADDR=OTHER) is None

    @pytest.mark.parametrize(
        "said", ["x" * 10_000, '"><script>', f"{READER}\r\nX-Other: 1", "١.١.١.١", ",", "1" * 5000]
    )
    def test_no_header_breaks_anything(self, settings, said):
        settings.CLIENT_ADDRESS_HEADER = "X-Real-IP"
        assert self.address(REMOTE_ADDR=READER, HTTP_X_REAL_IP=said) is None

    def test_check_deploy_warns_where_all_readers_are_one(self, settings):
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        assert [found.id for found in readers_can_be_told_apart(None)] == ["search.W001"]
        for named in ("X-Real-IP", "REMOTE_ADDR"):
            settings.CLIENT_ADDRESS_HEADER = named
            assert readers_can_be_told_apart(None) == []
        assert self.address(REMOTE_ADDR=READER, HTTP_REMOTE_ADDR=OTHER) == ip_address(READER)
        settings.SECURE_PROXY_SSL_HEADER, settings.CLIENT_ADDRESS_HEADER = None, ""
        assert readers_can_be_told_apart(None) == []


class TestSharedExits:
    def test_one_has_as_much_as_ten_networks(self, process, settings, tmp_path, client, monkeypatch):
        exits(settings, tmp_path, f"{EXIT}\n")
        for address in (EXIT, READER):
            process.use(NETWORK.burst * SHARED - 1, key(address), shared=is_shared(ip_address(address)))
        process.use(1000, None)
        assert process.wait(key(EXIT)) == 0 and process.wait(key(READER)) > 0

    def test_addresses_networks_and_comments_are_read(self, process, settings, tmp_path):
        exits(settings, tmp_path, f"# Tor\n{EXIT}\n\n192.42.116.0/24 # relays\n2a0b:f4c2::/32\n 8.8.8.8/24 \n")
        for address in (EXIT, "192.42.116.200", "2a0b:f4c2:1::9", "8.8.8.1"):
            assert is_shared(ip_address(address)), address
        for address in (READER, "185.220.101.8", "192.42.117.1", "2a0b:f4c3::1", "2a03::1"):
            assert not is_shared(ip_address(address)), address

    def test_wrong_lines_are_counted_and_the_rest_holds(self, process, settings, tmp_path, caplog):
        exits(settings, tmp_path, f"exit.example.org\n999.1.1.1\n{EXIT}\n")
        assert is_shared(ip_address(EXIT))
        assert [record.lines for record in caplog.records] == [2] and "999" not in caplog.text

    def test_a_list_that_is_gone_breaks_no_search(self, process, settings, tmp_path, caplog):
        settings.SHARED_EXITS_FILE = str(tmp_path / "gone.txt")
        assert not is_shared(ip_address(EXIT))
        assert [record.event for record in caplog.records] == ["shared_exits_missing"]


@pytest.mark.django_db
class TestRefusals:
    @pytest.mark.parametrize("name", ADDRESSES)
    def test_each_search_is_refused_before_anything_is_asked(
        self, process, client, content, name, django_assert_num_queries
    ):
        overdraw(process)
        with django_assert_num_queries(0):
            response = client.get(ADDRESSES[name], REMOTE_ADDR=READER)
        assert response.status_code == 429 and response["Retry-After"] == str(MAX_WAIT)
        assert response["Cache-Control"] == "no-store" and "ETag" not in response and not response.cookies
        assert client.get(ADDRESSES[name], REMOTE_ADDR=OTHER).status_code in (200, 404)

    def test_the_page_keeps_what_was_asked_and_speaks_the_readers_language(self, process, client):
        overdraw(process)
        body = client.get(ADDRESSES["page"], REMOTE_ADDR=READER).content.decode()
        assert '<html lang="de" dir="ltr">' in body and 'value="folter"' in body
        fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', body)
        assert fields == [("kind", "case"), ("topic", "x"), ("topic", "&quot;&gt;&lt;script&gt;")]
        arabic = client.get("/ar/search/?q=%D8%AA", REMOTE_ADDR=READER).content.decode()
        assert '<html lang="ar" dir="rtl">' in arabic and 'value="ت"' in arabic
        assert (
            '<html lang="fr"'
            in client.get(ADDRESSES["file"], REMOTE_ADDR=READER, headers={"Accept-Language": "fr"}).content.decode()
        )

    def test_programs_get_the_error_of_the_api(self, process, client):
        overdraw(process)
        error = client.get(ADDRESSES["api"], REMOTE_ADDR=READER).json()["error"]
        assert error["code"] == "too_many_requests" and error["message"].endswith(".") and error["parameter"] is None

    def test_a_refusal_says_nothing_about_what_there_is(self, process, client, publish):
        file = FakeFile([("en", "torture")])
        publish("Torture public", files=(file,))
        publish("Torture hidden", acl=frozenset({"login"}))
        overdraw(process)

        def said(address):
            response = client.get(address, REMOTE_ADDR=READER)
            headers = {name: value for name, value in response.items() if name != "Content-Length"}
            return response.status_code, headers, re.sub(r"q=\w+|value=\"\w+\"", "", response.content.decode())

        for one, another, missing in (
            ("/en/search/?q=public", "/en/search/?q=hidden", "/en/search/?q=zzz"),
            ("/api/v1/search?q=public", "/api/v1/search?q=hidden", "/api/v1/search?sort=wrong"),
            (f"/d/{file.series}/search/?q=a", f"/d/{NOWHERE}/search/?q=a", f"/d/{NOWHERE}/v9/search/?q=a"),
        ):
            assert said(one) == said(another) == said(missing)

    def test_no_header_makes_another_of_who_is_refused(self, process, client):
        overdraw(process)
        forged = {"X-Forwarded-For": OTHER, "X-Real-IP": OTHER, "Forwarded": f"for={OTHER}"}
        assert client.get(ADDRESSES["api"], REMOTE_ADDR=READER, headers=forged).status_code == 429

    def test_staff_are_not_refused_and_have_no_budget(self, process, client, content):
        overdraw(process)
        client.force_login(User.objects.create_user("author"))
        assert client.get(ADDRESSES["api"], REMOTE_ADDR=READER).status_code == 200
        assert client.get(ADDRESSES["api"], REMOTE_ADDR=OTHER).status_code == 200
        assert len(process._networks) == 1

    def test_readers_beside_us_are_not_refused(self, process, client, content):
        for _ in range(3):
            process.use(1000, None)
            assert client.get(ADDRESSES["api"], REMOTE_ADDR="127.0.0.1").status_code == 200
        assert not process._networks

    def test_an_exit_is_served_where_a_network_is_refused(
        self, process, clock, client, content, settings, tmp_path, monkeypatch
    ):
        exits(settings, tmp_path, EXIT)
        engine, ask = get_engine(), get_engine().search

        def slow(request):
            clock.now += 30
            return ask(request)

        monkeypatch.setattr(engine, "search", slow)
        for address in (READER, EXIT):
            assert client.get(ADDRESSES["api"], REMOTE_ADDR=address).status_code == 200
        assert client.get(ADDRESSES["api"], REMOTE_ADDR=READER).status_code == 429
        assert client.get(ADDRESSES["api"], REMOTE_ADDR=EXIT).status_code == 200

    @pytest.mark.parametrize("address", [ADDRESSES["file"], "/api/v1/search?sort=wrong"])
    def test_what_fails_is_paid_too(self, process, client, content, address):
        process.clock = itertools.count(2000).__next__  # a second goes by at each look
        client.get(address, REMOTE_ADDR=READER)
        ((at, budget),) = process._networks.values()
        assert budget.left(at) < NETWORK.burst

    def test_they_can_be_switched_off(self, process, client, content, settings):
        overdraw(process)
        settings.RATE_LIMITS = False
        assert client.get(ADDRESSES["api"], REMOTE_ADDR=READER).status_code == 200


def test_other_tests_are_not_limited():
    assert django_settings.RATE_LIMITS is False
