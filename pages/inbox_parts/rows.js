// The rows of the Inbox: drawn by id, so that what stands stays; which are chosen is kept here and told to the page.
const rooms = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let room = rooms.get(parentElement);
  if (!room) {
    room = { chosen: new Set(), nonce: -1, last: null, lines: new Map(), table: element("div", "inbox_table") };
    room.table.setAttribute("role", "table");
    room.states = element("div", "inbox_states");
    room.head = element("div", "inbox_head");
    room.body = element("div", "inbox_body");
    room.table.append(room.head, room.body);
    parentElement.append(room.states, room.table);
    rooms.set(parentElement, room);
  }
  if (room.nonce !== data.nonce) {
    room.nonce = data.nonce;
    room.chosen = new Set(data.chosen);
  }
  const shown = data.rows.map((row) => row.id);
  drawStates();
  drawHead();
  drawRows();
  mark();

  function tell() {
    setTriggerValue("choice", { on: shown.filter((id) => room.chosen.has(id)), of: shown });
  }

  function drawStates() {
    room.states.replaceChildren(
      ...data.states.map(({ state, words, count, chosen }) => {
        const chip = element("button", `state_chip s_${slug(state)}${chosen ? " chosen" : ""}`);
        chip.type = "button";
        chip.setAttribute("aria-pressed", chosen);
        const number = element("b", "", count.toLocaleString("en"));
        number.dataset.live = `inbox_count_${slug(state)}`;
        chip.append(number, ` ${words}`);
        chip.onclick = () => setTriggerValue("state", state);
        return chip;
      }),
    );
  }

  function drawHead() {
    const all = document.createElement("input");
    all.type = "checkbox";
    all.className = "choose_all";
    all.setAttribute("aria-label", "Choose all on this page");
    all.onchange = () => {
      for (const id of shown) all.checked ? room.chosen.add(id) : room.chosen.delete(id);
      mark();
      tell();
    };
    const titles = data.columns.map(({ name, title }) => {
      const sorted = name === data.sort;
      const head = element("button", `sort h_${name}`, `${title}${sorted ? (data.descending ? " ↓" : " ↑") : ""}`);
      head.type = "button";
      head.setAttribute("aria-label", `Sort by ${title}`);
      head.onclick = () => setTriggerValue("sort", name);
      return head;
    });
    room.head.replaceChildren(all, element("span", ""), ...titles);
  }

  function drawRows() {
    const before = room.lines;
    room.lines = new Map(data.rows.map((row) => [row.id, before.get(row.id) ?? newLine(row)]));
    for (const row of data.rows) {
      const line = room.lines.get(row.id);
      put(line.picture, row.picture);
      put(line.cells, row.cells);
      line.box.onchange = () => toggle(row.id, line.box.checked);
      line.box.onclick = (event) => {
        room.shift = event.shiftKey;
      };
      line.cells.onclick = (event) => {
        if (event.target.closest(".open")) setTriggerValue("open", row.id);
      };
    }
    const wanted = [...room.lines.values()].map((line) => line.line);
    if (wanted.length !== room.body.children.length || wanted.some((line, at) => room.body.children[at] !== line)) {
      room.body.replaceChildren(...wanted);
    }
  }

  function newLine(row) {
    const line = element("div", "inbox_line");
    line.setAttribute("role", "row");
    line.dataset.id = row.id;
    const box = document.createElement("input");
    box.type = "checkbox";
    box.setAttribute("aria-label", `Choose ${row.name}`);
    const picture = element("span", "picture_cell");
    picture.dataset.live = `item_picture_${row.id}`;
    const cells = element("span", "cells");
    cells.dataset.live = `item_${row.id}`;
    line.append(box, picture, cells);
    return { line, box, picture, cells };
  }

  function toggle(id, on) {
    const from = room.last && room.shift ? shown.indexOf(room.last) : -1;
    const to = shown.indexOf(id);
    const some = from < 0 ? [id] : shown.slice(Math.min(from, to), Math.max(from, to) + 1);
    for (const each of some) on ? room.chosen.add(each) : room.chosen.delete(each);
    room.last = id;
    mark();
    tell();
  }

  function mark() {
    for (const [id, { line, box }] of room.lines) {
      box.checked = room.chosen.has(id);
      line.classList.toggle("chosen", box.checked);
    }
    const all = room.head.querySelector(".choose_all");
    const count = shown.filter((id) => room.chosen.has(id)).length;
    all.checked = count > 0 && count === shown.length;
    all.indeterminate = count > 0 && count < shown.length;
  }
}

function put(place, html) {
  if (place.liveHtml === html) return;
  place.liveHtml = html;
  place.innerHTML = html;
}

function element(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

function slug(state) {
  return state.replaceAll(" ", "_");
}
