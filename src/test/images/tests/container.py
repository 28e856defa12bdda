"""Images from their archives, and containers of them as a node would run them, by runc."""

import contextlib
import json
import shutil
import subprocess
import tarfile
import tempfile
import uuid
from pathlib import Path

EVERY_CAPABILITY_SET = ("bounding", "effective", "inheritable", "permitted", "ambient")


class Image:
    """An image unpacked into a directory: what it is configured for, and how large it is."""

    def __init__(self, archive, directory):
        self.root = Path(directory) / "root"
        self.root.mkdir()
        with tarfile.open(archive) as files:
            manifest = json.load(files.extractfile("manifest.json"))[0]
            self.tags = manifest["RepoTags"]
            self.config = json.load(files.extractfile(manifest["Config"]))["config"]
            self.size = 0
            for layer in manifest["Layers"]:
                self.size += self._unpack(files.extractfile(layer))

    def _unpack(self, layer):
        """Put a layer over those before it; returns how many bytes its files have."""
        path = self.root.parent / "layer.tar"
        with path.open("wb") as copy:
            shutil.copyfileobj(layer, copy)
        size = 0
        with tarfile.open(path) as files:
            for member in files:
                size += member.size
                place = self.root / member.name
                if place.name.startswith(".wh."):
                    gone = place.with_name(place.name[len(".wh.") :])
                    shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
        command = ["tar", "-xpf", path, "-C", self.root, "--numeric-owner", "--exclude=.wh.*"]
        subprocess.run(command, check=True)
        path.unlink()
        return size

    def run(self, *command, uid, **options):
        """Run a command to its end; returns its exit code and all that it printed."""
        with self.start(*command, uid=uid, **options) as process:
            output = process.communicate(timeout=120)[0]
        return process.returncode, output

    @contextlib.contextmanager
    def start(self, *command, uid, env=(), mounts=()):
        """A process in a container that Pod Security restricted would admit, and nothing mounted
        but /tmp and `mounts`: pairs of a directory here and where it is there."""
        name = f"kube-wsgi-{uuid.uuid4()}"
        with tempfile.TemporaryDirectory() as bundle:
            spec = self._spec(command, uid, env, mounts)
            Path(bundle, "config.json").write_text(json.dumps(spec))
            with subprocess.Popen(
                ["runc", "run", "--bundle", bundle, name],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ) as process:
                try:
                    yield process
                finally:
                    if process.poll() is None:
                        subprocess.run(["runc", "kill", name, "KILL"], check=True)

    def _spec(self, command, uid, env, mounts):
        volumes = [
            {"destination": there, "type": "bind", "source": str(here), "options": ["rbind", "ro"]}
            for here, there in mounts
        ]
        return {
            "ociVersion": "1.0.2",
            "process": {
                # A group that OpenShift gives to the users that it makes up.
                "user": {"uid": uid, "gid": uid if uid == 65532 else 0},
                "args": list(command),
                "env": [*self.config["Env"], *env],
                "cwd": "/",
                "noNewPrivileges": True,
                "capabilities": {one: [] for one in EVERY_CAPABILITY_SET},
            },
            "root": {"path": str(self.root), "readonly": True},
            "mounts": [
                {"destination": "/proc", "type": "proc", "source": "proc"},
                {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"},
                {
                    "destination": "/tmp",
                    "type": "tmpfs",
                    "source": "tmpfs",
                    "options": ["mode=1777"],
                },
                *volumes,
            ],
            # Its network is this machine's, to talk to it.
            "linux": {"namespaces": [{"type": "pid"}, {"type": "ipc"}, {"type": "mount"}]},
        }
