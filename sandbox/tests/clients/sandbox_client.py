"""The official client for Python on the sandbox, by the client's own means: a custom HTTP client."""

from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client


class SandboxHttpClient(TwilioHttpClient):
    def __init__(self, sandbox, **options):
        super().__init__(**options)
        self.sandbox = sandbox

    def request(self, method, url, *args, **kwargs):
        url = url.replace("https://api.twilio.com", self.sandbox, 1)
        return super().request(method, url, *args, **kwargs)


def sandbox_client(account_sid, auth_token, sandbox):
    """`sandbox` is where it serves: http://127.0.0.1:8088."""
    return Client(account_sid, auth_token, http_client=SandboxHttpClient(sandbox))
