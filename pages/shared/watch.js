// Asks how the work stands, puts what changed into its places, and tells the page once when it must be drawn anew.
const AFTER_TELLING = 4000; // a page that was told is being drawn; it is told again should that have been lost

// Streamlit calls the component again when its data change, and ends only the last call: the one before is ended here.
const looking = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  looking.get(parentElement)?.();
  let over = false;
  let timer = 0;

  function put(parts) {
    for (const [name, html] of Object.entries(parts)) {
      for (const place of document.querySelectorAll(`[data-live="${name}"]`)) {
        if (place.liveHtml === html) continue;
        place.liveHtml = html;
        place.innerHTML = html;
        for (const end of place.querySelectorAll("[data-follow]")) end.scrollTop = end.scrollHeight;
      }
    }
  }

  function tell(token) {
    setTriggerValue("changed", `${token} ${Date.now()}`);
    return AFTER_TELLING;
  }

  async function look() {
    let wait = data.every; // ms
    try {
      const reply = await fetch(data.address, { credentials: "same-origin" });
      if (over) return;
      if (reply.ok) {
        const now = await reply.json();
        if (over) return;
        put(now.parts);
        if (now.token !== data.token) wait = tell(now.token);
      } else if (reply.status !== 503) {
        wait = tell("gone"); // deleted, or another process answers: the page is drawn with its addresses
      }
    } catch {
      wait = AFTER_TELLING; // nobody answers: Streamlit says so itself
    }
    if (!over) timer = setTimeout(look, wait);
  }

  function end() {
    over = true;
    clearTimeout(timer);
  }

  timer = setTimeout(look, data.every);
  looking.set(parentElement, end);
  return end;
}
