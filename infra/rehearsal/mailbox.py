"""The mails that the emulator's SES took, in the shape in which `cargo local` shows its own: GET /store?to=ADDRESS."""

import json
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from api import wait_for


class Mailbox:
    def __init__(self, emulator_url):
        self.source = f"{emulator_url}/_ministack/ses/messages"
        mailbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked = urlsplit(self.path)
                to = parse_qs(asked.query).get("to", [None])[0]
                body = json.dumps({"emails": mailbox.mails(to)}, ensure_ascii=False, separators=(",", ":")).encode()
                self.send_response(200 if asked.path == "/store" else 404)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def mails(self, to=None):
        with urllib.request.urlopen(self.source, timeout=30) as answer:
            accounts = json.load(answer)["messages"]
        mails = [mail for mails in accounts.values() for mail in mails]
        mails = [mail for mail in mails if to is None or to.lower() in [one.lower() for one in mail["To"]]]
        return [{
            "messageId": mail["MessageId"],
            "from": mail["Source"],
            "destination": {"to": mail["To"], "cc": mail["CC"], "bcc": mail["BCC"]},
            "subject": mail["Subject"],
            "body": {"html": mail["BodyHtml"], "text": mail["BodyText"]},
            "at": int(mail["Timestamp"]),
        } for mail in mails]

    def link_for(self, email):
        mails, _ = wait_for(f"a mail to {email}", 60, lambda: self.mails(email))
        return next(line for line in mails[-1]["body"]["text"].splitlines() if line.startswith("http"))
