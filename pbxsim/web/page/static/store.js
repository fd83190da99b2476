/**
 * What the page knows of the PBX: the documents of the control API, by kind and id, in the order in which they came to be.
 * Views read it, and hear once a frame what has changed. Of what grows for ever only the newest are kept.
 */

import { frame } from "./dom.js";

/** Each kind's key, and how many of it are kept at most (0: all there are). */
export const KINDS = {
  clock: { key: () => "clock", most: 0 },
  calls: { key: (call) => call.id, most: 600, keeps: (call) => call.state !== "ended" },
  phones: { key: (phone) => phone.user, most: 0 },
  queues: { key: (queue) => queue.name, most: 0 },
  agents: { key: (agent) => agent.number, most: 0 },
  accounts: { key: (account) => account.name, most: 0 },
  requests: { key: (request) => request.seq, most: 500 },
  webhooks: { key: (webhook) => webhook.id, most: 500 },
  cdrs: { key: (cdr) => cdr.id, most: 500 },
};

const TOLD = 200; // of what grows for ever a snapshot has so many, the newest

/** Tell whether a list, newest first, is only the newest of what there was: nothing else begins later than at 1. */
export function isPart(documents) {
  const oldest = documents.at(-1);
  return documents.length >= TOLD && (oldest.id ?? oldest.seq) > 1;
}

export class Store {
  constructor() {
    this._documents = Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, new Map()]));
    this._listeners = new Map(Object.keys(KINDS).map((kind) => [kind, new Set()]));
    this._touched = new Map();
    this._asked = false;
  }

  /** Give all documents of a kind: a Map by id, oldest first. It is the store's own: read it, do not change it. */
  all(kind) {
    return this._documents[kind];
  }

  /** Give one document, undefined where it is not known. The clock's id may be left out. */
  get(kind, id = "clock") {
    return this._documents[kind].get(id);
  }

  /**
   * Hear of changes to a kind: `callback({ all, ids })` at most once a frame. `ids` is the Set of what came, changed or
   * went; `all` is true where everything is new (another PBX, a reset, a server that was started again). Gives a function
   * that ends it.
   */
  on(kind, callback) {
    this._listeners.get(kind).add(callback);
    return () => this._listeners.get(kind).delete(callback);
  }

  /** Take a document in the place of the one with its id. */
  put(kind, document) {
    const { key } = KINDS[kind];
    const id = key(document);
    this._documents[kind].set(id, document);
    this._touch(kind, id);
    this._forget(kind);
  }

  /** Forget everything, and know this instead: documents by kind. It is told at once: nothing is to be gathered. */
  begin(documents) {
    for (const kind of Object.keys(KINDS)) {
      const { key } = KINDS[kind];
      this._documents[kind] = new Map((documents[kind] ?? []).map((each) => [key(each), each]));
      this._touch(kind, null);
    }
    this._tell();
  }

  _forget(kind) {
    const { most, keeps = () => false } = KINDS[kind];
    const documents = this._documents[kind];
    if (!most || documents.size <= most) return;
    for (const [id, document] of documents) {
      if (documents.size <= most) return;
      if (keeps(document)) continue;
      documents.delete(id);
      this._touch(kind, id);
    }
  }

  _touch(kind, id) {
    let change = this._touched.get(kind);
    if (!change) this._touched.set(kind, (change = { all: false, ids: new Set() }));
    if (id === null) change.all = true;
    else change.ids.add(id);
    if (this._asked) return;
    this._asked = true;
    frame(() => this._tell());
  }

  _tell() {
    this._asked = false;
    const touched = this._touched;
    this._touched = new Map();
    for (const [kind, change] of touched) for (const callback of [...this._listeners.get(kind)]) callback(change);
  }
}
