/**
 * Passkeys (WebAuthn): `data-passkey="sign-in"` on a button asks for one and signs in with it (`data-next`: where to go
 * then); `data-passkey="add"` on a form, with a field `name`, makes one. Where a browser has none, the button says so.
 */
import { t } from "../i18n.ts";
import { flash } from "../flash.ts";
import { csrfToken } from "./security.ts";

interface Descriptor {
  id: string;
  type: "public-key";
}

type Options = Record<string, unknown> & { challenge: string };

const bytes = (text: string): ArrayBuffer => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0)).buffer;
};

const text = (buffer: ArrayBuffer | null): string | undefined =>
  buffer === null ? undefined : btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const listed = (list: unknown): PublicKeyCredentialDescriptor[] => ((list ?? []) as Descriptor[]).map((one) => ({ ...one, id: bytes(one.id) }));

async function ask<Answer>(path: string, body: unknown): Promise<Answer> {
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": csrfToken() };
  const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body), credentials: "same-origin" });
  const answer = (await response.json()) as Answer & { title?: string; code?: string; fields?: { message: string }[] };
  if (response.ok) return answer;
  if (answer.code === "not_fresh") location.assign(`/account/confirm?next=${encodeURIComponent(location.pathname)}`);
  throw new Error(answer.fields?.[0]?.message ?? answer.title ?? t("This did not work. Please try again."));
}

async function signIn(next: string): Promise<void> {
  const options = await ask<Options>("/sign-in/passkey/options", {});
  const found = (await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: listed(options.allowCredentials) },
  })) as PublicKeyCredential;
  const said = found.response as AuthenticatorAssertionResponse;
  const credential = {
    id: found.id,
    rawId: text(found.rawId),
    type: found.type,
    response: {
      clientDataJSON: text(said.clientDataJSON),
      authenticatorData: text(said.authenticatorData),
      signature: text(said.signature),
      userHandle: text(said.userHandle),
    },
  };
  const answer = await ask<{ next: string }>("/sign-in/passkey", { credential, next });
  location.assign(answer.next);
}

async function add(name: string): Promise<void> {
  const options = await ask<Options & { user: { id: string; name: string; displayName: string } }>("/account/passkeys/options", {});
  const made = (await navigator.credentials.create({
    publicKey: {
      ...(options as unknown as PublicKeyCredentialCreationOptions),
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: listed(options.excludeCredentials),
    },
  })) as PublicKeyCredential;
  const said = made.response as AuthenticatorAttestationResponse;
  const credential = {
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    response: { clientDataJSON: text(said.clientDataJSON), attestationObject: text(said.attestationObject) },
  };
  const answer = await ask<{ next: string }>("/account/passkeys", { name, credential });
  location.assign(answer.next);
}

function explained(error: unknown): string {
  if (!(error instanceof DOMException)) return error instanceof Error ? error.message : String(error);
  if (error.name === "InvalidStateError") return t("This device has a passkey for your account already.");
  return t("No passkey was used. Try again, or choose another way.");
}

async function attempt(button: HTMLButtonElement | null, work: () => Promise<void>): Promise<void> {
  if (!("credentials" in navigator) || !("PublicKeyCredential" in window)) {
    flash(t("This browser has no passkeys, or not over this connection."), "bad");
    return;
  }
  if (button) button.disabled = true;
  try {
    await work();
  } catch (error) {
    flash(explained(error), "bad");
  } finally {
    if (button) button.disabled = false;
  }
}

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLButtonElement>("button[data-passkey=sign-in]");
  if (button) void attempt(button, () => signIn(button.dataset.next ?? ""));
});

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (form.dataset.passkey !== "add") return;
  event.preventDefault();
  const name = String(new FormData(form).get("name") ?? "");
  void attempt(form.querySelector<HTMLButtonElement>("button"), () => add(name));
});
