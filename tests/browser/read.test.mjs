// A finished site, as readers open it: from a stick, and below any path of a server.

import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { KINDS, browser, build, pages, sampleSite, watchedPage } from "./harness.mjs";

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

test("pictures are as sharp as the screen, or as the original, and no larger than the next width", async () => {
  const articles = pages(output).filter((file) => KINDS.article.test(file));
  let looked = 0;
  for (const [width, deviceScaleFactor] of [[360, 1], [360, 2], [360, 3], [1280, 1], [1280, 2]]) {
    const context = await chrome.newContext({ viewport: { width, height: 800 }, deviceScaleFactor });
    const page = await context.newPage();
    for (const file of articles) {
      await page.goto(pathToFileURL(join(output, file)).href);
      const pictures = await page.evaluate(async () => {
        const widthOf = async (src) => {
          const image = new Image();
          image.src = src;
          await image.decode();
          return image.naturalWidth;
        };
        const images = [...document.querySelectorAll(".e-content img[srcset]")];
        for (const image of images) image.loading = "eager";
        await Promise.all(images.map((image) => image.decode()));
        return Promise.all(
          images.map(async (image) => ({
            src: image.getAttribute("src"),
            drawn: image.getBoundingClientRect().width * devicePixelRatio,
            taken: await widthOf(image.currentSrc),
            widths: image.srcset.split(", ").map((candidate) => Number(candidate.match(/ (\d+)w$/)[1])),
          })),
        );
      });
      for (const { src, drawn, taken, widths } of pictures) {
        const wanted = Math.min(drawn, Math.max(...widths));
        assert.ok(taken >= wanted * 0.95, `${file}: ${src} is drawn ${drawn} wide from ${taken} pixels`);
        // The sizes that the page names are a little wider than its column.
        const enough = widths.filter((width) => width >= wanted * 1.1);
        assert.ok(taken <= Math.min(...enough, Math.max(...widths)), `${file}: ${src} of ${taken} pixels is drawn ${drawn} wide`);
        looked++;
      }
    }
    await context.close();
  }
  assert.ok(looked > 20, `${looked} pictures`);
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
