"""The images that tools/images builds, in containers without a cluster."""

import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import unittest
import urllib.request
import xml.etree.ElementTree as ET
from pathlib import Path

from container import Image

ROOT = Path(__file__).resolve().parents[4]
LACKS_SOMETHING = 3
VERSION = ET.parse(ROOT / "pom.xml").findtext("{*}version")

# The one that pods run as unless they are told otherwise, and one as OpenShift makes them up.
USERS = (65532, 1000650000)

# An AOT cache that the JVM would refuse ends it, instead of making it slow.
CACHE_OR_NOTHING = "KUBE_WSGI_JAVA_OPTS=-XX:AOTMode=on"

HELLO = """
apiVersion: kubewsgi.dev/v1alpha1
kind: WsgiGateway
metadata: {name: main}
spec:
  listeners: [{name: http, port: 8000}]
  embedded: {enabled: true}
---
apiVersion: kubewsgi.dev/v1alpha1
kind: ScriptAlias
metadata: {name: hello}
spec:
  path: /
  script: wsgi.py
  source:
    inline:
      wsgi.py: |
        import sys
        def application(environ, start_response):
            start_response("200 OK", [])
            return [sys.version.encode()]
"""


class ImageTest:
    """What holds for each image."""

    name = None
    megabytes = None

    @classmethod
    def setUpClass(cls):
        if os.getuid() != 0 or not shutil.which("runc"):
            cls.skip("containers need root and runc (make setup)")
        built = subprocess.run(
            [ROOT / "tools/images", cls.name], stdout=subprocess.PIPE, text=True, check=False
        )
        if built.returncode == LACKS_SOMETHING:
            cls.skip("images need Docker, or root with buildah and debootstrap (make setup)")
        built.check_returncode()
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.image = Image(built.stdout.strip(), directory.name)

    @classmethod
    def skip(cls, reason):
        if os.environ.get("CI") == "true":
            raise AssertionError(reason)
        raise unittest.SkipTest(reason)

    def assertRuns(self, *command, uid, says, **options):
        code, output = self.image.run(*command, uid=uid, **options)
        self.assertEqual(0, code, output)
        self.assertIn(says, output)

    def test_is_tagged_as_the_chart_names_it(self):
        self.assertEqual([f"ghcr.io/kube-wsgi/{self.name}:{VERSION}"], self.image.tags)

    def test_says_what_it_is(self):
        labels = self.image.config["Labels"]
        self.assertEqual(f"kube-wsgi {self.name}", labels["org.opencontainers.image.title"])
        self.assertEqual(VERSION, labels["org.opencontainers.image.version"])
        self.assertEqual("Apache-2.0", labels["org.opencontainers.image.licenses"])

    def test_is_small(self):
        self.assertLessEqual(self.image.size / 1e6, self.megabytes)

    def test_runs_as_a_user_of_a_number_so_that_runasnonroot_admits_it(self):
        self.assertEqual("65532:65532", self.image.config["User"])

    def test_has_no_file_that_changes_who_runs_it(self):
        changing = [
            path
            for path in self.image.root.rglob("*")
            if not path.is_symlink()
            and path.is_file()
            and path.stat().st_mode & (stat.S_ISUID | stat.S_ISGID)
        ]
        self.assertEqual([], changing)


class GatewayTest(ImageTest, unittest.TestCase):
    name = "gateway"
    megabytes = 310

    def test_the_gateway_starts_from_its_cache_as_any_user(self):
        for uid in USERS:
            with self.subTest(uid=uid):
                command = ("kube-wsgi-gateway", "--help")
                self.assertRuns(*command, uid=uid, env=[CACHE_OR_NOTHING], says="--namespace=NS")

    def test_serves_an_embedded_application_as_any_user(self):
        with tempfile.TemporaryDirectory() as site:
            os.chmod(site, 0o755)
            Path(site, "hello.yaml").write_text(HELLO)
            for uid in USERS:
                with self.subTest(uid=uid):
                    self.assertIn("3.13", self.answer(site, uid))

    def answer(self, site, uid):
        command = ("kube-wsgi", "serve", "/site", "--port", "0", "--admin-port", "0")
        with self.image.start(*command, uid=uid, mounts=[(site, "/site")]) as process:
            output = ""
            while not output.rpartition("\n")[2].startswith("admin:"):
                line = process.stdout.readline()
                self.assertTrue(line, output)
                output += "\n" + line.rstrip()
            port = re.search(r"^http://[^ ]*:(\d+)", output, re.M)
            self.assertTrue(port, output)
            url = f"http://127.0.0.1:{port.group(1)}/"
            text = urllib.request.urlopen(url, timeout=60).read().decode()
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)
            return text

    def test_the_worker_can_be_copied_and_started_as_any_user(self):
        worker = "/opt/kube-wsgi/kubewsgi-worker.pyz"
        for uid in USERS:
            with self.subTest(uid=uid):
                script = f"cp {worker} /tmp && python3 /tmp/kubewsgi-worker.pyz supervise --help"
                _, output = self.image.run("sh", "-c", script, uid=uid)
                self.assertIn("supervise --config FILE", output)

    def test_the_worker_is_compiled_for_the_python_of_the_image(self):
        look = (
            "import sys; sys.path.insert(0, '/opt/kube-wsgi/kubewsgi-worker.pyz')\n"
            "import kubewsgi.supervisor as one\n"
            "print(one.__file__, one.Supervisor.run.__code__.co_filename)"
        )
        name = "/opt/kube-wsgi/kubewsgi-worker.pyz/kubewsgi/supervisor"
        self.assertRuns("python3", "-c", look, uid=USERS[0], says=f"{name}.pyc {name}.py")


class OperatorTest(ImageTest, unittest.TestCase):
    name = "operator"
    megabytes = 200

    def test_starts_from_its_cache_as_any_user_and_says_that_no_api_server_answers(self):
        for uid in USERS:
            with self.subTest(uid=uid):
                self.assertSaysThatNothingAnswers(uid)

    def assertSaysThatNothingAnswers(self, uid):
        env = [
            CACHE_OR_NOTHING,
            "KUBERNETES_MASTER=http://127.0.0.1:1",
            "KUBE_WSGI_NAMESPACE=default",
            "QUARKUS_HTTP_PORT=0",
        ]
        with self.image.start(*self.image.config["Entrypoint"], uid=uid, env=env) as process:
            lines = []
            for line in process.stdout:
                lines.append(line)
                if "KW221" in line:
                    break
            else:
                self.fail("".join(lines))
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)


class GitTest(ImageTest, unittest.TestCase):
    name = "git"
    megabytes = 160

    def test_has_git_ssh_and_a_name_for_its_user(self):
        self.assertRuns("git", "--version", uid=65532, says="git version")
        self.assertRuns("ssh", "-V", uid=65532, says="OpenSSH")
        self.assertRuns("sh", "-c", "id --user --name", uid=65532, says="nonroot")

    def test_fetches_over_https(self):
        _, output = self.image.run("git", "ls-remote", "https://127.0.0.1:1/a.git", uid=65532)
        self.assertIn("Failed to connect", output)

    def test_makes_a_repository_and_checks_a_revision_out(self):
        script = """set -e
            cd /tmp && git init --quiet one && cd one
            git -c user.name=n -c user.email=e commit --quiet --allow-empty --message first
            cd .. && git clone --quiet --depth 1 file:///tmp/one two
            git -C two log --format=%s
        """
        self.assertRuns("sh", "-c", script, uid=65532, says="first")


if __name__ == "__main__":
    unittest.main()
