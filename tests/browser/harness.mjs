// Real sites by the real binary, in a real browser.

import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";

const root = resolve(import.meta.dirname, "../..");
const binary = process.env.HELIOSTAT ?? join(root, "target/debug/heliostat");

/** The sample mirror, in a folder of its own. */
export function sampleSite() {
  const folder = mkdtempSync(join(tmpdir(), "heliostat-browser-"));
  for (const name of ["content", "pages", "static", "site.toml"]) cpSync(join(root, name), join(folder, name), { recursive: true });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
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
