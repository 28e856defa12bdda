"""Who is who: certificates and keys from openssl, tokens, and kubeconfigs.

Everything is made anew at each start and is worth nothing outside the directory.
"""

import json
import secrets
import shutil
import subprocess
from base64 import b64encode

from controlplane.failure import Failure, Missing

_DAYS = "30"
_CURVE = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
_NAMES = (
    "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,"
    "DNS:kubernetes.default.svc.cluster.local,IP:127.0.0.1,IP:198.19.0.1"
)

ADMIN = "admin"
CONTROLLER_MANAGER = "system:kube-controller-manager"
SCHEDULER = "system:kube-scheduler"


class Trust:
    """The certificates and tokens of a control plane, below `trust` in its directory."""

    def __init__(self, place):
        self.place = place
        self.authority = place.trust / "ca.crt"
        self.certificate = place.trust / "apiserver.crt"
        self.key = place.trust / "apiserver.key"
        self.accounts_key = place.trust / "service-accounts.key"
        self.accounts_public_key = place.trust / "service-accounts.pub"
        self.tokens = place.trust / "tokens.csv"
        self._token_of = {}

    def make(self):
        if shutil.which("openssl") is None:
            raise Missing(
                "KW216 openssl is needed for the certificates of the tests' control plane, and is"
                " not on the PATH.\n      Install it:  apt-get install openssl"
            )
        self._make_certificates()
        self._make_accounts_key()
        self._make_tokens()

    def _make_certificates(self):
        authority_key = self.place.trust / "ca.key"
        request = self.place.trust / "apiserver.csr"
        names = self.place.trust / "apiserver.ext"
        names.write_text(f"subjectAltName={_NAMES}\nextendedKeyUsage=serverAuth\n")
        self._make_key(authority_key)
        self._make_key(self.key)
        openssl(
            *("req", "-x509", "-new", "-key", authority_key, "-days", _DAYS),
            *("-subj", "/CN=kube-wsgi tests", "-out", self.authority),
        )
        openssl("req", "-new", "-key", self.key, "-subj", "/CN=kube-apiserver", "-out", request)
        openssl(
            *("x509", "-req", "-in", request, "-CA", self.authority, "-CAkey", authority_key),
            *("-CAcreateserial", "-days", _DAYS, "-extfile", names, "-out", self.certificate),
        )

    def _make_accounts_key(self):
        self._make_key(self.accounts_key)
        openssl("pkey", "-in", self.accounts_key, "-pubout", "-out", self.accounts_public_key)

    @staticmethod
    def _make_key(file):
        openssl("genpkey", *_CURVE, "-out", file)

    def _make_tokens(self):
        users = (ADMIN, CONTROLLER_MANAGER, SCHEDULER)
        self._token_of = {user: secrets.token_hex(32) for user in users}
        rows = []
        for user, token in self._token_of.items():
            groups = ',"system:masters"' if user == ADMIN else ""
            rows.append(f"{token},{user},{user}{groups}\n")
        self.tokens.write_text("".join(rows))

    def write_kubeconfig(self, file, user, server):
        """A kubeconfig that needs no other file, for one of the users above."""
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [_named("tests", cluster=self._cluster(server))],
            "users": [_named(user, user={"token": self._token_of[user]})],
            "contexts": [_named("tests", context={"cluster": "tests", "user": user})],
            "current-context": "tests",
        }
        file.touch(mode=0o600)
        file.write_text(json.dumps(content, indent=2) + "\n")

    def _cluster(self, server):
        authority = b64encode(self.authority.read_bytes()).decode()
        return {"server": server, "certificate-authority-data": authority}


def _named(name, **content):
    return {"name": name, **content}


def openssl(*arguments):
    command = ["openssl", *map(str, arguments)]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failure(f"KW217 '{' '.join(command)}' failed:\n{done.stderr.strip()}")
