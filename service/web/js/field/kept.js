/** What the inspector's phone keeps through a restart: letters, pictures and the walk, in IndexedDB. */

/** @typedef {"letters" | "pictures" | "walks"} Shelf */

const NAME = "streetwarden-field";
const SHELVES = /** @type {Shelf[]} */ (["letters", "pictures", "walks"]);

/** @type {Promise<IDBDatabase> | undefined} */
let opened;

/** @returns {Promise<IDBDatabase>} */
function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => SHELVES.forEach((shelf) => asked.result.createObjectStore(shelf, { keyPath: "id" }));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const again = () => (opened = undefined);
  opened.then((base) => (base.onclose = again), again); // a phone closes it in the background: the next one to ask opens it anew
  return opened;
}

/**
 * @template T
 * @param {Shelf[]} shelves @param {IDBTransactionMode} mode
 * @param {(...shelves: IDBObjectStore[]) => () => T} ask asks, all in one turn, and gives a way to read what came of it
 * @returns {Promise<T>} once it is on the disk, whole; a QuotaExceededError where the phone is full: then nothing of it is
 */
async function inside(shelves, mode, ask) {
  const base = await open();
  return new Promise((resolve, reject) => {
    const turn = base.transaction(shelves, mode, { durability: "strict" });
    const read = ask(...shelves.map((shelf) => turn.objectStore(shelf)));
    turn.oncomplete = () => resolve(read());
    turn.onabort = () => reject(turn.error);
  });
}

/** @template T @param {Shelf} shelf @param {IDBTransactionMode} mode @param {(shelf: IDBObjectStore) => IDBRequest<T>} ask */
const asked = (shelf, mode, ask) =>
  inside([shelf], mode, (store) => {
    const request = ask(store);
    return () => request.result;
  });

/** @param {Shelf} shelf @param {{id: string}} value */
export const put = (shelf, value) => asked(shelf, "readwrite", (store) => store.put(value));

/** @param {Shelf} shelf @param {string} id @returns {Promise<any>} undefined where there is none */
export const take = (shelf, id) => asked(shelf, "readonly", (store) => store.get(id));

/** @param {Shelf} shelf @returns {Promise<any[]>} */
export const all = (shelf) => asked(shelf, "readonly", (store) => store.getAll());

/** @param {Shelf} shelf @param {string} id */
export const drop = (shelf, id) => asked(shelf, "readwrite", (store) => store.delete(id));

/**
 * Changes a letter as it lies there now, whatever another page wrote into it meanwhile; its new pictures come with it.
 * @template T
 * @param {string} id @param {(found: T | undefined) => T | undefined} change undefined: it stays as it is @param {{id: string, blob: Blob}[]} [pictures]
 * @returns {Promise<T | undefined>} the letter as it is then
 */
export const revise = (id, change, pictures = []) =>
  inside(["letters", "pictures"], "readwrite", (letters, shelf) => {
    const found = letters.get(id);
    /** @type {T | undefined} */
    let revised;
    found.onsuccess = () => {
      revised = change(found.result);
      if (!revised) return;
      letters.put(revised);
      for (const picture of pictures) shelf.put(picture);
    };
    return () => revised ?? found.result;
  });

/** @param {string} id of a letter @param {string[]} pictures ids of those that go with it */
export const forget = (id, pictures) =>
  inside(["letters", "pictures"], "readwrite", (letters, shelf) => {
    letters.delete(id);
    for (const picture of pictures) shelf.delete(picture);
    return () => undefined;
  });

/** @returns {Promise<boolean>} whether the browser promises to throw nothing of this away by itself */
export const promised = async () => (await navigator.storage?.persist?.()) ?? false;
