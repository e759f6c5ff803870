"""Requests: methods, types, sizes, headers and bodies that no browser sends. `value` is what `client.open` takes."""

from io import BytesIO
from typing import Any

from tests.badinput import HERE, INERT, Bad

FORM = "application/x-www-form-urlencoded"


def _body(what: str, body: bytes, kind: str, method: str = "POST", **more: Any) -> Bad:
    return Bad(
        what,
        {"method": method, "input_stream": BytesIO(body), "content_type": kind, "content_length": len(body), **more},
    )


def _header(what: str, must: str = INERT, **headers: str) -> Bad:
    return Bad(
        what, {"method": "GET", "headers": {name.replace("_", "-"): value for name, value in headers.items()}}, must
    )


ALL = [
    *(
        Bad(f"method {method}", {"method": method})
        for method in ("PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "get", "X" * 300)
    ),
    _body("no type", b"a=1", ""),
    _body("text", b"name=x", "text/plain"),
    _body("json", b'{"name": "x"}', "application/json"),
    _body("broken json", b'{"name": ', "application/json"),
    _body("deep json", b"[" * 100_000, "application/json"),
    _body("xml with an entity", b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>', "application/xml"),
    _body("type of bytes", b"name=x", "\xff/\xfe"),
    _body("unknown charset", b"name=%ff", f"{FORM}; charset=utf-99"),
    _body("utf-16", "name=x".encode("utf-16"), f"{FORM}; charset=utf-16"),
    _body("invalid utf-8", b"name=%ff%fe&title=\xff\xfe", FORM),
    _body("broken percents", b"name=%&title=%zz&%=1", FORM),
    _body("only separators", b"&&&===&&", FORM),
    _body("a name of a megabyte", b"a" * 1_000_000 + b"=1", FORM),
    _body("two megabytes in a field", b"reason=" + b"a" * 2_000_000, FORM),
    _body("five thousand fields", b"&".join(b"a%d=1" % n for n in range(5_000)), FORM),
    _body("one field a thousand times", b"&".join([b"ids=1"] * 1_000), FORM),
    _body("multipart without boundary", b"--x\r\n\r\n", "multipart/form-data"),
    _body("multipart with an endless boundary", b"--x", "multipart/form-data; boundary=" + "b" * 5_000),
    _body(
        "multipart cut off",
        b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nhal',
        "multipart/form-data; boundary=x",
    ),
    _body(
        "multipart without names",
        b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--",
        "multipart/form-data; boundary=x",
    ),
    _body(
        "multipart with a climbing file name",
        b'--x\r\nContent-Disposition: form-data; name="pictures"; filename="../../etc/passwd"\r\n\r\na\r\n--x--',
        "multipart/form-data; boundary=x",
    ),
    _body(
        "two thousand parts",
        b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' for _ in range(2_000)) + b"--x--",
        "multipart/form-data; boundary=x",
    ),
    _body(
        "multipart with a header of a megabyte",
        b"--x\r\nA: " + b"a" * 1_000_000 + b"\r\n\r\n1\r\n--x--",
        "multipart/form-data; boundary=x",
    ),
    _body("a GET with a body", b"name=x", FORM, "GET"),
    _body("chunked and a length", b"5\r\nname=\r\n0\r\n\r\n", FORM, headers={"Transfer-Encoding": "chunked"}),
    _body("a longer body than told", b"name=x&title=y" * 50, FORM, environ_overrides={"CONTENT_LENGTH": "3"}),
    _body("a shorter body than told", b"name=x", FORM, environ_overrides={"CONTENT_LENGTH": "4000"}),
    _body("a length that is no number", b"name=x", FORM, environ_overrides={"CONTENT_LENGTH": "abc"}),
    _body("a negative length", b"name=x", FORM, environ_overrides={"CONTENT_LENGTH": "-1"}),
    _body("ten gigabytes announced", b"name=x", FORM, environ_overrides={"CONTENT_LENGTH": str(10 * 2**30)}),
    _body("compressed", b"\x1f\x8b\x08\x00", FORM, headers={"Content-Encoding": "gzip"}),
    _header("another method told", X_HTTP_Method_Override="DELETE"),
    _header("another address told", HERE, X_Original_URL="/office/", X_Rewrite_URL="/office/"),
    _header("another host told", HERE, X_Forwarded_Host="127.0.0.1:9", Forwarded="host=127.0.0.1:9"),
    _header("another client told", X_Forwarded_For="127.0.0.1, <script>, 'OR 1=1"),
    _header("a cookie of garbage", Cookie="session=\xff\xfe; a; =; ;;; session=."),
    _header("a forged session", Cookie="session=eyJfdXNlcl9pZCI6IjEifQ.aaaa.bbbb"),
    _header("sixty-four kilobytes of cookie", Cookie="a=" + "b" * 65_000),
    _header("ranges", Range="bytes=" + ",".join("0-" for _ in range(1_000))),
    _header("a broken date", If_Modified_Since="yesterday", If_None_Match="\xff" * 50),
    _header("languages", Accept_Language="zh;q=abc," * 500, Accept="*/*;q=\xff"),
    _header(
        "htmx with markup",
        HX_Request="true",
        HX_Request_Type="partial",
        HX_Target="<xq>",
        HX_Current_URL="//127.0.0.1:9",
    ),
    _header("htmx of no kind", HX_Request="maybe", HX_Request_Type="x" * 5_000),
    _header("a broken origin", Origin="http://[", Referer="http://[::1", Sec_Fetch_Site="x"),
    _header("a name in no encoding", Authorization="Basic \xff\xff", Proxy_Authorization="NTLM x"),
    Bad("a query of a hundred kilobytes", {"method": "GET", "query_string": "q=" + "a" * 100_000}),
    Bad("two thousand parameters", {"method": "GET", "query_string": "&".join(f"p{n}=1" for n in range(2_000))}),
    Bad(
        "one parameter a thousand times",
        {"method": "GET", "query_string": "&".join(["region=3203", "q=x", "status=x"] * 333)},
    ),
    Bad("broken percents in the query", {"method": "GET", "query_string": "q=%&region=%zz&status=%ff%fe&%=1"}),
    Bad("brackets in names", {"method": "GET", "query_string": "q[]=1&q[a]=2&q.a=3&__proto__=1&constructor=1"}),
]
