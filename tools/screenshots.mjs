// Takes pictures of each kind of page, on a phone and on a desk, light and dark:
//
//     npm --prefix tests/browser ci
//     node tools/screenshots.mjs [FOLDER] [--site PUBLIC] [--only KIND,KIND]
//
// FOLDER is `screenshots` by default; the site is the sample mirror, built anew, or one that is built already.

import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { pathToFileURL } from "node:url";
import { browser, build, sampleSite } from "../tests/browser/harness.mjs";

/** Each kind of page by its address; of several the largest file is shown. */
const kinds = {
  front: /^index\.html$/,
  article: /^\d{4}\/\d\d\/\d\d\/(?!index).+\.html$/,
  year: /^\d{4}\/index\.html$/,
  month: /^\d{4}\/\d\d\/index\.html$/,
  day: /^\d{4}\/\d\d\/\d\d\/index\.html$/,
  outlets: /^outlets\/index\.html$/,
  outlet: /^outlets\/[^/]+\/index\.html$/,
  tags: /^tags\/index\.html$/,
  tag: /^tags\/[^/]+\/index\.html$/,
  "tag-month": /^tags\/[^/]+\/\d{4}-\d\d\.html$/,
  undated: /^undated\/index\.html$/,
  about: /^about\.html$/,
  "not-found": /^404\.html$/,
};
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
const wanted = values.only?.split(",") ?? Object.keys(kinds);
mkdirSync(folder, { recursive: true });

const sample = values.site ? undefined : sampleSite();
const output = resolve(values.site ?? join(sample.folder, "public"));
let chrome;
try {
  if (sample) build(sample, output);
  const files = readdirSync(output, { recursive: true }).filter((file) => file.endsWith(".html"));
  chrome = await browser();
  for (const [shape, settings] of Object.entries(shapes)) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await (await chrome.newContext({ ...settings, colorScheme })).newPage();
      for (const kind of wanted) {
        const file = largest(files.filter((file) => kinds[kind].test(file)));
        if (file) await take(page, file, `${kind}-${shape}-${colorScheme}.png`);
      }
      await page.context().close();
    }
  }
  console.log(`The pictures are in ${relative("", folder) || "."}.`);
} finally {
  await chrome?.close();
  if (sample) rmSync(sample.folder, { recursive: true, force: true });
}

function largest(files) {
  const size = (file) => statSync(join(output, file)).size;
  return files.sort((a, b) => size(b) - size(a) || (a < b ? -1 : 1))[0];
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
