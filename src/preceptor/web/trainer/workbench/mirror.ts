/**
 * What was typed and is not yet known to be on the server, kept on this device: in IndexedDB, else in localStorage, else
 * nowhere. Written before the network is tried, removed once the server has it.
 */

export interface Kept {
  content: unknown;
  /** The server's version that `content` was built on. */
  version: number;
  at: number;
}

const DATABASE = "preceptor";
const STORE = "drafts";

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB"));
  });
}

/** Drafts of one person on this device. */
export class Mirror {
  #database: Promise<IDBDatabase | null>;

  constructor(private readonly personId: string) {
    this.#database = this.#open();
  }

  async get(assignmentId: string): Promise<Kept | null> {
    const key = this.#key(assignmentId);
    const database = await this.#database;
    try {
      if (database) return (await asked<Kept | undefined>(database.transaction(STORE).objectStore(STORE).get(key))) ?? null;
      return JSON.parse(localStorage.getItem(key) ?? "null") as Kept | null;
    } catch {
      return null;
    }
  }

  async put(assignmentId: string, kept: Kept): Promise<void> {
    await this.#write(assignmentId, kept);
  }

  async remove(assignmentId: string): Promise<void> {
    await this.#write(assignmentId, null);
  }

  async #write(assignmentId: string, kept: Kept | null): Promise<void> {
    const key = this.#key(assignmentId);
    const database = await this.#database;
    try {
      if (database) {
        const store = database.transaction(STORE, "readwrite", { durability: "strict" }).objectStore(STORE);
        await (kept ? asked(store.put(kept, key)) : asked(store.delete(key)));
      } else if (kept) localStorage.setItem(key, JSON.stringify(kept));
      else localStorage.removeItem(key);
    } catch {
      // The device is full or forbids it. The server's copy is the one that counts.
    }
  }

  #key(assignmentId: string): string {
    return `draft:${this.personId}:${assignmentId}`;
  }

  async #open(): Promise<IDBDatabase | null> {
    try {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE);
      return await asked(request);
    } catch {
      return null;
    }
  }
}
