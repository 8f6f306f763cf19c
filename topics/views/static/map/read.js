// The blocks of a page: gzip in letters, unpacked here without any request; or where a page of
// the server says that they are to be had.

export async function unpack(id) {
  const at = document.getElementById(id);
  if (at.dataset.src) {
    const answer = await fetch(at.dataset.src);
    if (!answer.ok) throw new Error(`${at.dataset.src}: ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  }
  const stream = new Response(readLetters(at.textContent.trim())).body.pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Four bytes stand in five letters, which are those from "(" on with "}" for "<".
export function readLetters(text) {
  const letters = new TextEncoder().encode(text);
  const bytes = new Uint8Array(Math.floor((4 * letters.length) / 5));
  for (let from = 0, to = 0; from < letters.length; from += 5, to += 4) {
    let word = 0;
    for (let place = from; place < from + 5; place++) {
      const letter = place < letters.length ? letters[place] : 124;
      word = 85 * word + (letter === 125 ? 20 : letter - 40);
    }
    for (let byte = 0; byte < 4; byte++) bytes[to + byte] = word >>> (24 - 8 * byte);
  }
  return bytes;
}

export async function unpackJson(id) {
  return JSON.parse(new TextDecoder().decode(await unpack(id)));
}

// Columns of equal length, one after the other; described as [name, bytes of a number]. Each number
// is told by what it is more than the one before.
export function readColumns(bytes, described, length) {
  const columns = {};
  let start = 0;
  for (const [name, width] of described) {
    const kind = width === 4 ? Uint32Array : Uint16Array;
    const column = columns[name] = new kind(bytes.buffer, start, length);
    for (let place = 1; place < length; place++) column[place] += column[place - 1];
    start += width * length;
  }
  return columns;
}

// Texts: how many bytes each has, then all of them in UTF-8.
export function readTexts(bytes, count) {
  const lengths = new Uint32Array(bytes.buffer, 0, count);
  const decoder = new TextDecoder();
  let start = 4 * count;
  return Array.from(lengths, (length) => {
    start += length;
    return decoder.decode(bytes.subarray(start - length, start));
  });
}
