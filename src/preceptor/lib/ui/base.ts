/**
 * What every page carries: htmx and the few things HTML cannot do alone. Everything works from attributes, so that a
 * page needs no script of its own:
 *
 * - `command="show-modal" commandfor="<id>"` opens that dialog also in browsers that do not know it yet; `data-close`
 *   closes the one around it; a click beside it closes it too
 * - `popover data-menu` is placed beside its button, and arrows move in it
 * - `data-confirm="<question>"` on a form or button asks first (`data-confirm-button="<verb>"`, `data-confirm-title`)
 * - `data-theme-choice="system|light|dark"` sets the cookie `theme`
 * - `data-filters` on a GET form submits it when a choice changes
 * - `data-autofocus` takes the focus after a form came back; `data-copy="<text>"` copies; `data-drop` accepts files
 * - `data-rows`, `data-add-row="<id>"` and `data-remove-row` edit the rows of a list (see base/rows.ts)
 * - `data-passkey="sign-in"` on a button and `data-passkey="add"` on a form use passkeys (see base/passkeys.ts)
 * - `data-lapsed` on a page that asks to sign in again: what was sent in a form before is kept meanwhile (see
 *   base/lapsed.ts), and `data-person` on the body says whose it is
 * - `data-choosing` on a form lets its rows be chosen together (see base/choices.ts)
 * - `.flashes` inside `main` are messages of the page before; later ones come through `flash()`
 */
import "htmx.org";
import "./base/choices.ts";
import "./base/confirm.ts";
import "./base/dialogs.ts";
import "./base/forms.ts";
import "./base/lapsed.ts";
import "./base/menus.ts";
import "./base/navigation.ts";
import "./base/passkeys.ts";
import "./base/prose.ts";
import "./base/rows.ts";
import "./base/security.ts";
import "./base/theme.ts";
import "./base/times.ts";

// Whatever somebody did before this ran is done now (see early.ts).
dispatchEvent(new Event("base-ready"));
