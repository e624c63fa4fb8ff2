// What the default theme promises its readers: light, quick, quiet, readable by all, on each kind of page.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import * as chromeLauncher from "chrome-launcher";
import lighthouse from "lighthouse";
import { chromium } from "playwright-core";
import { KINDS, browser, build, generatedSite, largestOfEach, pages, sampleSite, watchedPage } from "./harness.mjs";

const chromePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const WIDTHS = { phone: 360, desk: 1280 };

const STYLE_MOST = 4096; // bytes, gzip
const SCRIPTS_MOST = 6 * 1024;
const LIST_MOST = 20 * 1024; // bytes, gzip
const ADDED_MOST = 2560; // bytes over an article's body, its contents list apart
const LITE_MOST = 10 * 1024; // bytes over an article's body, of page and style together

const sites = {};
let output, server, chrome;

before(async () => {
  Object.assign(sites, { sample: sampleSite(), lite: liteSite(), generated: generatedSite(2000), odd: oddSite() });
  for (const site of Object.values(sites)) build(site, publicOf(site));
  output = publicOf(sites.sample);
  server = await serve(Object.fromEntries(Object.entries(sites).map(([name, site]) => [name, publicOf(site)])));
  chrome = await browser();
});

after(async () => {
  await chrome?.close();
  server?.stop();
  for (const site of Object.values(sites)) site.remove();
});

function publicOf(site) {
  return join(site.folder, "public");
}

/** The sample in the theme for the worst lines. */
function liteSite() {
  const made = sampleSite();
  const settings = join(made.folder, "site.toml");
  const text = readFileSync(settings, "utf8");
  assert.match(text, /^# theme = "broadsheet"$/m);
  writeFileSync(settings, text.replace('# theme = "broadsheet"', 'theme = "lite"'));
  return made;
}

/** A mirror of what goes wrong in real ones. */
function oddSite() {
  const made = sampleSite();
  rmSync(join(made.folder, "content"), { recursive: true });
  const article = (name, title, body, head = "") =>
    writeFileSync(join(made.folder, "content", name), `---\ntitle: "${title}"\ndate: 2024-05-06\n${head}---\n${body}\n`);
  writeFileSync(join(made.folder, "site.toml"), 'title = "Odd"\nbase_url = "https://odd.example.org"\n');
  mkdirSync(join(made.folder, "content"));
  article("a.html", "很长的标题".repeat(40), "<p>短。</p>", `tags: [${Array.from({ length: 40 }, (_, n) => `标签${n}`)}]\n`);
  article("b.html", "W".repeat(200), `<p>${"a".repeat(3000)}</p>`);
  const row = (cell) => `<tr>${Array.from({ length: 30 }, (_, n) => `<${cell}>第${n}列</${cell}>`).join("")}</tr>`;
  article("c.html", "表", `<table>${row("th")}${row("td").repeat(9)}</table><pre>${"code ".repeat(200)}</pre>`);
  article("d.html", "صحيفة الميناء", '<p dir="rtl">وصلت العبّارة الجديدة إلى الجزيرة صباح اليوم قبل موعدها بدقيقة.</p>', "lang: ar\n");
  article("e.html", "👩‍👩‍👧 𠮷野家 𰻝𰻝面", `<p>${"🎏𠀋𰻝".repeat(200)}</p>`);
  article("f.html", "图", '<p>文<img src="https://pictures.example.org/a.jpg" alt="一张图"></p>'.repeat(200));
  article("g.html", "长", `<h2>节</h2><p>${"长文不断。".repeat(400)}</p>`.repeat(12));
  writeFileSync(join(made.folder, "content/h.html"), "<p>字</p>");
  return made;
}

/** Serves folders by name, as a good server does: compressed. */
async function serve(folders) {
  const types = {
    ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".xml": "text/xml", ".txt": "text/plain",
    ".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp", ".svg": "image/svg+xml", ".wav": "audio/wav",
  };
  const listener = createServer((request, response) => {
    const [, name, ...rest] = decodeURIComponent(new URL(request.url, "http://x").pathname).split("/");
    const file = folders[name] && join(folders[name], ...rest);
    if (name === "favicon.ico") return response.writeHead(204).end();
    if (name === "robots.txt") return response.writeHead(200, { "content-type": "text/plain" }).end("User-agent: *\n");
    if (!file || !statSync(file, { throwIfNoEntry: false })?.isFile()) return response.writeHead(404).end();
    const type = types[extname(file)] ?? "application/octet-stream";
    const head = { "content-type": type, "cache-control": "max-age=3600" };
    const bytes = readFileSync(file);
    if (!/^text|svg/.test(type)) return response.writeHead(200, head).end(bytes);
    response.writeHead(200, { ...head, "content-encoding": "gzip" }).end(gzipSync(bytes));
  });
  await new Promise((listening) => listener.listen(0, "127.0.0.1", listening));
  const stop = () => {
    listener.closeAllConnections();
    listener.close();
  };
  return { url: (path, name = "sample") => `http://127.0.0.1:${listener.address().port}/${name}/${encodeURI(path)}`, stop };
}

/** One page of each kind. */
function samples(name = "sample") {
  const found = largestOfEach(publicOf(sites[name]));
  if (name !== "generated") assert.deepEqual(Object.keys(KINDS).filter((kind) => !found[kind]), [], `${name} has each kind of page`);
  return found;
}

/** Site, file and what it is, of each page that is looked at. */
function lookedAt() {
  const kinds = ["sample", "lite", "generated"].flatMap((name) =>
    Object.entries(samples(name)).map(([kind, file]) => ({ name, file, what: `${name}'s ${kind}` })),
  );
  const odd = pages(publicOf(sites.odd)).filter((file) => /^\d{4}\/|^index|^undated\/[^i]/.test(file));
  return [...kinds, ...odd.map((file) => ({ name: "odd", file, what: `odd ${file}` }))];
}

async function eachPage(context, act) {
  const page = await context.newPage();
  for (const { name, file, what } of lookedAt()) {
    await page.goto(server.url(file, name));
    await act(page, what);
  }
  await context.close();
}

test("axe finds nothing, light and dark, on a phone and on a desk", async () => {
  const found = [];
  for (const [shape, width] of Object.entries(WIDTHS)) {
    for (const colorScheme of ["light", "dark"]) {
      // axe is no part of the page: its policy must not keep it out.
      const context = await chrome.newContext({ viewport: { width, height: 800 }, colorScheme, bypassCSP: true });
      await context.addInitScript(axe);
      await eachPage(context, async (page, kind) => {
        const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
        for (const { id, nodes } of violations) found.push(`${kind}, ${shape}, ${colorScheme}: ${id}: ${nodes[0].html}`);
      });
    }
  }
  assert.deepEqual(found, []);
});

test("nothing is wider than the window: at 320 px, at twice the zoom, with letters twice as large", async () => {
  const shapes = [
    { viewport: { width: 320, height: 640 } },
    { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
    { viewport: { width: 360, height: 640 }, letters: "200%" },
  ];
  for (const { letters, ...settings } of shapes) {
    await eachPage(await chrome.newContext(settings), async (page, kind) => {
      const [wide, window] = await page.evaluate((letters) => {
        if (letters) document.documentElement.style.fontSize = letters;
        return [document.documentElement.scrollWidth, innerWidth];
      }, letters);
      assert.ok(wide <= window, `${kind} is ${wide} px wide at ${window} px${letters ? " with large letters" : ""}`);
    });
  }
});

test("nothing moves while a page loads", async () => {
  for (const width of Object.values(WIDTHS)) {
    const context = await chrome.newContext({ viewport: { width, height: 800 } });
    await context.addInitScript(() => {
      window.shifts = [];
      new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((entry) => entry.value))).observe({
        type: "layout-shift",
        buffered: true,
      });
    });
    await eachPage(context, async (page, kind) => {
      await page.evaluate(async () => {
        for (let y = 0; y < Math.min(document.body.scrollHeight, 12000); y += 600) {
          scrollTo(0, y);
          await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
        }
      });
      assert.deepEqual(await page.evaluate(() => window.shifts), [], kind);
    });
  }
});

test("no other host is asked, not even for its address, while everything is hovered and focused", async () => {
  const folder = mkdtempSync(join(tmpdir(), "heliostat-net-"));
  const log = join(folder, "net.json");
  const others = new Set();
  const own = await chromium.launch({
    executablePath: chromePath,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", `--log-net-log=${log}`],
  });
  try {
    const { page, requests, complaints } = await watchedPage(await own.newContext());
    for (const file of Object.values(samples())) {
      await page.goto(server.url(file));
      for (const link of await page.locator("a[href], button").all()) {
        await link.hover({ force: true, timeout: 2000 }).catch(() => {});
        await link.focus();
      }
      for (const host of await page.evaluate(() => [...document.links].map((link) => link.hostname))) {
        if (host && host !== "127.0.0.1") others.add(host);
      }
    }
    const base = server.url("").replace("sample/", "");
    assert.deepEqual(requests.filter((url) => !url.startsWith(base) && !url.startsWith("data:")), []);
    assert.deepEqual(complaints, []);
  } finally {
    await own.close();
  }
  const said = readFileSync(log, "utf8");
  rmSync(folder, { recursive: true });
  assert.ok(others.size > 3 && said.includes("127.0.0.1"), "there are hosts to be asked, and the log tells of requests");
  assert.deepEqual([...others].filter((host) => said.includes(host)), []);
});

test("the keyboard reaches everything, and shows where it is", async () => {
  const page = await (await chrome.newContext({ viewport: { width: 360, height: 640 } })).newPage();
  for (const [kind, file] of Object.entries(samples())) {
    await page.goto(server.url(file));
    const stops = await page.evaluate(() => document.querySelectorAll("a[href], button, audio, video, summary").length);
    let reachedMain = await page.evaluate(() => document.querySelector("main :is(a[href], audio, video)") === null);
    for (let stop = 0; stop < Math.min(stops, 40) && stops > 0; stop++) {
      await page.keyboard.press("Tab");
      const seen = await page.evaluate(() => {
        const focused = document.activeElement;
        const box = focused.getBoundingClientRect();
        return {
          what: focused.outerHTML.slice(0, 120),
          inMain: focused.closest("main") !== null,
          inView: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
          marked: focused === document.body || getComputedStyle(focused).outlineStyle !== "none",
        };
      });
      assert.ok(seen.inView && seen.marked, `${kind}: ${JSON.stringify(seen)}`);
      reachedMain ||= seen.inMain;
    }
    assert.ok(reachedMain, `${kind}: the walk does not reach the text`);
  }
  await page.goto(server.url(samples().tag));
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(new URL(page.url()).hash, "#main");
  await page.keyboard.press("Tab");
  assert.ok(await page.evaluate(() => document.activeElement.closest("main") !== null), "the first link skips the head");
  await page.context().close();
});

test("the contents of a long read lead to their headings, though what is far below is laid out late", async () => {
  for (const viewport of [{ width: 360, height: 640 }, { width: 1280, height: 800 }]) {
    const page = await (await chrome.newContext({ viewport })).newPage();
    await page.goto(server.url(samples("generated").article, "generated"));
    const drawn = () => page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    const endIsLaidOut = () => [...document.querySelectorAll(".e-content p > *")].at(-1).checkVisibility({ contentVisibilityAuto: true });
    await drawn();
    assert.equal(await page.evaluate(endIsLaidOut), false);
    const links = await page.locator(".contents a").all();
    assert.ok(links.length > 2);
    for (const link of [links.at(-1), links[1], links.at(-2)]) {
      await link.evaluate((link) => link.click());
      await drawn();
      const top = await page.evaluate(() => document.querySelector(":target").getBoundingClientRect().top);
      assert.ok(Math.abs(top) < 2, `${top} px from the top, at ${viewport.width} px`);
    }
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await page.waitForFunction(endIsLaidOut);
    await page.context().close();
  }
});

test("pages are read whole without a script", async () => {
  const page = await (await chrome.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 640 } })).newPage();
  await page.goto(server.url("index.html"));
  await page.locator("main h2 a, main h3 a").first().click();
  await page.waitForLoadState();
  assert.ok(await page.locator(".e-content").isVisible());
  assert.ok(await page.locator("a.u-url").isVisible());
  await page.context().close();
});

test("light and dark follow the system until a reader chooses, and the choice is remembered", async () => {
  const context = await chrome.newContext({ colorScheme: "light" });
  const { page, complaints } = await watchedPage(context);
  const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await page.goto(server.url("index.html"));
  const light = await paper();
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await paper();
  assert.notEqual(light, dark);
  await page.emulateMedia({ colorScheme: "light" });
  await page.locator(".tools button").last().click();
  assert.equal(await paper(), dark);
  await page.goto(server.url(samples().article));
  assert.equal(await paper(), dark);
  await page.locator(".tools button").last().click();
  assert.equal(await paper(), light);
  await page.emulateMedia({ colorScheme: "dark" });
  assert.equal(await paper(), dark, "who chooses what the system has follows it again");
  await page.goto(pathToFileURL(join(output, "index.html")).href);
  await page.locator(".tools button").last().click();
  assert.equal(await paper(), light, "from a stick too");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a link is copied", async () => {
  const context = await chrome.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();
  await page.goto(server.url(samples().article));
  await page.locator(".tools button").first().click();
  await page.waitForFunction(async () => (await navigator.clipboard.readText()) === location.href);
  await context.close();
});

/** Size gates of a site, on every one of its pages. */
function weigh(folder) {
  const gzip = (bytes) => gzipSync(bytes, { level: 9 }).length;
  const scripts = readdirSync(join(folder, "assets")).filter((name) => name.endsWith(".js"));
  const bytes = scripts.reduce((sum, name) => sum + statSync(join(folder, "assets", name)).size, 0);
  assert.ok(bytes <= SCRIPTS_MOST, `scripts: ${bytes} bytes`);
  for (const file of pages(folder)) {
    const text = readFileSync(join(folder, file), "utf8");
    // What the article itself says is shown as text: it cannot look like markup.
    const styles = text.match(/<link rel="stylesheet" href="[^"]+"/g) ?? [];
    assert.equal(styles.length, 1, `${file}: style sheets`);
    const style = join(folder, file, "..", styles[0].match(/href="([^"]+)"/)[1]);
    if (existsSync(style)) assert.ok(gzip(readFileSync(style)) <= STYLE_MOST, `${style}: ${gzip(readFileSync(style))} bytes`);
    assert.doesNotMatch(text, /<style|<[^>]* style=/, `${file}: a style of its own`);
    const own = [...text.matchAll(/<script([^>]*)>/g)].filter(([, attributes]) => !/ src=| type="application\/ld\+json"/.test(attributes));
    assert.deepEqual(own, [], `${file}: a script of its own`);
    if (text.includes('class="h-entry"')) {
      const [, body] = text.match(/<div class="e-content"[^>]*>\n([^]*)<\/div>/);
      const contents = text.match(/<nav class="contents"[^]*?<\/nav>/)?.[0] ?? "";
      const added = Buffer.byteLength(text) - Buffer.byteLength(body) - Buffer.byteLength(contents);
      assert.ok(added <= ADDED_MOST, `${file} adds ${added} bytes to its article`);
    } else if (!/^(about|contact)\.html/.test(file)) {
      assert.ok(gzip(text) <= LIST_MOST, `${file}: ${gzip(text)} bytes`);
    }
  }
}

test("the sample's pages are lean", () => weigh(output));

test("so are those of two thousand articles", () => weigh(publicOf(sites.generated)));

test("lite adds little to the text", () => {
  const folder = publicOf(sites.lite);
  const style = statSync(join(folder, "assets/site.css")).size;
  for (const file of pages(folder).filter((file) => KINDS.article.test(file))) {
    const text = readFileSync(join(folder, file), "utf8");
    const [, body] = text.match(/<div class="e-content"[^>]*>\n([^]*)<\/div>/);
    const added = Buffer.byteLength(text) - Buffer.byteLength(body) + style;
    assert.ok(added <= LITE_MOST, `${file}: ${added} bytes`);
    assert.doesNotMatch(text, /<img|<script src/, file);
  }
});

test("every kind of page is valid HTML", (t) => {
  if (spawnSync("java", ["-version"]).status !== 0) return t.skip("no java: vnu was not run");
  const jar = join(import.meta.dirname, "node_modules/vnu-jar/build/dist/vnu.jar");
  const files = lookedAt().map(({ name, file }) => join(publicOf(sites[name]), file));
  const run = spawnSync("java", ["-Xss2m", "-jar", jar, "--format", "json", "--stdout", "--exit-zero-always", ...files], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  const { messages } = JSON.parse(run.stdout);
  // The checker does not know the switch that keeps a browser from looking up the hosts of links.
  const faults = messages.filter(({ type, message }) => type !== "info" && !message.includes("x-dns-prefetch-control"));
  assert.deepEqual(faults.map(({ url, lastLine, message }) => `${url}:${lastLine}: ${message}`), []);
});

/** Lighthouse's scores of a page, 0 to 100. */
async function scores(port, url, settings) {
  const { lhr } = await lighthouse(url, { port, logLevel: "silent", output: "json", ...settings });
  const failed = Object.values(lhr.audits).filter(({ score }) => score !== null && score < 0.9);
  return {
    ...Object.fromEntries(Object.values(lhr.categories).map(({ id, score }) => [id, Math.round(score * 100)])),
    paint: lhr.audits["largest-contentful-paint"].numericValue,
    failed: failed.map(({ id }) => id).join(" "),
  };
}

/**
 * Whether the median of three runs is at least as good in everything; `paint` is at most so late, in ms. A busy machine
 * makes runs slow, never fast: it gets a second try.
 */
async function reaches(port, url, { paint = Infinity, ...least }, settings) {
  const isGood = (run) => run.paint <= paint && Object.entries(least).every(([category, score]) => run[category] >= score);
  const said = [];
  for (let attempt = 0; attempt < 2; attempt++) {
    const runs = [await scores(port, url, settings), await scores(port, url, settings)];
    // Two good ones of three: the third cannot change the median.
    if (!runs.every(isGood)) runs.push(await scores(port, url, settings));
    const median = (of) => runs.map(of).sort((a, b) => a - b)[Math.floor(runs.length / 2)];
    const medians = Object.fromEntries(Object.keys(least).map((category) => [category, median((run) => run[category])]));
    if (runs.every(isGood) || isGood({ ...medians, paint: median((run) => run.paint) })) return;
    said.push(...runs);
  }
  assert.fail(`${decodeURI(url)}: ${JSON.stringify(said)}, not ${JSON.stringify({ paint, ...least })}`);
}

async function lighthouseChrome(act) {
  const launched = await chromeLauncher.launch({
    chromePath,
    chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic"],
    logLevel: "silent",
  });
  try {
    await act(launched.port);
  } finally {
    launched.kill();
  }
}

test("Lighthouse, on its slow phone", async () => {
  const least = { performance: 98, accessibility: 100, "best-practices": 100, seo: 100 };
  const wanted = { sample: ["article", "front", "tag", "outlet", "month"], generated: ["article", "front", "tag", "day"], lite: ["front"] };
  await lighthouseChrome(async (port) => {
    for (const [name, kinds] of Object.entries(wanted)) {
      const found = samples(name);
      for (const kind of kinds) await reaches(port, server.url(found[kind], name), least, {});
    }
  });
});

test("Lighthouse, on a line of 400 kbit/s that answers after 400 ms", async () => {
  // Applied, not simulated: the simulation counts 800 ms for names that have been looked up.
  const line = { requestLatencyMs: 400, downloadThroughputKbps: 400, uploadThroughputKbps: 400, cpuSlowdownMultiplier: 4 };
  const settings = { throttlingMethod: "devtools", throttling: line, onlyCategories: ["performance"] };
  const { front, month } = samples();
  await lighthouseChrome(async (port) => {
    await reaches(port, server.url(month), { performance: 98, paint: 2000 }, settings);
    await reaches(port, server.url(front), { performance: 90, paint: 3500 }, settings);
  });
});
