// The code of a behaviour, as CloudFront runs it: with an event and nothing else.

import assert from "node:assert/strict";
import { createContext, runInContext } from "node:vm";

function run(code, event) {
  return runInContext(`${code}\nhandler(event)`, createContext({ event }), { timeout: 1000 });
}

function codeFor(when, { FunctionAssociations }, functions) {
  const associations = FunctionAssociations?.Items ?? [];
  assert.ok(associations.every(({ EventType }) => ["viewer-request", "viewer-response"].includes(EventType)));
  const found = associations.find(({ EventType }) => EventType === when);
  return found && functions[found.FunctionARN];
}

/** The path for which origins are asked, or the answer that the function gives itself. */
export function changedRequest(behaviour, functions, { method, path }) {
  const request = { method, uri: path, querystring: {}, headers: {}, cookies: {} };
  const code = codeFor("viewer-request", behaviour, functions);
  if (!code) return { path, request };
  const changed = run(code, { context: { eventType: "viewer-request" }, request });
  if (!changed.statusCode) return { path: changed.uri, request: changed };
  const headers = Object.entries(changed.headers ?? {}).map(([name, { value }]) => [name, value]);
  return { request, answered: { status: changed.statusCode, headers: Object.fromEntries(headers), body: "" } };
}

/** The answer as the function leaves it; it is not asked about errors of the origin. */
export function changedResponse(behaviour, functions, { request }, answer) {
  const code = codeFor("viewer-response", behaviour, functions);
  if (!code || answer.status >= 400) return answer;
  const headers = Object.entries(answer.headers).map(([name, value]) => [name, { value }]);
  const response = { statusCode: answer.status, headers: Object.fromEntries(headers), cookies: {} };
  const changed = run(code, { context: { eventType: "viewer-response" }, request, response });
  const said = Object.entries(changed.headers).map(([name, { value }]) => [name, value]);
  return { ...answer, status: changed.statusCode, headers: Object.fromEntries(said) };
}
