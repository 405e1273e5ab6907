// Rows by period: a cell for each, whose colour says how its share stands to the row's usual one. Every cell
// with papers is a real link to them.

const NARROW = 620 // pixels; below, a row's name stands over its cells
const [LEGEND, AXIS] = [40, 18] // pixels of height

export default pictured("heat", draw, { back: "ArrowLeft", on: "ArrowRight", start: 0, jump })

function draw(state) {
  const { data, width } = state
  const narrow = width < NARROW
  const left = narrow ? 0 : Math.round(Math.min(260, width * 0.3))
  const right = narrow ? 0 : 9 + 6.4 * Math.max(...data.rows.map((row) => row.note.length))
  const step = (width - left - right) / data.periods.length
  const [rowHigh, cellHigh] = narrow ? [40, 18] : [21, 20]
  const top = LEGEND + AXIS
  const height = top + rowHigh * data.rows.length + AXIS + 4
  const grid = { left, top, step, rowHigh, cellHigh, down: rowHigh - cellHigh, gap: step > 7 ? 1 : 0 }
  const cells = shape("g", {})
  for (const [i, row] of data.rows.entries()) cells.append(...drawnRow(state, row, i, grid, narrow))
  for (const kind of ["pointerover", "focusin"]) cells.addEventListener(kind, (event) => saysOf(state, event.target, grid))
  for (const kind of ["pointerout", "focusout"]) cells.addEventListener(kind, () => (state.tip.hidden = true))
  const parts = [...legend(data), ...axis(state, grid, LEGEND + 10), cells, ...axis(state, grid, height - 6), ...outline(data, grid)]
  return { parts, height, words: inWords(data) }
}

function drawnRow(state, row, i, { left, top, step, rowHigh, cellHigh, down, gap }, narrow) {
  const { data, width } = state
  const y = top + i * rowHigh
  const name = shape("a", { "data-place": `${i}:-1`, "aria-label": `${row.label}, ${row.note}` })
  leadTo(name, row.query, state)
  const room = Math.floor((narrow ? width - 6.4 * row.note.length - 16 : left - 12) / 6.9)
  name.append(label(0, narrow ? y + 17 : y + 15, "start", shortened(row.label, room), "name"))
  const note = label(width, narrow ? y + 17 : y + 15, "end", row.note)
  const cells = data.periods.map((period, at) => {
    const box = { x: left + at * step, y: y + down, width: Math.max(step - gap, 0.5), height: cellHigh - 1 }
    const look = row.steps[at] < 0 ? { class: "cell void" } : { class: "cell", fill: data.colours[row.steps[at]] }
    const cell = shape("rect", { ...box, ...look, "data-cell": `${i}:${at}` })
    if (!row.counts[at]) return cell
    const link = shape("a", { "data-place": `${i}:${at}`, "aria-label": `${row.label}, ${period}: ${said(data, row, at)}` })
    if (row.current && period === data.current) link.setAttribute("aria-current", "true")
    leadTo(link, row.cells.replace("%00", encodeURIComponent(period)), state)
    link.append(cell)
    return link
  })
  return [name, ...cells, note]
}

/** The colours, with the multiples at which one gives way to the next. */
function legend({ colours, steps }) {
  const wide = 40
  const swatches = colours.map((fill, i) => shape("rect", { x: i * wide, y: 2, width: wide - 1, height: 12, fill }))
  const bounds = steps.map((step, i) => label((i + 1) * wide, 27, "middle", `×${step}`))
  return [...swatches, ...bounds, label(colours.length * wide + 8, 12, "start", "of the usual share")]
}

function axis({ data, width }, { left, step }, y) {
  const each = Math.ceil((LETTER * data.periods[0].length + 12) / step)
  return data.periods.flatMap((period, at) => {
    const [middle, half] = [left + (at + 0.5) * step, LETTER * period.length * 0.5]
    if (at % each || middle + half > width + 4) return []
    return [label(middle < half ? 0 : middle, y, middle < half ? "start" : "middle", period)]
  })
}

/** Around the cells of a period that may be incomplete. */
function outline({ periods, partial, rows }, { left, top, step, rowHigh }) {
  const at = periods.indexOf(partial)
  if (at < 0) return []
  return [shape("rect", { x: left + at * step - 1, y: top - 2, width: step + 1, height: rows.length * rowHigh + 3, class: "open" })]
}

function saysOf(state, target, { left, top, step, rowHigh }) {
  const at = (target.dataset.cell ?? target.dataset.place ?? "").split(":").map(Number)
  const row = state.data.rows[at[0]]
  if (!row || !(at[1] >= 0)) return
  tell(state, left + (at[1] + 0.5) * step, bold(`${row.label}, ${state.data.periods[at[1]]}`), `: ${said(state.data, row, at[1])}`)
  const under = top + (at[0] + 1) * rowHigh + 4
  const over = top + at[0] * rowHigh - state.tip.offsetHeight - 4
  state.tip.style.top = `${at[0] > 3 ? over : under}px`
}

function said({ totals, periods, partial }, row, at) {
  if (!totals[at]) return "no papers"
  const [share, low, high] = [row.counts[at] / totals[at], row.low[at], row.high[at]].map(percent)
  const open = periods[at] === partial ? ", may be incomplete" : ""
  return `${written(row.counts[at])} of ${papers(totals[at])}, ${share} (95 % interval ${low} to ${high})${open}`
}

function percent(share) {
  return `${(100 * share).toFixed(1)}%`
}

function shortened(text, room) {
  const letters = [...text]
  return letters.length <= room ? text : `${letters.slice(0, Math.max(room - 1, 1)).join("").trimEnd()}…`
}

/** Up and down: the next link in the same column. */
function jump(links, at, key) {
  const way = { ArrowUp: -1, ArrowDown: 1 }[key]
  if (!way) return undefined
  const column = links[at].dataset.place.split(":")[1]
  for (let to = at + way; to >= 0 && to < links.length; to += way) {
    if (links[to].dataset.place.split(":")[1] === column) return to
  }
  return undefined
}

function inWords({ name, rows, periods }) {
  return `${name}: ${rows.length} ${rows.length === 1 ? "row" : "rows"}, ${span(periods)}; the CSV holds the same numbers.`
}
