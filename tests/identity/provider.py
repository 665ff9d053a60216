"""An OpenID provider on loopback that says what it is told to say, and counts who asks."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from tests.identity.making import jwk, rsa_key

DISCOVERY = "/.well-known/openid-configuration"
KEYS = "/keys"
TOKEN = "/token"
REVOKE = "/revoke"


class Provider:
    """`answers`: by path, an object, or a function of the form's fields; `asked`: the paths, in order."""

    def __init__(self):
        self.asked, self.forms = [], []
        self.keys = [jwk(rsa_key())]
        self.down = False
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                provider.serve(self)

            def do_POST(self):
                provider.serve(self)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.answers = {
            DISCOVERY: {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}{TOKEN}",
                "jwks_uri": f"{self.url}{KEYS}",
                "end_session_endpoint": f"{self.url}/end",
                "revocation_endpoint": f"{self.url}{REVOKE}",
            },
            KEYS: lambda _: {"keys": self.keys},
        }
        self.statuses = {}
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def serve(self, request):
        self.asked.append(request.path)
        form = request.rfile.read(int(request.headers.get("Content-Length") or 0)).decode()
        self.forms.append({name: value for name, [value] in parse_qs(form).items()})
        if self.down:
            request.close_connection = True
            return
        answer = self.answers.get(request.path, {})
        answer = answer(self.forms[-1]) if callable(answer) else answer
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        request.send_response(self.statuses.get(request.path, 200))
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def count(self, path):
        return self.asked.count(path)
