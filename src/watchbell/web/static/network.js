// Draws a network's picture, and ties it to the tables: choosing an account in one shows it in all.
"use strict";

(() => {
  const stage = document.getElementById("picture");
  const said = document.getElementById("picture-said");
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();

  function unchosen() {
    said.textContent = "Choose an account in the picture or the table to see whom it acts like.";
  }

  function drawHover(context, data, settings) {
    // Sigma's own label is dark on white, whatever the visitor's colours.
    context.font = `${settings.labelSize}px ${settings.labelFont}`;
    const width = context.measureText(data.label).width + 12;
    const x = data.x + data.size + 4;
    context.fillStyle = colour("--surface");
    context.strokeStyle = colour("--line-strong");
    context.beginPath();
    context.rect(x, data.y - 11, width, 22);
    context.fill();
    context.stroke();
    context.fillStyle = colour("--ink");
    context.fillText(data.label, x + 6, data.y + 4);
  }

  function graphOf(picture) {
    const graph = new graphology.Graph({ type: "undirected" });
    for (const node of picture.nodes) {
      graph.addNode(node.account_id, {
        label: node.label,
        x: node.x,
        // The server measures from the top, as pages do; Sigma from the bottom.
        y: 1 - node.y,
        size: 3 + 12 * Math.sqrt(node.score),
      });
    }
    for (const edge of picture.edges) {
      graph.addEdge(edge.source, edge.target, { size: 1.2 + 0.2 * Math.log2(edge.post_pairs) });
    }
    return graph;
  }

  function draw(picture) {
    const graph = graphOf(picture);
    const state = { chosen: null, near: new Set() };
    stage.hidden = false;
    const view = new Sigma(graph, stage, {
      labelFont: style.getPropertyValue("--sans"),
      labelSize: 12,
      labelColor: { color: colour("--ink") },
      labelRenderedSizeThreshold: 7,
      minEdgeThickness: 1.2,
      defaultDrawNodeHover: drawHover,
      nodeReducer: (node, data) => {
        if (state.chosen === null) return { ...data, color: colour("--mark-0") };
        if (node === state.chosen) return { ...data, color: colour("--mark-1"), zIndex: 2, forceLabel: true };
        return state.near.has(node)
          ? { ...data, color: colour("--mark-0"), zIndex: 1, forceLabel: state.near.size < 12 }
          : { ...data, color: colour("--line"), label: "" };
      },
      edgeReducer: (edge, data) => {
        const touches = state.chosen !== null && graph.hasExtremity(edge, state.chosen);
        if (touches) return { ...data, size: data.size + 0.8, color: colour("--mark-1"), zIndex: 1 };
        return { ...data, color: colour("--edge"), hidden: state.chosen !== null };
      },
      zIndex: true,
    });
    return { graph, view, state };
  }

  function name(row) {
    return row ? row.querySelector("th").textContent.trim() : "";
  }

  function filterTables(chosen) {
    for (const row of document.querySelectorAll("#members tbody tr")) {
      row.classList.toggle("chosen", row.dataset.account === chosen);
      row.querySelector("button")?.setAttribute("aria-pressed", String(row.dataset.account === chosen));
    }
    for (const row of document.querySelectorAll("#pairs tbody tr")) {
      row.hidden = chosen !== null && row.dataset.a !== chosen && row.dataset.b !== chosen;
    }
  }

  function say(chosen) {
    if (chosen === null) return unchosen();
    const row = document.querySelector(`#members tr[data-account="${CSS.escape(chosen)}"]`);
    const pairs = document.querySelectorAll("#pairs tbody tr:not([hidden])").length;
    said.textContent = `${name(row)}: ${pairs} ${pairs === 1 ? "pair" : "pairs"} in the table below.`;
    const back = document.createElement("button");
    back.type = "button";
    back.className = "quiet";
    back.textContent = "Show all accounts";
    back.addEventListener("click", () => choose(null));
    said.append(back);
  }

  let drawing = null;

  function choose(account) {
    filterTables(account);
    say(account);
    if (drawing === null) return;
    const { graph, state, view } = drawing;
    state.chosen = account !== null && graph.hasNode(account) ? account : null;
    state.near = new Set(state.chosen === null ? [] : graph.neighbors(state.chosen));
    view.refresh();
  }

  function makeButtons() {
    for (const row of document.querySelectorAll("#members tbody tr")) {
      const cell = row.querySelector("th");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "pick";
      button.setAttribute("aria-pressed", "false");
      button.append(...cell.childNodes);
      button.addEventListener("click", () => choose(row.classList.contains("chosen") ? null : row.dataset.account));
      cell.append(button);
    }
  }

  function connect() {
    const { view } = drawing;
    const camera = view.getCamera();
    const actions = { in: () => camera.animatedZoom(), out: () => camera.animatedUnzoom(), all: () => camera.animatedReset() };
    const tools = document.getElementById("picture-tools");
    tools.hidden = false;
    tools.addEventListener("click", (event) => actions[event.target.dataset.do]?.());
    view.on("clickNode", ({ node }) => choose(node));
    view.on("clickStage", () => choose(null));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      view.setSetting("labelColor", { color: colour("--ink") });
      view.refresh();
    });
  }

  async function start() {
    makeButtons();
    unchosen();
    try {
      // Sigma's own script stops where there is no WebGL.
      if (typeof Sigma === "undefined") throw new Error("this browser has no WebGL");
      const answer = await fetch(stage.dataset.src);
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      drawing = draw(await answer.json());
      connect();
    } catch (error) {
      stage.hidden = true;
      said.textContent = `The picture cannot be drawn here (${error.message}). The tables below hold the same facts.`;
    }
  }

  start();
})();
