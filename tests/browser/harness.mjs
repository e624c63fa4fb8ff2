// Real sites by the real binary, in a real browser.

import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";

const root = resolve(import.meta.dirname, "../..");
const binary = process.env.HELIOSTAT ?? join(root, "target/debug/heliostat");

/** Each kind of page by its address. */
export const KINDS = {
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

/** Every page below a folder, sorted. */
export function pages(folder) {
  return readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".html")).sort();
}

/** The largest page of each kind below a folder, by kind. */
export function largestOfEach(folder) {
  const files = pages(folder);
  const size = (file) => statSync(join(folder, file)).size;
  const largest = (pattern) => files.filter((file) => pattern.test(file)).sort((a, b) => size(b) - size(a))[0];
  const found = Object.entries(KINDS).map(([kind, pattern]) => [kind, largest(pattern)]);
  return Object.fromEntries(found.filter(([, file]) => file));
}

function temporary() {
  const folder = mkdtempSync(join(tmpdir(), "heliostat-browser-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The sample mirror, in a folder of its own. */
export function sampleSite() {
  const site = temporary();
  for (const name of ["content", "pages", "static", "site.toml"]) {
    cpSync(join(root, name), join(site.folder, name), { recursive: true });
  }
  return site;
}

/** A generated mirror of so many articles. */
export function generatedSite(articles) {
  const site = temporary();
  const corpus = join(binary, "../examples/corpus");
  const run = spawnSync(corpus, [site.folder, "--articles", String(articles)], { encoding: "utf8" });
  if (run.status !== 0) throw new Error(`${run.error ?? run.stderr}: cargo build --example corpus`);
  appendFileSync(join(site.folder, "site.toml"), '\n[[tag]]\nname = "新闻"\nwords = ["新闻", "新聞"]\n');
  return site;
}

/** Builds a site into a folder. */
export function build(site, output) {
  const run = spawnSync(binary, ["build", "--offline", "--output", output], { cwd: site.folder, encoding: "utf8" });
  if (run.status !== 0) throw new Error(run.stdout + run.stderr);
}

/** Serves a site, until stopped. */
export async function serve(site) {
  const child = spawn(binary, ["serve"], { cwd: site.folder, stdio: ["ignore", "pipe", "inherit"] });
  const url = await new Promise((found, failed) => {
    let said = "";
    child.stdout.on("data", (data) => {
      said += data;
      const match = said.match(/The preview is at (\S+)/);
      if (match) found(match[1]);
    });
    child.on("exit", () => failed(new Error(`serve ended: ${said}`)));
  });
  return { url, stop: () => child.kill() };
}

/** A browser with nothing in it. */
export function browser() {
  const args = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ];
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args });
}

/** A page that remembers every request and everything that the browser complained of. */
export async function watchedPage(context) {
  const page = await context.newPage();
  const requests = [];
  const complaints = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (fault) => complaints.push(String(fault)));
  return { page, requests, complaints };
}
