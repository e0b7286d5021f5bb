// Sound between the page and its machine: what telephones hear is played, the microphone and files are heard.

const RATE = 8000;
const LONGEST_FILE = 5 * 60; // seconds
const HIGHEST = 3400; // Hz: what a telephone carries

/** Plays what the telephones of the page hear. A browser makes no sound before somebody has done something: `wake`. */
export class Loudspeakers {
  #context;
  #players = new Map();

  /** Called in answer to a click or a key. */
  async wake() {
    if (!this.#context) {
      this.#context = new AudioContext({ sampleRate: RATE });
      this.#context.ready = this.#context.audioWorklet.addModule("phone/worklet.js");
    }
    await Promise.all([this.#context.ready, this.#context.resume()]);
  }

  /** A telephone is heard: `told` hears how loud it is (0 to 1), and how many samples were not silent. */
  async open(name, told) {
    await this.wake();
    if (this.#players.has(name)) return;
    const node = new AudioWorkletNode(this.#context, "player", { numberOfInputs: 0, outputChannelCount: [1] });
    const gain = this.#context.createGain();
    node.connect(gain).connect(this.#context.destination);
    node.port.onmessage = ({ data }) => told(data.peak, data.loud);
    this.#players.set(name, { node, gain });
  }

  /** Samples of a telephone. */
  play(name, samples) {
    this.#players.get(name)?.node.port.postMessage(samples);
  }

  /** Whether a telephone is heard on this machine. */
  listen(name, heard) {
    const player = this.#players.get(name);
    if (player) player.gain.gain.value = heard ? 1 : 0;
  }
}

/** Hears the microphone; `heard` gets 160 samples every 20 ms. Returns what stops it. */
export async function openMicrophone(heard) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  const context = new AudioContext();
  const stop = () => {
    stream.getTracks().forEach((track) => track.stop());
    context.close();
  };
  try {
    await context.audioWorklet.addModule("phone/worklet.js");
  } catch (error) {
    stop();
    throw error;
  }
  const low = new BiquadFilterNode(context, { type: "lowpass", frequency: HIGHEST });
  const lower = new BiquadFilterNode(context, { type: "lowpass", frequency: HIGHEST });
  const cutter = new AudioWorkletNode(context, "microphone", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
  cutter.port.onmessage = ({ data }) => heard(data);
  context.createMediaStreamSource(stream).connect(low).connect(lower).connect(cutter);
  return stop;
}

/** The samples of a sound file, as a telephone hears them. */
export async function readFile(file) {
  const sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await file.arrayBuffer());
  if (sound.duration > LONGEST_FILE) throw new RangeError("too long");
  const samples = new Int16Array(sound.length);
  const channels = Array.from({ length: sound.numberOfChannels }, (_, at) => sound.getChannelData(at));
  for (let at = 0; at < samples.length; at++) {
    const sum = channels.reduce((sum, channel) => sum + channel[at], 0) / channels.length;
    samples[at] = Math.max(-1, Math.min(1, sum)) * 32767;
  }
  return samples;
}
