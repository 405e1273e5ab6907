// The buttons over the map.

const ICONS = {
  pan: "M8 1.5v13M1.5 8h13M6 3.5l2-2 2 2M6 12.5l2 2 2-2M3.5 6l-2 2 2 2M12.5 6l2 2-2 2",
  lasso: "M8 2.5c3.6 0 6 1.7 6 4s-2.4 4-6 4-6-1.7-6-4 2.4-4 6-4M5 10c-1.8.6-1.8 2.9 0 2.9 1.3 0 1.2 1.4 0 2",
  box: "M2.5 2.5h2.5M7 2.5h2M11 2.5h2.5v2.5M13.5 7v2M13.5 11v2.5H11M9 13.5H7M5 13.5H2.5V11M2.5 9V7M2.5 5V2.5",
  closer: "M8 3v10M3 8h10",
  farther: "M3 8h10",
  all: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
}
const MODES = [["pan", "Move the map (drag)"], ["lasso", "Lasso: draw around papers (or Shift-drag)"], ["box", "Box: papers in a rectangle"]]
const ACTIONS = [
  [["closer", "Closer"], ["farther", "Farther"], ["all", "Show all papers"]],
  [["png", "Save as PNG"], ["svg", "Save as SVG"]],
]

/** A button with an icon, or with its name where there is none. */
function toolButton(name, words, act) {
  const icon = ICONS[name] && make("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, make("path", { d: ICONS[name] }))
  const face = icon ?? name.toUpperCase()
  const button = make("button", { type: "button", title: words, "aria-label": words, "data-action": name }, face)
  button.onclick = act
  return button
}

/** The tool bar of a map, and its mode buttons by mode. */
function makeToolbar(map) {
  const acts = {
    closer: () => map.glide(map.nearer(1.8)),
    farther: () => map.glide(map.nearer(1 / 1.8)),
    all: () => map.showAll(),
    png: () => savePng(map),
    svg: () => saveSvg(map),
  }
  const modes = new Map(MODES.map(([name, words]) => [name, toolButton(name, words, () => map.setMode(name))]))
  const rest = ACTIONS.map(group => group.map(([name, words]) => toolButton(name, words, acts[name])))
  const groups = [[...modes.values()], ...rest].map(buttons => make("div", { class: "te-group", role: "group" }, ...buttons))
  return { bar: make("div", { class: "te-tools", role: "toolbar", "aria-label": "Map tools" }, ...groups), modes }
}
