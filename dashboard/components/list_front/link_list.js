// A list of real links, each with what one wants to know before following it: a colour,
// a bar, a line over time, a note. All texts are set as text, never as markup.

const SVG = "http://www.w3.org/2000/svg"
const [WIDE, HIGH] = [72, 18] // pixels of a line over time
const settings = new WeakMap()

export default function linkList({ parentElement, data, setTriggerValue }) {
  let list = parentElement.querySelector("ul")
  if (!list) {
    list = document.createElement("ul")
    parentElement.append(list)
  }
  list.setAttribute("aria-label", data.name)
  list.className = data.look
  settings.set(list, { send: setTriggerValue, here: data.here })
  const written = JSON.stringify({ ...data, here: "" })
  if (list.dataset.written === written) return
  list.dataset.written = written
  const dotted = data.rows.some((row) => row.colour && row.tick === null)
  const path = [list] // the list that the next row of each depth goes to
  const held = list.getRootNode().activeElement
  const place = controls(list).indexOf(held)
  list.replaceChildren()
  for (const row of data.rows) {
    const entry = item(list, row, dotted)
    while (path.length <= row.depth) {
      const below = document.createElement("ul")
      path.at(-1).lastElementChild.append(below)
      path.push(below)
    }
    path.length = row.depth + 1
    path[row.depth].append(entry)
  }
  if (place < 0) return
  // Whoever was in the list stays in it: at the paper they put aside, else at the same place. Without
  // a focus of its own, a dialog around the list would no longer hear the Escape key.
  const now = controls(list)
  const same = now.find((control) => held.dataset.paper && control.dataset.paper === held.dataset.paper)
  const next = same ?? now[Math.min(place, now.length - 1)]
  next?.focus({ preventScroll: true })
}

/** What can be reached by the Tab key, in order. */
function controls(list) {
  return [...list.querySelectorAll("a, button")]
}

function item(list, row, dotted) {
  const link = document.createElement("a")
  link.href = `?${row.query}`
  if (row.hint) link.title = row.hint
  if (row.current) link.setAttribute("aria-current", "true")
  link.addEventListener("click", (event) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    const { send, here } = settings.get(list)
    send("follow", [row.query, here])
  })
  if (dotted) {
    const dot = span("dot", "")
    dot.style.background = row.colour
    link.append(dot)
  }
  const label = span("label", row.label)
  if (row.kicker) label.prepend(span("kicker", row.kicker))
  if (row.caveat) label.append(span("caveat", row.caveat))
  const track = span("track", "")
  if (row.bar !== null) {
    const bar = span("bar", "")
    bar.style.width = `${100 * row.bar}%`
    bar.style.background = row.colour || "currentColor"
    if (row.tick === null) label.append(bar)
    else track.append(bar, ticked(row.tick))
  }
  link.append(label)
  if (row.line.length > 1) link.append(overTime(row.line, row.colour))
  if (row.note) link.append(span("note", row.note))
  if (track.firstChild) link.append(track)
  const entry = document.createElement("li")
  entry.append(link)
  if (row.paper) entry.append(keepButton(list, row))
  return entry
}

/** What a bar is compared with, as a tick over it. */
function ticked(place) {
  const tick = span("tick", "")
  tick.style.left = `${100 * place}%`
  return tick
}

/** Puts the row's paper on the reading list, or takes it off. */
function keepButton(list, { paper, kept, label }) {
  const button = document.createElement("button")
  button.type = "button"
  button.dataset.paper = paper
  button.title = kept ? "Take it off the reading list" : "Put it on the reading list"
  button.setAttribute("aria-label", `${button.title}: ${label}`)
  button.setAttribute("aria-pressed", kept)
  const picture = document.createElementNS(SVG, "svg")
  picture.setAttribute("viewBox", "0 0 12 16")
  picture.setAttribute("aria-hidden", "true")
  const mark = document.createElementNS(SVG, "path")
  mark.setAttribute("d", "M1.5 1h9v13.5L6 11l-4.5 3.5z")
  picture.append(mark)
  button.append(picture)
  button.addEventListener("click", () => settings.get(list).send("keep", [paper, kept]))
  return button
}

function span(name, text) {
  const element = document.createElement("span")
  element.className = name
  element.textContent = text
  return element
}

/** The values from zero to their largest, the last one marked. */
function overTime(values, colour) {
  const most = Math.max(...values) || 1
  const places = values.map((value, i) => [(i * WIDE) / (values.length - 1), HIGH - 2 - ((HIGH - 4) * value) / most])
  const picture = document.createElementNS(SVG, "svg")
  picture.setAttribute("class", "line")
  picture.setAttribute("viewBox", `0 0 ${WIDE} ${HIGH}`)
  picture.setAttribute("aria-hidden", "true")
  if (colour) picture.style.color = colour
  const line = document.createElementNS(SVG, "polyline")
  line.setAttribute("points", places.map((place) => place.map((value) => value.toFixed(1)).join()).join(" "))
  const end = document.createElementNS(SVG, "circle")
  const [x, y] = places.at(-1)
  for (const [name, value] of Object.entries({ cx: x, cy: y, r: 2 })) end.setAttribute(name, value)
  picture.append(line, end)
  return picture
}
