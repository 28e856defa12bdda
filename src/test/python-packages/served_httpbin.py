"""The fixtures of pytest-httpbin for a test-suite that asks a httpbin which is served already.

KUBE_WSGI_HTTPBIN and KUBE_WSGI_HTTPBIN_SECURE are its URLs, KUBE_WSGI_HTTPBIN_CA the certificate of
the second.
"""

import os

import pytest


class Served:
    def __init__(self, url):
        self.url = url

    def __add__(self, path):
        return self.url + path


@pytest.fixture
def httpbin():
    return Served(os.environ["KUBE_WSGI_HTTPBIN"])


@pytest.fixture
def httpbin_secure():
    return Served(os.environ["KUBE_WSGI_HTTPBIN_SECURE"])


@pytest.fixture
def httpbin_ca_bundle():
    return os.environ["KUBE_WSGI_HTTPBIN_CA"]


# Of the tests of requests that ask a httpbin, those that cannot pass here, with the reason.
UNLIKE_HTTPBIN = {
    "test_proxy_authorization_preserved_on_request": "the gateway keeps Proxy-Authorization, which "
    "is not for applications, to itself",
}
NO_SERVER = {
    "test_connect_timeout": "asks an address beyond this machine that never answers",
    "test_total_timeout_connect": "asks an address beyond this machine that never answers",
}


def pytest_collection_modifyitems(config, items):
    asking = [item for item in items if "httpbin" in " ".join(item.fixturenames)]
    config.hook.pytest_deselected(items=[item for item in items if item not in asking])
    items[:] = asking
    for item in items:
        name = item.originalname
        if name in UNLIKE_HTTPBIN:
            item.add_marker(pytest.mark.xfail(reason=UNLIKE_HTTPBIN[name], strict=True))
        if name in NO_SERVER:
            item.add_marker(pytest.mark.skip(reason=NO_SERVER[name]))
