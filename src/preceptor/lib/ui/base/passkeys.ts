/**
 * Passkeys (WebAuthn): `data-passkey="sign-in"` on a button asks for one and signs in with it (`data-next`: where to go
 * then); `data-passkey="add"` on a form, with a field `name`, makes one. Where a browser has none, the button says so.
 */
import { t } from "../i18n.ts";
import { flash } from "../flash.ts";
import { askAboutPasskey, base64url, bytes, hasPasskeys, listed, passkeyTrouble, signInWithPasskey, type PasskeyOptions } from "../passkey.ts";

async function signIn(next: string): Promise<void> {
  location.assign(await signInWithPasskey(next));
}

async function add(name: string): Promise<void> {
  const options = await askAboutPasskey<PasskeyOptions & { user: { id: string; name: string; displayName: string } }>("/account/passkeys/options", {});
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
    rawId: base64url(made.rawId),
    type: made.type,
    response: { clientDataJSON: base64url(said.clientDataJSON), attestationObject: base64url(said.attestationObject) },
  };
  const answer = await askAboutPasskey<{ next: string }>("/account/passkeys", { name, credential });
  location.assign(answer.next);
}

async function attempt(button: HTMLButtonElement | null, work: () => Promise<void>): Promise<void> {
  if (!hasPasskeys()) {
    flash(t("This browser has no passkeys, or not over this connection."), "bad");
    return;
  }
  if (button) button.disabled = true;
  try {
    await work();
  } catch (error) {
    flash(passkeyTrouble(error), "bad");
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
