"""A server that speaks S3 for tests, with one bucket and one key; it can be told to stumble.

Runs under the interpreter of its own environment (requirements/moto.txt): MOTO_PYTHON tests/moto_server.py. One line of
JSON tells `url`, `bucket`, `key` and `secret`; it ends when its standard input does. `POST /-/trouble` with `fail` lets
every request from then on be answered with 500, with `hang` with nothing, with `none` as usual.
"""

import json
import os
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any, Final

SETUP_CALLS: Final = 4
os.environ |= {"INITIAL_NO_AUTH_ACTION_COUNT": str(SETUP_CALLS), "AWS_EC2_METADATA_DISABLED": "true"}

import boto3  # noqa: E402  # moto reads what is above when it is imported
from moto.server import DomainDispatcherApplication, create_backend_app  # noqa: E402
from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: E402

BUCKET: Final = "city-evidence"
ALL: Final = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
HANGS_S: Final = 60.0


class Stumbling:
    """The application, with trouble on demand."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app
        self._trouble = "none"
        self._over = threading.Event()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        if environ["PATH_INFO"] == "/-/trouble":
            self._trouble = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()
            self._over.set() if self._trouble == "none" else self._over.clear()
            start("204 No Content", [])
            return []
        if self._trouble == "hang":
            self._over.wait(HANGS_S)
        if self._trouble == "fail":
            start("500 Internal Server Error", [])
            return []
        return self._app(environ, start)


class Quiet(WSGIRequestHandler):
    """No line a request."""

    def log(self, *_: Any) -> None:
        """Nothing."""


def make_bucket(url: str) -> dict[str, str]:
    """A bucket, and the only key that it opens for."""
    anybody = {"aws_access_key_id": "setup", "aws_secret_access_key": "setup", "region_name": "us-east-1"}
    iam = boto3.client("iam", endpoint_url=url, **anybody)
    boto3.client("s3", endpoint_url=url, **anybody).create_bucket(Bucket=BUCKET)
    iam.create_user(UserName="city")
    iam.put_user_policy(UserName="city", PolicyName="all", PolicyDocument=json.dumps(ALL))
    made = iam.create_access_key(UserName="city")["AccessKey"]
    return {"url": url, "bucket": BUCKET, "key": made["AccessKeyId"], "secret": made["SecretAccessKey"]}


def main() -> None:
    """Serve until standard input ends."""
    app = Stumbling(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps(make_bucket(f"http://127.0.0.1:{server.server_port}")), flush=True)
    sys.stdin.read()
    os._exit(0)  # a request that hangs need not be waited for


if __name__ == "__main__":
    main()
