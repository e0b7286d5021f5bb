// The page: two telephones and their line to the network.

import { current, languages, status, translate, word } from "./words.js";
import { Loudspeakers, openMicrophone, readFile } from "./sound.js";

const NAMES = ["caller", "staff"];
const LIVE = 0;
const FILE = 1;
const LETTERS = { 2: "ABC", 3: "DEF", 4: "GHI", 5: "JKL", 6: "MNO", 7: "PQRS", 8: "TUV", 9: "WXYZ" };
const KEYS = [..."123456789*0#"];
const ACTS = { on_hook: ["dial"], calling: ["hang_up"], ringing: ["answer", "decline"], talking: ["hang_up"] };
const MOST_LINES = 200;
const PATIENCE = 500; // ms that a call waits for the loudspeakers

const loudspeakers = new Loudspeakers();
const notice = document.querySelector("#notice");
const connection = document.querySelector("#connection");
let socket;


function order(set, act, more = {}) {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ set, act, ...more }));
}

function sendSound(set, kind, samples) {
  if (socket.readyState !== WebSocket.OPEN) return;
  const message = new Uint8Array(2 + samples.byteLength);
  message.set([NAMES.indexOf(set), kind]);
  message.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), 2);
  socket.send(message);
}

/** One of the two telephones. */
class Telephone {
  static last;
  #state = { state: "on_hook" };
  #listens = true;
  #stopMicrophone;
  #trouble;

  constructor(name) {
    this.name = name;
    const piece = document.querySelector("#set").content.cloneNode(true);
    this.element = piece.querySelector("section");
    this.element.id = name;
    const title = this.find("h2");
    title.id = `${name}-title`;
    title.dataset.word = name;
    this.element.setAttribute("aria-labelledby", title.id);
    const keypad = this.find(".keypad");
    for (const key of KEYS) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.key = key;
      button.dataset.letters = LETTERS[key] ?? "";
      button.textContent = key;
      button.addEventListener("click", () => this.press(key));
      keypad.append(button);
    }
    for (const button of this.element.querySelectorAll("[data-act]")) {
      button.addEventListener("click", () => this.act(button.dataset.act));
    }
    this.find("[name=number]").addEventListener("change", ({ target }) => {
      order(name, "renumber", { number: target.value.replace(/[\s().-]/g, "") });
    });
    this.find("[data-sound=listen]").addEventListener("click", () => this.listen(!this.#listens));
    this.find("[data-sound=microphone]").addEventListener("click", () => this.microphone(!this.#stopMicrophone));
    this.find("[name=file]").addEventListener("change", ({ target }) => this.speakFrom(target));
    for (const form of this.element.querySelectorAll("form")) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const field = form.querySelector("input");
        const text = field.value.trim();
        if (text && form.dataset.form === "sms") order(name, "sms", { text });
        if (text && form.dataset.form === "say") order(name, "say", { words: text });
        field.value = "";
      });
    }
    const used = () => (Telephone.last = this);
    this.element.addEventListener("focusin", used);
    this.element.addEventListener("pointerdown", used);
    document.querySelector("#sets").append(this.element);
  }

  find(what) {
    return this.element.querySelector(what);
  }

  async act(act) {
    this.trouble();
    // A machine without a sound card may never say so: the call does not wait for it.
    if (act === "dial" || act === "answer") await Promise.race([this.open(), new Promise((go) => setTimeout(go, PATIENCE))]);
    order(this.name, act);
  }

  /** Sound is heard from now on: the browser waits for somebody to do something first. */
  async open() {
    const meter = this.find("meter");
    let loud = 0;
    try {
      await loudspeakers.open(this.name, (peak, samples) => {
        meter.value = peak;
        loud += samples;
        meter.dataset.loud = loud;
      });
      loudspeakers.listen(this.name, this.#listens);
    } catch (error) {
      console.warn("no sound:", error.message);
    }
  }

  press(key) {
    if (this.#state.state !== "talking" && this.#state.state !== "calling") return this.trouble("no_call");
    this.trouble();
    order(this.name, "press", { keys: key });
    const button = this.find(`[data-key="${key}"]`);
    button.classList.add("pressed");
    setTimeout(() => button.classList.remove("pressed"), 150);
  }

  listen(listens) {
    this.#listens = listens;
    this.find("[data-sound=listen]").setAttribute("aria-pressed", listens);
    loudspeakers.listen(this.name, listens);
  }

  /** There is one microphone: who takes it takes it from the other. */
  async microphone(on) {
    this.trouble();
    const button = this.find("[data-sound=microphone]");
    if (on) {
      await Promise.all(telephones.filter((other) => other !== this).map((other) => other.microphone(false)));
      try {
        const stop = await openMicrophone((samples) => {
          if (this.#state.state === "talking") sendSound(this.name, LIVE, samples);
        });
        this.#stopMicrophone?.();
        this.#stopMicrophone = stop;
      } catch (error) {
        console.warn("no microphone:", error.message);
        this.trouble("no_microphone");
      }
    } else {
      this.#stopMicrophone?.();
      this.#stopMicrophone = undefined;
    }
    button.setAttribute("aria-pressed", Boolean(this.#stopMicrophone));
  }

  async speakFrom(input) {
    const [file] = input.files;
    if (!file) return;
    if (this.#state.state !== "talking") {
      this.trouble("no_call");
    } else {
      try {
        sendSound(this.name, FILE, await readFile(file));
        this.trouble();
      } catch (error) {
        console.warn("no sound file:", error.message);
        this.trouble("no_file");
      }
    }
    input.value = "";
  }

  trouble(name) {
    this.#trouble = name;
    this.find(".trouble").textContent = name ? word(name) : "";
  }

  /** What the network says that it does. */
  set state(state) {
    const before = this.#state.state;
    this.#state = state;
    this.element.dataset.state = state.state;
    for (const button of this.element.querySelectorAll("[data-act]")) {
      const hidden = !ACTS[state.state].includes(button.dataset.act);
      const focused = document.activeElement === button;
      button.hidden = hidden;
      // Whoever works by keyboard stays where the telephone is worked.
      if (focused && hidden) queueMicrotask(() => this.find("[data-act]:not([hidden])")?.focus());
    }
    const number = this.find("[name=number]");
    number.readOnly = state.state !== "on_hook";
    if (document.activeElement !== number || number.readOnly || before !== state.state) number.value = state.number;
    this.say();
    // The microphone does not stay open behind a call.
    if (before !== state.state && state.state === "on_hook") this.microphone(false);
    if (before !== state.state && state.state === "ringing") document.title = `☎ ${word("title")}`;
    if (telephones.every((telephone) => telephone.element.dataset.state !== "ringing")) document.title = word("title");
  }

  say() {
    const { state, other, last } = this.#state;
    const text = state === "on_hook" && last ? word("ended", status(last)) : word(state, other);
    const line = this.find(".state");
    if (line.textContent !== text) line.textContent = text;
    for (const entry of this.element.querySelectorAll(".lines p")) entry.textContent = word(entry.dataset.what, entry.text);
    for (const button of this.element.querySelectorAll("[data-key]")) button.setAttribute("aria-label", word("key", button.dataset.key));
    this.trouble(this.#trouble);
  }

  /** Something happened to the person. */
  log(what, text) {
    const list = this.find(what.endsWith("_sms") ? ".messages" : ".heard");
    const line = document.createElement("p");
    line.dataset.what = what;
    line.text = text;
    line.textContent = word(what, text);
    list.append(line);
    while (list.children.length > MOST_LINES) list.firstChild.remove();
    list.scrollTop = list.scrollHeight;
  }
}

const telephones = NAMES.map((name) => new Telephone(name));
Telephone.last = telephones[0];

function turnTo(language) {
  translate(document, language);
  document.documentElement.lang = language;
  document.title = word("title");
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", button.dataset.language === language);
  }
  for (const telephone of telephones) telephone.say();
  for (const element of [notice, connection]) if (element.dataset.now) element.textContent = word(element.dataset.now);
}

function tell(element, name) {
  element.dataset.now = name;
  element.textContent = word(name);
  element.hidden = false;
}

function told({ type, ...told }) {
  const telephone = telephones[NAMES.indexOf(told.set)];
  if (type === "welcome") {
    document.querySelector("#line").textContent = told.line;
    tell(connection, "connected");
    if (!told.speaks) tell(notice, "silent");
  } else if (type === "state") telephone.state = told;
  else if (type === "entry") telephone.log(told.what, told.text);
  else if (type === "refused") telephone.trouble("refused");
}

function connect() {
  // What is behind the # is never sent by itself: the token goes where no log looks.
  const token = location.hash.slice(1);
  if (!/^[\w-]+$/.test(token)) return tell(notice, "no_token");
  tell(connection, "connecting");
  socket = new WebSocket(new URL("phone/socket", location.href.replace(/^http/, "ws").split("#")[0]), ["sandbox-phone", token]);
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => {
    if (typeof data === "string") return told(JSON.parse(data));
    const [set] = new Uint8Array(data, 0, 2);
    loudspeakers.play(NAMES[set], new Int16Array(data, 2));
  };
  socket.onclose = () => {
    connection.textContent = "";
    delete connection.dataset.now;
    tell(notice, "gone");
  };
}

document.addEventListener("keydown", (event) => {
  const writes = event.target.matches("input:not([type=file])");
  if (writes || event.ctrlKey || event.metaKey || event.altKey || event.repeat || !KEYS.includes(event.key)) return;
  event.preventDefault();
  Telephone.last.press(event.key);
});
for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => turnTo(button.dataset.language));
}
turnTo(languages.includes(current()) ? current() : "es");
// The address with a new key, put into a page that is open.
window.addEventListener("hashchange", () => location.reload());
connect();
