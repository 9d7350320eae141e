/** Whether texts that users reported are shown at once: this person's choice, kept on this device. */
const KEY = "preceptor:reported-texts";

export function showsAtOnce(): boolean {
  try {
    return localStorage.getItem(KEY) === "shown";
  } catch {
    return false; // no storage, so nobody has chosen
  }
}

export function keepChoice(shown: boolean): void {
  try {
    localStorage.setItem(KEY, shown ? "shown" : "blurred");
  } catch {
    // It holds as long as the page does.
  }
}
