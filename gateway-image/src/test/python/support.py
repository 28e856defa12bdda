"""What several tests share: paths, a sink that records, and groups of real processes."""

import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.normpath(os.path.join(HERE, "..", "..", "main", "python"))
APPS = os.path.normpath(os.path.join(HERE, "..", "apps"))
SECRET = "a-secret-only-for-tests"
# Only a deadlock lasts this long; no test waits for it to pass.
PATIENCE = 20

if SOURCES not in sys.path:
    sys.path.insert(0, SOURCES)


class RecordingSink:
    """A sink that keeps what it is given, and loses its client after `capacity` blocks."""

    def __init__(self, capacity=None):
        self.events = []
        self._left = capacity

    def start(self, status, headers):
        self.events.append(("start", status, list(headers)))

    def write(self, block):
        if self._left is not None:
            if not self._left:
                raise BrokenPipeError("the client left")
            self._left -= 1
        self.events.append(block)

    def end(self):
        self.events.append("end")


def config(directory, *scripts, **changes):
    """A group's configuration: one application group `id-0`… for each script."""
    document = {
        "group": "site1",
        "listen": {"unix": os.path.join(directory, "group.sock")},
        "secret": SECRET,
        "processes": 1,
        "threads": 3,
        "gracefulTimeout": PATIENCE,
        "applicationGroups": [
            application_group(f"id-{number}", script) for number, script in enumerate(scripts)
        ],
    }
    document.update(changes)
    return document


def application_group(identifier, script, revision="1", **changes):
    path = script if os.path.isabs(script) else os.path.join(APPS, script)
    document = {
        "id": identifier,
        "name": f"www.example.com|{identifier}",
        "revision": revision,
        "scripts": [{"script": path}],
    }
    document.update(changes)
    return document


def workers(state, identifier="id-0", revision=None):
    """The workers of an application group in a state."""
    return [
        worker
        for group in state["applicationGroups"]
        if group["id"] == identifier and revision in (None, group["revision"])
        for worker in group["workers"]
    ]


class Group:
    """A running supervisor. Use as a context: its end kills whatever is left."""

    # What stands before the Python's options, and what it is given to run.
    prefix = ()
    program = (SOURCES,)

    def __init__(self, *scripts, stdin=False, **changes):
        self.directory = tempfile.mkdtemp(prefix="kubewsgi-test-")
        os.chmod(self.directory, 0o755)
        self.config = config(self.directory, *scripts, **changes)
        self.log_path = os.path.join(self.directory, "log")
        self.address_path = os.path.join(self.directory, "address")
        self.secret = SECRET
        self._stdin = stdin
        self._events = None

    def __enter__(self):
        command = [*self.prefix, sys.executable, *self.program, "supervise"]
        command += ["--address-file", self.address_path]
        command += ["--exit-with-stdin"] if self._stdin else []
        command += self._options()
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE if self._stdin else subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            )
        wait_for(lambda: os.path.exists(self.address_path) or self.process.poll() is not None)
        if self.process.poll() is not None:
            raise AssertionError(f"the supervisor ended: {self.log()}")
        with open(self.address_path, encoding="utf-8") as file:
            self.address, *self.probes = file.read().splitlines()
        return self

    def _options(self):
        path = os.path.join(self.directory, "config.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(self.config, file)
        return ["--config", path]

    def __exit__(self, *_):
        if self._events:
            self._events.close()
        pids = [worker["pid"] for worker in self.children()]
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin,):
            if stream:
                stream.close()
        for pid in pids:  # the kernel kills them with their parent
            wait_for(lambda pid=pid: not is_alive(pid))
        shutil.rmtree(self.directory)

    def children(self):
        """Processes whose parent is the supervisor."""
        found = []
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                    fields = file.read().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == self.process.pid and fields[0] != "Z":
                found.append({"pid": int(name)})
        return found

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def connect(self):
        if self.address[0] == "/":
            connection = socket.socket(socket.AF_UNIX)
            address = self.address
        else:
            connection = socket.socket()
            host, _, port = self.address.rpartition(":")
            address = host, int(port)
        connection.settimeout(PATIENCE)
        connection.connect(address)
        return connection

    def ask(self, raw):
        """Sends raw bytes on a connection of their own; everything that is answered."""
        with self.connect() as connection:
            connection.sendall(raw)
            return read_to_end(connection)

    def request_slot(self, identifier="id-0", revision=None, secret=None):
        """A connection that asked for a slot, and the answer's head."""
        secret = self.secret if secret is None else secret
        connection = self.connect()
        fields = f"KubeWsgi-Revision: {revision}\r\n" if revision else ""
        connection.sendall(
            (
                "GET /.kubewsgi/slot HTTP/1.1\r\n"
                f"Authorization: Bearer {secret}\r\n"
                "Connection: Upgrade\r\nUpgrade: kubewsgi\r\n"
                f"KubeWsgi-Application-Group: {identifier}\r\n{fields}\r\n"
            ).encode("latin-1")
        )
        return Slot(connection)

    def slot(self, identifier="id-0", revision=None):
        """A slot of a ready worker."""
        slot = self.request_slot(identifier, revision)
        if slot.status != 101:
            raise AssertionError(f"no slot: {slot.head}")
        return slot

    def slot_when_ready(self, identifier="id-0"):
        self.await_ready(identifier)
        return self.slot(identifier)

    def put(self, document):
        """Puts a configuration; the status and the text of the answer."""
        body = json.dumps(document).encode("utf-8")
        answer = self.ask(
            (
                "PUT /.kubewsgi/config HTTP/1.1\r\n"
                f"Authorization: Bearer {self.secret}\r\nContent-Length: {len(body)}\r\n\r\n"
            ).encode("latin-1")
            + body
        )
        head, _, text = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), text.decode("utf-8")

    def await_state(self, accept):
        """Follows the events until `accept(state)` is true; that state."""
        if self._events is None:
            self._events = Events(self.connect(), self.secret)
        return self._events.await_state(accept)

    def states(self):
        """All that has been awaited so far."""
        return self._events.states

    def await_ready(self, identifier="id-0", workers=1, revision=None):
        def accept(state):
            return any(
                group["id"] == identifier
                and revision in (None, group["revision"])
                and sum(worker["state"] == "ready" for worker in group["workers"]) == workers
                for group in state["applicationGroups"]
            )

        return self.await_state(accept)


class Pod(Group):
    """A supervisor as in a pod: the group document and the secrets are mounted."""

    def __init__(self, *scripts, sequence=1, secrets=None, **changes):
        super().__init__(*scripts, sequence=sequence, **changes)
        del self.config["listen"], self.config["secret"]
        self.document = Mount(os.path.join(self.directory, "group"))
        self.secrets = Mount(os.path.join(self.directory, "secret"))
        self.sources = os.path.join(self.directory, "sources")
        self.document.swap({"group.json": json.dumps(self.config)})
        self.secrets.swap({"current": SECRET} if secrets is None else secrets)

    def _options(self):
        options = ["--config", os.path.join(self.document.path, "group.json")]
        options += ["--secrets", self.secrets.path, "--listen", "127.0.0.1:0"]
        options += ["--probes", "127.0.0.1:0", "--sources", self.sources]
        return options

    def probe(self, target, method="GET"):
        """The status and the body of what a probe is answered."""
        host, _, port = self.probes[0].rpartition(":")
        with socket.create_connection((host, int(port)), PATIENCE) as connection:
            connection.sendall(f"{method} {target} HTTP/1.1\r\nHost: pod\r\n\r\n".encode())
            head, _, body = read_to_end(connection).partition(b"\r\n\r\n")
        return int(head.split()[1]), body.decode("utf-8")

    def mount(self, **changes):
        """Exchanges the mounted document."""
        self.document.swap({"group.json": json.dumps({**self.config, **changes})})

    def await_log(self, text):
        wait_for(lambda: text in self.log())


class Mount:
    """A directory as the kubelet mounts it: links into ..data, itself a link that is swapped."""

    def __init__(self, path):
        self.path = path
        self._turn = 0
        os.mkdir(path)

    def swap(self, files):
        """Puts all of `files`, text by name, in the place of all that were there."""
        self._turn += 1
        target = f"..turn_{self._turn}"
        os.mkdir(os.path.join(self.path, target))
        for name, text in files.items():
            with open(os.path.join(self.path, target, name), "w", encoding="utf-8") as file:
                file.write(text)
            link = os.path.join(self.path, name)
            if not os.path.islink(link):
                os.symlink(os.path.join("..data", name), link)
        os.symlink(target, os.path.join(self.path, "..data_tmp"))
        os.replace(os.path.join(self.path, "..data_tmp"), os.path.join(self.path, "..data"))


class Events:
    """The event stream of a supervisor."""

    def __init__(self, connection, secret):
        connection.sendall(
            f"GET /.kubewsgi/events HTTP/1.1\r\nAuthorization: Bearer {secret}\r\n\r\n".encode()
        )
        self._connection = connection
        self._file = connection.makefile("rb")
        while self._file.readline() != b"\r\n":
            pass
        self.states = []

    def await_state(self, accept):
        for state in reversed(self.states[-1:]):
            if accept(state):
                return state
        while True:
            size = self._file.readline()
            if not size:
                raise AssertionError(f"the events ended; the last: {self.states[-1:]}")
            line = self._file.read(int(size, 16))
            self._file.readline()
            self.states.append(json.loads(line))
            if accept(self.states[-1]):
                return self.states[-1]

    def close(self):
        self._file.close()
        self._connection.close()


class Slot:
    """The gateway's end of a connection to a worker."""

    def __init__(self, connection):
        self.connection = connection
        self._file = connection.makefile("rb")
        self.head = self._read_head()
        self.status = int(self.head.split()[1]) if self.head else None
        found = re.search(r"KubeWsgi-Worker: (\d+)", self.head)
        self.worker = int(found.group(1)) if found else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._file.close()
        self.connection.close()

    def send(
        self,
        script,
        method="GET",
        target="/",
        body=b"",
        fields=(),
        name="application",
        absolute=True,
        first=None,
    ):
        """Sends a request, or the `first` bytes of it; what is left of it."""
        path, _, query = target.partition("?")
        if absolute and not os.path.isabs(script):
            script = os.path.join(APPS, script)
        given = [
            ("SERVER_NAME", "www.example.com"),
            ("SERVER_PORT", "80"),
            ("SERVER_PROTOCOL", "HTTP/1.1"),
            ("wsgi.url_scheme", "http"),
            ("SCRIPT_NAME", ""),
            ("SCRIPT_FILENAME", script),
            ("KubeWsgi-Script", script),
            ("KubeWsgi-Callable", name),
            ("PATH_INFO", path),
            ("QUERY_STRING", query),
            ("mod_wsgi.request_id", "request-1"),
            *fields,
        ]
        if body:
            given.append(("Content-Length", str(len(body))))
        head = "".join(f"{key}: {value}\r\n" for key, value in given)
        raw = f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1")
        self.connection.sendall((raw + body)[:first])
        return (raw + body)[first:] if first else b""

    def answer(self, method="GET"):
        """(status, headers, body, complete) of the next answer."""
        head = self._read_head()
        if not head:
            return None
        lines = head.split("\r\n")
        status = int(lines[0].split()[1])
        headers = dict(line.split(": ", 1) for line in lines[1:])
        if method == "HEAD" or status in (100, 204, 304):
            return status, headers, b"", True
        if "Content-Length" in headers:
            length = int(headers["Content-Length"])
            body = self._file.read(length)
            return status, headers, body, len(body) == length
        body, complete = self._read_chunks()
        return status, headers, body, complete

    def ask(self, script, method="GET", target="/", **more):
        self.send(script, method, target, **more)
        return self.answer(method)

    def is_closed(self):
        """Waits for the worker to close the connection."""
        try:
            return self._file.read(1) == b""
        except ConnectionResetError:
            return True

    def is_closed_after_rest(self):
        """Waits for the worker to close the connection, whatever it sends before."""
        try:
            while self._file.read(1):
                pass
        except ConnectionResetError:
            pass
        return True

    def read_line(self):
        return self._file.readline()

    def answer_rest(self):
        """The rest of an answer whose first chunks have been read."""
        return self._read_chunks()[0]

    def _read_head(self):
        lines = []
        while True:
            line = self._file.readline()
            if line in (b"\r\n", b""):
                return b"".join(lines).decode("latin-1").rstrip("\r\n")
            lines.append(line)

    def _read_chunks(self):
        pieces = []
        while True:
            size = self._file.readline()
            if not size:
                return b"".join(pieces), False
            piece = self._file.read(int(size, 16))
            self._file.readline()
            if not piece:
                return b"".join(pieces), size == b"0\r\n"
            pieces.append(piece)


def read_to_end(connection):
    pieces = []
    try:
        while True:
            piece = connection.recv(65536)
            if not piece:
                break
            pieces.append(piece)
    except ConnectionResetError:
        pass
    return b"".join(pieces)


def is_alive(pid):
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(condition):
    """Waits for something that nothing announces, and returns what the condition then gives."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError("waited in vain")
        select.select([], [], [], 0.005)
    return found


def kill(pid, number=signal.SIGKILL):
    os.kill(pid, number)
