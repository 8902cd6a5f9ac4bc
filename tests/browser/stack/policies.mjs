// What the policies of a behaviour let through to an origin, and what they add to its answer.

import assert from "node:assert/strict";

/** They reach every origin, whatever a policy says (CloudFront's guide, "Request and response behavior"). */
const ALWAYS_FORWARDED = ["content-type", "content-length", "range", "if-match", "if-none-match", "if-modified-since"];
const VIEWER = { address: "127.0.0.1", port: 4711 };

function listed({ Items = [] } = {}) {
  return Items.map((name) => name.toLowerCase());
}

/** The policies' parts of one kind: what is a part of the cache's key, and what is only passed on. */
function parts(policies, { CachePolicyId, OriginRequestPolicyId }, part) {
  const cached = policies[CachePolicyId].ParametersInCacheKeyAndForwardedToOrigin;
  return [cached, policies[OriginRequestPolicyId]].map((policy) => policy?.[part]).filter(Boolean);
}

/** What is left of a query. */
export function allowedQuery(policies, behaviour, query) {
  const all = parts(policies, behaviour, "QueryStringsConfig");
  assert.ok(all.every((part) => ["none", "whitelist"].includes(part.QueryStringBehavior)), JSON.stringify(all));
  const names = all.flatMap((part) => listed(part.QueryStrings));
  return query.split("&").filter((pair) => names.includes(pair.split("=")[0])).join("&");
}

/** What is left of the headers, with those that CloudFront makes. */
export function allowedHeaders(policies, behaviour, headers) {
  const cookies = parts(policies, behaviour, "CookiesConfig");
  assert.ok(cookies.every((part) => part.CookieBehavior === "none"), "cookies reach nobody");
  const all = parts(policies, behaviour, "HeadersConfig");
  assert.ok(all.every((part) => ["none", "whitelist"].includes(part.HeaderBehavior)), JSON.stringify(all));
  const names = [...ALWAYS_FORWARDED, ...all.flatMap((part) => listed(part.Headers))];
  const seen = { ...headers, "cloudfront-viewer-address": `${VIEWER.address}:${VIEWER.port}` };
  const before = headers["x-forwarded-for"] ? `${headers["x-forwarded-for"]}, ` : "";
  return {
    ...Object.fromEntries(Object.entries(seen).filter(([name]) => names.includes(name))),
    "user-agent": "Amazon CloudFront",
    via: "2.0 edge.cloudfront.net (CloudFront)",
    "x-forwarded-for": `${before}${VIEWER.address}`,
  };
}

/** With the headers of a policy; where it overrides nothing, what the origin said stays. */
export function withSafety(policy, answer) {
  if (!policy) return answer;
  const { ContentSecurityPolicy, ContentTypeOptions, FrameOptions, ReferrerPolicy, StrictTransportSecurity } =
    policy.SecurityHeadersConfig;
  const all = [
    ["content-security-policy", ContentSecurityPolicy, ContentSecurityPolicy?.ContentSecurityPolicy],
    ["x-content-type-options", ContentTypeOptions, "nosniff"],
    ["x-frame-options", FrameOptions, FrameOptions?.FrameOption],
    ["referrer-policy", ReferrerPolicy, ReferrerPolicy?.ReferrerPolicy],
    ["strict-transport-security", StrictTransportSecurity, `max-age=${StrictTransportSecurity?.AccessControlMaxAgeSec}`],
    ...policy.CustomHeadersConfig.Items.map((item) => [item.Header.toLowerCase(), item, item.Value]),
  ];
  const headers = { ...answer.headers };
  for (const [name, said, value] of all) {
    if (said && (said.Override || headers[name] === undefined)) headers[name] = value;
  }
  return { ...answer, headers };
}
