"""Images of single static programs, written as archives of the OCI layout, without a builder.

https://github.com/opencontainers/image-spec: image-layout.md, manifest.md, config.md
"""

import io
import json
import os
import platform
import tarfile
from hashlib import sha256

_REGISTRY = "kube-wsgi.test"  # a reserved name: nothing is ever pulled from it
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}

PAUSE = f"{_REGISTRY}/pause:tests"
COREDNS = f"{_REGISTRY}/coredns:tests"
METRICS_SERVER = f"{_REGISTRY}/metrics-server:tests"

_PROGRAM_OF = {PAUSE: "pause", COREDNS: "coredns", METRICS_SERVER: "metrics-server"}


def archive(bin_directory):
    """The archive of the images above; written once for the programs of a directory."""
    file = bin_directory / "images.tar"
    if not file.exists():
        unfinished = bin_directory / f"images.{os.getpid()}"
        write(unfinished, {name: bin_directory / each for name, each in _PROGRAM_OF.items()})
        unfinished.replace(file)
    return file


def write(file, programs):
    """Write an archive.

    programs: the names of images, each with the program that is all of it, and its entrypoint
    """
    with tarfile.open(file, "w") as layout:
        listed = [
            _write_image(layout, name, program.name, program.read_bytes())
            for name, program in programs.items()
        ]
        _add(layout, "oci-layout", _json({"imageLayoutVersion": "1.0.0"}))
        _add(layout, "index.json", _json({"schemaVersion": 2, "manifests": listed}))


def _write_image(layout, name, program, content):
    """Returns what the index says of it."""
    layer = _layer(program, content)
    config = _json(
        {
            "architecture": _ARCHITECTURES.get(platform.machine(), platform.machine()),
            "os": "linux",
            "config": {"Entrypoint": [f"/{program}"]},
            "rootfs": {"type": "layers", "diff_ids": [_digest(layer)]},
        }
    )
    manifest = _json(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": _descriptor("application/vnd.oci.image.config.v1+json", config),
            "layers": [_descriptor("application/vnd.oci.image.layer.v1.tar", layer)],
        }
    )
    for blob in (layer, config, manifest):
        _add(layout, f"blobs/sha256/{sha256(blob).hexdigest()}", blob)
    return {
        **_descriptor("application/vnd.oci.image.manifest.v1+json", manifest),
        "annotations": {"io.containerd.image.name": name},
    }


def _layer(program, content):
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as files:
        _add(files, program, content, mode=0o755)
    return layer.getvalue()


def _add(archive_file, name, content, mode=0o644):
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    entry.mode = mode
    archive_file.addfile(entry, io.BytesIO(content))


def _descriptor(media_type, blob):
    return {"mediaType": media_type, "digest": _digest(blob), "size": len(blob)}


def _digest(blob):
    return f"sha256:{sha256(blob).hexdigest()}"


def _json(content):
    return json.dumps(content).encode()
