
/* One field over many documents: their questions one below the other, each beside its place on the page. Keys are answered here at
   once; the studio is told afterwards, document by document, as in the walk. What Enter finds right is the value that is shown, and
   no other that its question also names: that stays asked. */

class Columns {
  constructor(walker, root) {
    this.walker = walker;
    this.root = root;
    this.find = (name) => root.querySelector(`.${name}`);
    this.isOpen = false;
    this.documents = [];
    this.cells = [];
    this.passed = new Set(); // runs that are not to come again
    this.find("leave-column").onclick = () => this.leave();
    this.find("save-done").onclick = () => this.saveAll();
    this.find("more").onclick = () => this.load();
    this.find("which").onchange = () => this.choose();
  }

  runs() {
    return this.documents.filter((each) => !each.order && !each.lost).map((each) => each.run);
  }

  async enter() {
    const { walker } = this;
    if (walker.busy) return;
    walker.keepTyped();
    walker.note();
    await walker.flush();
    const ahead = await walker.ahead;
    const runs = [walker.walk?.run, ahead?.run].filter(Boolean);
    walker.walk = null;
    walker.ahead = null;
    clearTimeout(walker.looking);
    this.isOpen = true;
    this.passed = new Set(walker.skipped);
    walker.show("column");
    if (runs.length) await walker.trying("leave", { runs });
    await this.chooseField();
  }

  /* The fields that have questions open; the one at hand stays, else the commonest. */
  async chooseField(wanted = "") {
    this.say("Looking which fields have questions …");
    const told = await this.walker.trying("fields");
    if (!this.isOpen) return;
    const fields = told?.fields ?? [];
    const types = new Set(fields.map((each) => each.type_name));
    this.find("which").replaceChildren(...fields.map((each) => {
      const about = types.size > 1 ? `${each.type_title} · ${each.title}` : each.title;
      return make("option", "", `${about} (${each.count})`, { value: JSON.stringify([each.type_name, each.field]) });
    }));
    if (fields.some((each) => JSON.stringify([each.type_name, each.field]) === wanted)) this.find("which").value = wanted;
    await this.load();
  }

  async choose() {
    await this.letGo();
    await this.load();
  }

  async letGo() {
    for (const each of this.documents) await this.tell(each);
    const runs = this.runs();
    this.documents = [];
    this.cells = [];
    this.at = null;
    if (runs.length) await this.walker.trying("leave", { runs });
  }

  async load() {
    const chosen = this.find("which").value;
    if (this.documents.length) {
      for (const each of this.documents) this.passed.add(each.run);
      await this.letGo();
    }
    this.find("rows").replaceChildren();
    this.find("more").hidden = true;
    if (!chosen) {
      this.say("No field has a question open.");
      this.drawHead();
      return;
    }
    this.say("Looking for documents …");
    const [type, field] = JSON.parse(chosen);
    const told = await this.walker.trying("column", { type, field, but: [...this.passed] });
    if (!this.isOpen) return;
    this.documents = (told?.documents ?? []).map((each) => ({ ...each, acts: [], queue: Promise.resolve(), seconds: 0, keys: 0, looks: 0, id: crypto.randomUUID() }));
    this.cells = this.documents.flatMap((document_) => document_.cells.map(({ stop, value }) => ({ document: document_, stop, value, state: "open", picked: null })));
    this.find("rows").replaceChildren(...this.cells.map((cell) => this.drawn(cell)));
    for (const each of this.documents) this.takeUp(each);
    this.say(this.cells.length ? "" : told ? "Nothing is asked there any more: choose another field." : "The studio does not answer.");
    this.goTo(this.cells.find((cell) => cell.state === "open") ?? null);
    this.drawHead();
  }

  /* What a reload or a lost connection left untold, of the walk or of a column. */
  takeUp(document_) {
    try {
      document_.acts = JSON.parse(localStorage.getItem(this.walker.place(document_.run)) ?? "null")?.acts ?? [];
    } catch { /* not ours */ }
    for (const act of document_.acts) {
      const cell = this.cells.find((each) => each.document === document_ && (each.value.path === act.path || act.paths?.includes(each.value.path)));
      if (cell && act.do === "set") cell.input.value = act.text;
      if (cell) this.mark(cell, "done", "kept");
    }
    if (document_.acts.length) this.flush(document_);
  }

  async leave(run = null) {
    this.isOpen = false;
    this.clock();
    await this.letGo();
    const walk = run ? await this.walker.trying("open", { run }) : null;
    this.walker.show("work");
    if (walk?.run && !walk.taken) this.walker.openWalk(walk);
    else await this.walker.nextDocument();
    this.walker.renew();
  }

  // --- where one is

  goTo(cell) {
    this.clock();
    this.at?.row.classList.remove("at");
    this.at = cell;
    this.digit = "";
    if (!cell) {
      const save = this.find("save-done");
      (save.hidden ? this.find("more").hidden ? this.find("which") : this.find("more") : save).focus();
      return;
    }
    cell.document.looks += 1;
    cell.row.classList.add("at");
    cell.row.scrollIntoView({ block: "nearest" });
    if (cell.row.getRootNode().activeElement !== cell.input) cell.input.focus({ preventScroll: true });
    cell.input.select();
  }

  /* The time since the last look belongs to the document that was looked at. */
  clock() {
    const now = performance.now();
    if (this.at) this.at.document.seconds += (now - this.since) / 1000;
    this.since = now;
  }

  after(cell) {
    const from = this.cells.indexOf(cell);
    return [...this.cells.slice(from + 1), ...this.cells.slice(0, from)].find((each) => each.state === "open") ?? null;
  }

  isTyped(cell) {
    return cell.input.value.trim() !== cell.value.text;
  }

  accept() {
    const cell = this.at;
    const { stop, value } = cell;
    if (this.isTyped(cell)) {
      const text = cell.input.value.trim();
      this.done(cell, { do: "set", path: value.path, text, was: value.text, place: cell.picked?.place ?? null, taken: Boolean(cell.picked?.taken) });
    } else if (stop.answers.length) this.done(cell, { do: "yes", paths: [value.path] });
    else {
      this.skip();
      return;
    }
    this.goTo(this.after(cell));
    this.flush(cell.document);
  }

  done(cell, act) {
    cell.document.acts.push(act);
    this.note(cell.document);
    this.mark(cell, "done", act.do === "yes" ? "found right" : "changed");
  }

  note({ run, acts }) {
    if (acts.length) localStorage.setItem(this.walker.place(run), JSON.stringify({ acts, typed: [] }));
    else localStorage.removeItem(this.walker.place(run));
  }

  skip() {
    const cell = this.at;
    this.mark(cell, "left", "left open");
    this.goTo(this.after(cell));
    this.drawHead();
  }

  back() {
    const from = this.cells.indexOf(this.at);
    const cell = this.cells[from < 0 ? this.cells.length - 1 : from - 1];
    if (cell && !cell.document.order && !cell.document.lost) this.goTo(cell);
  }

  offersOf(cell) {
    return cell.stop.offers.filter((offer) => offer.path === cell.value.path);
  }

  take(cell, offer) {
    cell.input.value = offer.value;
    cell.picked = { place: offer.place ? { ...offer.place, words: offer.words } : null, taken: true };
  }

  proposal(cell) {
    const wanted = cell.stop.proposed ?? (cell.value.text ? null : this.offersOf(cell)[0]?.value);
    return this.offersOf(cell).find((offer) => offer.value === wanted && offer.value !== cell.value.text) ?? null;
  }

  // --- telling the studio

  flush(document_) {
    document_.queue = document_.queue.then(() => this.tell(document_));
    this.drawHead();
    return document_.queue;
  }

  async tell(document_) {
    if (!document_.acts.length || document_.lost) return;
    const sent = document_.acts.slice();
    let told = null;
    try {
      told = await this.walker.ask("keep", { run: document_.run, acts: sent });
    } catch {
      this.say("Not kept yet: the studio does not answer. What you do stays in this browser.");
      if (this.isOpen) setTimeout(() => this.flush(document_), AGAIN);
      return;
    }
    if (told.error || told.taken) {
      this.lose({ [document_.run]: told.taken ?? told.error });
      return;
    }
    document_.acts = document_.acts.slice(sent.length);
    this.note(document_);
    document_.open = (told.stops ?? []).length;
    for (const cell of this.cells.filter((each) => each.document === document_)) this.bring(cell, told);
    this.drawHead();
  }

  /* What the studio says of a cell that was answered. */
  bring(cell, told) {
    const clash = (told.clashes ?? []).find((each) => each.path === cell.value.path);
    if (clash) {
      cell.value.text = clash.theirs;
      this.mark(cell, "open", `Somebody else put “${clash.theirs || "nothing"}” there: Enter keeps yours.`, true);
      return;
    }
    if (cell.state !== "done") return;
    const stop = (told.stops ?? []).find((each) => each.path === cell.value.path);
    if (stop) {
      cell.value.text = cell.input.value.trim();
      cell.stop = stop;
      this.mark(cell, "left", stop.sentence, true);
    } else if (!cell.document.open) this.mark(cell, "done", "nothing left to ask");
    else this.mark(cell, "done", `${cell.document.open} more to ask`);
  }

  /* Documents that somebody else has by now: who, by run. */
  lose(taken) {
    for (const document_ of this.documents.filter((each) => taken?.[each.run])) {
      document_.lost = true;
      for (const cell of this.cells.filter((each) => each.document === document_)) this.mark(cell, "left", `${taken[document_.run]} has it at hand now.`, true);
      if (this.at?.document === document_) this.goTo(this.after(this.at));
    }
  }

  finished() {
    return this.documents.filter((each) => !each.open && !each.acts.length && !each.order && !each.lost);
  }

  async saveAll() {
    if (this.saving) return;
    this.saving = true;
    this.clock();
    await Promise.all(this.documents.map((each) => each.queue));
    for (const document_ of this.finished()) await this.save(document_);
    this.saving = false;
    this.drawHead();
    this.walker.renew();
    if (!this.at) this.goTo(this.cells.find((cell) => cell.state === "open") ?? null);
  }

  async save(document_) {
    const { run, id, seconds, keys, looks } = document_;
    const time = { id, seconds, first_look: 0, keys, clicks: 0, looks };
    const told = (await this.walker.trying("save", { run, acts: [], wish: {}, time })) ?? { error: "The studio does not answer: it is not saved." };
    const cells = this.cells.filter((each) => each.document === document_);
    if (told.saved) {
      document_.order = told.saved;
      localStorage.removeItem(this.walker.place(run));
      for (const cell of cells) { this.mark(cell, "done", `saved as order ${told.saved}`); cell.input.disabled = true; }
      return;
    }
    const why = told.asked?.[0]?.sentence ?? told.stopped ?? told.error ?? (told.taken ? `${told.taken} has it at hand now.` : "It is not saved.");
    document_.lost = true;
    for (const cell of cells) this.mark(cell, "left", why, true);
    cells[0].row.querySelector(".state").append(" ", button("Open it", "", () => this.leave(run)));
  }

  // --- keys

  onKey(event, outside) {
    if (!outside) event.stopPropagation(); // Streamlit has keys of its own
    if (["Shift", "Control", "Alt", "Meta", "AltGraph"].includes(event.key)) return;
    if (this.at && !event.repeat) this.at.document.keys += 1;
    const act = this.actOf(event);
    if (act) {
      event.preventDefault();
      act();
    } else if (outside && this.at) this.at.input.focus();
  }

  actOf(event) {
    const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
    if (event.isComposing) return null;
    if (key === "Enter" && (ctrlKey || metaKey)) return () => this.saveAll();
    if (key === "Enter" && shiftKey) return () => this.back();
    const cell = this.at;
    if (key === "Escape") return () => { if (cell && this.isTyped(cell)) { cell.input.value = cell.value.text; cell.picked = null; cell.input.select(); } else this.leave(); };
    if (!cell || event.target.closest?.("button, select") || ctrlKey || metaKey) return null;
    if (altKey) return event.code === "KeyS" ? () => this.skip() : null;
    if (key === "Enter") return () => this.accept();
    if (key === "ArrowDown") return () => { const next = this.cells[this.cells.indexOf(cell) + 1]; if (next) this.goTo(next); };
    if (key === "ArrowUp") return () => this.back();
    if (key === "Tab" && !shiftKey) {
      if (this.isTyped(cell)) return () => this.accept();
      const proposal = this.proposal(cell);
      return proposal ? () => { this.take(cell, proposal); this.accept(); } : () => this.skip();
    }
    return this.digitOf(key, cell);
  }

  /* A digit takes a value that is offered; digits that follow at once mean that a number is typed. */
  digitOf(key, cell) {
    const offer = /^[1-9]$/.test(key) && !this.isTyped(cell) && !this.digit ? this.offersOf(cell)[Number(key) - 1] : null;
    if (offer) return () => { this.take(cell, offer); this.digit = key; };
    if (this.digit && key.length === 1) {
      const typed = this.digit + key;
      return () => { this.digit = ""; cell.picked = null; cell.input.value = typed; };
    }
    this.digit = "";
    return null;
  }

  // --- drawing

  say(words) {
    this.find("told").textContent = words;
  }

  drawHead() {
    const left = this.cells.filter((cell) => cell.state === "open").length;
    const ready = this.finished().length;
    const waits = `${left} of ${this.cells.length} to look at`;
    this.find("left-over").textContent = this.cells.length ? waits : "";
    const save = this.find("save-done");
    save.hidden = !ready;
    save.replaceChildren(`Save ${ready} document${ready === 1 ? "" : "s"}`, make("kbd", "", "Ctrl+Enter"));
    this.find("more").hidden = !this.cells.length || left > 0;
    if (this.cells.length && !left) this.say("All of these are looked at.");
  }

  mark(cell, state, words, bad = false) {
    cell.state = state;
    cell.row.classList.toggle("done", state === "done");
    cell.row.classList.toggle("bad", bad);
    cell.row.querySelector(".state").textContent = words;
  }

  drawn(cell) {
    const { stop, value } = cell;
    const { head, pages } = cell.document;
    const row = make("div", "cell", "", { role: "listitem" });
    const of = make("div", "of");
    of.append(make("b", "", head.issuer || head.name), make("span", "quiet", [head.identifier, value.path.includes(".") ? value.title : ""].filter(Boolean).join(" · ")));
    const place = value.place ?? this.offersOf(cell).find((offer) => offer.place)?.place;
    if (!place) row.classList.add("none");
    const crop = place ? cropped(pages, place, Math.max(280, (this.root.clientWidth || 1100) * 0.36)) : make("div", "crop", "not found on the page");
    const answer = make("div");
    const input = make("input", `field${NUMBERS.includes(value.kind) ? " number" : ""}`, "", { value: value.text, ariaLabel: `${value.title}, ${head.issuer || head.name}`, autocomplete: "off", spellcheck: false });
    input.placeholder = value.kind === "date" ? "YYYY-MM-DD" : "not on the page";
    input.oninput = () => { cell.picked = null; };
    input.onfocus = () => { if (this.at !== cell) this.goTo(cell); };
    answer.append(input, make("div", "said", stop.sentence));
    const offers = this.offersOf(cell);
    if (offers.length) {
      const line = make("div", "line");
      for (const [nth, offer] of offers.entries()) {
        const made = button("", "", () => { this.goTo(cell); this.take(cell, offer); this.accept(); }, "offer");
        made.append(make("span", "nth", String(nth + 1)), make("span", "", offer.value));
        made.title = offer.label;
        line.append(made);
      }
      answer.append(line);
    }
    row.append(of, crop, answer, make("div", "state"));
    Object.assign(cell, { row, input });
    return row;
  }
}
