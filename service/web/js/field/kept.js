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
 * @param {Shelf} shelf @param {IDBTransactionMode} mode @param {(shelf: IDBObjectStore) => IDBRequest<T>} ask
 * @returns {Promise<T>} once it is on the disk
 */
async function inside(shelf, mode, ask) {
  const base = await open();
  return new Promise((resolve, reject) => {
    const turn = base.transaction(shelf, mode, { durability: "strict" });
    const asked = ask(turn.objectStore(shelf));
    turn.oncomplete = () => resolve(asked.result);
    turn.onabort = () => reject(turn.error ?? asked.error);
  });
}

/** @param {Shelf} shelf @param {{id: string}} value rejects with a QuotaExceededError where the phone is full */
export const put = (shelf, value) => inside(shelf, "readwrite", (store) => store.put(value));

/** @param {Shelf} shelf @param {string} id @returns {Promise<any>} undefined where there is none */
export const take = (shelf, id) => inside(shelf, "readonly", (store) => store.get(id));

/** @param {Shelf} shelf @returns {Promise<any[]>} */
export const all = (shelf) => inside(shelf, "readonly", (store) => store.getAll());

/** @param {Shelf} shelf @param {string} id */
export const drop = (shelf, id) => inside(shelf, "readwrite", (store) => store.delete(id));

/** @returns {Promise<boolean>} whether the browser promises to throw nothing of this away by itself */
export const promised = async () => (await navigator.storage?.persist?.()) ?? false;
