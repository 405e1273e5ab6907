// One topic over time: its share with the interval as a band, or its papers; each period a real link to them.

const HEIGHT = 300 // pixels, of which these are not lines:
const [ABOVE, BELOW, RIGHT] = [34, 24, 6]

export default overTime("trend", HEIGHT, (state) => {
  const { data, width, frame } = state
  frame.style.setProperty("--line", data.colour)
  const points = pointsOf(data)
  const most = topOf(points, data.measure)
  const ticks = ticksUpTo(most, data.measure === "share" ? 0 : 1)
  const named = data.measure === "share" ? (tick) => inPercent(tick, ticks[1]) : written
  const left = LETTER * Math.max(...ticks.map((tick) => named(tick).length)) + 10
  const bottom = HEIGHT - BELOW
  const level = (value) => bottom - ((bottom - ABOVE) * value) / Math.max(most, ticks.at(-1))
  const step = (width - left - RIGHT) / data.periods.length
  const middle = (i) => left + (i + 0.5) * step
  const plot = { x: left, y: ABOVE - 6, width: width - RIGHT - left, height: bottom - ABOVE + 6 }
  const title = label(0, 14, "start", data.measure === "share" ? "Share of the period's papers" : "Papers")
  const rules = ruled(ticks, named, level, left, width - RIGHT)
  const lines = [...veil(data, plot, step), ...bands(data, points, middle, level, plot), ...strokes(data, points, middle, level)]
  const slots = data.periods.map((period, i) => {
    const slot = { x: middle(i) - step / 2, y: plot.y, width: step, height: plot.height }
    const within = place(state, i, middle(i), slot, marks(data, points, i, middle, level, step), data.counts[i] > 0, said(data, i))
    if (period === data.current) within.setAttribute("aria-current", "true")
    return within
  })
  return { parts: [title, ...rules, ...lines, ...slots, ...periodNames(state, left, step)], words: inWords(data, points) }
})

/** What is drawn of each period: its value and the ends of the interval; nothing where there is no share. */
function pointsOf({ measure, counts, totals, low, high }) {
  if (measure === "count") return counts.map((value) => ({ value }))
  return counts.map((count, i) =>
    totals[i] ? { value: (100 * count) / totals[i], low: 100 * low[i], high: 100 * high[i] } : null,
  )
}

/** The upper end of what is drawn. A period of few papers has a wide interval; it must not flatten the rest. */
function topOf(points, measure) {
  const most = Math.max(...points.map((point) => point?.value ?? 0))
  if (!most) return measure === "share" ? 100 : 1
  const ends = Math.max(...points.map((point) => point?.high ?? 0))
  return Math.max(most, Math.min(ends, 1.6 * most))
}

function bands({ measure }, points, middle, level, plot) {
  const known = points.flatMap((point, i) => (point ? [{ ...point, x: middle(i) }] : []))
  if (measure === "count" || !known.length) return []
  const clip = shape("clipPath", { id: "plot" })
  clip.append(shape("rect", plot))
  const alone = known.length === 1 // a band needs a way to go
  const [first] = known
  const outline = [...known.map(({ x, high }) => [x, level(high)]), ...known.toReversed().map(({ x, low }) => [x, level(low)])]
  const interval = alone
    ? shape("line", { x1: first.x, x2: first.x, y1: level(first.low), y2: level(first.high), class: "whisker" })
    : shape("path", { d: `M${outline.map((place) => place.map((value) => value.toFixed(1)).join()).join("L")}Z`, class: "band" })
  interval.setAttribute("clip-path", "url(#plot)")
  return [clip, interval]
}

/** The line itself, its way to a partial period dotted. */
function strokes({ periods, partial }, points, middle, level) {
  const known = points.flatMap((point, i) => (point ? [[`${middle(i).toFixed(1)},${level(point.value).toFixed(1)}`, periods[i]]] : []))
  const open = known.at(-1)?.[1] === partial
  const whole = open ? known.slice(0, -1) : known
  const pieces = [[whole, "stroke"], [open ? known.slice(-2) : [], "stroke dotted"]]
  return pieces.flatMap(([piece, look]) =>
    piece.length > 1 ? [shape("path", { d: `M${piece.map(([at]) => at).join("L")}`, class: look })] : [],
  )
}

function marks({ periods, partial }, points, i, middle, level, step) {
  if (!points[i]) return []
  const r = Math.max(1.5, Math.min(4, step / 3))
  return [shape("circle", { cx: middle(i), cy: level(points[i].value), r, class: periods[i] === partial ? "mark hollow" : "mark" })]
}

/** Over a period that may be incomplete, with a word that says so. */
function veil({ periods, partial }, plot, step) {
  const i = periods.indexOf(partial)
  if (i < 0) return []
  const right = plot.x + (i + 1) * step
  return [
    shape("rect", { x: right - step, y: plot.y, width: step, height: plot.height, class: "veil" }),
    label(right, plot.y - 6, "end", "incomplete"),
  ]
}

function said({ periods, counts, totals, low, high, partial }, i) {
  if (!totals[i]) return "no papers"
  const [share, from, to] = [counts[i] / totals[i], low[i], high[i]].map((part) => inPercent(100 * part, 0.1))
  const open = periods[i] === partial ? ", may be incomplete" : ""
  return `${written(counts[i])} of ${papers(totals[i])}, ${share} (95 % interval ${from} to ${to})${open}`
}

/** The picture for those who hear it. */
function inWords(data, points) {
  const kind = data.measure === "share" ? "share of papers" : "number of papers"
  const values = points.map((point) => point?.value ?? -1)
  const most = values.indexOf(Math.max(...values))
  return `${data.name}, ${kind}, ${span(data.periods)}. Highest in ${data.periods[most]}: ${said(data, most)}.`
}

/** With as many decimals as steps of `step` need. */
function inPercent(value, step) {
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9))
  return `${value.toFixed(decimals)}%`
}
