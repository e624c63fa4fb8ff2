// Takes pictures of each kind of page, on a phone and on a desk, light and dark:
//
//     npm --prefix tests/browser ci
//     node tools/screenshots.mjs [FOLDER] [--site PUBLIC] [--only KIND,KIND]
//
// FOLDER is `screenshots` by default; the site is the sample mirror, built anew, or one that is built already.

import { mkdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { pathToFileURL } from "node:url";
import { KINDS, browser, build, largestOfEach, sampleSite } from "../tests/browser/harness.mjs";

const shapes = {
  phone: { viewport: { width: 360, height: 780 }, deviceScaleFactor: 2 },
  desk: { viewport: { width: 1280, height: 900 }, deviceScaleFactor: 1 },
};
/** Long pages are cut here, in CSS pixels. */
const TALLEST = 2400;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { site: { type: "string" }, only: { type: "string" } },
});
const folder = resolve(positionals[0] ?? "screenshots");
const wanted = values.only?.split(",") ?? Object.keys(KINDS);
mkdirSync(folder, { recursive: true });

const sample = values.site ? undefined : sampleSite();
const output = resolve(values.site ?? join(sample.folder, "public"));
let chrome;
try {
  if (sample) build(sample, output);
  const largest = largestOfEach(output);
  chrome = await browser();
  for (const [shape, settings] of Object.entries(shapes)) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await (await chrome.newContext({ ...settings, colorScheme })).newPage();
      for (const kind of wanted) {
        if (largest[kind]) await take(page, largest[kind], `${kind}-${shape}-${colorScheme}.png`);
      }
      await page.context().close();
    }
  }
  console.log(`The pictures are in ${relative("", folder) || "."}.`);
} finally {
  await chrome?.close();
  sample?.remove();
}

async function take(page, file, name) {
  await page.goto(pathToFileURL(join(output, file)).href);
  await page.evaluate(async () => {
    for (const image of document.images) image.loading = "eager";
    await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
  });
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  const { width } = page.viewportSize();
  await page.screenshot({
    path: join(folder, name),
    fullPage: true,
    clip: { x: 0, y: 0, width, height: Math.min(height, TALLEST) },
  });
}
