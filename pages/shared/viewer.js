/* The page view: pictures by address, boxes of found values on top, linked both ways with the form's fields.

   data: { id, pages: [{number, ratio, address}], boxes: [{path, field, page, level, kind, label, at: [x0, y0, x1, y1]}],
           doubtful: [{path, field}] where a question is open, others: [{key, page, at}] of the values offered, focus: {nonce, path} | {nonce, next: true},
           tables: [{name, row, rows, editor, columns: [{name, title, width, cell}]}] that stand beside the page: what a row is called, and the
            classes of its container and its editor without "st-key-"; titles: {name: title} of the header fields,
           draws: whether words can be drawn into fields, target: null | {path, title} what every box is for, whichever field has the focus,
           drawn: null | {nonce, path, page, at, words, undo} what became of the last box drawn (no words: all is seen elsewhere) }
   Places are fractions of the page. A field is found by its class st-key-<field>; a cell by the row and column of its
   table. Document text only ever goes into textContent. */

const WIDTHS = [700, 1000, 1400, 2000, 2800, 4000];
const rowHeight = () => Math.round(2.1875 * parseFloat(getComputedStyle(document.documentElement).fontSize)); // Streamlit's table
const pause = (milliseconds) => new Promise((resume) => setTimeout(resume, milliseconds));
const remembered = new Map(); // page, zoom and last focus of each run, while the tab lives
let followed = null; // the nonce of the last focus that was asked for: a view that begins anew must not take the cursor again
const pen = { taken: false }; // whether a drag draws, also on the next document
const ROOM_BELOW = 120; // pixels for a question that stands below its group
const LEAST = 5; // pixels that the pointer moves before a press is a drag

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const root = parentElement.querySelector(".viewer");
  if (!root.view) root.view = new View(root);
  root.view.update(data, setTriggerValue);
  return () => root.view.leave();
}

class View {
  constructor(root) {
    this.root = root;
    this.find = (name) => root.querySelector(`.${name}`);
    this.stage = this.find("stage");
    this.sheet = this.find("sheet");
    this.lit = null;
    this.find("previous").onclick = () => this.turn(this.memory.page - 1);
    this.find("next").onclick = () => this.turn(this.memory.page + 1);
    this.find("smaller").onclick = () => this.zoomTo(this.memory.zoom / 1.25);
    this.find("larger").onclick = () => this.zoomTo(this.memory.zoom * 1.25);
    this.find("fit").onclick = () => this.zoomTo(1);
    this.find("boxes").onclick = () => {
      this.memory.bare = !this.memory.bare;
      this.draw();
    };
    this.find("draw").onclick = () => this.takePen(!pen.taken);
    this.sheet.addEventListener("pointerdown", (event) => this.startBox(event));
    this.sheet.addEventListener("mousedown", (event) => { if (this.draws(event)) event.preventDefault(); }); // the field keeps the focus
    this.stage.onkeydown = (event) => this.onKey(event);
    this.stage.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      this.zoomTo(this.memory.zoom * (event.deltaY < 0 ? 1.1 : 1 / 1.1));
    }, { passive: false });
  }

  update(data, setTriggerValue) {
    const other = this.data?.id !== data.id;
    this.data = data;
    this.trigger = setTriggerValue;
    if (!remembered.has(data.id)) remembered.set(data.id, { page: 0, zoom: 1, bare: false, last: null });
    this.memory = remembered.get(data.id);
    this.memory.page = Math.min(this.memory.page, data.pages.length - 1);
    if (other) this.lit = this.asked = this.offered = null;
    if (data.drawn && data.drawn.nonce !== this.asked?.nonce) this.asked = null; // the answer is there
    this.listen();
    this.draw();
    if (data.focus && data.focus.nonce !== followed) {
      followed = data.focus.nonce;
      this.follow(data.focus, 40);
    }
  }

  listen() {
    if (this.ears && !this.ears.signal.aborted) return;
    this.ears = new AbortController();
    const signal = this.ears.signal;
    document.addEventListener("focusin", (event) => this.onFocus(event.target), { signal });
    for (const name of ["mouseover", "focusin"]) document.addEventListener(name, (event) => this.offer(event.target), { signal });
    window.addEventListener("keydown", (event) => this.onShortcut(event), { signal, capture: true });
    this.sizes = new ResizeObserver(() => this.layOut());
    this.sizes.observe(this.stage);
    this.cells = new MutationObserver((changes) => this.onCells(changes));
    this.cells.observe(document.body, { subtree: true, attributes: true, attributeFilter: ["aria-selected"] });
  }

  leave() {
    this.ears.abort();
    this.sizes.disconnect();
    this.cells.disconnect();
  }

  // --- shortcuts

  /* The table takes every key for typing, also that of a shortcut, and would lose the cell's value: keep Alt+letter from
     it and hand it on to the page. Alt+Y takes the doubtful value one stands in as right. AltGr writes signs such as @ and stays typing. */
  onShortcut(event) {
    if (event.key === "Escape" && (this.stroke || (pen.taken && this.root.contains(event.target)))) {
      event.stopImmediatePropagation();
      this.stroke ? this.endBox() : this.takePen(false);
      return;
    }
    const letter = event.altKey && !event.ctrlKey && !event.metaKey && /^(Key[A-Z]|Page(Up|Down))$/.test(event.code);
    if (!letter || event.getModifierState("AltGraph")) return;
    if (event.code === "KeyY") {
      event.preventDefault();
      event.stopImmediatePropagation();
      const here = this.data.doubtful.find((each) => each.field === this.memory.last || each.path === this.memory.last);
      if (here) this.trigger("confirm", here.path);
      return;
    }
    if (!event.target.closest?.("[class*='st-key-table_rows'], #portal")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { key, code, keyCode, altKey, shiftKey } = event;
    for (const name of ["keydown", "keyup"]) {
      document.body.dispatchEvent(new KeyboardEvent(name, { key, code, keyCode, altKey, shiftKey, bubbles: true, cancelable: true }));
    }
  }

  // --- the form lights the page

  onFocus(element) {
    const holder = element.closest?.("[class*='st-key-field_']");
    if (!holder) return;
    const field = [...holder.classList].find((name) => name.startsWith("st-key-field_")).slice(7);
    this.memory.last = field;
    if (this.asked?.idle) this.asked = null;
    this.light(this.data.boxes.find((box) => box.field === field)?.path ?? null);
  }

  onCells(changes) {
    const chosen = changes.map((change) => change.target).find((cell) => cell.getAttribute("aria-selected") === "true");
    const match = chosen && /^glide-cell-(\d+)-(\d+)$/.exec(chosen.id);
    const table = match && this.data.tables.find((each) => chosen.closest(`.st-key-${CSS.escape(each.rows)}`));
    const cell = table?.columns[Number(match[1])];
    if (!cell?.cell) return;
    this.memory.last = `${table.name}.${match[2]}.${cell.name}`;
    this.light(this.memory.last);
  }

  /* A value that is offered shows where it stands while its button is pointed at or has the focus. */
  offer(element) {
    const key = element.closest?.("[class*='st-key-other_']")?.className.match(/st-key-(other_\S+)/)?.[1];
    const offered = this.data.others.find((each) => each.key === key) ?? null;
    if (offered?.key === this.offered?.key) return;
    this.offered = offered;
    const place = offered ? this.data.pages.findIndex((page) => page.number === offered.page) : -1;
    if (place >= 0) this.memory.page = place;
    this.draw();
    if (place >= 0) this.show(offered);
  }

  light(path) {
    this.lit = path;
    const box = this.data.boxes.find((each) => each.path === path);
    const place = box ? this.data.pages.findIndex((page) => page.number === box.page) : -1;
    if (place >= 0 && place !== this.memory.page) this.memory.page = place;
    this.draw();
    if (place >= 0) this.show(box);
  }

  show(box) {
    const [, top, , bottom] = box.at.map((part) => part * this.sheet.clientHeight);
    const left = box.at[0] * this.sheet.clientWidth;
    const { scrollTop, clientHeight, scrollLeft, clientWidth } = this.stage;
    if (top < scrollTop + 30 || bottom > scrollTop + clientHeight - 30) {
      this.stage.scrollTop = (top + bottom) / 2 - clientHeight / 2;
    }
    if (left < scrollLeft || left > scrollLeft + clientWidth - 60) this.stage.scrollLeft = left - 60;
  }

  // --- the page finds the field

  /* Python asked for a field: the form may still be on its way to the screen. */
  follow(focus, tries) {
    const [name, place] = focus.path?.includes(".") ? focus.path.split(".") : [];
    const row = place ? Number(place) : -1;
    const editor = this.data.tables.find((each) => each.name === name)?.editor ?? "";
    const table = row < 0 ? null : document.querySelector(`.st-key-${CSS.escape(editor)} [role=grid]`); // the one before it may still stand
    const there = row < 0 || Number(table?.getAttribute("aria-rowcount") ?? 0) > row + 1; // a new row is still on its way
    const ready = there && document.querySelector("[class*='st-key-field_'] input")?.offsetParent;
    if (ready) focus.next ? this.walk() : this.focusField(focus.path);
    else if (tries) setTimeout(() => this.follow(focus, tries - 1), 80);
  }

  focusField(path) {
    const about = [...this.data.boxes, ...this.data.doubtful].find((each) => each.path === path) ?? { path, field: `field_${path}` };
    const found = path.includes(".") ? this.focusCell(path) : this.focusInput(about.field);
    this.light(path);
    if (!found) this.trigger("go", path);
  }

  focusInput(field) {
    const input = document.querySelector(`.st-key-${CSS.escape(field)} :is(input, textarea)`);
    if (!input || !input.offsetParent) return false;
    input.focus({ preventScroll: true });
    input.select?.();
    this.bringIn(input);
    return true;
  }

  /* Scroll so that the field and what is asked about it stand under the bar and above the lower edge. */
  bringIn(input) {
    const cell = input.closest("[class*='st-key-cell_']") ?? input;
    const { top, bottom } = cell.getBoundingClientRect();
    const bar = document.querySelector(".st-key-result_bar")?.getBoundingClientRect().bottom ?? 0;
    if (top < bar + 10 || bottom + ROOM_BELOW > window.innerHeight) cell.scrollIntoView({ block: "center" });
  }

  focusCell(path) {
    const [name, row, cell] = path.split(".");
    const told = this.data.tables.find((each) => each.name === name);
    const table = told && document.querySelector(`.st-key-${CSS.escape(told.rows)} .dvn-scroller`);
    const column = told ? told.columns.findIndex((each) => each.name === cell) : -1;
    if (!table || !table.offsetParent || column < 0) return false;
    this.memory.last = path;
    table.scrollIntoView({ block: "nearest" });
    setTimeout(() => this.pointAt(table, told.columns, Number(row), column), 30); // after this click: the table drops its cursor on it
    return true;
  }

  /* The table is drawn on a canvas and takes its cursor from the pointer alone: point at the middle of the cell. */
  async pointAt(table, columns, row, column) {
    const high = rowHeight();
    const widths = columns.map((each) => each.width);
    const total = widths.reduce((sum, width) => sum + width, 0);
    const share = Math.max(0, (table.clientWidth - total) / widths.length); // room to spare is dealt out evenly
    const x = widths.slice(0, column).reduce((sum, width) => sum + width + share, 0) + (widths[column] + share) / 2;
    if ((row + 2) * high > table.clientHeight) table.scrollTop = (row + 2.5) * high - table.clientHeight;
    else table.scrollTop = 0;
    table.scrollLeft = Math.max(0, x + (widths[column] + share) / 2 - table.clientWidth); // wide tables scroll sideways too
    await pause(20);
    const { left, top } = table.getBoundingClientRect();
    const place = { clientX: left + x - table.scrollLeft, clientY: top + (row + 1.5) * high - table.scrollTop };
    for (const name of ["pointermove", "mousemove", "pointerdown", "mousedown", "pointerup", "mouseup", "click"]) {
      const Kind = name.startsWith("pointer") ? PointerEvent : MouseEvent;
      const held = name.endsWith("down") ? 1 : 0;
      const about = { bubbles: true, cancelable: true, composed: true, pointerId: 1, pointerType: "mouse", isPrimary: true };
      table.dispatchEvent(new Kind(name, { ...place, ...about, buttons: held, view: window }));
      await pause(4);
    }
    for (let tries = 0; tries < 40 && !this.hasCursor(row, column); tries++) await pause(16);
    window.dispatchEvent(new Event("cell-ready"));
  }

  hasCursor(row, column) {
    return document.activeElement?.id === `glide-cell-${column}-${row}`;
  }

  walk() {
    const list = this.data.doubtful;
    if (!list.length) return;
    const here = list.findIndex((each) => each.field === this.memory.last || each.path === this.memory.last);
    this.focusField(list[(here + 1) % list.length].path);
  }

  // --- words drawn into the field at hand

  takePen(taken) {
    pen.taken = taken;
    this.draw();
  }

  draws(event) {
    return this.data.draws && event.button === 0 && (pen.taken || this.data.target || event.shiftKey) && !event.target.closest(".note");
  }

  /* The field that has the focus, else the one that had it last, else the first that wants a look. */
  atHand() {
    if (this.data.target) return this.data.target;
    const last = this.memory.last ?? this.data.doubtful[0]?.path;
    if (!last) return null;
    const path = last.replace(/^field_/, "");
    const [name, row, cell] = path.split(".");
    const table = row && this.data.tables.find((each) => each.name === name);
    const column = table && table.columns.find((each) => each.name === cell)?.title;
    const title = row ? column && `${table.row} ${Number(row) + 1} ${column.toLowerCase()}` : this.data.titles[path];
    return title ? { path, title } : null;
  }

  startBox(event) {
    if (!this.draws(event)) return;
    const held = new AbortController();
    this.stroke = { from: this.placeOf(event), held, box: null };
    const about = { signal: held.signal };
    document.addEventListener("pointermove", (moved) => this.dragBox(event, moved), about);
    document.addEventListener("pointerup", () => this.endBox(true), about);
    document.addEventListener("pointercancel", () => this.endBox(), about);
  }

  dragBox(start, moved) {
    const far = Math.max(Math.abs(moved.clientX - start.clientX), Math.abs(moved.clientY - start.clientY));
    if (!this.stroke.box && far < LEAST) return; // a click on a box still goes to its field
    if (!this.stroke.box) {
      this.stroke.box = document.createElement("div");
      this.stroke.box.className = "pen";
      this.sheet.append(this.stroke.box);
    }
    const [[x0, y0], [x1, y1]] = [this.stroke.from, this.placeOf(moved)];
    this.stroke.at = [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)];
    this.place(this.stroke.box, this.stroke);
  }

  endBox(taken = false) {
    const { at, box, held } = this.stroke;
    this.stroke = null;
    held.abort();
    box?.remove();
    if (!taken || !box) return;
    this.drew = true; // the click that ends a drag means no box
    setTimeout(() => { this.drew = false; }, 0);
    this.askWords(at);
  }

  askWords(at) {
    const target = this.atHand();
    const page = this.data.pages[this.memory.page].number;
    const words = target ? `Reading for ${target.title} …` : "Click the field first, then draw.";
    this.asked = { nonce: this.data.drawn?.nonce ?? null, page, at, words, idle: !target };
    this.draw();
    if (target) this.trigger("drawn", { path: target.path, page, at });
  }

  placeOf(event) {
    const { left, top, width, height } = this.sheet.getBoundingClientRect();
    const share = (at, from, size) => Math.min(1, Math.max(0, (at - from) / size));
    return [share(event.clientX, left, width), share(event.clientY, top, height)];
  }

  /* What became of the last box drawn, at that box, with the way back. */
  drawNote(drawn) {
    const frame = document.createElement("div");
    frame.className = "pen";
    this.place(frame, drawn);
    const note = document.createElement("div");
    note.className = "note";
    note.setAttribute("role", "status");
    note.append(Object.assign(document.createElement("span"), { textContent: drawn.words }));
    const act = (name, does, about) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: name, onclick: does, ...about });
      note.append(button);
    };
    if (drawn.undo) act("Undo", () => this.trigger("undo_drawn", drawn.nonce), { className: "undo" });
    act("×", () => { this.asked = null; this.memory.seen = drawn.nonce; this.draw(); }, { title: "Close this note", ariaLabel: "Close this note" });
    note.style.left = `${Math.min(drawn.at[0], 0.55) * 100}%`;
    note.style.top = `${drawn.at[3] * 100}%`;
    if (drawn.at[3] > 0.93) Object.assign(note.style, { top: "auto", bottom: `${(1 - drawn.at[1]) * 100}%` });
    this.sheet.append(frame, note);
  }

  // --- turning, zooming, drawing

  turn(page) {
    if (page < 0 || page >= this.data.pages.length) return;
    this.memory.page = page;
    this.stage.scrollTop = 0;
    this.draw();
  }

  zoomTo(zoom) {
    const before = this.sheet.clientWidth || 1;
    const middle = [this.stage.scrollLeft + this.stage.clientWidth / 2, this.stage.scrollTop + this.stage.clientHeight / 2];
    this.memory.zoom = Math.min(6, Math.max(0.4, Math.abs(zoom - 1) < 0.06 ? 1 : zoom));
    this.layOut();
    const grown = this.sheet.clientWidth / before;
    this.stage.scrollLeft = middle[0] * grown - this.stage.clientWidth / 2;
    this.stage.scrollTop = middle[1] * grown - this.stage.clientHeight / 2;
    const lit = this.data.boxes.find((box) => box.path === this.lit && box.page === this.data.pages[this.memory.page].number);
    if (lit) this.show(lit);
  }

  onKey(event) {
    const act = {
      "+": () => this.zoomTo(this.memory.zoom * 1.25), "-": () => this.zoomTo(this.memory.zoom / 1.25), 0: () => this.zoomTo(1),
      PageDown: () => this.turn(this.memory.page + 1), PageUp: () => this.turn(this.memory.page - 1),
      d: () => this.takePen(this.data.draws && !pen.taken),
    }[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  }

  draw() {
    const page = this.data.pages[this.memory.page];
    this.find("count").textContent = `Page ${page.number}${this.data.pages.length > 1 ? ` (${this.memory.page + 1} of ${this.data.pages.length})` : ""}`;
    for (const name of ["previous", "next"]) this.find(name).hidden = this.data.pages.length < 2;
    this.find("previous").disabled = this.memory.page === 0;
    this.find("next").disabled = this.memory.page === this.data.pages.length - 1;
    this.find("boxes").setAttribute("aria-pressed", String(!this.memory.bare));
    this.sheet.classList.toggle("bare", this.memory.bare);
    for (const name of ["draw", "boxes", "legend"]) this.find(name).hidden = !this.data.draws;
    this.find("draw").hidden ||= Boolean(this.data.target); // every drag draws there
    this.find("draw").setAttribute("aria-pressed", String(pen.taken));
    this.find("target").textContent = pen.taken && this.data.draws ? this.targetWords() : "";
    this.sheet.classList.toggle("drawing", this.data.draws && Boolean(pen.taken || this.data.target));
    this.sheet.querySelectorAll(".box, .tag, .pen, .note").forEach((old) => old.remove());
    for (const box of this.data.boxes.filter((each) => each.page === page.number)) this.drawBox(box);
    const lit = this.data.boxes.find((box) => box.path === this.lit && box.page === page.number);
    if (lit) this.drawTag(lit);
    if (this.offered?.page === page.number) {
      const frame = document.createElement("div");
      frame.className = "pen offered";
      this.place(frame, this.offered);
      this.sheet.append(frame);
    }
    const note = this.asked ?? this.data.drawn;
    if (note?.words && note.page === page.number && (this.asked || note.nonce !== this.memory.seen)) this.drawNote(note);
    this.layOut();
  }

  targetWords() {
    const target = this.atHand();
    return target ? `Drag around: ${target.title}` : "Click a field first";
  }

  drawBox(box) {
    const mark = document.createElement("button");
    mark.type = "button";
    mark.tabIndex = -1;
    mark.className = `box ${box.level} ${box.kind}${box.path === this.lit ? " lit" : ""}`;
    mark.dataset.path = box.path;
    mark.title = box.label;
    mark.setAttribute("aria-label", box.label);
    this.place(mark, box);
    mark.onclick = () => { if (!this.drew) this.focusField(box.path); };
    this.sheet.append(mark);
  }

  drawTag(box) {
    const tag = document.createElement("span");
    tag.className = "tag";
    tag.textContent = box.label;
    tag.style.left = `${Math.min(box.at[0], 0.7) * 100}%`;
    tag.style.top = `${Math.max(box.at[1], 0.03) * 100}%`;
    this.sheet.append(tag);
  }

  place(mark, box) {
    const [x0, y0, x1, y1] = box.at.map((part) => part * 100);
    Object.assign(mark.style, { left: `${x0}%`, top: `${y0}%`, width: `${x1 - x0}%`, height: `${y1 - y0}%` });
  }

  layOut() {
    const room = this.stage.clientWidth;
    if (!room || !this.data) return;
    const page = this.data.pages[this.memory.page];
    const width = Math.round(room * this.memory.zoom);
    this.sheet.style.width = `${width}px`;
    this.sheet.style.height = `${Math.round(width * page.ratio)}px`;
    this.find("percent").textContent = `${Math.round(this.memory.zoom * 100)} %`;
    const needed = width * (window.devicePixelRatio || 1);
    this.fetch(page, WIDTHS.find((each) => each >= needed) ?? WIDTHS.at(-1));
  }

  fetch(page, pixels) {
    if (this.shown?.address === page.address && this.shown.pixels >= pixels) return;
    const wanted = { address: page.address, pixels };
    if (this.shown?.address !== page.address) this.sheet.classList.add("coming"); // never another page's picture under these boxes
    this.shown = wanted;
    const picture = Object.assign(new Image(), { className: "picture", alt: "The page", draggable: false });
    picture.onload = picture.onerror = () => { // a blurred picture of the same page stays until the sharp one is there
      if (this.shown !== wanted) return;
      this.find("picture").replaceWith(picture);
      this.sheet.classList.remove("coming");
    };
    picture.src = `${page.address}?w=${pixels}`;
  }
}
