// Does with the official client for Node what it is told, a line of JSON at a time, and answers with a line.
//
// Arguments: the account, its token, the sandbox's address.
const readline = require("readline");
const twilio = require("twilio");
const { sandboxClient } = require("./sandbox-client.js");

const [account, token, sandbox] = process.argv.slice(2);
const client = sandboxClient(account, token, sandbox);

// The client calls it remove, because delete is a word of the language.
const camel = (name) => (name === "delete" ? "remove" : name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()));
const snake = (name) => name.replace(/[A-Z]/g, (letter) => "_" + letter.toLowerCase());
const renamed = (object, rename) => Object.fromEntries(Object.entries(object).map(([key, value]) => [rename(key), value]));

function shown(resource) {
  if (Array.isArray(resource)) return resource.map(shown);
  if (typeof resource !== "object") return resource;
  const fields = renamed(resource.toJSON(), snake);
  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof Date) fields[name] = value.toISOString().replace(".000Z", "Z");
  }
  return fields;
}

// `["calls", ["CA1"], "update"]` is `client.calls("CA1").update(arguments)`.
async function act({ path, arguments: given }) {
  let place = client;
  let owner = client;
  for (const step of path) {
    const next = Array.isArray(step) ? place.apply(owner, step) : place[camel(step)];
    owner = Array.isArray(step) ? next : place;
    place = next;
  }
  const some = Object.keys(given).length > 0 ? [renamed(given, camel)] : [];
  return shown(await place.apply(owner, some));
}

// Each verb is its name, attributes, text and what is nested in it.
function grow(parent, verbs) {
  for (const [name, attributes, text, nested] of verbs) {
    const verb = parent[camel(name)];
    const given = [...(Object.keys(attributes).length ? [renamed(attributes, camel)] : []), ...(text ? [text] : [])];
    grow(verb.apply(parent, given), nested);
  }
}

async function build({ kind, verbs }) {
  const { MessagingResponse, VoiceResponse } = twilio.twiml;
  const response = kind === "messaging" ? new MessagingResponse() : new VoiceResponse();
  grow(response, verbs);
  return response.toString();
}

async function validate({ url, params, signature, secret }) {
  return twilio.validateRequest(secret, signature, url, Object.fromEntries(params));
}

const WORK = { act, twiml: build, validate };

async function answer(line) {
  const order = JSON.parse(line);
  try {
    return { done: await WORK[order.work](order.with) };
  } catch (error) {
    if (error.status === undefined) throw error;
    return { refused: { status: error.status, code: error.code, message: error.message } };
  }
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await answer(line)));
  }
})();
