// Beside the page: what plays the line's sound evenly, and what cuts the microphone's into frames.

const AHEAD = 480; // samples that are waited for before sound is played: 60 ms at 8 kHz
const MOST = 4000; // more than half a second late is late for ever: the oldest goes

/** Plays samples of 16 bits as they come, at the rate of telephones, and says how loud they were. */
class Player extends AudioWorkletProcessor {
  constructor() {
    super();
    this.waiting = [];
    this.length = 0;
    this.place = 0;
    this.plays = false;
    this.peak = 0;
    this.loud = 0;
    this.quantums = 0;
    this.port.onmessage = ({ data }) => {
      this.waiting.push(data);
      this.length += data.length;
      while (this.length > MOST) {
        this.length -= this.waiting.shift().length - this.place;
        this.place = 0;
      }
    };
  }

  next() {
    const first = this.waiting[0];
    const sample = first[this.place++] / 32768;
    this.length--;
    if (this.place === first.length) {
      this.waiting.shift();
      this.place = 0;
    }
    return sample;
  }

  process(_, [[out]]) {
    this.plays = this.plays ? this.length > 0 : this.length >= AHEAD;
    for (let at = 0; this.plays && at < out.length && this.length > 0; at++) {
      const sample = this.next();
      out[at] = sample;
      this.peak = Math.max(this.peak, Math.abs(sample));
      if (Math.abs(sample) > 0.002) this.loud++;
    }
    if (++this.quantums % 8 === 0) {
      this.port.postMessage({ peak: this.peak, loud: this.loud });
      this.peak = 0;
      this.loud = 0;
    }
    return true;
  }
}

/** Cuts sound of any rate into frames of 160 samples, 8000 a second. What is too high for that was taken out before. */
class Microphone extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / 8000;
    this.at = 0; // where the next sample is taken, in samples of the device since the last one of the block before
    this.last = 0;
    this.frame = new Int16Array(160);
    this.filled = 0;
  }

  process([channels]) {
    const sound = channels[0];
    if (!sound) return true;
    while (this.at < sound.length) {
      const whole = Math.floor(this.at);
      const before = whole === 0 ? this.last : sound[whole - 1];
      const sample = before + (sound[whole] - before) * (this.at - whole);
      this.frame[this.filled++] = Math.max(-1, Math.min(1, sample)) * 32767;
      if (this.filled === this.frame.length) {
        this.port.postMessage(this.frame.slice());
        this.filled = 0;
      }
      this.at += this.step;
    }
    this.at -= sound.length;
    this.last = sound[sound.length - 1];
    return true;
  }
}

registerProcessor("player", Player);
registerProcessor("microphone", Microphone);
