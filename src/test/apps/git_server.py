"""Serves repositories to Git by HTTPS, to whoever knows the password.

    git_server.py DIRECTORY CERTIFICATE KEY USERNAME PASSWORD

Listens on port 8443. `git` and `git-http-backend`, which does the work, are on the PATH.
"""

import base64
import http.client
import http.server
import io
import os
import ssl
import subprocess
import sys

directory, certificate, key, username, password = sys.argv[1:]
CREDENTIALS = "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


class Handler(http.server.BaseHTTPRequestHandler):
    """Runs the backend as a CGI program (RFC 3875)."""

    def do_GET(self):
        if self.headers["Authorization"] != CREDENTIALS:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="repositories"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        ended = subprocess.run(
            ["git-http-backend"],
            input=body,
            stdout=subprocess.PIPE,
            env=self.variables(),
            check=True,
        )
        answer = io.BytesIO(ended.stdout)
        headers = http.client.parse_headers(answer)
        content = answer.read()
        self.send_response(int(headers.get("Status", "200").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def variables(self):
        path, _, query = self.path.partition("?")
        return {
            **os.environ,
            "GIT_PROJECT_ROOT": directory,
            "GIT_HTTP_EXPORT_ALL": "",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "HTTP_GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server = http.server.ThreadingHTTPServer(("", 8443), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
