// A real OpenID provider for the tests. PORT, AUDIENCE and REDIRECT_URI come from the environment; each start makes
// new keys. Whoever logs in types an email, which counts as verified unless it begins with "unverified".
import { generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";
import { createServer } from "node:http";

import Provider from "oidc-provider";

const { PORT, AUDIENCE, REDIRECT_URI } = process.env;
const SCOPES = "self freebusy:read users:read";
const KINDS = {
  RS256: ["rsa", { modulusLength: 2048 }],
  ES256: ["ec", { namedCurve: "P-256" }],
  EdDSA: ["ed25519"],
};

const jwks = {
  keys: Object.entries(KINDS).map(([alg, kind]) => ({
    ...generateKeyPairSync(...kind).privateKey.export({ format: "jwk" }),
    kid: randomUUID(),
    use: "sig",
    alg,
  })),
};

const describe = (email) => ({ sub: email, email, email_verified: !email.startsWith("unverified") });

const provider = new Provider(`http://127.0.0.1:${PORT}`, {
  jwks,
  cookies: { keys: [randomBytes(32).toString("hex")] },
  clients: [
    {
      client_id: "w2meet",
      token_endpoint_auth_method: "none",
      redirect_uris: [REDIRECT_URI],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
    // A program for each algorithm.
    ...Object.keys(KINDS).map((alg) => ({
      client_id: `program-${alg}`,
      client_secret: "secret",
      redirect_uris: [],
      grant_types: ["client_credentials"],
      response_types: [],
    })),
  ],
  claims: { email: ["email", "email_verified"] },
  conformIdTokenClaims: false, // the email stands in the ID token too
  scopes: ["openid", ...SCOPES.split(" ")],
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (ctx, resource, client) => ({
        scope: SCOPES,
        audience: AUDIENCE,
        accessTokenFormat: "jwt",
        accessTokenTTL: 600,
        jwt: { sign: { alg: client.clientId.split("-")[1] ?? "RS256" } },
      }),
    },
  },
  extraTokenClaims: (ctx, token) => (token.accountId ? describe(token.accountId) : undefined),
  findAccount: (ctx, id) => ({ accountId: id, claims: () => describe(id) }),
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  // Nobody is asked whether W2Meet may know who they are.
  async loadExistingGrant(ctx) {
    const { client, session, params } = ctx.oidc;
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope(params.scope);
    grant.addResourceScope(AUDIENCE, params.scope);
    await grant.save();
    return grant;
  },
  ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
});

const answer = provider.callback();

createServer(async (request, response) => {
  if (!request.url.startsWith("/interaction/")) {
    answer(request, response);
  } else if (request.method === "POST") {
    const form = new URLSearchParams((await request.toArray()).join(""));
    await provider.interactionFinished(request, response, { login: { accountId: form.get("login") } });
  } else {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(`<!doctype html><title>Provider</title><form method="post">
      <label>Email <input name="login" autofocus></label> <button>Log in</button></form>`);
  }
}).listen(Number(PORT), "127.0.0.1");
