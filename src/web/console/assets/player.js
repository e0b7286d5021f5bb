// The player of a recording: its waveform, the place in it, speed, silences passed over, and the score that moves with it. Without
// this the browser's own player is there.

const POINTS = 500;
const QUIET = 0.02;
const STEP = 5;

const peaksOf = (buffer) => {
  const samples = buffer.getChannelData(0);
  const size = Math.max(1, Math.floor(samples.length / POINTS));
  return Array.from({ length: POINTS }, (_, point) => {
    let peak = 0;
    for (let at = point * size; at < (point + 1) * size; at += 1) peak = Math.max(peak, Math.abs(samples[at] ?? 0));
    return peak;
  });
};

const pathOf = (peaks) =>
  peaks.map((peak, at) => {
    const [x, half] = [(at / POINTS) * 1000, Math.max(0.5, peak * 40)];
    return `M${x.toFixed(1)} ${(40 - half).toFixed(1)}V${(40 + half).toFixed(1)}`;
  }).join("");

const set = (tape) => {
  const audio = tape.querySelector("audio");
  if (!audio) return;
  const [wave, path, head] = [tape.querySelector(".wave"), tape.querySelector(".peaks"), tape.querySelector(".head")];
  const [speed, skip] = [tape.querySelector(".speed"), tape.querySelector(".skip-silence")];
  const begins = Number(tape.dataset.begins);
  const rows = [...document.querySelectorAll(".score tr[data-millis]")];
  let peaks = null;

  const draw = async () => {
    if (peaks) return;
    peaks = [];
    try {
      const bytes = await (await fetch(audio.currentSrc || audio.src)).arrayBuffer();
      peaks = peaksOf(await new OfflineAudioContext(1, 1, 8000).decodeAudioData(bytes));
      path.setAttribute("d", pathOf(peaks));
      tape.dataset.drawn = "yes";
    } catch {
      tape.dataset.drawn = "no";
    }
  };
  const follow = () => {
    const share = audio.duration ? audio.currentTime / audio.duration : 0;
    head.setAttribute("x1", share * 1000);
    head.setAttribute("x2", share * 1000);
    const now = begins + audio.currentTime * 1000;
    const passed = rows.filter((row) => Number(row.dataset.millis) <= now);
    for (const row of rows) row.classList.toggle("playing", row === passed.at(-1));
    if (skip.checked && peaks?.length && !audio.paused) {
      const at = Math.floor(share * POINTS);
      if (peaks[at] < QUIET && peaks[at + 1] < QUIET) {
        const next = peaks.findIndex((peak, place) => place > at && peak >= QUIET);
        if (next > at + 2) audio.currentTime = ((next - 1) / POINTS) * audio.duration;
      }
    }
  };

  audio.addEventListener("play", draw);
  audio.addEventListener("timeupdate", follow);
  speed.addEventListener("change", () => { audio.playbackRate = Number(speed.value); });
  wave.addEventListener("click", (event) => {
    const box = wave.getBoundingClientRect();
    if (audio.duration) audio.currentTime = ((event.clientX - box.left) / box.width) * audio.duration;
  });
  for (const row of rows) {
    row.addEventListener("click", () => {
      const at = (Number(row.dataset.millis) - begins) / 1000;
      if (at >= 0 && (!audio.duration || at <= audio.duration)) {
        audio.currentTime = at;
        audio.play();
      }
    });
  }
  return { audio, speed };
};

const players = [...document.querySelectorAll(".tape")].map(set).filter(Boolean);

document.addEventListener("keydown", (event) => {
  const player = players.find(({ audio }) => !audio.paused) ?? players[0];
  const busy = event.target.closest("input, textarea, select, button, a, summary, audio");
  if (!player || busy || event.ctrlKey || event.metaKey || event.altKey) return;
  const { audio, speed } = player;
  const faster = (by) => {
    speed.selectedIndex = Math.max(0, Math.min(speed.options.length - 1, speed.selectedIndex + by));
    speed.dispatchEvent(new Event("change"));
  };
  const acts = {
    " ": () => (audio.paused ? audio.play() : audio.pause()),
    ArrowLeft: () => { audio.currentTime -= STEP; },
    ArrowRight: () => { audio.currentTime += STEP; },
    "+": () => faster(1),
    "-": () => faster(-1),
  };
  if (acts[event.key]) {
    event.preventDefault();
    acts[event.key]();
  }
});
