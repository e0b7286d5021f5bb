"""The documents of tests/twiml.rs, built by the provider's own client for Python: a name for each, as JSON."""

import inspect
import json

from twilio.twiml import TwiML
from twilio.twiml import voice_response
from twilio.twiml.voice_response import VoiceResponse


def strict(kind):
    """Builders take any attribute that they do not know; here only those that they name."""
    for name, build in inspect.getmembers(kind, inspect.isfunction):
        if name.startswith("_") or name in dir(TwiML):
            continue

        def only_known(self, *args, build=build, known=set(inspect.signature(build).parameters), **attributes):
            if unknown := set(attributes) - known:
                raise TypeError(f"{build.__qualname__} does not know {unknown}")
            return build(self, *args, **attributes)

        setattr(kind, name, only_known)


for _, kind in inspect.getmembers(voice_response, inspect.isclass):
    if issubclass(kind, TwiML) and kind is not TwiML:
        strict(kind)

SPANISH = {"language": "es-MX", "voice": "Polly.Mia-Neural"}
ACTION = {"action": "/turn?c=1&t=3#rc=5", "method": "POST"}
DIAL = {**ACTION, "timeout": 20, "time_limit": 3600}
WHISPER = {"url": "/whisper", "method": "POST"}
RECORDING = {
    "recording_status_callback": "https://hotline.example.do/recording",
    "recording_status_callback_method": "POST",
    "recording_status_callback_event": "completed absent",
}

documents = {}


def document(name):
    documents[name] = VoiceResponse()
    return documents[name]


document("nothing")
words = document("words")
words.say('¿Es usted "técnico" <o> \'funcionario\' & más?', **SPANISH)
words.say("Please wait.", language="en-US", voice="Polly.Joanna-Neural")
sounds = document("sounds")
sounds.play("https://hotline.example.do/audio/es/saludo%20d%C3%ADa.wav")
sounds.play("https://api.twilio.com/Recordings/RE1?a=1&b=2")
rest = document("pause, on, hang up, leave")
rest.pause(length=2)
rest.redirect("/silence", method="POST")
rest.leave()
rest.hangup()

keys = document("keys").gather(input="dtmf", **ACTION, timeout=6, finish_on_key="", num_digits=1)
keys.say("Marque uno.", **SPANISH)
keys.play("https://hotline.example.do/audio/es/uno.wav")
document("keys until the end key").gather(input="dtmf", **ACTION, timeout=7, finish_on_key="#")
spoken = {"language": "es-DO", "hints": "incidente,caída total"}
document("keys and words").gather(
    input="dtmf speech", **ACTION, timeout=6, finish_on_key="", num_digits=1, **spoken
).say("Diga o marque.", **SPANISH)

document("a recording").record(
    **ACTION, max_length=120, timeout=4, finish_on_key="#", play_beep=True, trim="trim-silence", **RECORDING
)

document("a queue").enqueue("incident-0192:7", **ACTION, wait_url="/wait", wait_url_method="POST")
document("somebody who waits").dial(**DIAL, record="record-from-answer-dual", **RECORDING).queue("q", **WHISPER)
document("a number").dial(**DIAL, caller_id="+18095550100").number(
    "+18295550142",
    **WHISPER,
    status_callback="https://hotline.example.do/leg",
    status_callback_method="POST",
    status_callback_event="initiated ringing answered completed",
)
document("a conference").dial(**DIAL).conference(
    "c-1",
    start_conference_on_enter=True,
    end_conference_on_exit=False,
    beep=True,
    wait_url="/wait",
    wait_method="POST",
    record="record-from-start",
    **RECORDING,
    status_callback="https://hotline.example.do/conference",
    status_callback_method="POST",
    status_callback_event="start end join leave",
)

print(json.dumps({name: str(response) for name, response in documents.items()}))
