// What a page must have so that everyone can use it. Returns a list of sentences; an empty list is good.
() => {
  const problems = [];
  const say = (sentence, element) => problems.push(`${sentence}: ${element.outerHTML.slice(0, 120)}`);
  const seen = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });

  if (!document.documentElement.lang) problems.push("the page names no language");
  if (document.querySelectorAll("h1").length !== 1) problems.push("the page has not exactly one h1");
  for (const landmark of ["header", "main", "footer"]) {
    if (document.querySelectorAll(`body > ${landmark}`).length !== 1) problems.push(`no ${landmark}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of ids.filter((id, index) => ids.indexOf(id) !== index)) problems.push(`two elements are called ${id}`);
  for (const attribute of ["aria-labelledby", "aria-describedby", "for", "list"]) {
    for (const element of document.querySelectorAll(`[${attribute}]`)) {
      const missing = element.getAttribute(attribute).split(/\s+/).filter((id) => !document.getElementById(id));
      if (missing.length) say(`${attribute} leads nowhere`, element);
    }
  }
  let level = 1;
  for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) say("a heading skips a level", heading);
    level = next;
  }
  for (const field of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (!field.labels.length) say("a field has no label", field);
  }
  for (const button of document.querySelectorAll("button, a")) {
    if (seen(button) && !(button.textContent.trim() || button.getAttribute("aria-label"))) say("it has no name", button);
  }
  for (const table of document.querySelectorAll("table")) {
    if (!table.caption) say("a table has no caption", table);
  }
  for (const cell of document.querySelectorAll("th:not([scope])")) say("a heading cell heads nothing", cell);
  for (const picture of document.querySelectorAll("svg:not([aria-hidden=true])")) {
    if (!picture.getAttribute("aria-label")) say("a picture has no words", picture);
  }

  // WCAG 2.2, success criterion 1.4.3: contrast of text, by the formulas of its glossary.
  const channels = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = ([r, g, b]) => {
    const linear = [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.5) return colour;
    }
    return [255, 255, 255];
  };
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const element = words.currentNode.parentElement;
    if (!words.currentNode.data.trim() || !seen(element) || element.closest("svg, noscript, option")) continue;
    const style = getComputedStyle(element);
    const [dark, light] = [luminance(channels(style.color)), luminance(ground(element))].sort((a, b) => a - b);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < (large ? 3 : 4.5)) say(`contrast is only ${ratio.toFixed(2)}`, element);
  }
  return problems;
}
