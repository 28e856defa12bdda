"""Who is who: certificates and keys from openssl, tokens, and kubeconfigs.

Everything is made anew at each start and is worth nothing outside the directory.
"""

import dataclasses
import json
import secrets
import shutil
import subprocess
from base64 import b64encode
from pathlib import Path

from controlplane.failure import Failure, Missing

_DAYS = "30"
_CURVE = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
_NAMES = (
    "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,"
    "DNS:kubernetes.default.svc.cluster.local"
)

ADMIN = "admin"
CONTROLLER_MANAGER = "system:kube-controller-manager"
SCHEDULER = "system:kube-scheduler"
AGGREGATOR = "kube-aggregator"  # the API server, to API servers that it passes requests on to

_GROUP_OF = {ADMIN: "system:masters", CONTROLLER_MANAGER: "", SCHEDULER: ""}


@dataclasses.dataclass(frozen=True)
class Identity:
    """The files of a certificate of the cluster's authority, and of its key."""

    certificate: Path
    key: Path


class Trust:
    """The certificates and tokens of a control plane, below `trust` in its directory.

    users: more users than those above, each with its group
    """

    def __init__(self, place, addresses, users):
        self.place = place
        self.addresses = addresses
        self.authority = place.trust / "ca.crt"
        self.server = self._identity("apiserver")
        self.kubelets_client = self._identity("kubelets-client")
        self.aggregator = self._identity("aggregator")
        self.accounts_key = place.trust / "service-accounts.key"
        self.accounts_public_key = place.trust / "service-accounts.pub"
        self.tokens = place.trust / "tokens.csv"
        self._authority_key = place.trust / "ca.key"
        self._group_of = {**_GROUP_OF, **users}
        self._token_of = {}

    def make(self):
        if shutil.which("openssl") is None:
            raise Missing(
                "KW216 openssl is needed for the certificates of the tests' control plane, and is"
                " not on the PATH.\n      Install it:  apt-get install openssl"
            )
        self._make_authority()
        self._make_server()
        if self.addresses.pods:
            self._make_clients()
        self._make_accounts_key()
        self._make_tokens()

    def _make_authority(self):
        self._make_key(self._authority_key)
        openssl(
            *("req", "-x509", "-new", "-key", self._authority_key, "-days", _DAYS),
            *("-subj", "/CN=kube-wsgi tests", "-out", self.authority),
        )

    def _make_server(self):
        reached_at = ("127.0.0.1", self.addresses.api_server, self.addresses.first_service)
        names = ",".join((_NAMES, *(f"IP:{address}" for address in dict.fromkeys(reached_at))))
        self._issue(self.server, "/CN=kube-apiserver", f"subjectAltName={names}", "serverAuth")

    def _make_clients(self):
        self._issue(self.kubelets_client, "/O=system:masters/CN=kube-apiserver", "", "clientAuth")
        self._issue(self.aggregator, f"/CN={AGGREGATOR}", "", "clientAuth")

    def issue_for_node(self, name, address):
        """What a kubelet shows of itself; returns the identity."""
        identity = self._identity(name)
        names = f"subjectAltName=DNS:{name},IP:{address}"
        self._issue(identity, f"/O=system:nodes/CN=system:node:{name}", names, "serverAuth")
        return identity

    def _identity(self, name):
        return Identity(self.place.trust / f"{name}.crt", self.place.trust / f"{name}.key")

    def _issue(self, identity, subject, names, usage):
        request = identity.key.with_suffix(".csr")
        extensions = identity.key.with_suffix(".ext")
        extensions.write_text(f"{names}\nextendedKeyUsage={usage}\n")
        self._make_key(identity.key)
        openssl("req", "-new", "-key", identity.key, "-subj", subject, "-out", request)
        openssl(
            *("x509", "-req", "-in", request, "-CA", self.authority, "-CAkey", self._authority_key),
            *("-CAcreateserial", "-days", _DAYS, "-extfile", extensions),
            *("-out", identity.certificate),
        )

    def _make_accounts_key(self):
        self._make_key(self.accounts_key)
        openssl("pkey", "-in", self.accounts_key, "-pubout", "-out", self.accounts_public_key)

    @staticmethod
    def _make_key(file):
        openssl("genpkey", *_CURVE, "-out", file)

    def _make_tokens(self):
        self._token_of = {user: secrets.token_hex(32) for user in self._group_of}
        rows = []
        for user, token in self._token_of.items():
            group = self._group_of[user]
            rows.append(f"{token},{user},{user}" + (f',"{group}"\n' if group else "\n"))
        self.tokens.write_text("".join(rows))

    def write_kubeconfig(self, file, user, server):
        """A kubeconfig that needs no other file, for one of the users."""
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
