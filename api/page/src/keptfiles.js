/** Files that wait with what was said: in this browser's IndexedDB, since its other storage holds texts only. */

const DATABASE = "vigie";
const STORE = "files";

/** Keep a file under a name. @param {string} name @param {Blob} file */
export async function keepFile(name, file) {
  await run("readwrite", (store) => store.put(file, name));
}

/** Give a file; undefined where none is kept under the name. @param {string} name @returns {Promise<Blob | undefined>} */
export function readFile(name) {
  return run("readonly", (store) => store.get(name));
}

/** @param {string} name */
export async function forgetFile(name) {
  await run("readwrite", (store) => store.delete(name));
}

/** Forget the files that nothing waits with. @param {(name: string) => boolean} isWanted */
export async function forgetStrayFiles(isWanted) {
  for (const name of await run("readonly", (store) => store.getAllKeys())) {
    if (!isWanted(String(name))) await forgetFile(String(name));
  }
}

/** Do one thing in a transaction of its own; done when it is on the disk.
 * @template Answer
 * @param {"readonly" | "readwrite"} mode
 * @param {(store: IDBObjectStore) => IDBRequest<Answer>} act
 * @returns {Promise<Answer>}
 */
async function run(mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error ?? request.error);
    });
  } finally {
    database.close();
  }
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
