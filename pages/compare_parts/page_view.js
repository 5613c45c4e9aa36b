/* Fields x recipes beside the page.

   data: { id, recipes: [{name, facts, failed, colour}],
           rows: [{path, title, number, differs, truth, vote, cells: [{text, mark, chosen, found, hint, group} | null]}],
           boxes: [{path, column, page, at: [x0, y0, x1, y1]}], pages: [{number, ratio, address}] }
   Places are fractions of the page. A look at a row (pointer or focus) shows its boxes, one colour a recipe; a click on
   a value chooses it. Document text only ever goes into textContent. */

const WIDTHS = [700, 1000, 1400, 2000, 2800];
const remembered = new Map(); // page, zoom and lit field of each document, while the tab lives

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const root = parentElement.querySelector(".compare");
  if (!root.view) root.view = new View(root);
  root.view.update(data, setTriggerValue);
  return () => root.view.leave();
}

const make = (tag, className, text) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
};

class View {
  constructor(root) {
    this.root = root;
    this.find = (name) => root.querySelector(`.${name}`);
    this.stage = this.find("stage");
    this.sheet = this.find("sheet");
    this.picture = this.find("picture");
    this.find("previous").onclick = () => this.turn(this.memory.page - 1);
    this.find("next").onclick = () => this.turn(this.memory.page + 1);
    this.find("smaller").onclick = () => this.zoomTo(this.memory.zoom / 1.25);
    this.find("larger").onclick = () => this.zoomTo(this.memory.zoom * 1.25);
    this.root.querySelector("tbody").onkeydown = (event) => this.onArrow(event);
  }

  update(data, setTriggerValue) {
    const another = this.data?.id !== data.id;
    this.data = data;
    this.trigger = setTriggerValue;
    if (!remembered.has(data.id)) remembered.set(data.id, { page: 0, zoom: 1, lit: null });
    this.memory = remembered.get(data.id);
    this.root.classList.toggle("wide", data.recipes.length > 3);
    this.root.classList.toggle("alone", data.pages.length === 0);
    if (!this.sizes) {
      this.sizes = new ResizeObserver(() => this.layOut());
      this.sizes.observe(this.stage);
    }
    if (!data.rows.some((row) => row.path === this.memory.lit)) {
      this.memory.lit = (data.rows.find((row) => row.differs) ?? data.rows[0])?.path ?? null;
    }
    this.drawHead();
    this.drawRows();
    if (another) this.find("values").scrollTop = 0;
    this.drawPage();
    this.show();
  }

  leave() {
    this.sizes?.disconnect();
    this.sizes = null;
  }

  // --- the values

  drawHead() {
    const line = make("tr");
    line.append(make("th", "", "Field"));
    for (const recipe of this.data.recipes) {
      const head = make("th", recipe.failed ? "failed" : "");
      const chip = make("span", "chip");
      chip.style.background = recipe.colour;
      head.append(chip, document.createTextNode(recipe.name), make("small", "", recipe.facts));
      line.append(head);
    }
    if (this.hasTruth()) line.append(make("th", "", "Truth"));
    const other = make("th", "", "Your choice");
    line.append(other);
    this.root.querySelector("thead").replaceChildren(line);
  }

  hasTruth() {
    return this.data.rows.some((row) => row.truth !== null);
  }

  drawRows() {
    const active = this.root.getRootNode().activeElement?.dataset?.at;
    const truth = this.hasTruth();
    this.root.querySelector("tbody").replaceChildren(...this.data.rows.map((row) => this.rowOf(row, truth)));
    if (active) this.root.querySelector(`[data-at="${CSS.escape(active)}"]`)?.focus({ preventScroll: true });
    this.mark();
  }

  rowOf(row, truth) {
    const line = make("tr", `${row.differs ? "differs" : ""} ${row.number ? "number" : ""}`);
    line.dataset.path = row.path;
    line.onpointerenter = () => this.light(row.path);
    line.onfocusin = () => this.light(row.path);
    line.append(make("th", "", row.title));
    row.cells.forEach((cell, column) => {
      const place = make("td");
      place.append(cell ? this.valueOf(row, cell, column) : make("div", "failed-cell", "–"));
      line.append(place);
    });
    if (truth) line.append(make("td", "known", row.truth ?? ""));
    const last = make("td");
    last.append(this.otherOf(row));
    line.append(last);
    return line;
  }

  valueOf(row, cell, column) {
    const names = ["value", cell.mark, cell.chosen ? "chosen" : "", cell.text ? "" : "none", cell.text && !cell.found ? "unfound" : ""];
    const button = make("button", names.filter(Boolean).join(" "));
    button.type = "button";
    button.dataset.at = `${row.path}|${column}`;
    button.append(make("span", "words", cell.text || "no value"));
    const act = cell.chosen ? "click to take your choice back" : "click if this is right";
    button.title = [cell.hint, act].filter(Boolean).join(" · ");
    const state = { right: "right, ", wrong: "wrong, " }[cell.mark] ?? "";
    button.setAttribute("aria-label", `${row.title}, ${this.data.recipes[column].name}: ${cell.text || "no value"} (${state}${cell.chosen ? "your choice" : "choose"})`);
    button.setAttribute("aria-pressed", String(cell.chosen));
    button.onclick = () => this.trigger("vote", { path: row.path, column });
    return button;
  }

  otherOf(row) {
    const button = make("button", `other ${row.vote !== null ? "mine" : ""}`, row.vote !== null ? `✓ ${row.vote}` : "another …");
    button.type = "button";
    button.dataset.at = `${row.path}|other`;
    button.title = "Type the right value";
    button.setAttribute("aria-label", `${row.title}: type the right value`);
    button.onclick = () => this.typeInto(button, row);
    return button;
  }

  typeInto(button, row) {
    const input = make("input", "typed");
    input.placeholder = "right value; empty: not there";
    input.value = row.vote && row.vote !== "not on the page" ? row.vote : "";
    input.setAttribute("aria-label", `Right value of ${row.title}`);
    input.onkeydown = (event) => {
      event.stopPropagation();
      if (event.key === "Enter") this.trigger("vote", { path: row.path, text: input.value });
      if (event.key === "Escape") input.replaceWith(button);
    };
    input.onblur = () => { if (input.isConnected && !input.value) input.replaceWith(button); };
    button.replaceWith(input);
    input.focus();
  }

  /* Arrow keys walk over the values as over the cells of a sheet. */
  onArrow(event) {
    const cell = event.target.closest("td");
    const [down, right] = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key] ?? [0, 0];
    if (!cell || !event.target.matches("button") || !(down || right)) return;
    event.preventDefault();
    let [line, place] = [cell.parentElement, cell.cellIndex];
    do {
      line = down > 0 ? line.nextElementSibling : down < 0 ? line.previousElementSibling : line;
      place += right;
    } while (line?.cells[place] && !line.cells[place].querySelector("button"));
    const next = line?.cells[place]?.querySelector("button");
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  light(path) {
    if (this.memory.lit === path) return;
    this.memory.lit = path;
    this.mark();
    this.drawPage();
    this.show();
  }

  mark() {
    for (const line of this.root.querySelectorAll("tbody tr")) line.classList.toggle("lit", line.dataset.path === this.memory.lit);
  }

  // --- the page

  lit() {
    return this.data.boxes.filter((box) => box.path === this.memory.lit);
  }

  turn(page) {
    if (page < 0 || page >= this.data.pages.length) return;
    this.memory.page = page;
    this.drawPage();
  }

  zoomTo(zoom) {
    this.memory.zoom = Math.min(5, Math.max(0.5, zoom));
    this.layOut();
    this.show();
  }

  /* Turns to the page of the lit field and brings its boxes into sight. */
  show() {
    const boxes = this.lit();
    if (!boxes.length || !this.data.pages.length) return;
    const here = this.data.pages[this.memory.page].number;
    if (!boxes.some((box) => box.page === here)) {
      const place = this.data.pages.findIndex((page) => page.number === boxes[0].page);
      if (place < 0) return;
      this.memory.page = place;
      this.drawPage();
    }
    const box = boxes.find((each) => each.page === this.data.pages[this.memory.page].number);
    if (!box) return;
    const left = box.at[0] * this.sheet.clientWidth;
    const [top, bottom] = [box.at[1], box.at[3]].map((part) => part * this.sheet.clientHeight);
    const { scrollTop, clientHeight, scrollLeft, clientWidth } = this.stage;
    if (top < scrollTop + 20 || bottom > scrollTop + clientHeight - 20) this.stage.scrollTop = (top + bottom) / 2 - clientHeight / 2;
    if (left < scrollLeft || left > scrollLeft + clientWidth - 60) this.stage.scrollLeft = left - 40;
  }

  drawPage() {
    if (!this.data.pages.length) return;
    this.memory.page = Math.min(this.memory.page, this.data.pages.length - 1);
    const page = this.data.pages[this.memory.page];
    const several = this.data.pages.length > 1;
    this.find("count").textContent = several ? `Page ${page.number} (${this.memory.page + 1} of ${this.data.pages.length})` : `Page ${page.number}`;
    for (const name of ["previous", "next"]) this.find(name).hidden = !several;
    this.find("previous").disabled = this.memory.page === 0;
    this.find("next").disabled = this.memory.page === this.data.pages.length - 1;
    const row = this.data.rows.find((each) => each.path === this.memory.lit);
    this.find("field").textContent = row ? (this.lit().length ? row.title : `${row.title}: not found on the page`) : "";
    this.sheet.querySelectorAll(".box").forEach((old) => old.remove());
    for (const box of this.lit().filter((each) => each.page === page.number)) this.drawBox(box);
    this.layOut();
  }

  /* Recipes that found the same place stand inside each other: a ring a recipe. */
  drawBox(box) {
    const mark = make("span", "box");
    const grown = 1 + 2 * box.column;
    const [x0, y0, x1, y1] = box.at.map((part) => part * 100);
    mark.style.setProperty("--tone", this.data.recipes[box.column].colour);
    Object.assign(mark.style, {
      left: `calc(${x0}% - ${grown}px)`, top: `calc(${y0}% - ${grown}px)`,
      width: `calc(${x1 - x0}% + ${2 * grown}px)`, height: `calc(${y1 - y0}% + ${2 * grown}px)`,
    });
    mark.title = this.data.recipes[box.column].name;
    mark.dataset.column = box.column;
    this.sheet.append(mark);
  }

  layOut() {
    const room = this.stage.clientWidth;
    if (!room || !this.data?.pages.length) return;
    const page = this.data.pages[this.memory.page];
    const width = Math.round(room * this.memory.zoom);
    this.sheet.style.width = `${width}px`;
    this.sheet.style.height = `${Math.round(width * page.ratio)}px`;
    const needed = width * (window.devicePixelRatio || 1);
    const pixels = WIDTHS.find((each) => each >= needed) ?? WIDTHS.at(-1);
    if (this.shown?.address === page.address && this.shown.pixels >= pixels) return;
    this.shown = { address: page.address, pixels };
    this.picture.src = `${page.address}?w=${pixels}`;
  }
}
