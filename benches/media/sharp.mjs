// The same variants by sharp, on one thread: `node sharp.mjs DIR OUT jpg|webp`.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, parse } from "node:path";
import sharp from "sharp";

sharp.concurrency(1);
sharp.cache(false);
const [folder, out, codec] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
for (const name of readdirSync(folder).sort()) {
  const image = sharp(readFileSync(join(folder, name)));
  const { width } = await image.metadata();
  const widths = [480, 800, 1200].filter((wanted) => wanted < width);
  if (widths.length < 3) widths.push(width);
  for (const wanted of widths) {
    const scaled = image.clone().resize(wanted);
    const encoded = codec === "jpg" ? scaled.jpeg({ quality: 75, mozjpeg: true }) : scaled.webp({ quality: 75 });
    writeFileSync(join(out, `${parse(name).name}-${wanted}.${codec}`), await encoded.toBuffer());
  }
}
