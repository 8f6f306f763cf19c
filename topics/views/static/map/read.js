// The blocks of a page: gzip in base64, unpacked here without any request; or where a page of
// the server says that they are to be had.

export async function unpack(id) {
  const at = document.getElementById(id);
  if (at.dataset.src) {
    const answer = await fetch(at.dataset.src);
    if (!answer.ok) throw new Error(`${at.dataset.src}: ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  }
  const text = at.textContent.trim();
  const bytes = Uint8Array.fromBase64
    ? Uint8Array.fromBase64(text)
    : Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Response(bytes).body.pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export async function unpackJson(id) {
  return JSON.parse(new TextDecoder().decode(await unpack(id)));
}

// Columns of equal length, one after the other; described as [name, bytes of a number].
export function readColumns(bytes, described, length) {
  const columns = {};
  let start = 0;
  for (const [name, width] of described) {
    const kind = width === 4 ? Uint32Array : Uint16Array;
    columns[name] = new kind(bytes.buffer, start, length);
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
