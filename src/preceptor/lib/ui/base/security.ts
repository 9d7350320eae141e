/** htmx's requests carry the token that proves they come from this page. */

export function csrfToken(): string {
  return document.cookie.match(/(?:^|;\s*)csrftoken=([^;]*)/)?.[1] ?? "";
}

interface HtmxRequest {
  ctx: { request: { headers: Record<string, string> } };
}

document.addEventListener("htmx:config:request", (event) => {
  const { headers } = (event as CustomEvent<HtmxRequest>).detail.ctx.request;
  headers["X-CSRF-Token"] = csrfToken();
});
