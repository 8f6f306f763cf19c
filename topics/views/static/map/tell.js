// What the map says beside its points: legend, card, and the list of passages chosen.

const LISTED = 30;
export const find = (id) => document.getElementById(id);
export const make = (tag, text, name) => {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (name) made.className = name;
  return made;
};
export const number = new Intl.NumberFormat("en");

export function tellLegend(page, names) {
  const legend = find("legend");
  legend.replaceChildren(...names.map((name, rank) => {
    const item = make("li");
    const button = make("button", "", "key");
    button.type = "button";
    button.setAttribute("aria-pressed", String(page.category === rank));
    const swatch = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    swatch.setAttribute("class", "swatch");
    swatch.setAttribute("aria-hidden", "true");
    const square = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    square.setAttribute("fill", page.palette[rank]);
    swatch.append(square);
    const label = make("bdi", name);
    button.append(swatch, label);
    button.addEventListener("click", () => {
      page.category = page.category === rank ? null : rank;
      for (const [place, other] of [...legend.querySelectorAll("button")].entries()) {
        other.setAttribute("aria-pressed", String(page.category === place));
      }
      page.filter();
    });
    item.append(button);
    return item;
  }));
  const used = new Set(page.map.category);
  [...legend.children].forEach((item, rank) => { item.hidden = !used.has(rank); });
}

function cite({ map }, point) {
  const article = map.articles[map.article[point]];
  const cited = make("p", "", "cited");
  cited.append(make("b", map.outlets[article.outlet] || "unknown outlet"), ` ${article.date.replace("T", " ") || "no date"}`);
  const title = make("p", "", "headline");
  // A page of the server leads to its own page of the article.
  const address = article.own ?? (/^https?:\/\//i.test(article.url) ? article.url : "");
  if (address) {
    const link = make("a");
    link.append(make("bdi", article.title || article.url || "without a headline"));
    link.href = address;
    link.rel = "noopener noreferrer";
    title.append(link);
  } else title.append(make("bdi", article.title || "without a headline"));
  const text = make("p", map.texts?.[map.text[point]] ?? "…", "text");
  text.dir = title.dir = "auto";
  return [cited, title, text];
}

function copiesOf(page, point) {
  const { node, article, articles, outlets } = page.map;
  const held = new Set();
  for (let other = 0; other < node.length; other++) {
    if (node[other] === node[point] && other !== point) held.add(outlets[articles[article[other]].outlet] || "unknown outlet");
  }
  return [...held];
}

export function showCard(page, point) {
  const card = find("card");
  card.hidden = point < 0;
  if (point < 0) return;
  const topic = page.map.topics[page.map.topic[point]];
  const copies = copiesOf(page, point);
  card.replaceChildren(
    ...cite(page, point),
    make("p", topic ? topic.name : "no topic shown", "of"),
    ...(copies.length ? [make("p", `Same wording in ${copies.slice(0, 6).join(", ")}${copies.length > 6 ? ` and ${copies.length - 6} more` : ""}`, "of")] : []),
  );
  const [x, y] = page.screen(point);
  const right = x < page.view.width / 2;
  card.style.left = right ? `${Math.min(x + 14, page.view.width - card.offsetWidth - 8)}px` : `${Math.max(x - 14 - card.offsetWidth, 8)}px`;
  card.style.top = `${Math.max(8, Math.min(y - card.offsetHeight / 2, page.view.height - card.offsetHeight - 8))}px`;
}

export function listFound(page, count) {
  const list = find("found");
  find("found-head").hidden = count === 0;
  const shown = [];
  for (let point = 0; count && point < page.map.count && shown.length < LISTED; point++) {
    if (page.chosen[point]) shown.push(point);
  }
  list.replaceChildren(...shown.map((point) => {
    const item = make("li");
    item.append(...cite(page, point));
    return item;
  }));
  find("found-count").textContent = count > LISTED
    ? `The first ${LISTED} of ${number.format(count)} passages chosen`
    : `${number.format(count)} passage${count === 1 ? "" : "s"} chosen`;
}
