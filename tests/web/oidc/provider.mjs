// A real OpenID provider on loopback, for one public client. Its people sign in by their name alone.
// Usage: node provider.mjs <folder with node_modules>. Prints its address; then reads that of the installation from standard input.
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { default: Provider } = await import(pathToFileURL(join(process.argv[2], "node_modules/oidc-provider/lib/index.js")).href);

const PEOPLE = {
  ann: { name: "Ann Lee", groups: ["agent"] },
  sue: { name: "Sue Ray", groups: ["supervisor"] },
  tom: { name: "Tom Fox", groups: ["sales"] },
};
const CLIENT = "hitl-admin";
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = { ...privateKey.export({ format: "jwk" }), kid: createHash("sha256").update("k").digest("hex").slice(0, 8), alg: "RS256", use: "sig" };

const server = createServer((request, response) => serve(request, response));
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const issuer = `http://127.0.0.1:${server.address().port}`;
let serve = (_, response) => response.writeHead(503).end();
console.log(issuer);

function provide(site) {
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT,
        token_endpoint_auth_method: "none",
        redirect_uris: [`${site}/signin`],
        post_logout_redirect_uris: [`${site}/admin`],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: ["of the tests"] },
    claims: { openid: ["sub"], profile: ["name", "groups"], email: ["email"] },
    conformIdTokenClaims: false, // as Cognito: what is known of somebody is in the id token
    pkce: { required: () => true },
    issueRefreshToken: () => true,
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true, logoutSource: askWhether }, revocation: { enabled: true } },
    interactions: { url: (_, interaction) => `/login/${interaction.uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.com`, ...PEOPLE[id] }) }),
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
  });
  const own = provider.callback();
  return async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, issuer);
    try {
      if (pathname === "/expired") response.end(expired(searchParams.get("who")));
      else if (!pathname.startsWith("/login/")) own(request, response);
      else if (request.method === "GET") response.writeHead(200, { "Content-Type": "text/html" }).end(form(pathname));
      else await provider.interactionFinished(request, response, result(await read(request)), { mergeWithLastSubmission: false });
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  };
}

const result = (given) =>
  given.get("who") in PEOPLE ? { login: { accountId: given.get("who") } } : { error: "access_denied", error_description: "<b>No</b>" };

const form = (action) => `<!doctype html><title>Login</title><link rel="icon" href="data:,"><form method="post" action="${action}">
  <label>Name <input name="who" autofocus></label><button>Continue</button><button name="no" value="1">Cancel</button></form>`;

/** As the library's own page, which would fetch a font from elsewhere. */
function askWhether(ctx, hidden) {
  ctx.body = `<!doctype html><title>Logout</title><link rel="icon" href="data:,">${hidden}
    <button form="op.logoutForm" name="logout" value="yes">Yes, sign me out</button>`;
}

async function read(request) {
  let text = "";
  for await (const part of request) text += part;
  return new URLSearchParams(text);
}

/** An id token that was good until a minute ago. */
function expired(who) {
  const now = Math.floor(Date.now() / 1000);
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { ...PEOPLE[who], iss: issuer, aud: CLIENT, sub: who, iat: now - 3660, exp: now - 60 };
  const message = `${part({ alg: "RS256", kid: key.kid })}.${part(claims)}`;
  return `${message}.${sign("sha256", Buffer.from(message), privateKey).toString("base64url")}`;
}

for await (const site of createInterface({ input: process.stdin })) {
  serve = provide(site);
  console.log("ready");
}
