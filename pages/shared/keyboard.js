/* What the form's shortcuts need of the browser:
   - a shortcut does not leave the field that is being typed in, and Streamlit takes text over only when it is left: leave
     it for a moment, so that what is saved is what stands on the screen;
   - help icons are read by hovering and are no stops of Tab;
   - ? opens the list of keys; a digit takes the value offered under that number for the field at hand;
   - a new line comes with the next run of the page, and its cell has the cursor a moment later: what is typed meanwhile is
     kept and goes into that cell. The page view says with the event "cell-ready" that it has the cursor. */

const typing = (element) => element?.matches?.("input, textarea, [contenteditable=true]") || element?.closest?.("[role=grid], [data-testid=stDataFrame], #portal");
let atHand = null; // the class of the field that had the focus last
let ahead = null; // null | {keys, until}: what is typed for a cell that is on its way, and how long it is waited for
const BRINGS_A_CELL = "[class*='st-key-add_line'] button, [class*='st-key-insert_submit'] button";
const LONGEST_WAIT = 8000; // milliseconds

export default function () {
  const ears = new AbortController();
  const listen = (name, does, about = {}) => window.addEventListener(name, does, { signal: ears.signal, ...about });
  listen("click", (event) => { if (event.target.closest?.(BRINGS_A_CELL)) ahead = { keys: [], until: Date.now() + LONGEST_WAIT }; }, { capture: true });
  listen("pointerdown", (event) => { if (event.isTrusted) ahead = null; }, { capture: true }); // the person goes elsewhere
  for (const name of ["keydown", "keypress", "keyup"]) listen(name, keepAhead, { capture: true });
  listen("cell-ready", typeAhead);
  listen("keydown", commitFirst, { capture: true });
  listen("keydown", onKey);
  listen("focusin", (event) => { atHand = fieldOf(event.target) ?? atHand; });
  const icons = new MutationObserver(skipHelp);
  icons.observe(document.body, { subtree: true, childList: true });
  skipHelp();
  return () => {
    ears.abort();
    icons.disconnect();
  };
}

function fieldOf(element) {
  const holder = element.closest?.("[class*='st-key-field_']");
  return holder ? [...holder.classList].find((name) => name.startsWith("st-key-field_")).slice("st-key-field_".length) : null;
}

function commitFirst(event) {
  const field = document.activeElement;
  const saves = ["s", "enter"].includes(event.key?.toLowerCase()) && (event.ctrlKey || event.metaKey);
  if (!saves || !field?.matches("input, textarea")) return;
  field.blur();
  field.focus();
}

function skipHelp() {
  for (const icon of document.querySelectorAll(".stTooltipIcon button:not([tabindex='-1'])")) icon.tabIndex = -1;
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.getModifierState("AltGraph")) return;
  if (event.key === "?" && !typing(event.target)) return press(".st-key-show_keys button", event);
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  if (digit && atHand && (event.altKey || !typing(event.target))) press(`.st-key-other_${CSS.escape(atHand)}_${digit} button`, event);
}

function press(selector, event) {
  const button = document.querySelector(selector);
  if (!button) return;
  event.preventDefault();
  button.click();
}

/* A key typed for the cell that is on its way is kept; its other events mean nothing to the button that has the focus. */
function keepAhead(event) {
  if (ahead && Date.now() > ahead.until) ahead = null;
  const typed = event.key?.length === 1 || ["Enter", "Tab", "Backspace"].includes(event.key);
  if (!ahead || !event.isTrusted || !typed || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (event.type === "keydown") ahead.keys.push({ key: event.key, code: event.code, keyCode: event.keyCode, shiftKey: event.shiftKey });
}

/* Type what was kept into the cell that now has the cursor: the first key opens its editor, as a person's would. */
async function typeAhead() {
  const mine = ahead;
  while (mine?.keys.length && ahead === mine) {
    const key = mine.keys.shift();
    const editor = cellEditor();
    const typed = key.key.length === 1;
    if (editor && typed) {
      editor.focus();
      document.execCommand("insertText", false, key.key);
      continue;
    }
    if (editor && key.key === "Backspace") {
      document.execCommand("delete");
      continue;
    }
    for (const name of ["keydown", "keyup"]) {
      (editor ?? document.activeElement).dispatchEvent(new KeyboardEvent(name, { ...key, bubbles: true, cancelable: true, composed: true }));
    }
    await until(() => Boolean(cellEditor()) === typed);
  }
  if (ahead === mine) ahead = null;
}

const cellEditor = () => document.querySelector("#portal textarea, #portal input");

async function until(holds) {
  for (let tries = 0; tries < 60 && !holds(); tries++) await new Promise((resume) => setTimeout(resume, 16));
  await new Promise((resume) => setTimeout(resume, 16)); // the table takes a key over as it draws
}
