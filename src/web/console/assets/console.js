// Everything works without this. It lets relative times tick.

const tick = () => {
  const now = Date.now();
  for (const bar of document.querySelectorAll("progress[data-from][data-until]")) {
    const from = Date.parse(bar.dataset.from);
    const until = Date.parse(bar.dataset.until);
    bar.value = Math.max(0, Math.min(1, (until - now) / (until - from)));
  }
};
setInterval(tick, 1000);
tick();
