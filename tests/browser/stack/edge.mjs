// CloudFront before the deployed stack: ministack's own knows no groups of origins and no API behind it. What this does
// is read from the deployed distributions, never written here:
//
//   browser ─TLS─► behaviour of the path ─► its functions ─► its origin, or group of origins ─► its response headers
//                                                 bucket ──┤
//                                               HTTP API ──┤ on the emulator
//                      another distribution (404 pages) ───┘ again from the beginning
//
// Nothing is kept, nothing is compressed, and only HTTPS is listened to.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { X509Certificate, createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { join } from "node:path";

import { allowedHeaders, allowedQuery, withSafety } from "./policies.mjs";
import { changedRequest, changedResponse } from "./code.mjs";

const OF_THE_CONNECTION = ["connection", "keep-alive", "transfer-encoding", "upgrade", "trailer"];

/** Starts it; gives its port, the hash of its key, by which a browser is told to trust it, and how to stop it. */
export async function startEdge({ url, emulator, cloudfront }, folder) {
  const name = new URL(url).hostname;
  const tls = certificate(name, folder);
  const edge = { ...cloudfront, emulator: new URL(emulator) };
  const server = https.createServer(tls, (request, response) => {
    read(request)
      .then((asked) => answer(edge, name, asked))
      .then(({ status, headers, body }) => response.writeHead(status, headers).end(body))
      .catch((error) => response.writeHead(502, { "content-type": "text/plain" }).end(error.stack));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { port: server.address().port, key: keyHash(tls.cert), stop };
}

function certificate(name, folder) {
  const [key, cert] = ["edge.key", "edge.crt"].map((file) => join(folder, file));
  const kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
  execFileSync("openssl", [...kind, ...subject, "-keyout", key, "-out", cert], { stdio: "pipe" });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

function keyHash(cert) {
  const spki = new X509Certificate(cert).publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(spki).digest("base64");
}

async function read(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  const [path, query = ""] = stream.url.split(/\?(.*)/s);
  return { method: stream.method, path, query, headers: stream.headers, body: Buffer.concat(chunks) };
}

/** One distribution's answer. */
async function answer(edge, name, asked) {
  const { policies, functions } = edge;
  const distribution = edge.distributions[name];
  const behaviour = behaviourOf(distribution, asked.path);
  if (!behaviour.AllowedMethods.Items.includes(asked.method)) {
    return { status: 403, headers: { "content-type": "text/plain" }, body: "this method is not allowed here" };
  }
  const changed = changedRequest(behaviour, functions, asked);
  const found = changed.answered ?? (await askOrigins(edge, distribution, behaviour.TargetOriginId, {
    method: asked.method,
    path: changed.path,
    query: allowedQuery(policies, behaviour, asked.query),
    headers: allowedHeaders(policies, behaviour, asked.headers),
    body: asked.body,
  }));
  return changedResponse(behaviour, functions, changed, withSafety(policies[behaviour.ResponseHeadersPolicyId], found));
}

/** The first whose pattern fits, or else the default one. */
function behaviourOf({ CacheBehaviors, DefaultCacheBehavior }, path) {
  const fits = ({ PathPattern }) => {
    const parts = PathPattern.split("*").map((part) => part.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("?", "."));
    return new RegExp(`^${parts.join(".*")}$`).test(path);
  };
  return CacheBehaviors?.Items?.find(fits) ?? DefaultCacheBehavior;
}

/** Of a group the second one, where the first has not what is asked for. */
async function askOrigins(edge, { Origins, OriginGroups }, id, asked) {
  const group = OriginGroups?.Items?.find((one) => one.Id === id);
  const members = group ? group.Members.Items.map((member) => member.OriginId) : [id];
  let found;
  for (const member of members) {
    found = await askOrigin(edge, Origins.Items.find((one) => one.Id === member), asked);
    if (!group?.FailoverCriteria.StatusCodes.Items.includes(found.status)) break;
  }
  return found;
}

async function askOrigin(edge, { DomainName, OriginPath = "", CustomHeaders }, { method, path, query, headers, body }) {
  const own = (CustomHeaders?.Items ?? []).map(({ HeaderName, HeaderValue }) => [HeaderName.toLowerCase(), HeaderValue]);
  const sent = { ...headers, ...Object.fromEntries(own) };
  if (edge.distributions[DomainName]) {
    return answer(edge, DomainName, { method, path: OriginPath + path, query, headers: sent, body });
  }
  const place = placeOf(DomainName, edge.emulator);
  const { hostname, port } = edge.emulator;
  const full = place.before + OriginPath + path + (query ? `?${query}` : "");
  const request = http.request({ hostname, port, method, path: full, headers: { ...sent, host: place.host } });
  request.end(body);
  const [response] = await once(request, "response");
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  const kept = Object.entries(response.headers).filter(([name]) => !OF_THE_CONNECTION.includes(name));
  return { status: response.statusCode, headers: Object.fromEntries(kept), body: Buffer.concat(chunks) };
}

/** Where the emulator has what AWS has under a name. */
function placeOf(domain, emulator) {
  const bucket = domain.match(/^(.+)\.s3\.[a-z0-9-]+\.amazonaws\.com$/)?.[1];
  if (bucket) return { host: emulator.host, before: `/${bucket}` };
  const api = domain.match(/^([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com$/)?.[1];
  assert.ok(api, `${domain} is neither a bucket nor an API`);
  return { host: `${api}.execute-api.localhost:${emulator.port}`, before: "" };
}
