/* The walk: one doubtful value after the other by the keyboard. Everything a key does happens here at once; the studio is told
   afterwards (one request at a time, what was done meanwhile in the next), and what it says then is put in place of what was here.

   data: { seat, address }. A request is a POST of { verb, who, ... }; a walk is what core/reviewing/walk.py describes.
   What is done is kept in localStorage until the studio has it, so that a reload or a lost connection loses no keystroke.
   Document text only ever goes into textContent and the values of fields. */

const PIXELS = 2000; // width of a page's picture: that of page and crop
const READING = 26; // pixels that a line of print has where it is read
const RENEW = 20_000;
const LOOK = 5_000; // how often an empty queue is looked at
const LEAST = 5; // pixels that the pointer moves before a press is a drag
const AGAIN = 2_000;
const USUAL_COLUMNS = 4; // columns that a table shows also where they are empty
const NUMBERS = ["money", "quantity"];
const SIGNS = { sure: "✓", check: "▲", doubtful: "■", absent: "–" };
const YES = { doubt: "Looks right", empty: "Not on the page", document: "Seen" };
const KEYS = [
  ["Enter", "what stands here is right (or what you typed): on to the next doubtful value; where none is left, save and next"],
  ["Shift + Enter", "back"],
  ["typing", "replaces the value; Esc puts it back"],
  ["Tab", "takes the proposal and goes on; where there is none, leaves the question open"],
  ["1 … 9", "puts another value of the page into the field"],
  ["click, drag on the page", "puts that word, or several, into the field"],
  ["↑ ↓", "the value above or below, in a table in the same column"],
  ["Ctrl + Enter", "save and open the next document"],
  ["Alt + A", "all that is asked is right"],
  ["Alt + S", "skip this document for now"],
  ["Alt + R", "reject it with a reason"],
  ["Alt + U", "take the last save back"],
];

export default function (component) {
  const { parentElement, data } = component;
  const root = parentElement.querySelector(".review");
  if (!root.window) root.window = new Walker(root);
  root.window.begin(data);
  return () => root.window.end();
}

const make = (tag, className = "", text = "", about = {}) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return Object.assign(made, about);
};
const button = (text, key, does, className = "") => {
  const made = make("button", className, text, { type: "button", onclick: does, tabIndex: -1 });
  if (key) made.append(make("kbd", "", key));
  return made;
};
const middle = ([x0, y0, x1, y1]) => [(x0 + x1) / 2, (y0 + y1) / 2];

/* A place as it stands on the page, its print as large as one reads, in so many pixels of room. */
function cropped(pages, place, wide) {
  const page = pages.find((each) => each.number === place.page);
  const crop = make("div", "crop");
  if (!page?.ratio) return crop;
  const [x0, y0, x1, y1] = place.at;
  const room = Math.max(240, wide);
  const height = (y1 - y0) * page.ratio;
  const scale = Math.min(Math.max(Math.min(READING / Math.max(height, 0.002), (room * 0.94) / Math.max(x1 - x0, 0.01)), room), 3200);
  const tall = Math.min(Math.max(height * scale + 26, 46), 150);
  const [x, y] = middle(place.at);
  const left = Math.min(0, Math.max(room - scale, room / 2 - x * scale));
  const top = Math.min(0, Math.max(tall - scale * page.ratio, tall / 2 - y * scale * page.ratio));
  crop.style.height = `${tall}px`;
  const picture = make("img", "", "", { alt: "", src: `${page.address}?w=${PIXELS}` });
  Object.assign(picture.style, { width: `${scale}px`, height: `${scale * page.ratio}px`, left: `${left}px`, top: `${top}px` });
  const frame = make("div", "mark here");
  Object.assign(frame.style, { left: `${left + x0 * scale}px`, top: `${top + y0 * scale * page.ratio}px`, width: `${(x1 - x0) * scale}px`, height: `${height * scale}px` });
  crop.append(picture, frame);
  return crop;
}

class Walker {
  constructor(root) {
    this.root = root;
    this.find = (name) => root.querySelector(`.${name}`);
    this.skipped = new Set();
    this.ahead = null; // the walk of the next document, or the promise of it
    this.walk = null;
    this.queue = Promise.resolve();
    this.find("name").onsubmit = (event) => {
      event.preventDefault();
      const who = this.find("who").value.trim();
      if (!who) return;
      localStorage.setItem("review-who", who);
      document.cookie = `studio_name=${encodeURIComponent(who)}; path=/; max-age=31536000; SameSite=Lax`;
      this.start();
    };
    this.find("again").onclick = () => { this.skipped.clear(); this.nextDocument(); };
    this.find("before").onclick = () => this.turn(this.page - 1);
    this.find("after").onclick = () => this.turn(this.page + 1);
    this.find("show-keys").onclick = () => this.toggle("keys");
    this.find("show-queue").onclick = () => this.toggle("queue");
    this.find("sheet").addEventListener("pointerdown", (event) => this.press(event));
    this.find("sheet").addEventListener("pointermove", (event) => this.hover(event));
    this.find("sheet").addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    root.addEventListener("keydown", (event) => this.onKey(event));
    root.addEventListener("pointerdown", () => { if (this.clock) this.clock.clicks += 1; });
    this.columns = new Columns(this, this.find("column"));
    this.find("show-column").onclick = () => this.columns.enter();
    const list = make("dl");
    for (const [key, does] of KEYS) list.append(make("dt", "", key), make("dd", "", does));
    this.find("keys").append(list);
  }

  begin(data) {
    this.address = data.address;
    this.given = data.who; // signed in, or typed on another page
    clearTimeout(this.leaving);
    if (this.ears) return;
    this.ears = new AbortController();
    const signal = this.ears.signal;
    window.addEventListener("pagehide", () => this.release(), { signal });
    window.addEventListener("keydown", (event) => { // a click beside everything took the focus
      if (document.activeElement === document.body) this.onKey(event, true);
    }, { signal });
    new ResizeObserver(() => this.layOut()).observe(this.find("stage"));
    this.beat = setInterval(() => this.renew(), RENEW);
    this.start();
  }

  /* Streamlit ends a call before it makes the next: only where none follows was the page left. */
  end() {
    this.leaving = setTimeout(() => {
      this.ears?.abort();
      this.ears = null;
      clearInterval(this.beat);
      clearTimeout(this.looking);
      this.flush();
      this.release();
    }, 400);
  }

  release() {
    const runs = this.held();
    if (runs.length) navigator.sendBeacon(this.address, JSON.stringify({ verb: "leave", who: this.who, runs }));
  }

  /* The documents that this window has at hand. */
  held() {
    return [this.walk?.run, this.ahead?.run, ...this.columns.runs()].filter(Boolean);
  }

  async ask(verb, about = {}) {
    const reply = await fetch(this.address, { method: "POST", body: JSON.stringify({ verb, who: this.who, ...about }) });
    if (reply.status === 409) return reply.json();
    if (!reply.ok) throw new Error(await reply.text());
    return reply.json();
  }

  show(which) {
    for (const name of ["name", "empty", "column", "work"]) this.find(name).hidden = name !== which;
  }

  // --- documents

  async start() {
    this.who = this.given || localStorage.getItem("review-who");
    if (!this.who) {
      this.show("name");
      this.find("who").focus();
      return;
    }
    const before = sessionStorage.getItem("review-run");
    const walk = before ? await this.trying("open", { run: before }) : null;
    if (walk?.run && !walk.taken && !walk.order) this.openWalk(walk);
    else await this.nextDocument();
    this.renew();
  }

  async trying(verb, about) {
    try {
      return await this.ask(verb, about);
    } catch {
      return null;
    }
  }

  async nextDocument() {
    const asked = performance.now();
    const but = [...this.skipped];
    let walk = (await this.ahead) ?? null;
    this.ahead = null;
    if (!walk?.run || this.skipped.has(walk.run)) walk = await this.trying("next", { but });
    if (walk?.run) this.openWalk(walk, asked);
    else this.rest();
  }

  async prepare() {
    const but = [...this.skipped, this.walk.run];
    const coming = this.trying("next", { but }).then((walk) => {
      if (walk?.pages) for (const page of walk.pages.slice(0, 2)) new Image().src = `${page.address}?w=${PIXELS}`;
      if (this.ahead === coming) this.ahead = walk?.run ? walk : null;
      return walk;
    });
    this.ahead = coming;
  }

  rest() {
    this.walk = null;
    sessionStorage.removeItem("review-run");
    this.show("empty");
    this.find("again").hidden = !this.skipped.size;
    this.find("again").textContent = `Look at what you skipped (${this.skipped.size})`;
    const notice = this.find("notice");
    if (!notice.hidden) this.find("empty").append(notice);
    clearTimeout(this.looking);
    this.looking = setTimeout(async () => {
      if (this.walk || !this.ears) return;
      const walk = await this.trying("next", { but: [...this.skipped] });
      if (walk?.run && !this.walk) this.openWalk(walk);
      else if (!this.walk) this.rest();
    }, LOOK);
  }

  openWalk(walk, asked = performance.now()) {
    clearTimeout(this.looking);
    this.walk = walk;
    this.answered = new Set();
    this.passed = new Set();
    this.said = new Set();
    this.trail = [];
    this.dirty = false;
    this.armed = false;
    this.asking = null;
    this.acts = [];
    this.page = 0;
    this.at = null;
    this.typedAt = new Map();
    this.quietWhereAsked();
    this.clock = { id: crypto.randomUUID(), opened: asked, first: null, keys: 0, clicks: 0, looks: new Set() };
    sessionStorage.setItem("review-run", walk.run);
    if (this.find("notice").parentElement !== this.find("work")) this.find("work").insertBefore(this.find("notice"), this.find("columns"));
    this.show("work");
    this.takeUp();
    this.drawHead();
    const begun = [...this.typedAt.keys()].find((path) => this.valueAt(path)); // what was being typed as the window went
    this.goTo(begun ? (this.stopAt(begun)?.id ?? begun) : this.firstOpen());
    requestAnimationFrame(() => { if (this.clock && this.clock.first === null) this.clock.first = performance.now() - this.clock.opened; });
    this.prepare();
  }

  /* What a reload or a lost connection left untold. */
  takeUp() {
    let left = null;
    try {
      left = JSON.parse(localStorage.getItem(this.place()) ?? "null");
    } catch { /* not ours */ }
    if (!left) return;
    this.acts = left.acts ?? [];
    for (const act of this.acts) this.playOut(act);
    for (const [path, text] of left.typed ?? []) this.typedAt.set(path, text);
    if (this.acts.length) this.flush();
  }

  place(run = this.walk.run) {
    return `review-${run}`;
  }

  note() {
    const typed = [...this.typedAt];
    if (this.acts.length || typed.length) localStorage.setItem(this.place(), JSON.stringify({ acts: this.acts, typed }));
    else localStorage.removeItem(this.place());
  }

  playOut(act) {
    if (act.do === "yes") {
      for (const stop of this.walk.stops) if (stop.answers.length && stop.answers.every((path) => act.paths.includes(path))) this.answered.add(stop.id);
      for (const path of act.paths) {
        const value = this.valueAt(path);
        if (value) Object.assign(value, { level: "sure", words: "Confirmed by you" });
      }
      return;
    }
    const value = this.valueAt(act.path);
    if (value) Object.assign(value, { text: act.text, level: "sure", words: "Typed by you", place: act.place ?? value.place });
    const stop = this.stopAt(act.path);
    if (stop) this.answered.add(stop.id);
  }

  // --- values and questions

  *cells() {
    for (const table of this.walk.tables) for (const row of table.rows) yield* row;
  }

  valueAt(path) {
    return this.walk.fields.find((each) => each.path === path) ?? [...this.cells()].find((each) => each.path === path) ?? null;
  }

  stopAt(path) {
    return this.open().find((stop) => stop.path === path) ?? null;
  }

  open() {
    return this.walk.stops.filter((stop) => !this.answered.has(stop.id));
  }

  firstOpen() {
    return this.open()[0]?.id ?? null;
  }

  /* The open question after the one at hand, round the document, without those that were passed over. */
  after(id) {
    const all = this.walk.stops;
    const from = all.findIndex((stop) => stop.id === id);
    const next = [...all.slice(from + 1), ...all.slice(0, Math.max(from, 0))];
    return next.find((stop) => !this.answered.has(stop.id) && !this.passed.has(stop.id))?.id ?? null;
  }

  // --- where one is

  get stop() {
    return this.walk.stops.find((stop) => stop.id === this.at) ?? null;
  }

  get value() {
    const path = this.stop ? this.stop.path : this.at;
    return path ? this.valueAt(path) : null;
  }

  goTo(id, back = false) {
    this.keepTyped();
    if (!back && this.at && this.at !== id) this.trail.push(this.at);
    this.at = id;
    this.picked = null;
    this.digit = "";
    if (id) this.clock.looks.add(id);
    if (id) this.passed.delete(id);
    this.draw();
  }

  back() {
    let id = this.trail.pop();
    while (id && !this.valueAt(id) && !this.walk.stops.some((stop) => stop.id === id)) id = this.trail.pop();
    if (id) this.goTo(id, true);
  }

  keepTyped() {
    const value = this.walk && this.at ? this.value : null;
    if (!value || !this.input?.isConnected) return;
    if (this.input.value.trim() !== value.text && !this.asking) this.typedAt.set(value.path, this.input.value);
    else this.typedAt.delete(value.path);
  }

  isTyped() {
    return Boolean(this.value && this.input && this.input.value.trim() !== this.value.text);
  }

  /* Enter: what stands here is right, or what was typed. */
  accept() {
    const stop = this.stop;
    if (!this.at) {
      this.save();
      return;
    }
    const next = this.after(this.at);
    if (this.isTyped()) this.put(this.value.path, this.input.value.trim(), this.picked);
    else if (stop?.answers.length) this.say(stop);
    else if (stop) this.passed.add(stop.id);
    this.goTo(next);
    this.flush();
  }

  put(path, text, picked = null) {
    const value = this.valueAt(path);
    if (!value || value.text === text) return;
    this.done({ do: "set", path, text, was: value.text, place: picked?.place ?? null, taken: Boolean(picked?.taken) });
    this.typedAt.delete(path);
    if (this.input?.isConnected && this.value?.path === path) this.input.value = text;
  }

  say(stop) {
    this.done({ do: "yes", paths: stop.answers });
    this.answered.add(stop.id);
    this.said.add(`${stop.id} ${stop.sentence}`);
  }

  done(act) {
    this.acts.push(act);
    this.playOut(act);
    this.note();
  }

  takeOffer(number) {
    const offer = this.stop?.offers[number];
    if (!offer) return false;
    if (offer.path === this.value?.path) {
      this.input.value = offer.value;
      this.dirty = true;
      this.picked = { place: offer.place ? { ...offer.place, words: offer.words } : null, taken: true };
      this.input.focus();
      if (offer.place) this.showPlace(offer.place);
    } else {
      this.put(offer.path, offer.value, { place: offer.place ? { ...offer.place, words: offer.words } : null, taken: true });
      this.goTo(this.after(this.at));
      this.flush();
    }
    return true;
  }

  /* What Tab takes: the value that a check worked out; for an empty field the likeliest of the page. Another value of the page is
     no proposal: Tab is pressed too easily to put it in place of what was read. */
  proposal() {
    const { stop, value } = this;
    if (!stop || !value) return -1;
    const wanted = stop.proposed ?? (value.text ? null : stop.offers[0]?.value);
    return stop.offers.findIndex((offer) => offer.path === value.path && offer.value === wanted && offer.value !== value.text);
  }

  tab() {
    const proposal = this.isTyped() ? -1 : this.proposal();
    if (proposal >= 0) {
      this.takeOffer(proposal);
      this.accept();
      return;
    }
    if (this.isTyped()) { // left by Tab as any field is
      this.accept();
      return;
    }
    const next = this.after(this.at);
    if (this.stop) this.passed.add(this.at);
    this.goTo(next);
  }

  acceptAll() {
    this.keepTyped();
    for (const stop of this.open()) if (stop.answers.length) this.say(stop);
    this.goTo(this.firstOpen());
    this.flush();
  }

  // --- telling the studio

  flush() {
    if (this.walk) this.queue = this.queue.then(() => this.tell()).catch(() => {});
    return this.queue;
  }

  async tell() {
    const walk = this.walk;
    if (!walk || !this.acts.length) return;
    const sent = this.acts.slice();
    const before = new Set(this.answered);
    let told;
    try {
      told = await this.ask("keep", { run: walk.run, acts: sent });
    } catch {
      this.say_("Not kept yet: the studio does not answer. What you do stays in this browser.", true);
      setTimeout(() => this.flush(), AGAIN);
      return;
    }
    if (this.walk !== walk) return;
    if (told.error || told.taken) {
      this.lost(told);
      return;
    }
    this.acts = this.acts.slice(sent.length);
    this.note();
    this.bring(told, before);
  }

  /* What the studio says, in place of what was here; what was done since stays on top of it. */
  bring(told, before) {
    const here = this.at;
    const typed = this.isTyped();
    Object.assign(this.walk, { fields: told.fields, tables: told.tables, stops: told.stops, head: told.head, order: told.order });
    for (const id of before) this.answered.delete(id);
    for (const act of this.acts) this.playOut(act);
    // What a yes did not settle (a value is needed elsewhere) is left open, and not asked in a circle.
    for (const stop of told.stops) if (this.said.has(`${stop.id} ${stop.sentence}`)) this.passed.add(stop.id);
    for (const clash of told.clashes ?? []) this.tellClash(clash);
    const gone = here && !this.stop && (!this.valueAt(here) || (this.wasStop && !typed)); // it is settled by what was done before
    if (gone || (!here && !this.asking)) this.goTo(this.firstNotPassed());
    else this.draw(true);
  }

  firstNotPassed() {
    return this.open().find((stop) => !this.passed.has(stop.id))?.id ?? null;
  }

  tellClash(clash) {
    const words = `${clash.title}: somebody else put “${clash.theirs || "nothing"}” there, yours is “${clash.mine || "nothing"}”.`;
    const mine = button(`Keep mine`, "", () => { this.put(clash.path, clash.mine); this.quiet(); this.flush(); this.draw(); });
    this.say_(words, true, [button("Take theirs", "", () => this.quiet()), mine]);
  }

  lost(told) {
    const words = told.taken ? `${told.taken} has this document at hand now. What you did and is not kept yet stays in this browser.` : told.error;
    this.say_(words, true, [button("Go to the next", "", () => { this.quiet(); this.skip(); })]);
  }

  async renew() {
    if (!this.who) return;
    const told = await this.trying("renew", { runs: this.held() });
    if (!told || told.error) return;
    this.waiting = told.waiting;
    this.pace = told.pace;
    this.drawHead();
    if (this.ahead?.run && told.lost[this.ahead.run]) this.ahead = null;
    this.columns.lose(told.lost);
    if (this.walk && told.lost[this.walk.run]) this.lost({ taken: told.lost[this.walk.run] });
  }

  /* What is only told in passing takes no question's place. */
  say_(words, bad = false, buttons = [], passing = false) {
    const notice = this.find("notice");
    if (passing && !notice.hidden && notice.classList.contains("bad")) return;
    notice.hidden = false;
    notice.classList.toggle("bad", bad);
    notice.replaceChildren(make("span", "", words), ...buttons);
  }

  /* What was asked of the document before is asked no more. */
  quietWhereAsked() {
    if (this.find("notice").classList.contains("bad")) this.quiet();
  }

  quiet() {
    this.find("notice").hidden = true;
  }

  // --- the end of a document

  timing() {
    const { id, opened, first, keys, clicks, looks } = this.clock;
    return { id, seconds: (performance.now() - opened) / 1000, first_look: (first ?? 0) / 1000, keys, clicks, looks: looks.size };
  }

  async save(wish = {}) {
    if (this.busy) return;
    this.busy = true; // until the next document stands there: a key too many must not save this one twice
    try {
      await this.saveNow(wish);
    } finally {
      this.busy = false;
    }
  }

  async saveNow(wish) {
    if (this.isTyped()) this.put(this.value.path, this.input.value.trim(), this.picked);
    // A value that was put may settle or raise a question; a yes raises none, and the next document opens at once.
    await (this.acts.some((act) => act.do === "set") ? this.flush() : this.queue);
    if (this.acts.some((act) => act.do === "set")) return; // it could not be told: that is said
    const open = this.open();
    const anyway = wish.anyway || this.armed;
    if (open.length && !anyway) {
      this.armed = true;
      this.passed.clear();
      const count = `${open.length} question${open.length > 1 ? "s are" : " is"} open`;
      this.say_(`${count}: Ctrl+Enter once more saves it as “needs review”.`, true);
      this.goTo(this.firstOpen());
      return;
    }
    const walk = this.walk;
    const acts = this.acts;
    const about = { run: walk.run, acts, wish: { ...wish, anyway }, time: this.timing() };
    const title = this.titleOf(walk);
    this.say_(`Saving ${title} …`);
    const saving = this.ask("save", about).catch(() => ({ error: "The studio does not answer: it is not saved. What you did stays in this browser." }));
    const state = { answered: this.answered, passed: this.passed, acts, clock: this.clock };
    this.skipped.add(walk.run); // not handed out again while it is being saved
    await this.nextDocument();
    this.settle(walk, title, saving, state);
  }

  async settle(walk, title, saving, state) {
    const told = await saving;
    if (told.saved) {
      localStorage.removeItem(this.place(walk.run));
      this.skipped.delete(walk.run);
      this.last = { run: walk.run, title };
      const open_ = told.status === "needs review" ? " It still needs review." : "";
      this.say_(`${title} is saved as order ${told.saved} (${Math.round(told.time)} s).${open_}`, false, [button("Undo", "Alt+U", () => this.undo()), ...this.taught(walk.run, told.taught)], true);
      this.renew();
      return;
    }
    this.comeBack(walk, told, state);
  }

  /* What the save taught of the vendor, each thing with the place on the page that says it, and the way back. */
  taught(run, taught) {
    if (!taught) return [];
    const count = taught.things.length;
    const list = make("details", "taught");
    list.append(make("summary", "", `Learnt ${count} thing${count > 1 ? "s" : ""} from this document of ${taught.vendor}`));
    taught.things.forEach((thing, at) => {
      const row = make("div", "thing");
      row.append(make("span", "", thing));
      if (taught.crops[at]) row.append(make("img", "", "", { src: taught.crops[at], alt: "Where it stands", loading: "lazy" }));
      list.append(row);
    });
    const back = async () => {
      const told = await this.trying("unlearn", { run });
      list.replaceChildren(make("span", "", told?.unlearnt ? "Nothing was learnt from it." : told?.error ?? "More was learnt since: forget single rules on the Vendors page."));
    };
    list.append(button("Take back what was learnt", "", back));
    return [list];
  }

  /* It was not saved: the document comes back with what is asked. */
  comeBack(walk, told, state) {
    const other = this.walk;
    if (other && other.run !== walk.run && this.ahead?.run !== other.run) this.ahead = other;
    this.skipped.delete(walk.run);
    if (told.fields) Object.assign(walk, { fields: told.fields, tables: told.tables, stops: told.stops, head: told.head });
    const kept = told.fields ? [] : state.acts;
    const ahead = this.ahead;
    this.openWalk(walk);
    this.ahead = ahead;
    this.clock = state.clock;
    this.passed = state.passed;
    this.acts = kept;
    this.note();
    if (told.taken) this.lost(told);
    else if (told.asked) this.askStored(told.asked);
    else if (told.clashes?.length) for (const clash of told.clashes) this.tellClash(clash);
    else {
      this.armed = Boolean(told.anyway);
      this.say_(told.stopped ?? told.error ?? "It is not kept here any more.", true);
      if (told.at) this.goTo(told.at);
    }
  }

  askStored(asked) {
    this.asking = asked;
    this.quiet();
    this.at = null;
    this.draw();
  }

  answerStored(which) {
    const asked = this.asking;
    this.asking = null;
    if (which === "both") this.save({ both: true, anyway: true });
    else if (which === null) this.goTo(this.firstOpen());
    else this.save({ update: asked[which].order, version: asked[which].version, anyway: true });
  }

  async undo() {
    if (!this.last) return;
    const { run, title } = this.last;
    const told = await this.trying("undo", { run });
    if (!told?.run || told.taken) {
      this.say_(told?.error ?? (told?.taken ? `${told.taken} has ${title} at hand.` : "It cannot be taken back now."), true);
      return;
    }
    this.last = null;
    this.skipped.delete(run);
    if (this.walk) { this.keepTyped(); this.note(); await this.flush(); this.ahead = this.walk; }
    this.openWalk(told);
    this.say_(`The save of ${title} is taken back.`);
  }

  skip() {
    if (!this.walk || this.busy) return;
    this.keepTyped();
    this.note();
    const run = this.walk.run;
    this.flush().then(() => this.trying("leave", { runs: [run] }));
    this.skipped.add(run);
    this.nextDocument();
  }

  askReason() {
    this.rejecting = true;
    this.draw();
  }

  async reject(reason) {
    this.rejecting = false;
    const { run } = this.walk;
    const title = this.titleOf(this.walk);
    const told = await this.trying("reject", { run, reason, time: this.timing() });
    if (!told || told.error || told.taken) {
      this.lost(told ?? { error: "The studio does not answer: it is not rejected." });
      this.draw();
      return;
    }
    localStorage.removeItem(this.place(run));
    await this.nextDocument();
    this.say_(`${title} is rejected: ${reason}`);
    this.renew();
  }

  // --- keys

  onKey(event, outside = false) {
    if (this.columns.isOpen) {
      this.columns.onKey(event, outside);
      return;
    }
    if (!this.walk && event.altKey && event.code === "KeyU") this.undo();
    if (!this.walk || this.find("work").hidden) return;
    if (!outside) event.stopPropagation(); // Streamlit has keys of its own
    if (["Shift", "Control", "Alt", "Meta", "AltGraph"].includes(event.key)) return;
    if (!event.repeat) this.clock.keys += 1;
    const act = this.busy ? () => {} : this.actOf(event);
    if (act) {
      event.preventDefault();
      event.stopPropagation();
      act();
    } else if (outside && this.input?.isConnected) this.input.focus(); // the key is typed there
  }

  actOf(event) {
    const { key, code, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (event.isComposing) return null;
    if (key === "Escape" && !(this.find("queue").hidden && this.find("keys").hidden)) return () => this.toggle(this.find("queue").hidden ? "keys" : "queue");
    if (this.rejecting) return { Enter: () => { const reason = this.input.value.trim(); if (reason) this.reject(reason); }, Escape: () => { this.rejecting = false; this.draw(); } }[key] ?? null;
    if (altKey && !ctrlKey && !event.getModifierState("AltGraph")) {
      return { KeyA: () => this.acceptAll(), KeyS: () => this.skip(), KeyR: () => this.askReason(), KeyU: () => this.undo() }[code] ?? null;
    }
    if (this.asking) {
      if (key === "Escape") return () => this.answerStored(null);
      if (key.toLowerCase() === "k") return () => this.answerStored("both");
      return /^[1-9]$/.test(key) && this.asking[Number(key) - 1] ? () => this.answerStored(Number(key) - 1) : null;
    }
    if (key === "Enter") {
      if (ctrlKey || metaKey) return () => this.save();
      return shiftKey ? () => this.back() : () => this.accept();
    }
    if (ctrlKey || metaKey) return null;
    if (key === "Tab" && !shiftKey && this.at) return () => this.tab();
    if (key === "Escape") return () => { if (this.value) { this.input.value = this.value.text; this.typedAt.delete(this.value.path); this.picked = null; this.input.select(); } };
    if ((key === "ArrowDown" || key === "ArrowUp") && this.input?.tagName !== "TEXTAREA") return () => this.beside(key === "ArrowDown" ? 1 : -1);
    return this.digitOf(key);
  }

  /* A digit takes a value that is offered; digits that follow at once mean that a number is typed. */
  digitOf(key) {
    const untouched = this.input && !this.isTyped() && !this.digit;
    if (/^[1-9]$/.test(key) && untouched && this.stop?.offers[Number(key) - 1]) return () => { this.takeOffer(Number(key) - 1); this.digit = key; };
    if (this.digit && key.length === 1) {
      const typed = this.digit + key;
      return () => { this.digit = ""; this.picked = null; this.input.value = typed; this.input.setSelectionRange(typed.length, typed.length); };
    }
    this.digit = "";
    return null;
  }

  /* The value above or below: in a table in the same column. */
  beside(step) {
    const path = this.value?.path;
    if (!path) return;
    if (this.isTyped()) { this.put(path, this.input.value.trim(), this.picked); this.flush(); }
    const [table, row, column] = path.split(".");
    const there = row === undefined
      ? this.walk.fields[this.walk.fields.findIndex((each) => each.path === path) + step]?.path
      : this.valueAt(`${table}.${Number(row) + step}.${column}`)?.path;
    if (there) this.goTo(this.stopAt(there)?.id ?? there);
  }

  // --- words of the page

  pageAt() {
    return this.walk.pages[this.page];
  }

  at_(event) {
    const { left, top, width, height } = this.find("sheet").getBoundingClientRect();
    return [Math.min(1, Math.max(0, (event.clientX - left) / width)), Math.min(1, Math.max(0, (event.clientY - top) / height))];
  }

  wordAt([x, y]) {
    return this.pageAt().words.find(([, x0, y0, x1, y1]) => x >= x0 - 0.002 && x <= x1 + 0.002 && y >= y0 - 0.002 && y <= y1 + 0.002);
  }

  hover(event) {
    if (this.dragging) return;
    const word = this.wordAt(this.at_(event));
    if (this.hovered === word) return;
    this.hovered = word;
    this.find("sheet").querySelector(".mark.word")?.remove();
    if (word) this.mark("word", word.slice(1));
  }

  press(event) {
    if (event.button !== 0 || !this.walk) return;
    const from = this.at_(event);
    const held = new AbortController();
    this.dragging = null;
    const about = { signal: held.signal };
    const boxOf = (moved) => { const [x, y] = this.at_(moved); return [Math.min(from[0], x), Math.min(from[1], y), Math.max(from[0], x), Math.max(from[1], y)]; };
    document.addEventListener("pointermove", (moved) => {
      if (!this.dragging && Math.max(Math.abs(moved.clientX - event.clientX), Math.abs(moved.clientY - event.clientY)) < LEAST) return;
      this.dragging?.remove();
      this.dragging = this.mark("pen", boxOf(moved));
    }, about);
    document.addEventListener("pointerup", (moved) => {
      held.abort();
      const drawn = Boolean(this.dragging);
      this.dragging?.remove();
      this.dragging = null;
      const word = drawn ? null : this.wordAt(from);
      if (drawn) this.takeBox(boxOf(moved));
      else if (word) this.takeWords([word]);
      this.input?.focus();
    }, about);
  }

  async takeBox([x0, y0, x1, y1]) {
    const words = this.pageAt().words.filter(([, ...at]) => { const [x, y] = middle(at); return x >= x0 && x <= x1 && y >= y0 && y <= y1; });
    if (words.length) {
      this.takeWords(words);
      return;
    }
    const { run } = this.walk;
    const at = this.at;
    const { number } = this.pageAt();
    const told = await this.trying("words", { run, page: number, at: [x0, y0, x1, y1] });
    if (this.walk?.run !== run || this.at !== at) return;
    if (told?.words) this.fill(told.words, { page: number, at: [x0, y0, x1, y1] });
    else this.say_("No words were found in this box: draw it a little larger.");
  }

  takeWords(words) {
    const at = [Math.min(...words.map((w) => w[1])), Math.min(...words.map((w) => w[2])), Math.max(...words.map((w) => w[3])), Math.max(...words.map((w) => w[4]))];
    this.fill(words.map((word) => word[0]).join(" "), { page: this.pageAt().number, at });
  }

  fill(text, place) {
    if (!this.value || !this.input) return;
    this.input.value = text;
    this.digit = "";
    this.dirty = true;
    this.picked = { place: { ...place, words: text }, taken: false };
    this.input.focus();
    this.drawMarks();
  }

  // --- drawing

  titleOf(walk) {
    const { identifier, issuer, name } = walk.head;
    return [issuer, identifier].filter(Boolean).join(" · ") || name;
  }

  drawHead() {
    const some = this.waiting === undefined ? "" : `${this.waiting} wait${this.waiting === 1 ? "s" : ""}`;
    const pace = this.pace ? `median ${this.pace.seconds < 10 ? this.pace.seconds.toFixed(1) : Math.round(this.pace.seconds)} s, ${this.pace.looks} look${this.pace.looks === 1 ? "" : "s"}` : "";
    const each = this.pace ? `${this.pace.seconds < 10 ? this.pace.seconds.toFixed(1) : Math.round(this.pace.seconds)} s and ${this.pace.looks} look${this.pace.looks === 1 ? "" : "s"}` : "";
    this.find("pace").textContent = !this.pace ? "" : this.pace.count === 1 ? `The last review took ${each}.` : `The last ${this.pace.count} reviews took ${each} at the median.`;
    if (!this.walk) return;
    const { total, currency, name, type } = this.walk.head;
    this.find("title").textContent = [this.titleOf(this.walk), [total, currency].filter(Boolean).join(" ")].filter(Boolean).join(" · ");
    this.find("file").textContent = this.titleOf(this.walk) === name ? type : name;
    const left = this.open().length;
    this.find("count").textContent = [left ? `${left} question${left > 1 ? "s" : ""}` : "nothing left to ask", some, pace].filter(Boolean).join(" · ");
  }

  draw(same = false) {
    if (!same || !this.dirty) this.drawCard();
    this.drawValues();
    this.drawHead();
    if (same) this.drawMarks();
    else this.showPlace(this.value?.place ?? this.stop?.offers.find((offer) => offer.place)?.place ?? null);
  }

  drawCard() {
    const card = this.find("card");
    const { stop, value } = this;
    this.wasStop = Boolean(stop) && !this.answered.has(stop.id); // one goes back to what was answered to look at it
    this.dirty = false;
    card.className = `card ${!stop ? "calm" : stop.kind === "doubt" || stop.kind === "empty" ? "" : "bad"}`;
    card.replaceChildren();
    this.input = null;
    if (this.rejecting) this.drawReason(card);
    else if (this.asking) this.drawStored(card);
    else if (!this.at) this.drawDone(card);
    else if (value) this.drawQuestion(card, stop, value);
    else this.drawWhole(card, stop);
    card.tabIndex = -1;
    (this.input ?? card).focus({ preventScroll: true }); // no button: an Enter too many must not press one
  }

  drawQuestion(card, stop, value) {
    card.append(make("div", "name-of", value.title));
    if (stop) card.append(make("div", "said", stop.sentence));
    else card.append(make("div", "quiet", value.words));
    const place = value.place ?? stop?.offers.find((offer) => offer.place)?.place;
    if (place) card.append(this.cropOf(place));
    const long = value.kind === "address";
    const input = make(long ? "textarea" : "input", `field${NUMBERS.includes(value.kind) ? " number" : ""}`, "", { rows: 2, ariaLabel: value.title, autocomplete: "off", spellcheck: false });
    input.value = this.typedAt.get(value.path) ?? value.text;
    input.placeholder = { date: "YYYY-MM-DD", currency: "ISO code" }[value.kind] ?? "not on the page: Enter goes on";
    input.oninput = () => { this.dirty = true; this.picked = null; this.typedAt.set(value.path, input.value); this.note(); };
    this.input = input;
    card.append(input);
    if (stop?.members.length) card.append(this.membersOf(stop));
    if (stop?.offers.length) card.append(this.offersOf(stop, value));
    card.append(this.actionsOf(stop));
    input.select();
  }

  drawWhole(card, stop) {
    card.append(make("div", "name-of", "The document as a whole"), make("div", "said", stop?.sentence ?? ""), this.actionsOf(stop));
  }

  drawDone(card) {
    const open = this.open();
    card.append(make("div", "name-of", open.length ? `${open.length} question${open.length > 1 ? "s are" : " is"} left open` : "Nothing is left to ask"));
    card.append(make("div", "said", open.length ? "A value is needed there; Ctrl+Enter saves it as it is, as “needs review”." : "Enter saves it and opens the next document."));
    const line = make("div", "line");
    line.append(button("Save, next", "Enter", () => this.save(), "main"), button("Reject", "Alt+R", () => this.askReason()), button("Skip", "Alt+S", () => this.skip()));
    card.append(line);
  }

  drawReason(card) {
    const input = make("input", "field", "", { placeholder: "Why is it no record?", ariaLabel: "Reason", maxLength: 500 });
    card.append(make("div", "name-of", "Reject this document"), input);
    const line = make("div", "line");
    line.append(button("Reject", "Enter", () => { if (input.value.trim()) this.reject(input.value.trim()); }, "main"), button("Cancel", "Esc", () => { this.rejecting = false; this.draw(); }));
    card.append(line);
    this.input = input;
  }

  drawStored(card) {
    card.append(make("div", "name-of", "Already stored"));
    for (const [place, each] of this.asking.entries()) {
      card.append(make("div", "said", each.sentence));
      const list = make("div", "quiet");
      for (const [title, then, now] of each.differs) list.append(make("div", "", `${title}: ${then || "nothing"} → ${now || "nothing"}`));
      if (!each.differs.length) list.textContent = "Its values are the same as these.";
      card.append(list, button(`Update order ${each.order}`, String(place + 1), () => this.answerStored(place)));
    }
    const line = make("div", "line");
    line.append(button("Keep both", "K", () => this.answerStored("both")), button("Cancel", "Esc", () => this.answerStored(null)));
    card.append(line);
  }

  actionsOf(stop) {
    const line = make("div", "line");
    if (stop?.answers.length) line.append(button(YES[stop.kind] ?? "It stands so on the page", "Enter", () => this.accept(), "main"));
    else line.append(button(stop ? "Leave it open" : "Next", "Enter", () => this.accept()));
    if (this.open().length > 1) line.append(button("All right", "Alt+A", () => this.acceptAll()));
    line.append(button("Save, next", "Ctrl+Enter", () => this.save()), button("Skip", "Alt+S", () => this.skip()), button("Reject", "Alt+R", () => this.askReason()));
    return line;
  }

  membersOf(stop) {
    const line = make("div", "line");
    for (const [place, member] of stop.members.entries()) {
      const words = `${{ 1: place ? "+ " : "", "-1": "− ", 0: "= " }[member.sign]}${member.name} ${member.value}`;
      if (member.path) line.append(button(words, "", () => this.goTo(this.stopAt(member.path)?.id ?? member.path)));
      else line.append(make("span", "", words));
    }
    if (stop.difference !== null) line.append(make("span", "difference", `difference ${stop.difference}`));
    return line;
  }

  offersOf(stop, value) {
    const line = make("div", "line");
    const proposal = stop.offers[this.proposal()];
    for (const [place, offer] of stop.offers.entries()) {
      const made = button("", offer === proposal ? "Tab" : "", () => { this.takeOffer(place); if (offer.path === this.value?.path) this.accept(); }, "offer");
      const about = offer.path === value.path ? "" : `${offer.title} `;
      made.prepend(make("span", "nth", String(place + 1)), make("span", "", `${about}${offer.value}`), ...(offer.label ? [make("span", "label", offer.label)] : []));
      made.title = offer.label;
      made.onpointerenter = () => { if (offer.place) this.showPlace(offer.place); };
      line.append(made);
    }
    return line;
  }

  cropOf(place) {
    return cropped(this.walk.pages, place, (this.find("right").clientWidth || 480) - 40);
  }

  drawValues() {
    const holder = this.find("values");
    const top = holder.scrollTop;
    const parts = [];
    let group = null;
    const asked = new Set(this.open().flatMap((stop) => stop.paths));
    const sign = (value) => make("span", `sign ${asked.has(value.path) ? "asked" : value.level}`, asked.has(value.path) ? "?" : SIGNS[value.level], { title: value.words });
    const here = this.value?.path;
    const go = (path) => () => this.goTo(this.stopAt(path)?.id ?? path);
    for (const value of this.walk.fields) {
      if (value.group !== group) parts.push(make("h3", "", (group = value.group)));
      const row = make("button", `value${value.path === here ? " here" : ""}`, "", { type: "button", tabIndex: -1, onclick: go(value.path) });
      row.dataset.path = value.path;
      row.append(sign(value), make("span", "name-of", value.title), make("span", "text", value.text || "–"));
      parts.push(row);
    }
    for (const table of this.walk.tables.filter((each) => each.rows.length)) {
      const drawn = make("table");
      const head = make("tr");
      const shown = table.columns.map((column, at) => at < USUAL_COLUMNS || table.rows.some((row) => row[at].text || asked.has(row[at].path)));
      for (const column of table.columns.filter((_, at) => shown[at])) head.append(make("th", NUMBERS.includes(column.kind) ? "number" : "", column.title));
      drawn.append(head);
      for (const row of table.rows) {
        const line = make("tr");
        for (const cell of row.filter((_, at) => shown[at])) {
          const classes = [NUMBERS.includes(cell.kind) ? "number" : "", asked.has(cell.path) ? "asked" : "", cell.path === here ? "here" : ""];
          const made = make("td", classes.filter(Boolean).join(" "), cell.text || "–", { onclick: go(cell.path), title: cell.words });
          made.dataset.path = cell.path;
          line.append(made);
        }
        drawn.append(line);
      }
      parts.push(make("h3", "", table.title), drawn);
    }
    holder.replaceChildren(...parts);
    holder.scrollTop = top;
    const now = holder.querySelector(".here");
    if (now) {
      const [outer, inner] = [holder.getBoundingClientRect(), now.getBoundingClientRect()];
      if (inner.top < outer.top + 24 || inner.bottom > outer.bottom) holder.scrollTop += inner.top - outer.top - outer.height / 3;
    }
  }

  // --- the page

  turn(page) {
    if (page < 0 || page >= this.walk.pages.length) return;
    this.page = page;
    this.zoom = 1;
    this.layOut();
    this.drawMarks();
    this.input?.focus();
  }

  showPlace(place) {
    const page = place ? this.walk.pages.findIndex((each) => each.number === place.page) : -1;
    if (page >= 0) this.page = page;
    this.zoom = 1;
    if (page >= 0) {
      const [x0, y0, x1, y1] = place.at;
      const room = this.find("stage").clientWidth || 600;
      const line = Math.max((y1 - y0) * (this.pageAt().ratio ?? 1.4) * room, 1);
      this.zoom = Math.min(Math.max(22 / line, 1), 0.85 / Math.max(x1 - x0, 0.05), 2.6);
      this.zoom = Math.max(this.zoom, 1);
    }
    this.layOut();
    if (page >= 0) {
      const stage = this.find("stage");
      const [x, y] = middle(place.at);
      stage.scrollLeft = x * this.find("sheet").offsetWidth - stage.clientWidth / 2;
      stage.scrollTop = y * this.find("sheet").offsetHeight - stage.clientHeight / 2;
    }
    this.drawMarks();
  }

  layOut() {
    if (!this.walk) return;
    const page = this.pageAt();
    const sheet = this.find("sheet");
    const width = Math.round((this.find("stage").clientWidth || 0) * (this.zoom ?? 1));
    if (!page || !width) return;
    sheet.style.width = `${width}px`;
    sheet.style.height = `${Math.round(width * (page.ratio ?? 1.414))}px`;
    const many = this.walk.pages.length > 1;
    this.find("turn").hidden = !many;
    this.find("page").textContent = `Page ${page.number} of ${this.walk.pages.length}`;
    const address = `${page.address}?w=${PIXELS}`;
    if (this.pictured === address) return;
    this.pictured = address;
    sheet.classList.add("coming"); // never another page's picture under these marks
    const picture = make("img", "picture", "", { alt: "The page", draggable: false });
    picture.onload = picture.onerror = () => {
      if (this.pictured !== address) return;
      this.find("picture").replaceWith(picture);
      sheet.classList.remove("coming");
      if (!page.ratio && picture.naturalWidth) { page.ratio = picture.naturalHeight / picture.naturalWidth; this.layOut(); }
    };
    picture.src = address;
  }

  drawMarks() {
    const sheet = this.find("sheet");
    sheet.querySelectorAll(".mark").forEach((old) => old.remove());
    this.hovered = null;
    if (!this.walk) return;
    const { number } = this.pageAt();
    const { stop, value } = this;
    for (const [place, offer] of (stop?.offers ?? []).entries()) {
      if (offer.place?.page !== number) continue;
      this.mark("offer", offer.place.at).append(make("span", "nth-of", String(place + 1)));
    }
    for (const path of stop?.members.map((member) => member.path).filter((each) => each && each !== value?.path) ?? []) {
      const place = this.valueAt(path)?.place;
      if (place?.page === number) this.mark("member", place.at);
    }
    const here = this.picked?.place ?? value?.place;
    if (here?.page === number) this.mark("here", here.at);
  }

  mark(kind, [x0, y0, x1, y1]) {
    const made = make("div", `mark ${kind}`);
    Object.assign(made.style, { left: `${x0 * 100}%`, top: `${y0 * 100}%`, width: `${(x1 - x0) * 100}%`, height: `${(y1 - y0) * 100}%` });
    this.find("sheet").append(made);
    return made;
  }

  // --- what else there is

  async toggle(name) {
    const panel = this.find(name);
    const open = panel.hidden;
    for (const each of ["queue", "keys"]) {
      this.find(each).hidden = !(open && each === name);
      this.find(`show-${each}`).setAttribute("aria-expanded", String(open && each === name));
    }
    if (name === "queue" && !panel.hidden) this.drawQueue((await this.trying("queue"))?.queue ?? []);
    this.input?.focus();
  }

  drawQueue(rows) {
    const made = rows.map((row) => {
      const entry = button("", "", () => this.jump(row.run_id), "entry");
      const asked = row.doubts ? `${row.doubts} question${row.doubts > 1 ? "s" : ""}` : "";
      const has = row.mine ? "you" : row.at || (row.who ? `given to ${row.who}` : "");
      entry.append(make("b", "", row.vendor || row.name), make("span", "", row.number), make("span", "amount", [row.total, row.currency].filter(Boolean).join(" ")), make("span", "", asked), make("span", "quiet", has));
      return entry;
    });
    this.find("queue").replaceChildren(...(made.length ? made : [make("span", "quiet", "Nothing else waits.")]));
  }

  async jump(run) {
    this.toggle("queue");
    if (run === this.walk?.run) return;
    const walk = await this.trying("open", { run });
    if (walk?.taken) this.say_(`${walk.taken} has it at hand.`, true);
    if (!walk?.run || walk.taken) return;
    const left = this.walk?.run;
    this.keepTyped();
    await this.flush();
    this.skipped.delete(run);
    if (left) this.trying("leave", { runs: [left] });
    this.openWalk(walk);
  }
}
