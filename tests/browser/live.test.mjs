// A preview that keeps up: pages change under the reader's eyes, faults come and go.

import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { browser, sampleSite, serve, watchedPage } from "./harness.mjs";

let site, preview, chrome;

before(async () => {
  site = sampleSite();
  mkdirSync(join(site.folder, "theme/templates"), { recursive: true });
  mkdirSync(join(site.folder, "theme/assets"), { recursive: true });
  writeFileSync(
    join(site.folder, "content/long.md"),
    `---\ntitle: Long\ndate: 2024-03-04\nlink: https://e.example.org/long\n---\n${"<p>A paragraph.</p>\n".repeat(200)}`,
  );
  preview = await serve(site);
  chrome = await browser();
});

after(async () => {
  await chrome?.close();
  preview?.stop();
  site.remove();
});

async function openLong() {
  const watched = await watchedPage(await chrome.newContext({ viewport: { width: 400, height: 700 } }));
  await watched.page.goto(preview.url + "2024/03/04/index.html");
  await watched.page.click("text=Long");
  await watched.page.waitForLoadState();
  return watched;
}

test("an edit reloads the page that shows it, where the reader was, and no other", async () => {
  const { page, complaints } = await openLong();
  const { page: other } = await watchedPage(await chrome.newContext());
  await other.goto(preview.url + "tags/index.html");
  await other.evaluate(() => (window.untouched = true));
  await page.evaluate(() => scrollTo(0, 2000));
  appendFileSync(join(site.folder, "content/long.md"), '<p id="new">Edited just now.</p>\n');
  await page.waitForSelector("text=Edited just now.", { state: "attached" });
  await page.waitForFunction(() => Math.abs(scrollY - 2000) < 50);
  assert.equal(await other.evaluate(() => window.untouched), true);
  assert.deepEqual(complaints, []);
});

test("a style is swapped without a reload", async () => {
  const { page, complaints } = await openLong();
  await page.evaluate(() => (window.untouched = true));
  writeFileSync(join(site.folder, "theme/assets/site.css"), "body { background: rgb(1, 2, 3) }");
  await page.waitForFunction(() => getComputedStyle(document.body).backgroundColor === "rgb(1, 2, 3)");
  assert.equal(await page.evaluate(() => window.untouched), true);
  rmSync(join(site.folder, "theme/assets/site.css"));
  await page.waitForFunction(() => getComputedStyle(document.body).backgroundColor !== "rgb(1, 2, 3)");
  assert.deepEqual(complaints, []);
});

/** Saves as editors do: half a template is a template, too. */
function save(file, text) {
  writeFileSync(file + "~", text);
  renameSync(file + "~", file);
}

test("a broken template is shown over the last good page, and goes when it is mended", async () => {
  const { page, complaints } = await openLong();
  const template = join(site.folder, "theme/templates/article.html");
  const own = resolve(import.meta.dirname, "../../themes/broadsheet/templates/article.html");
  save(template, readFileSync(own, "utf8") + "\n{% if %}\n");
  const overlay = page.locator("#heliostat-fault");
  await overlay.waitFor();
  assert.match(await overlay.textContent(), /article\.html:\d+/);
  await page.locator("text=A paragraph.").first().waitFor();
  save(template, readFileSync(own, "utf8").replace("<h1", '<h1 id="mended"'));
  await page.waitForSelector("#mended");
  assert.equal(await overlay.count(), 0);
  assert.deepEqual(complaints, []);
});
