"""Two processes behind nginx with PostgreSQL and Redis serve one site: as exact as one process alone.

Run by `make production-test`; nginx and redis-server come from the machine's packages.
"""

import http.client
import os
import re
import shutil
import ssl
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.db import db
from app.models.signup import SignUp, SignUpStatus
from drills.site import Person, Site, on_postgresql
from tests import cast
from tests.support import ROOT
from tests.support.process import free_port

pytestmark = pytest.mark.full
PATH = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
FRESH_WITHIN = 2.0  # seconds: another process looks at the generations once a second


@pytest.fixture(scope="module")
def redis(tmp_path_factory):
    """A Redis of this module's own, which keeps nothing."""
    port, place = free_port(), tmp_path_factory.mktemp("redis")
    line = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(place)]
    with (place / "log").open("w") as log:
        process = subprocess.Popen(line, stdout=log, stderr=log, env=PATH)
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(20)


@pytest.fixture(scope="module")
def sites(redis, tmp_path_factory):
    """Two servers on one database, one picture folder and one Redis, as `docs/deploy.md` says."""
    shared = {
        "RATELIMIT_STORAGE_URI": redis,
        "TRUSTED_PROXIES": "1",
        "UPLOAD_URL": str(tmp_path_factory.mktemp("shared")),
    }
    with on_postgresql(**shared) as (one, _):
        two = Site(one.folder, one.url, **shared)
        one.start()
        two.start()
        try:
            yield one, two
        finally:
            two.stop()
            with two.app.app_context():
                db.engine.dispose()


def at(site: Site, person: Person) -> Person:
    """The same browser, whose next request another process answers."""
    return Person(site, person.cookie, person.token)


def activity(site: Site, **facts) -> int:
    """A published activity of 万通社区."""
    with site.app.app_context():
        made = cast.make_activity(**facts)
        db.session.commit()
        return made.id


def test_a_session_is_one_everywhere_and_ends_everywhere(sites):
    one, two = sites
    person = one.person("volunteer")
    assert at(two, person).get("/member/").status == 200
    assert person.post("/logout").status == 303
    assert at(two, person).get("/member/").status == 303


def test_what_one_process_changes_visitors_of_the_other_see_within_two_seconds(sites):
    one, two = sites
    path = f"/activities/{activity(one, title='两个进程的活动')}"
    seen = [site.ask("GET", path).body for site in sites]
    assert all("报名中" in page and "下雨改期" not in page for page in seen)
    office = f"/office{path}/cancellation"
    assert one.person("wantong").post(office, reason="下雨改期").status == 303
    assert "下雨改期" in one.ask("GET", path).body  # its own commit: at once
    until = time.monotonic() + FRESH_WITHIN
    while "下雨改期" not in two.ask("GET", path).body:
        assert time.monotonic() < until, "the other process still shows the old page"
        time.sleep(0.05)


def test_places_are_given_once_whichever_process_is_asked(sites):
    one, _ = sites
    people, id = 40, activity(one, capacity=10, title="十个名额")
    with one.app.app_context():
        for n in range(people):
            cast.make_volunteer(cast.make_user(f"pair{n:02d}", "同时报", f"135{n:08d}"))
        db.session.commit()
    signed = [at(sites[n % 2], one.person(f"pair{n:02d}")) for n in range(people)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: one.post(f"/activities/{id}/signup").status, signed))
    assert set(answers) == {303}
    with one.app.app_context():
        rows = db.session.scalars(db.select(SignUp).where(SignUp.activity_id == id).order_by(SignUp.turn)).all()
        assert [row.turn for row in rows] == list(range(1, people + 1))
        states = [row.status for row in rows]
        assert states == [SignUpStatus.ADMITTED] * 10 + [SignUpStatus.WAITING] * (people - 10)


def test_a_limit_counts_what_both_processes_are_asked(sites):
    """240 searches a minute from one address: whichever process gets the next one refuses it."""
    visitor = {"X-Forwarded-For": "203.0.113.7"}
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda n: sites[n % 2].ask("GET", f"/search?q=qj{n}", headers=visitor).status, range(240)))
    later = [site.ask("GET", "/search?q=qj", headers=visitor).status for site in sites]
    assert done.count(429) == 0 and later == [429, 429], (done.count(429), later)
    other = {"X-Forwarded-For": "203.0.113.8"}
    assert sites[1].ask("GET", "/search?q=qj", headers=other).status == 200


@pytest.fixture(scope="module")
def proxy(sites, tmp_path_factory):
    """nginx with the file of `deploy/` before both processes; the port on which it speaks TLS."""
    place, port = tmp_path_factory.mktemp("nginx"), free_port()
    place.chmod(0o755)
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=volunteer.example.cn",
    ]
    subprocess.run(
        [*make, "-keyout", place / "key.pem", "-out", place / "fullchain.pem"], check=True, capture_output=True
    )
    text = (ROOT / "deploy/nginx.conf").read_text().replace("/etc/volunteer/tls", str(place))
    text = text.replace("/var/log/nginx", str(place)).replace("$request_time'", "$request_time $upstream_addr'")
    text = text.replace("listen 443", f"listen 127.0.0.1:{port}").replace(
        "listen 80", f"listen 127.0.0.1:{free_port()}"
    )
    servers = "".join(f"server 127.0.0.1:{site.port} max_fails=0; " for site in sites)
    text = re.sub(r"server 127\.0\.0\.1:8000[^;]*;", servers, text)
    whole: Path = place / "nginx.conf"
    whole.write_text(
        f"pid {place}/pid; error_log {place}/log; daemon off; events {{}} http {{ access_log off; {text} }}"
    )
    process = subprocess.Popen(["nginx", "-p", place, "-c", whole], env=PATH)
    yield port, place / "fullchain.pem"
    process.terminate()
    process.wait(20)


def test_through_the_proxy_both_answer_and_nothing_is_cut(proxy, sites):
    port, certificate = proxy
    trust = ssl.create_default_context(cafile=certificate)
    trust.check_hostname = False  # it is asked by number

    def ask(n: int) -> tuple[int, str]:
        connection = http.client.HTTPSConnection("127.0.0.1", port, context=trust, timeout=20)
        connection.request("GET", "/activities", headers={"Host": "volunteer.example.cn"})
        answer = connection.getresponse()
        whole = answer.read().decode()
        connection.close()
        return answer.status, whole[-20:]

    until = time.monotonic() + 20
    while True:
        try:
            ask(0)
            break
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.1)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(60)))
    assert {status for status, _ in answers} == {200}
    assert all("</html>" in end for _, end in answers)
    log = (certificate.parent / "volunteer.log").read_text()
    assert all(f"127.0.0.1:{site.port}" in log for site in sites)


def test_the_tools_are_there():
    """`make production-test` proves nothing without them."""
    missing = [tool for tool in ("nginx", "redis-server", "openssl") if shutil.which(tool, path=PATH["PATH"]) is None]
    assert not missing or not os.environ.get("CI"), f"install {missing}"
