"""Questions to an API server, as far as starting one needs them."""

import json
import ssl
import urllib.request
from base64 import b64decode


class Api:
    """An API server as a kubeconfig of ours names it."""

    def __init__(self, kubeconfig):
        content = json.loads(kubeconfig.read_text())
        cluster = content["clusters"][0]["cluster"]
        self.server = cluster["server"]
        self._token = content["users"][0]["user"]["token"]
        self._trusted = ssl.create_default_context(
            cadata=b64decode(cluster["certificate-authority-data"]).decode()
        )

    def get(self, path):
        """The body of an answer of 200; None for any other and for none at all."""
        request = urllib.request.Request(
            self.server + path, headers={"Authorization": f"Bearer {self._token}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=5, context=self._trusted) as answer:
                return answer.read().decode()
        except OSError:  # refused, ended midway, or another status: urllib's errors are of it
            return None

    def is_ready(self):
        return self.get("/readyz") is not None

    def has_namespace(self, name):
        return self.get(f"/api/v1/namespaces/{name}") is not None

    def has_service_account(self, namespace, name):
        return self.get(f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}") is not None

    def is_node_ready(self, name):
        answer = self.get(f"/api/v1/nodes/{name}")
        conditions = json.loads(answer)["status"].get("conditions", []) if answer else []
        return {"Ready": "True"}.items() <= {c["type"]: c["status"] for c in conditions}.items()

    def version(self):
        return json.loads(self.get("/version"))["gitVersion"]
