"""Pictures in an object store: the same behaviour as a folder, against a real S3 server on loopback."""

import os
import subprocess
import time
import urllib.request
from datetime import timedelta
from pathlib import Path
from secrets import token_hex

import pytest

from app import clock
from app.media.bucket import Bucket
from app.refusal import Busy
from tests.support import ROOT
from tests.support.process import free_port

pytestmark = pytest.mark.full  # `make production-test`
S3 = ROOT / ".cache/s3/bin/moto_server"  # made by `make production-test`


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    """An S3 server of this module's own."""
    server = Path(os.environ.get("S3_SERVER", S3))
    if not server.exists():
        assert not os.environ.get("CI"), "no S3 server: `make production-test` installs it"
        pytest.skip("NOT TRIED: no S3 server; `make production-test` installs it")
    port = free_port()
    with (tmp_path_factory.mktemp("s3") / "log").open("w") as log:
        process = subprocess.Popen([server, "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{address}/moto-api/").close()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < until
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def bucket(endpoint, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "drill")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "drill")
    name = f"b{token_hex(6)}"
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/{name}", method="PUT")).close()
    return Bucket(f"s3://{name}/site?endpoint={endpoint}&region=us-east-1")


def test_a_file_is_written_read_and_deleted(bucket):
    bucket.put("ab12.jpg", b"picture")
    assert bucket.read("ab12.jpg") == b"picture"
    bucket.delete("ab12.jpg")
    bucket.delete("ab12.jpg")
    with pytest.raises(FileNotFoundError):
        bucket.read("ab12.jpg")


def test_old_files_are_found_by_shelf(bucket):
    bucket.put("ab12.jpg", b"x")
    bucket.put("cd12.jpg", b"x")
    assert list(bucket.old("ab", clock.now() + timedelta(hours=1))) == ["ab12.jpg"]
    assert list(bucket.old("ab", clock.now() - timedelta(hours=1))) == []


def test_a_name_is_no_path(bucket):
    for name in ("../x", "ab/../x", "..", "a\\b"):
        with pytest.raises(FileNotFoundError):
            bucket.read(name)


def test_a_store_that_is_away_is_said_within_seconds(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "drill")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "drill")
    away = Bucket(f"s3://b/site?endpoint=http://127.0.0.1:{free_port()}&region=us-east-1")
    began = time.monotonic()
    with pytest.raises(OSError, match=r"ab12\.jpg"):
        away.put("ab12.jpg", b"x")
    with pytest.raises(Busy):
        away.read("ab12.jpg")
    away.delete("ab12.jpg")
    assert time.monotonic() - began < 15
