// A finished site, as readers open it: from a stick, and below any path of a server.

import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { browser, build, sampleSite, watchedPage } from "./harness.mjs";

let site, output, chrome;

before(async () => {
  site = sampleSite();
  output = join(site.folder, "public");
  build(site, output);
  chrome = await browser();
});

after(async () => {
  await chrome.close();
  site.remove();
});

/** Follows links from the front page; looks at every page on the way. */
async function walk(start, most) {
  const { page, requests, complaints } = await watchedPage(await chrome.newContext());
  const seen = new Set([start]);
  const open = [start];
  let pictures = 0;
  while (open.length > 0 && seen.size - open.length < most) {
    const url = open.shift();
    const response = await page.goto(url);
    assert.ok(!response || response.ok(), `${url}: ${response?.status()}`);
    const found = await page.evaluate(async () => {
      const images = [...document.images];
      for (const image of images) image.loading = "eager";
      await Promise.all(images.map((image) => image.decode().catch(() => {})));
      return {
        broken: images.filter((image) => image.naturalWidth === 0).map((image) => image.src),
        shown: images.length,
        styled: [...document.styleSheets].length,
        links: [...document.links].map((link) => link.href.split("#")[0]),
      };
    });
    assert.deepEqual(found.broken, [], url);
    assert.ok(found.styled > 0, `${url} has no style`);
    pictures += found.shown;
    const base = start.slice(0, start.lastIndexOf("/") + 1);
    for (const link of found.links.filter((link) => link.startsWith(base) && link.endsWith(".html"))) {
      if (!seen.has(link)) open.push(link);
      seen.add(link);
    }
  }
  const base = start.slice(0, start.lastIndexOf("/") + 1);
  assert.deepEqual(requests.filter((url) => !url.startsWith(base) && !url.startsWith("data:")), []);
  assert.deepEqual(complaints, []);
  assert.ok(pictures > 5, `${pictures} pictures`);
  return seen.size;
}

test("the site opens from a folder, whole, and asks nobody", async () => {
  assert.ok((await walk(pathToFileURL(join(output, "index.html")).href, 60)) > 60);
});

test("it works below any path of a server", async () => {
  const types = { html: "text/html; charset=utf-8", css: "text/css", jpg: "image/jpeg", png: "image/png", webp: "image/webp" };
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
    if (path === "/favicon.ico") return response.writeHead(204).end();
    const file = path.startsWith("/a/b/") ? join(output, path.slice(5)) : undefined;
    if (!file || !statSync(file, { throwIfNoEntry: false })?.isFile()) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": types[file.split(".").pop()] ?? "application/octet-stream" });
    response.end(readFileSync(file));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  try {
    await walk(`http://127.0.0.1:${server.address().port}/a/b/index.html`, 40);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
