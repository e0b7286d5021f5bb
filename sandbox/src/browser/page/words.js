// Every word of the page, in both languages.

// What the network writes into the transcript in words of its own, which are English, and how they read in Spanish. What people
// and applications say stays as it is.
const phrases = [
  [/^\[beep\]/, "[tono]"],
  [/^\[key /, "[tecla "],
  [/^\[keys /, "[teclas "],
  [/^\[recording\]/, "[grabación]"],
  [/^\(voicemail\) a message of (\d+) s$/, "(buzón de voz) un mensaje de $1 s"],
  [/^(\+\d+) is not a number with a voice address$/, "$1 no es un número que atienda llamadas"],
  [/^nobody reads text messages to (\+\d+)$/, "nadie lee los mensajes de texto al $1"],
  [/^text message undelivered: error (\d+)$/, "mensaje de texto no entregado: error $1"],
  [/^text message failed: error (\d+)$/, "mensaje de texto fallido: error $1"],
  [/^no room for another call: (\d+) are kept$/, "no hay lugar para otra llamada: se guardan $1"],
  [/^no room for another text message: (\d+) are kept$/, "no hay lugar para otro mensaje de texto: se guardan $1"],
];

function spanish(text) {
  const [english, reads] = phrases.find(([english]) => english.test(text)) ?? ["", ""];
  return text.replace(english, reads);
}

export const words = {
  es: {
    title: "Teléfonos",
    language: "Idioma",
    line: "La línea",
    caller: "Quien llama",
    staff: "Personal de guardia",
    number: "Número de este teléfono",
    keys_hint: "Las teclas del 0 al 9, * y # del teclado marcan en el último teléfono que usó, salvo mientras escribe en un campo.",
    keypad: "Teclado del teléfono",
    key: (key) => `Tecla ${{ "*": "asterisco", "#": "numeral" }[key] ?? key}`,
    dial: "Llamar a la línea",
    answer: "Contestar",
    decline: "Rechazar",
    hang_up: "Colgar",
    listen: "Escuchar",
    loudness: "Volumen de lo que se oye",
    microphone: "Micrófono",
    file: "Hablar con un archivo de audio",
    heard: "La llamada",
    say_words: "Decir por escrito (para el reconocimiento de voz)",
    say: "Decir",
    messages: "Mensajes de texto",
    message: "Mensaje a la línea",
    send: "Enviar",
    on_hook: "Colgado",
    calling: "Llamando…",
    ringing: (other) => `Suena: llama ${other}`,
    talking: (other) => `En llamada con ${other}`,
    ended: (how) => `Colgado. La última llamada: ${how}`,
    statuses: {
      completed: "completada", busy: "ocupado", "no-answer": "sin respuesta", failed: "fallida", canceled: "cancelada",
    },
    dials: (text) => `Llama a ${text}`,
    rings: (text) => `Suena: llama ${text}`,
    answers: () => "Contesta",
    hears: (text) => `Oye: ${spanish(text)}`,
    hears_part: (text) => `Oye (interrumpido): ${spanish(text)}`,
    presses: (text) => `Marca: ${text}`,
    says: (text) => `Dice: ${text}`,
    hangs_up: () => "Cuelga",
    over: (text) => `Fin de la llamada: ${words.es.statuses[text] ?? text}`,
    note: (text) => `Nota: ${spanish(text)}`,
    sends_sms: (text) => `Enviado: ${text}`,
    receives_sms: (text) => `Recibido: ${text}`,
    connected: "Conectado",
    connecting: "Conectando…",
    gone: "La red telefónica no responde o no admite esta página. Compruebe que el programa siga en marcha y que no haya más de 8 páginas abiertas, y abra la dirección completa que muestra al iniciar: cambia cada vez.",
    no_token: "A la dirección le falta la clave. Abra la dirección completa que muestra el programa al iniciar.",
    silent: "La red no tiene voz: lo que se dice se lee, no se oye. Inicie el programa con --speech espeak.",
    refused: "No es posible ahora: revise el número (por ejemplo +18095550142) y el estado del teléfono.",
    no_microphone: "No hay micrófono, o no se permitió usarlo. Puede hablar con un archivo de audio.",
    no_file: "El archivo no contiene audio que se pueda leer, o dura más de 5 minutos.",
    no_call: "El teléfono no está en una llamada.",
  },
  en: {
    title: "Telephones",
    language: "Language",
    line: "The line",
    caller: "Caller",
    staff: "Staff on duty",
    number: "Number of this telephone",
    keys_hint: "The keys 0 to 9, * and # of the keyboard are pressed on the telephone you used last, except while you write in a field.",
    keypad: "Keys of the telephone",
    key: (key) => `Key ${{ "*": "star", "#": "pound" }[key] ?? key}`,
    dial: "Call the line",
    answer: "Answer",
    decline: "Decline",
    hang_up: "Hang up",
    listen: "Listen",
    loudness: "Loudness of what is heard",
    microphone: "Microphone",
    file: "Speak from a sound file",
    heard: "The call",
    say_words: "Say as text (for speech recognition)",
    say: "Say",
    messages: "Text messages",
    message: "Message to the line",
    send: "Send",
    on_hook: "On hook",
    calling: "Calling…",
    ringing: (other) => `Ringing: ${other} calls`,
    talking: (other) => `On a call with ${other}`,
    ended: (how) => `On hook. The last call: ${how}`,
    statuses: {
      completed: "completed", busy: "busy", "no-answer": "no answer", failed: "failed", canceled: "canceled",
    },
    dials: (text) => `Calls ${text}`,
    rings: (text) => `Rings: ${text} calls`,
    answers: () => "Answers",
    hears: (text) => `Hears: ${text}`,
    hears_part: (text) => `Hears (cut): ${text}`,
    presses: (text) => `Presses: ${text}`,
    says: (text) => `Says: ${text}`,
    hangs_up: () => "Hangs up",
    over: (text) => `Call over: ${words.en.statuses[text] ?? text}`,
    note: (text) => `Note: ${text}`,
    sends_sms: (text) => `Sent: ${text}`,
    receives_sms: (text) => `Received: ${text}`,
    connected: "Connected",
    connecting: "Connecting…",
    gone: "The telephone network does not answer, or does not admit this page. See that the program still runs and that no more than 8 pages are open, and open the whole address that it prints when it starts: it changes every time.",
    no_token: "The address lacks its key. Open the whole address that the program prints when it starts.",
    silent: "The network has no voice: what is said is read and not heard. Start the program with --speech espeak.",
    refused: "Not possible now: check the number (such as +18095550142) and what the telephone is doing.",
    no_microphone: "There is no microphone, or it was not allowed. You can speak from a sound file.",
    no_file: "The file is no sound that can be read, or it is longer than 5 minutes.",
    no_call: "The telephone is on no call.",
  },
};

export const languages = Object.keys(words);

let language = (navigator.language ?? "es").startsWith("en") ? "en" : "es";

/** The language of the page. */
export const current = () => language;

/** A word, or with arguments a sentence. */
export function word(name, ...given) {
  const found = words[language][name];
  return typeof found === "function" ? found(...given) : found;
}

/** What a call ended as. */
export const status = (name) => words[language].statuses[name] ?? name;

/** Turns the page, or a part of it, to a language. */
export function translate(root, to = language) {
  language = to;
  for (const element of root.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  for (const element of root.querySelectorAll("[data-label]")) element.setAttribute("aria-label", word(element.dataset.label));
}
