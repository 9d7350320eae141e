// A real OpenID provider (oidc-provider) for the tests: node oidc_provider.mjs <port> <redirect address> <sign-out address>.
// Whoever types a login is that account; what it claims stands in the login itself, as JSON in base64url.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [port, back, left] = process.argv.slice(2);
const require = createRequire(new URL("../../frontend/package.json", import.meta.url));
const { Provider } = await import(pathToFileURL(require.resolve("oidc-provider")).href);

const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "preceptor",
      client_secret: "a secret between the two",
      redirect_uris: [back],
      post_logout_redirect_uris: [left],
      response_types: ["code"],
      grant_types: ["authorization_code"],
    },
  ],
  pkce: { required: () => true },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], groups: ["groups"] },
  scopes: ["openid", "email", "profile", "groups"],
  cookies: { keys: ["for tests alone"] },
  features: { devInteractions: { enabled: true } },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ ...JSON.parse(Buffer.from(id, "base64url").toString()), sub: id }),
  }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
