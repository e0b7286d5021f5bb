// Keeps the wall as it is now: patches what changed, and says how old the picture is when nothing is heard.

const board = document.getElementById("board");
const link = document.getElementById("link");
// The server speaks every ten seconds or so, also when nothing changed. Nothing heard for so long, the picture is old; then
// another connection is tried.
const OLD = 20_000;
const PATIENCE = 30_000;
const AGAIN = 3_000;

let heard = performance.now();
let isOver = false;
let isLost = false;
let why = "";
let waiting;
let abort;

const length = (milliseconds) => {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

const say = (text) => {
  if (link.textContent !== text) link.textContent = text;
};

// Whoever is about to press something presses what they see.
const isBusy = () => board.querySelector("a:hover, button:hover") !== null;

const patch = () => {
  if (waiting === undefined) return;
  if (isBusy()) {
    setTimeout(patch, 500);
    return;
  }
  const html = waiting;
  waiting = undefined;
  // The bars shrink by themselves.
  const beforeAttributeUpdated = (name, node) => !(name === "value" && node.tagName === "PROGRESS");
  globalThis.Idiomorph.morph(board, html, { morphStyle: "innerHTML", callbacks: { beforeAttributeUpdated } });
};

const over = () => {
  isOver = true;
  link.replaceChildren(`${link.dataset.over} `);
  const enter = document.createElement("a");
  enter.href = `/console/login?next=${encodeURIComponent("/console/wall")}`;
  enter.textContent = link.dataset.enter;
  link.append(enter);
};

const take = (kind, data) => {
  heard = performance.now();
  [isLost, why] = [false, ""];
  say("");
  board.classList.remove("old");
  if (kind === "board") {
    const isWaiting = waiting !== undefined;
    waiting = data;
    if (!isWaiting) patch();
  } else if (kind === "over") {
    over();
  }
};

const listen = async () => {
  abort = new AbortController();
  const answer = await fetch("/console/wall/events", {
    headers: { accept: "text/event-stream" },
    signal: abort.signal,
    cache: "no-store",
  });
  if (answer.status === 401 || answer.redirected) return over();
  if (!answer.ok) {
    if (answer.status === 503) why = `${await answer.text()} `;
    return;
  }
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      let kind = "message";
      const data = [];
      for (const line of event.split("\n")) {
        if (line.startsWith("event: ")) kind = line.slice(7);
        else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
      }
      take(kind, data.join("\n"));
    }
  }
};

const keep = async () => {
  while (!isOver) {
    try {
      await listen();
    } catch {
      // A lost connection looks like anything; what counts is how old the picture is.
    }
    if (isOver) return;
    isLost = true;
    // Not everybody at the same moment: a server that comes back has a thousand walls to serve.
    await new Promise((resolve) => setTimeout(resolve, AGAIN * (0.5 + Math.random())));
  }
};

const look = () => {
  if (isOver) return;
  const age = performance.now() - heard;
  if (age < (isLost ? AGAIN : OLD)) return;
  say(why + link.dataset.lost.replace("{}", length(age)));
  board.classList.add("old");
  if (!isLost && age > PATIENCE) abort?.abort();
};

const full = document.getElementById("full");
if (document.fullscreenEnabled) {
  full.hidden = false;
  full.addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.getElementById("main").requestFullscreen();
  });
}

setInterval(look, 1000);
keep();
