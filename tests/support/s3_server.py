"""moto's S3 server as a process, which can be told to fail: python server.py PORT FILE

Before each answer it reads FILE: `500 N` answers the next N requests with an error, `hang N` leaves
them without an answer for as long as any client waits.
"""

import sys
import threading
import time
from pathlib import Path

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, run_simple

ERROR = b"<Error><Code>InternalError</Code><Message>We failed on purpose.</Message></Error>"


class Faulty:
    """A WSGI application that fails when its file says so."""

    def __init__(self, application, file):
        self.application, self.file, self.lock = application, Path(file), threading.Lock()

    def __call__(self, environ, start_response):
        fault = self._next_fault()
        if fault == "hang":
            time.sleep(1000)
        if fault:
            start_response("500 Internal Server Error", [("Content-Type", "application/xml")])
            return [b"" if environ["REQUEST_METHOD"] == "HEAD" else ERROR]
        return self.application(environ, start_response)

    def _next_fault(self):
        with self.lock:
            fault, left = (
                (self.file.read_text().split() or ["", "0"]) if self.file.exists() else ("", "0")
            )
            if int(left) <= 0:
                return ""
            self.file.write_text(f"{fault} {int(left) - 1}")
            return fault


class Silent(WSGIRequestHandler):
    """Prints no request."""

    def log_request(self, *args):
        pass


if __name__ == "__main__":
    port, file = sys.argv[1:]
    application = Faulty(DomainDispatcherApplication(create_backend_app), file)
    run_simple("127.0.0.1", int(port), application, threaded=True, request_handler=Silent)
