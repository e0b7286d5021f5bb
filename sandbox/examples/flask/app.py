from flask import Flask, Response, request

app = Flask(__name__)


@app.post("/voice")
def voice():
    menu = '<Gather numDigits="1"><Say>Hello. To be called back, press 1.</Say></Gather><Say>Goodbye.</Say>'
    verbs = "<Say>Thank you. We will call you back.</Say>" if request.form.get("Digits") == "1" else menu
    return Response(f"<Response>{verbs}</Response>", content_type="text/xml")
