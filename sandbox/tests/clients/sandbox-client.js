// The official client for Node on the sandbox, by the client's own means: a custom HTTP client.
const twilio = require("twilio");

class SandboxHttpClient extends twilio.RequestClient {
  constructor(sandbox, options) {
    super(options);
    this.sandbox = sandbox;
  }

  request(options) {
    const uri = options.uri.replace("https://api.twilio.com", this.sandbox);
    return super.request({ ...options, uri });
  }
}

// `sandbox` is where it serves: http://127.0.0.1:8088.
function sandboxClient(accountSid, authToken, sandbox) {
  return twilio(accountSid, authToken, { httpClient: new SandboxHttpClient(sandbox) });
}

module.exports = { sandboxClient };
