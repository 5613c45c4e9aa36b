/* What Back leads to. Streamlit makes an entry of the browser's history of every change of the address, also of those
   that only complete it (the run of a document that was just started): Back then seems to do nothing. An entry is made
   here where the person went to another page of the app, or where what they look at changed; else the entry stands and
   its address is completed. */
const LOOKED_AT = ["doc", "record", "comparison"]; // parameters that name what the person looks at

export default function () {
  if (history.pushState.completes) return;
  const push = history.pushState.bind(history);
  const moved = (from, to) =>
    from.pathname !== to.pathname ||
    LOOKED_AT.some((name) => from.searchParams.has(name) && from.searchParams.get(name) !== to.searchParams.get(name));
  history.pushState = (state, title, url) => {
    const here = new URL(location.href);
    if (moved(here, new URL(url ?? here, here))) push(state, title, url);
    else history.replaceState(state, title, url);
  };
  history.pushState.completes = true;
}
