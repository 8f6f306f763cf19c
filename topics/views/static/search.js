// Search as you type: the list of hits alone is asked for, and the address keeps what is asked.

const WAIT = 120;
const form = document.getElementById("search");
const list = document.getElementById("hits");
const words = document.getElementById("q");
let typing;
let asking;

function address(path, more = []) {
  const kept = new URLSearchParams([...new FormData(form), ...more].filter(([, value]) => value));
  return kept.size ? `${path}?${kept}` : path;
}

async function ask(more) {
  asking?.abort();
  asking = new AbortController();
  list.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address("/search/hits", more), { signal: asking.signal });
    // Our own page, in which all that is of articles is escaped.
    list.innerHTML = await answer.text();
    list.setAttribute("aria-busy", "false");
  } catch (error) {
    if (error.name === "AbortError") return;
    list.textContent = "The server does not answer; is it still running?";
  }
}

// What was asked by a key pressed replaces the address; what was chosen or sent is a step back.
function keep(step) {
  const to = address("/search");
  if (to !== location.pathname + location.search) history[step ? "pushState" : "replaceState"](null, "", to);
  document.title = `${words.value ? `${words.value} · ` : ""}Search · Topicwire`;
}

words.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => { keep(false); ask([["typing", "1"]]); }, WAIT);
});
form.addEventListener("change", (event) => {
  if (event.target === words) return;
  clearTimeout(typing);
  keep(true);
  ask();
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(typing);
  keep(true);
  ask();
});
addEventListener("popstate", () => {
  const given = new URLSearchParams(location.search);
  for (const field of form.elements) {
    if (!field.name) continue;
    if (field.type === "checkbox") field.checked = given.has(field.name);
    else field.value = given.get(field.name) ?? "";
  }
  ask();
});
