"""A time stamp authority on loopback, made and run with stock `openssl`."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.x509 import Certificate

from irkit.trail.anchors import load_roots

CONFIG = """
[ req ]
distinguished_name = dn
[ dn ]
[ ca ]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[ tsa_cert ]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
[ tsa ]
default_tsa = config
[ config ]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True)
class Authority:
    """Where it answers, the certificate of its root, and its folder."""

    url: str
    root: Path
    folder: Path

    @property
    def roots(self) -> tuple[Certificate, ...]:
        """The root, loaded."""
        return load_roots(self.root)


def openssl(folder: Path, *arguments: str) -> bytes:
    """Run openssl in `folder`."""
    command = ["openssl", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True).stdout


def make_certificates(folder: Path) -> None:
    """Make a root, `ca.pem`, and an authority under it."""
    folder.mkdir()
    (folder / "config").write_text(CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "config")
    openssl(
        folder, "req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem",
        "-subj", "/CN=root", "-extensions", "ca", "-days", "30",
    )  # fmt: skip
    openssl(
        folder, "req", "-new", *new, "-keyout", "tsa.key", "-out", "tsa.csr",
        "-subj", "/CN=authority",
    )  # fmt: skip
    openssl(
        folder, "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
        "-CAcreateserial", "-out", "tsa.pem", "-extfile", "config", "-extensions", "tsa_cert",
        "-days", "20",
    )  # fmt: skip


@contextmanager
def serving(folder: Path) -> Iterator[Authority]:
    """Serve `openssl ts -reply` for as long as the block runs; `folder` is made."""
    make_certificates(folder)

    class Handler(BaseHTTPRequestHandler):
        """Answers each query with what openssl says to it."""

        def do_POST(self) -> None:
            (folder / "query").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            reply = openssl(folder, "ts", "-reply", "-config", "config", "-queryfile", "query")
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Stay quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        yield Authority(url=url, root=folder / "ca.pem", folder=folder)
        server.shutdown()
