"""How the servers of others are configured and started, for the same applications."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from . import pypi
from .paths import CONFIGS
from .site import Site
from .templates import write_filled
from .workloads import WORKLOADS, Workload

APACHE_MODULES = Path("/usr/lib/apache2/modules")
# Debian's nobody-like account of web servers; only root can and must change to it.
WEB_USER = "www-data"
UWSGI_BACKLOG = 100  # its default
UWSGI_LOCATION = "include /etc/nginx/uwsgi_params; uwsgi_pass {application};"
GUNICORN_LOCATION = (
    "proxy_pass http://{application}; proxy_set_header Host $http_host; "
    "proxy_http_version 1.1; proxy_set_header Connection '';"
)
# nginx's keepalive: idle connections to the gunicorns that it keeps for each application.
GUNICORN_KEPT = "keepalive 64;"


def _apache(site: Site, aliases: str) -> list[list[str]]:
    config = write_filled(
        CONFIGS / "apache.conf",
        site.folder / "apache.conf",
        {
            "site": site.folder,
            "apps": site.apps,
            "port": site.port,
            "modules": APACHE_MODULES,
            "aliases": aliases,
        },
    )
    # By its path, because mod_wsgi cuts a daemon's title to the length of this word.
    return [["/usr/sbin/apache2", "-f", str(config), "-DFOREGROUND"]]


def mod_wsgi_embedded(site: Site) -> list[list[str]]:
    """Each application in a sub-interpreter of every Apache child: mod_wsgi's default."""
    return _apache(
        site,
        "\n".join(f"WSGIScriptAlias /{load.key} {site.apps / load.script}" for load in WORKLOADS),
    )


def mod_wsgi_daemon(site: Site) -> list[list[str]]:
    """Each application in the main interpreter of a daemon process of its own."""
    return _apache(
        site,
        "\n".join(
            f"WSGIDaemonProcess {load.key} processes=1 threads=15 display-name=%{{GROUP}}\n"
            f"WSGIScriptAlias /{load.key} {site.apps / load.script} "
            f"process-group={load.key} application-group=%{{GLOBAL}}"
            for load in WORKLOADS
        ),
    )


def nginx_uwsgi(site: Site) -> list[list[str]]:
    """nginx in front of one uWSGI process for each application, over Unix sockets."""
    commands = [
        uwsgi(site, load.key, load.key, load.script, processes=1, threads=15) for load in WORKLOADS
    ]
    return [*commands, nginx(site, {load.key: [load.key] for load in WORKLOADS})]


def uwsgi(
    site: Site,
    name: str,
    application: str,
    script: str,
    processes: int,
    threads: int,
    backlog: int = UWSGI_BACKLOG,
) -> list[str]:
    """One uWSGI, of a name that no other of the site has, for one application.

    backlog: how many connections may wait for a thread
    """
    root = os.geteuid() == 0
    if root:  # it makes its socket after it has changed to this account
        shutil.chown(site.folder, WEB_USER)
    config = write_filled(
        CONFIGS / "uwsgi.ini",
        site.folder / f"uwsgi-{name}.ini",
        {
            "site": site.folder,
            "apps": site.apps,
            "name": name,
            "application": application,
            "script": script,
            "processes": processes,
            "threads": threads,
            "backlog": backlog,
            "identity": f"uid = {WEB_USER}\ngid = {WEB_USER}" if root else "",
        },
    )
    return ["uwsgi", "--ini", str(config)]


def nginx(site: Site, applications: Mapping[str, Sequence[str]]) -> list[str]:
    """nginx in front of the site's uWSGIs: for each application the names of those that have it."""
    return _nginx(
        site,
        {
            application: [f"uwsgi-{name}" for name in names]
            for application, names in applications.items()
        },
        UWSGI_LOCATION,
    )


def _nginx(
    site: Site, sockets: Mapping[str, Sequence[str]], location: str, upstream: str = ""
) -> list[str]:
    """nginx in front of Unix sockets of the site's folder, for each application those that have it.

    location, upstream: what else is said of each application and of its servers
    """
    upstreams = []
    locations = []
    for application, names in sockets.items():
        servers = [f"    server unix:{site.folder}/{name}.sock;" for name in names]
        upstreams += [f"  upstream {application} {{", *servers, f"    {upstream}", "  }"]
        said = location.format(application=application)
        locations.append(f"    location /{application} {{ {said} }}")
    config = write_filled(
        CONFIGS / "nginx.conf",
        site.folder / "nginx.conf",
        {
            "site": site.folder,
            "port": site.port,
            "upstreams": "\n".join(upstreams),
            "locations": "\n".join(locations),
        },
    )
    user = ["-g", f"user {WEB_USER};"] if os.geteuid() == 0 else []
    return ["nginx", "-p", str(site.folder), "-c", str(config), *user]


def gunicorn(site: Site) -> list[list[str]]:
    """A gunicorn for each application, of the worker class that has threads, reached directly."""
    return _for_each(site, pypi.gunicorn)


def waitress(site: Site) -> list[list[str]]:
    """A waitress for each application, reached directly."""
    return _for_each(site, pypi.waitress)


def granian(site: Site) -> list[list[str]]:
    """A granian for each application, reached directly."""
    return _for_each(site, pypi.granian)


def nginx_gunicorn(site: Site) -> list[list[str]]:
    """nginx in front of the same gunicorns, over Unix sockets that it keeps open."""
    folder = modules(site)
    commands = [
        pypi.gunicorn(folder, f"unix:{site.folder}/gunicorn-{load.key}.sock", *_names(load))
        for load in WORKLOADS
    ]
    sockets = {load.key: [f"gunicorn-{load.key}"] for load in WORKLOADS}
    return [*commands, _nginx(site, sockets, GUNICORN_LOCATION, GUNICORN_KEPT)]


def _for_each(site: Site, command: Callable[[Path, str, str, str], list[str]]) -> list[list[str]]:
    folder = modules(site)
    return [
        command(folder, f"127.0.0.1:{site.ports[load.key]}", *_names(load))
        for load in WORKLOADS
        if load.key in site.ports
    ]


def _names(load: Workload) -> tuple[str, str]:
    """Return the module of an application, and where it is mounted."""
    return f"bench_{load.key}", f"/{load.key}"


def modules(site: Site) -> Path:
    """Return a folder with the applications under names that Python can import."""
    folder = site.folder / "modules"
    folder.mkdir()
    for load in WORKLOADS:
        (folder / f"bench_{load.key}.py").symlink_to(site.apps / load.script)
    return folder
