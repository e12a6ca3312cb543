// Draws the blurred placeholder that a ThumbHash describes: a few cosine waves of light and colour.
// Layout of the bytes: https://evanw.github.io/thumbhash/

/** Paint `hash` (base64) onto a 2-D canvas of any size. Does nothing for an empty or broken hash. */
export function paint(canvas, hash) {
  const bytes = read(hash);
  if (!bytes) return;
  const { width, height } = canvas;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  const waves = decode(bytes);
  const across = cosines(width, waves.most);
  const down = cosines(height, waves.most);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      const l = sum(waves.l, across[x], down[y]);
      const p = sum(waves.p, across[x], down[y]);
      const q = sum(waves.q, across[x], down[y]);
      const blue = l - (2 / 3) * p;
      const red = (3 * l - blue + q) / 2;
      image.data[at] = 255 * red;
      image.data[at + 1] = 255 * (red - q);
      image.data[at + 2] = 255 * blue;
      image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}

function read(hash) {
  try {
    const text = atob(hash);
    return text.length > 5 ? Uint8Array.from(text, (letter) => letter.charCodeAt(0)) : null;
  } catch {
    return null;
  }
}

function cosines(length, most) {
  return Array.from({ length }, (_, place) =>
    Array.from({ length: most }, (_, wave) => Math.cos((Math.PI / length) * (place + 0.5) * wave)),
  );
}

function sum(channel, across, down) {
  let total = channel.mean;
  for (const { x, y, weight } of channel.waves) total += weight * across[x] * down[y] * 2;
  return total;
}

function decode(bytes) {
  const head = bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
  const shape = bytes[3] | (bytes[4] << 8);
  const opaque = !(head >> 23);
  const wide = shape >> 15;
  const most = shape & 7;
  const across = Math.max(3, wide ? (opaque ? 7 : 5) : most);
  const down = Math.max(3, wide ? most : opaque ? 7 : 5);
  let nibble = (opaque ? 5 : 6) * 2;
  const channel = (mean, scale, nx, ny) => {
    const waves = [];
    for (let y = 0; y < ny; y++) {
      for (let x = y ? 0 : 1; x * ny < nx * (ny - y); x++, nibble++) {
        const value = ((bytes[nibble >> 1] >> ((nibble & 1) << 2)) & 15) / 7.5 - 1;
        waves.push({ x, y, weight: value * scale });
      }
    }
    return { mean, waves };
  };
  const l = channel((head & 63) / 63, ((head >> 18) & 31) / 31, across, down);
  const p = channel(((head >> 6) & 63) / 31.5 - 1, (((shape >> 3) & 63) / 63) * 1.25, 3, 3);
  const q = channel(((head >> 12) & 63) / 31.5 - 1, (((shape >> 9) & 63) / 63) * 1.25, 3, 3);
  return { l, p, q, most: Math.max(across, down, 3) };
}
