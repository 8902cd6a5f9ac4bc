/* Under load the server asks the browser for a number that takes a moment to find and nothing to check: SHA-256
   over "<check key>.<number>" has to begin with so many zero bits. It is looked for while the person reads. Without
   this file the form is sent all the same, and a letter asks for one more click. */
(() => {
  "use strict";

  const field = document.querySelector("[data-work-bits]");
  const form = field && field.form;
  if (!form) {
    return;
  }
  const status = form.querySelector("[data-work-status]");
  const bits = Number(field.dataset.workBits);

  /* SHA-256 (FIPS 180-4). The platform's own answers by promise only, far too slowly for many short texts. */
  const fraction = (root) => ((root - Math.floor(root)) * 0x100000000) | 0;
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) {
    if (primes.every((prime) => n % prime !== 0)) {
      primes.push(n);
    }
  }
  const K = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
  const START = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
  const W = new Int32Array(64);
  const turn = (x, n) => (x >>> n) | (x << (32 - n));

  /* Takes one block of 64 bytes into the state. */
  const absorb = (state, bytes, from) => {
    for (let i = 0; i < 16; i += 1) {
      const at = from + 4 * i;
      W[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    }
    for (let i = 16; i < 64; i += 1) {
      const s0 = turn(W[i - 15], 7) ^ turn(W[i - 15], 18) ^ (W[i - 15] >>> 3);
      const s1 = turn(W[i - 2], 17) ^ turn(W[i - 2], 19) ^ (W[i - 2] >>> 10);
      W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i += 1) {
      const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0;
      d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d;
    state[4] += e; state[5] += f; state[6] += g; state[7] += h;
  };

  /* What stays the same in all tries is taken in once. */
  const prefix = new TextEncoder().encode(`${form.elements._key.value}.`);
  const whole = prefix.length - (prefix.length % 64);
  const middle = Int32Array.from(START);
  for (let at = 0; at < whole; at += 64) {
    absorb(middle, prefix, at);
  }
  const rest = prefix.subarray(whole);
  const state = new Int32Array(8);

  const isRight = (number) => {
    const digits = String(number);
    const length = rest.length + digits.length;
    const blocks = new Uint8Array(length + 9 > 64 ? 128 : 64);
    blocks.set(rest);
    for (let i = 0; i < digits.length; i += 1) {
      blocks[rest.length + i] = digits.charCodeAt(i);
    }
    blocks[length] = 0x80;
    new DataView(blocks.buffer).setUint32(blocks.length - 4, 8 * (whole + length));
    state.set(middle);
    for (let at = 0; at < blocks.length; at += 64) {
      absorb(state, blocks, at);
    }
    return bits === 0 || state[0] >>> (32 - bits) === 0;
  };

  let waiting;
  form.addEventListener("submit", (event) => {
    if (field.value === "") {
      event.preventDefault();
      event.stopImmediatePropagation();
      waiting = event;
      status.textContent = status.dataset.working;
    }
  }, true);

  let number = 0;
  const work = () => {
    const pause = performance.now() + 12;
    while (performance.now() < pause) {
      for (let tries = 0; tries < 200; tries += 1, number += 1) {
        if (isRight(number)) {
          field.value = String(number);
          status.textContent = "";
          if (waiting) {
            form.requestSubmit(waiting.submitter);
          }
          return;
        }
      }
    }
    setTimeout(work, 0);
  };
  if (bits > 0 && bits <= 32) {
    work();
  }
})();
