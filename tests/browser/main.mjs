// Starts what the tests need, runs them, stops what it started:
//
//   a copy of the site ─► zavicaj build ─► folder    (for the HTML checker and the weights)
//                      └► zavicaj serve ─► address ─┐       (or what is deployed: stack/start.mjs)
//   for each *.test.mjs a Chromium ─────► address ──┴─► two files at a time ─► counts, exit code

import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";

import { deployed, openStack } from "./stack/start.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const FAILED = 1;
const LACKING = 2;
const PUBLIC_HOST = "grad.localhost";
const PICTURE_LIMIT_BYTES = 200_000;
/** As many as a small machine has cores. */
const FILES_AT_A_TIME = 2;
/** What takes longest begins first, so that nothing long is left alone at the end. */
const LONGEST = ["letter-pages", "form-pages", "links", "applicant", "site-pages", "keyboard"];

class Lacking extends Error {}

/** A copy: what an editor saves meanwhile must not reload a page in the middle of a test. */
function copySite(folder) {
  const site = join(folder, "site");
  mkdirSync(site);
  for (const part of ["site.yaml", "content", "themes"]) {
    cpSync(join(root, part), join(site, part), { recursive: true });
  }
  return site;
}

function build(site, out) {
  const built = spawnSync(process.env.ZAVICAJ_BIN, ["build", "--root", site, "--out", out], { encoding: "utf8" });
  if (built.status !== 0) {
    throw new Lacking(`the site cannot be built:\n${built.stdout ?? ""}${built.stderr ?? built.error}`);
  }
}

/** A port that nobody uses; the server's public address must be known before it starts. */
async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  return port;
}

/** Builds a site and serves it; what the tests find it by. */
async function openServer(site, folder, started) {
  build(site, join(folder, "public"));
  const { own, visitors } = await serve(site, folder, started);
  return {
    variables: {
      ZAVICAJ_URL: visitors,
      ZAVICAJ_SERVER: own,
      ZAVICAJ_BUILT: join(folder, "public"),
      ZAVICAJ_MAIL: join(folder, "data", "mail"),
      ZAVICAJ_DATA: join(folder, "data"),
      ZAVICAJ_KEYS: join(folder, "keys"),
    },
    forBrowser: [],
  };
}

/**
 * Starts the server; gives its own address, once it has said it, and the one for visitors. An editor's browser asks
 * for 127.0.0.1 and gets live reload; under another name the server shows what the public sees. Browsers take every
 * name in .localhost for this machine, and trust it as they trust HTTPS.
 */
async function serve(site, folder, started) {
  const port = await freePort();
  const visitors = `http://${PUBLIC_HOST}:${port}/`;
  const data = ["--data", join(folder, "data"), "--keys", join(folder, "keys")];
  const server = spawn(
    process.env.ZAVICAJ_BIN,
    ["serve", "--root", site, "--port", String(port), "--base-url", visitors.slice(0, -1), ...data],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  started.server = server;
  const said = [];
  const own = await new Promise((resolve, reject) => {
    const giveUp = setTimeout(() => reject(new Lacking("the server did not start within 60 s")), 60_000);
    for (const stream of [server.stdout, server.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        said.push(line);
        const found = line.match(/http:\/\/127\.0\.0\.1:\d+\//);
        if (found) {
          clearTimeout(giveUp);
          resolve(found[0]);
        }
      });
    }
    server.on("error", reject);
    server.on("exit", (code) => reject(new Lacking(`the server ended (${code}):\n${said.join("\n")}`)));
  });
  return { own, visitors };
}

/** The files of some subjects, or all; those below `stack` only by name, and only over what is deployed. */
function filesOf(subjects) {
  const testsIn = (folder) => readdirSync(join(here, folder)).filter((name) => name.endsWith(".test.mjs"));
  const fileOf = (subject) => `${subject.replace(/\.test\.mjs$/, "")}.test.mjs`;
  const ordinary = testsIn(".");
  const all = deployed() ? [...ordinary, ...testsIn("stack").map((name) => join("stack", name))] : ordinary;
  const wanted = subjects.map(fileOf);
  const unknown = wanted.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    throw new Lacking(`no such tests: ${unknown.join(", ")}; there are: ${all.join(", ")}`);
  }
  const longest = LONGEST.map(fileOf);
  const inOrder = [...longest, ...ordinary.filter((name) => !longest.includes(name))];
  return (wanted.length > 0 ? wanted : inOrder).map((name) => join(here, name));
}

/** Runs the files; the counts are of tests, not of files. */
async function runTests(files, { signal }) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const isTest = (data) => data.details?.type !== "suite" && !files.includes(data.name);
  const stream = run({ files, concurrency: FILES_AT_A_TIME, signal });
  stream.on("test:pass", (data) => {
    if (!isTest(data)) return;
    if (data.skip !== undefined || data.todo !== undefined) counts.skipped += 1;
    else counts.passed += 1;
  });
  // A file that fails as a whole (it cannot be loaded) counts as well.
  stream.on("test:fail", (data) => {
    if (data.details?.type !== "suite") counts.failed += 1;
  });
  const report = stream.compose(new spec());
  report.pipe(process.stdout, { end: false });
  await once(report, "end");
  return counts;
}

function keepPicture(pictures) {
  const [from, to] = [join(pictures, "front-page.png"), join(here, "front-page.png")];
  const bytes = statSync(from).size;
  if (bytes > PICTURE_LIMIT_BYTES) {
    throw new Lacking(`the front page's picture has ${bytes} bytes, more than ${PICTURE_LIMIT_BYTES}`);
  }
  copyFileSync(from, to);
  console.log(`tests/browser/front-page.png: ${bytes} bytes`);
}

async function main() {
  const options = process.argv.slice(2);
  const forReadme = options.includes("--readme-picture");
  const files = forReadme ? filesOf(["front-page"]) : filesOf(options);

  const folder = mkdtempSync(join(tmpdir(), "zavicaj-browser-"));
  const started = { server: null, edge: undefined };
  const stopping = new AbortController();
  const stop = async () => {
    stopping.abort();
    started.edge?.();
    if (started.server?.exitCode === null) {
      started.server.removeAllListeners("exit");
      const ended = new Promise((resolve) => started.server.once("exit", resolve));
      started.server.kill("SIGTERM");
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.once(signal, async () => {
      await stop();
      process.exit(FAILED);
    });
  }

  try {
    const pictures = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "screenshots");
    mkdirSync(pictures, { recursive: true });
    const site = copySite(folder);
    const stack = deployed();
    const place = await (stack ? openStack(stack, folder) : openServer(site, folder, started));
    started.edge = place.stop;
    Object.assign(process.env, place.variables, {
      ZAVICAJ_CHROMIUM_ARGUMENTS: JSON.stringify(place.forBrowser),
      ZAVICAJ_SITE: site,
      ZAVICAJ_PICTURES: pictures,
    });
    const counts = await runTests(files, stopping);
    console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
    if (counts.failed > 0 || counts.passed === 0) return FAILED;
    if (forReadme) keepPicture(pictures);
    return 0;
  } finally {
    await stop();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Lacking)) throw error;
  console.error(`tests/browser/run: ${error.message}`);
  process.exitCode = LACKING;
}
