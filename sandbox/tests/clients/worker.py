"""Does with the official client for Python what it is told, a line of JSON at a time, and answers with a line.

Arguments: the account, its token, the sandbox's address.
"""

import datetime
import inspect
import json
import sys

from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import VoiceResponse

from sandbox_client import sandbox_client

account, token, sandbox = sys.argv[1:]
client = sandbox_client(account, token, sandbox)


def plain(value):
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, (str, int, float, bool, dict, list, type(None))):
        return value
    return str(value)


def shown(resource):
    if isinstance(resource, bool):
        return resource
    if isinstance(resource, list):
        return [shown(item) for item in resource]
    # Of a call it is `_from`, of a message `from_`.
    known = {name: value for name, value in vars(resource).items() if name == "_from" or not name.startswith("_")}
    return {name.strip("_"): plain(value) for name, value in known.items()}


def attribute(name):
    return "from_" if name == "from" else name


def act(path, arguments):
    """`["calls", ["CA1"], "update"]` is `client.calls("CA1").update(**arguments)`."""
    place = client
    for step in path:
        place = place(*step) if isinstance(step, list) else getattr(place, step)
    return shown(place(**{attribute(name): value for name, value in arguments.items()}))


def grow(parent, verbs):
    """Each verb is its name, attributes, text and what is nested in it."""
    for name, attributes, text, nested in verbs:
        build = getattr(parent, name)
        attributes = {attribute(key): value for key, value in attributes.items()}
        unknown = set(attributes) - set(inspect.signature(build).parameters)
        if unknown:
            raise TypeError(f"{name} has no {unknown}")
        grow(build(*([text] if text else []), **attributes), nested)


def twiml(kind, verbs):
    response = MessagingResponse() if kind == "messaging" else VoiceResponse()
    grow(response, verbs)
    return str(response)


def validate(url, params, signature, secret):
    return RequestValidator(secret).validate(url, dict(params), signature)


WORK = {"act": act, "twiml": twiml, "validate": validate}

for line in sys.stdin:
    order = json.loads(line)
    try:
        answer = {"done": WORK[order["work"]](**order["with"])}
    except TwilioRestException as error:
        answer = {"refused": {"status": error.status, "code": error.code, "message": error.msg}}
    print(json.dumps(answer), flush=True)
