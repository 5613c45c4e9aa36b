/* What the form's shortcuts need of the browser:
   - a shortcut does not leave the field that is being typed in, and Streamlit takes text over only when it is left: leave
     it for a moment, so that what is saved is what stands on the screen;
   - help icons are read by hovering and are no stops of Tab;
   - ? opens the list of keys; a digit takes the value offered under that number for the field at hand. */

const typing = (element) => element?.matches?.("input, textarea, [contenteditable=true]") || element?.closest?.("[role=grid], [data-testid=stDataFrame], #portal");
let atHand = null; // the class of the field that had the focus last

export default function () {
  const ears = new AbortController();
  const listen = (name, does, about = {}) => window.addEventListener(name, does, { signal: ears.signal, ...about });
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
