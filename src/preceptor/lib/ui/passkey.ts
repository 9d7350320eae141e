/** Asking the browser for a passkey, and signing in with what it signed. */
import { t } from "./i18n.ts";

interface Descriptor {
  id: string;
  type: "public-key";
}

export type PasskeyOptions = Record<string, unknown> & { challenge: string };

export const bytes = (text: string): ArrayBuffer => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0)).buffer;
};

export const base64url = (buffer: ArrayBuffer | null): string | undefined =>
  buffer === null ? undefined : btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

export const listed = (list: unknown): PublicKeyCredentialDescriptor[] => ((list ?? []) as Descriptor[]).map((one) => ({ ...one, id: bytes(one.id) }));

const csrfToken = (): string => document.cookie.match(/(?:^|;\s*)csrftoken=([^;]*)/)?.[1] ?? "";

/** One of the questions about passkeys, asked of the server. Rejects with what to tell the person. */
export async function askAboutPasskey<Answer>(path: string, body: unknown): Promise<Answer> {
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": csrfToken() };
  const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body), credentials: "same-origin" });
  const answer = (await response.json()) as Answer & { title?: string; code?: string; fields?: { message: string }[] };
  if (response.ok) return answer;
  if (answer.code === "not_fresh") location.assign(`/account/confirm?next=${encodeURIComponent(location.pathname)}`);
  throw new Error(answer.fields?.[0]?.message ?? answer.title ?? t("This did not work. Please try again."));
}

/** Signs in with a passkey; answers where to go on. */
export async function signInWithPasskey(next: string): Promise<string> {
  const options = await askAboutPasskey<PasskeyOptions>("/sign-in/passkey/options", {});
  const found = (await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: listed(options.allowCredentials) },
  })) as PublicKeyCredential;
  const said = found.response as AuthenticatorAssertionResponse;
  const credential = {
    id: found.id,
    rawId: base64url(found.rawId),
    type: found.type,
    response: {
      clientDataJSON: base64url(said.clientDataJSON),
      authenticatorData: base64url(said.authenticatorData),
      signature: base64url(said.signature),
      userHandle: base64url(said.userHandle),
    },
  };
  const answer = await askAboutPasskey<{ next: string }>("/sign-in/passkey", { credential, next });
  return answer.next;
}

/** False where this browser, or this connection, has no passkeys. */
export const hasPasskeys = (): boolean => "credentials" in navigator && "PublicKeyCredential" in window;

/** What went wrong with a passkey, in words. */
export function passkeyTrouble(error: unknown): string {
  if (!(error instanceof DOMException)) return error instanceof Error ? error.message : String(error);
  if (error.name === "InvalidStateError") return t("This device has a passkey for your account already.");
  return t("No passkey was used. Try again, or choose another way.");
}
