"""Pictures in an object store, for several processes or machines: `UPLOAD_URL=s3://bucket/prefix?endpoint=https://…`.

Works with any server that speaks S3. The keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from app.refusal import Busy

CLIENT = {"connect_timeout": "2s", "timeout": "4s"}
RETRIES = {"max_retries": 1}


class Bucket:
    """Files in a bucket; a store that is away is said within seconds (503), never waited for."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.prefix = f"{parts.path.strip('/')}/".lstrip("/")
        self.bucket = _open(parts.netloc, parts.query)

    def _key(self, name: str) -> str:
        if not name[:2].isalnum() or "/" in name or "\\" in name:
            raise FileNotFoundError(name)
        return f"{self.prefix}{name[:2]}/{name}"

    def put(self, name: str, content: bytes) -> None:
        """One PUT: the object is there whole or not at all."""
        from obstore.exceptions import BaseError

        try:
            self.bucket.put(self._key(name), content, use_multipart=False)
        except BaseError as error:
            raise OSError(f"the object store did not take {name}") from error

    def read(self, name: str) -> bytes:
        """The content; Busy while the store is away."""
        from obstore.exceptions import BaseError

        try:
            return bytes(self.bucket.get(self._key(name)).bytes())
        except FileNotFoundError:
            raise
        except BaseError as error:
            raise Busy from error

    def delete(self, name: str) -> None:
        """Remove it; what cannot be removed now is found by the sweep of `flask tick`."""
        from obstore.exceptions import BaseError

        try:
            self.bucket.delete(self._key(name))
        except (BaseError, FileNotFoundError):
            return

    def old(self, shelf: str, before: datetime) -> Iterator[str]:
        """Names on this shelf that were written before that moment."""
        for page in self.bucket.list(f"{self.prefix}{shelf}/"):
            for one in page:
                if one["last_modified"] < before:
                    yield str(one["path"]).rpartition("/")[2]


@cache
def _open(bucket: str, query: str) -> Any:
    from obstore.store import S3Store

    told = {name: values[-1] for name, values in parse_qs(query).items()}
    options: Any = CLIENT | ({"allow_http": True} if told.get("endpoint", "").startswith("http://") else {})
    return S3Store(bucket, config=told, client_options=options, retry_config=RETRIES)  # type: ignore[arg-type]
