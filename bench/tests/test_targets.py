import tempfile
import unittest
from pathlib import Path

from harness import pypi
from harness.compare import site
from harness.paths import BENCH
from harness.targets import GATEWAY_ALONE, GUNICORN, NGINX_GUNICORN, NGINX_UWSGI, TARGETS
from harness.workloads import DJANGO, HELLO, STREAM, WORKLOADS


class TargetsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.scratch = Path(folder.name)

    def test_the_gateway_alone_must_refuse_with_the_bytes_of_hello(self):
        request = GATEWAY_ALONE.request(HELLO)
        self.assertEqual((request.status, request.expected), (404, HELLO.expected))
        self.assertEqual(NGINX_UWSGI.request(HELLO), HELLO)
        self.assertFalse(GATEWAY_ALONE.serves(DJANGO))

    def test_a_server_of_one_application_has_a_port_for_each_that_is_measured(self):
        place = site(GUNICORN, WORKLOADS, self.scratch)
        self.assertEqual(list(place.ports), ["hello", "echo", "django"])
        binds = [command[command.index("--bind") + 1] for command in GUNICORN.commands(place)]
        self.assertEqual(binds, [f"127.0.0.1:{port}" for port in place.ports.values()])
        self.assertEqual(site(NGINX_UWSGI, WORKLOADS, self.scratch).ports, {})

    def test_nginx_keeps_its_connections_to_gunicorn(self):
        place = site(NGINX_GUNICORN, WORKLOADS, self.scratch)
        *gunicorns, _ = NGINX_GUNICORN.commands(place)
        config = (place.folder / "nginx.conf").read_text()
        self.assertEqual(len(gunicorns), len(WORKLOADS))
        self.assertEqual(config.count("keepalive 64;"), len(WORKLOADS))
        self.assertIn(f"server unix:{place.folder}/gunicorn-stream.sock;", config)
        self.assertIn("location /stream { proxy_pass http://stream;", config)

    def test_every_manifest_that_is_measured_has_every_application(self):
        for target in TARGETS:
            if target.ours and target is not GATEWAY_ALONE:
                text = (BENCH / "manifests" / target.manifests / "bench.yaml").read_text()
                for workload in WORKLOADS:
                    self.assertIn(f"path: /{workload.key}\n", text)
                    self.assertIn(f"/apps/{workload.script}\n", text)

    def test_streams_are_of_servers_with_a_front_end(self):
        streaming = [one.key for one in TARGETS if one.serves(STREAM)]
        self.assertIn("nginx-gunicorn", streaming)
        self.assertNotIn("waitress", streaming)


class RequirementsTest(unittest.TestCase):
    def test_every_peer_is_pinned(self):
        versions = pypi.versions()
        for name in ("gunicorn", "waitress", "granian", "Flask"):
            self.assertRegex(versions[name], r"^\d+\.\d+")

    def test_comments_are_no_packages(self):
        self.assertEqual(pypi.parse_requirements("# a==1\nb==2.0\n"), {"b": "2.0"})


if __name__ == "__main__":
    unittest.main()
