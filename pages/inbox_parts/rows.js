// The rows of the Inbox: drawn by id, so that what stands stays; which are chosen is kept here and told to the page.
const rooms = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let room = rooms.get(parentElement);
  if (!room) {
    room = { chosen: new Set(), nonce: -1, last: null, lines: new Map(), buttons: new Map(), table: element("div", "inbox_table") };
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
    const chips = data.states.map(({ state, words, count, chosen }) => {
      const chip = button(`state ${state}`);
      chip.className = `state_chip s_${slug(state)}${chosen ? " chosen" : ""}`;
      chip.setAttribute("aria-pressed", chosen);
      if (!chip.firstChild) {
        const number = element("b", "");
        number.dataset.live = `inbox_count_${slug(state)}`;
        chip.append(number, ` ${words}`);
      }
      write(chip.firstChild, count.toLocaleString("en"));
      chip.onclick = () => setTriggerValue("state", state);
      return chip;
    });
    fill(room.states, chips);
  }

  function drawHead() {
    room.all ??= allBox();
    room.all.onchange = () => {
      for (const id of shown) room.all.checked ? room.chosen.add(id) : room.chosen.delete(id);
      mark();
      tell();
    };
    const titles = data.columns.map(({ name, title }) => {
      const sorted = name === data.sort;
      const head = button(`sort ${name}`);
      head.className = `sort h_${name}`;
      write(head, `${title}${sorted ? (data.descending ? " ↓" : " ↑") : ""}`);
      head.setAttribute("aria-label", `Sort by ${title}`);
      head.onclick = () => setTriggerValue("sort", name);
      return head;
    });
    room.gap ??= element("span", "");
    fill(room.head, [room.all, room.gap, ...titles]);
  }

  // A button stays the same one while the rows around it move: a press on it is never lost to a redraw.
  function button(name) {
    if (!room.buttons.has(name)) {
      const made = element("button", "");
      made.type = "button";
      room.buttons.set(name, made);
    }
    return room.buttons.get(name);
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
    fill(room.body, [...room.lines.values()].map((line) => line.line));
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
    const { all } = room;
    const count = shown.filter((id) => room.chosen.has(id)).length;
    all.checked = count > 0 && count === shown.length;
    all.indeterminate = count > 0 && count < shown.length;
  }
}

function allBox() {
  const box = document.createElement("input");
  box.type = "checkbox";
  box.className = "choose_all";
  box.setAttribute("aria-label", "Choose all on this page");
  return box;
}

function fill(place, wanted) {
  if (wanted.length !== place.children.length || wanted.some((each, at) => place.children[at] !== each)) {
    place.replaceChildren(...wanted);
  }
}

function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
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
