// Arrays that stand in the page as base64 of deflated bytes.

const halves = (() => {
  const values = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits += 1) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 31) values[bits] = fraction ? NaN : sign * Infinity;
    else if (exponent === 0) values[bits] = sign * fraction * 2 ** -24;
    else values[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return values;
})();

async function inflated(number) {
  const text = document.getElementById(`t${number}`).textContent;
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Values of an entry, in the order in which they were packed (phonotopy/explorer/packing.py).
async function unpacked({ text, dtype, scale }) {
  const bytes = await inflated(text);
  if (dtype === "code") return Float32Array.from(bytes, (code) => (code === 255 ? NaN : code));
  if (dtype === "share") return Float32Array.from(new Int8Array(bytes.buffer), (step) => (step === -128 ? NaN : step * scale));
  const count = bytes.length / 2; // low bytes first, then high ones
  const values = new Float32Array(count);
  for (let n = 0; n < count; n += 1) values[n] = halves[bytes[n] | (bytes[count + n] << 8)] * scale;
  return values;
}
