/** The wallboard: queues and agents, large enough to be read across a room, with the last hour as lines. */

import { el, KeyedList, replace, setAttribute, setText } from "../dom.js";
import { LastHour } from "./last-hour.js";

const TICK = 1000;
const STATES = ["talking", "ringing", "free", "paused", "away", "out"];

export default {
  path: "wallboard",
  mount(root, context) {
    const board = new Wallboard(root, context);
    return () => board.unmount();
  },
};

class Wallboard {
  constructor(root, context) {
    this._context = context;
    const { t, store } = context;
    this._queues = new KeyedList(el("ul", { class: "queues" }), {
      key: (queue) => queue.name,
      create: (queue) => this._card(queue),
      update: (card, queue) => this._update(card, queue),
    });
    this._agents = new KeyedList(el("ul", { class: "agents" }), {
      key: (agent) => agent.number,
      create: () => el("li", { class: "agent" }, el("bdi", { class: "who" }), el("span", { class: "how" })),
      update: (item, agent) => this._updateAgent(item, agent),
    });
    this._counts = new Map(STATES.map((state) => [state, el("dd", { class: "number" })]));
    const counts = STATES.map((state) => el("div", { data: { state } }, el("dt", {}, t(`wallboard.agents.${state}`)), this._counts.get(state)));
    this._none = el("p", { class: "empty" }, t("wallboard.none"));
    replace(root,
      el("div", { class: "toolbar" }, el("h2", { class: "grows" }, t("wallboard.queues")),
        document.fullscreenEnabled && el("button", { type: "button", on: { click: () => fill(root) } }, t("wallboard.fill"))),
      this._none, this._queues.parent,
      el("h2", {}, t("wallboard.agents")), el("dl", { class: "counts" }, counts), this._agents.parent);
    this._hour = new LastHour(context, () => this._drawHour());
    this._ends = [
      store.on("queues", (change) => this._takeQueues(change)),
      store.on("agents", (change) => this._takeAgents(change)),
    ];
    this._takeQueues({ all: true });
    this._takeAgents({ all: true });
    this._timer = setInterval(() => this._showWaits(), TICK);
  }

  unmount() {
    clearInterval(this._timer);
    this._hour.close();
    for (const end of this._ends) end();
  }

  // -- queues ------------------------------------------------------------------------------------------------------

  _takeQueues({ all, ids }) {
    const queues = this._context.store.all("queues");
    this._none.hidden = queues.size > 0;
    if (all || [...ids].some((id) => !queues.has(id) || !this._queues.patch(queues.get(id)))) this._queues.set([...queues.values()]);
    if (all) this._hour.forget();
    else this._hour.look();
  }

  _card(queue) {
    const { t } = this._context;
    const figure = (name) => el("div", { class: name }, el("dt", {}, t(`wallboard.${name}`)), el("dd", { class: "number" }));
    const figures = ["waiting", "longest", "level", "answered", "abandoned"].map(figure);
    const lines = el("div", { class: "lines" });
    const card = el("li", { class: "queue", "aria-label": queue.name }, el("h3", {}, el("bdi", {}, queue.name)), el("dl", { class: "figures" }, figures), lines);
    card.figures = Object.fromEntries(figures.map((each) => [each.className, each.lastChild]));
    card.lines = lines;
    return card;
  }

  _update(card, queue) {
    card.queue = queue;
    const { words } = this._context;
    setText(card.figures.waiting, words.number(queue.waiters.length));
    setText(card.figures.level, queue.completed ? words.percent(queue.service_level_percent) : "–");
    setText(card.figures.answered, words.number(queue.completed));
    setText(card.figures.abandoned, words.number(queue.abandoned));
    setAttribute(card, "data-state", this._stateOf(queue));
    this._showWait(card);
  }

  /** Bad where somebody has waited for longer than the service level allows, or waits and nobody answers. */
  _stateOf(queue) {
    if (!queue.waiters.length) return "good";
    return this._waited(queue) > queue.service_level ? "bad" : "warn";
  }

  _showWaits() {
    for (const card of this._queues.parent.children) {
      this._showWait(card);
      setAttribute(card, "data-state", this._stateOf(card.queue));
    }
    this._hour.tick();
  }

  _showWait(card) {
    const { words } = this._context;
    const waited = this._waited(card.queue);
    setText(card.figures.longest, card.queue.waiters.length ? words.duration(waited) : "–");
  }

  /** Give for how many seconds the one who has waited longest has waited, by the PBX's clock as it goes on here. */
  _waited(queue) {
    const joined = queue.waiters.map((waiter) => Date.parse(waiter.joined));
    return joined.length ? Math.max(0, this._hour.now() - Math.min(...joined)) / 1000 : 0;
  }

  _drawHour() {
    for (const card of this._queues.parent.children) replace(card.lines, this._hour.draw(card.queue));
  }

  // -- agents ------------------------------------------------------------------------------------------------------

  _takeAgents({ all, ids }) {
    const agents = this._context.store.all("agents");
    if (all || [...ids].some((id) => !agents.has(id) || !this._agents.patch(agents.get(id)))) this._agents.set([...agents.values()]);
    const counted = new Map(STATES.map((state) => [state, 0]));
    for (const agent of agents.values()) counted.set(stateOf(agent), counted.get(stateOf(agent)) + 1);
    for (const [state, count] of counted) setText(this._counts.get(state), this._context.words.number(count));
  }

  _updateAgent(item, agent) {
    const { t } = this._context;
    const state = stateOf(agent);
    setAttribute(item, "data-state", state);
    setText(item.firstChild, agent.name || agent.number);
    const reason = agent.paused && agent.pause_reason ? ` (${agent.pause_reason})` : "";
    setText(item.lastChild, `${t(`wallboard.agents.${state}`)}${reason}`);
    setAttribute(item, "title", [agent.number, agent.line, ...agent.queues].filter(Boolean).join(" · "));
  }
}

/** Say what an agent does, of what the PBX knows of agent and telephone. */
export function stateOf({ logged_in: isIn, paused, device_state: device }) {
  if (!isIn) return "out";
  if (device === "RINGING" || device === "RINGINUSE") return "ringing";
  if (device === "INUSE" || device === "BUSY" || device === "ONHOLD") return "talking";
  if (paused) return "paused";
  return device === "NOT_INUSE" ? "free" : "away";
}

function fill(root) {
  if (document.fullscreenElement) document.exitFullscreen();
  else root.requestFullscreen();
}
