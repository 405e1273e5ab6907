// A bar for each period, each a real link to its papers.

const HEIGHT = 190 // pixels, of which these are not bars:
const [ABOVE, BELOW, RIGHT] = [26, 22, 2]

export default overTime("bars", HEIGHT, (state) => {
  const { data, width } = state
  const most = Math.max(...data.counts, 1)
  const ticks = ticksUpTo(most)
  const left = LETTER * written(ticks.at(-1)).length + 8
  const bottom = HEIGHT - BELOW
  const rise = (count) => ((bottom - ABOVE) * count) / Math.max(most, ticks.at(-1))
  const step = (width - left - RIGHT) / data.periods.length
  const bars = data.periods.map((_, i) => bar(state, i, left + (i + 0.5) * step, step, rise(data.counts[i]), bottom))
  const rules = ruled(ticks, written, (count) => bottom - rise(count), left, width - RIGHT)
  return { parts: [hatching(), ...rules, ...bars, ...periodNames(state, left, step)], words: inWords(data) }
})

/** One period: its bar, and the slot around it that a pointer finds. */
function bar(state, i, middle, step, high, bottom) {
  const { periods, counts, partial } = state.data
  const wide = Math.max(1, Math.min(0.8 * step, step - 1))
  const box = { x: middle - wide / 2, y: bottom - high, width: wide, height: high, rx: Math.min(2, wide / 4) }
  const slot = { x: middle - step / 2, y: ABOVE - 4, width: step, height: bottom - ABOVE + 4 }
  const looks = periods[i] === partial ? [{ fill: "url(#hatching)" }, { class: "edge" }] : [{ class: "bar" }]
  const parts = looks.map((look) => shape("rect", { ...box, ...look }))
  return place(state, i, middle, slot, parts, counts[i] > 0, said(state.data, i))
}

function said({ periods, counts, partial }, i) {
  return `${papers(counts[i])}${periods[i] === partial ? ", may be incomplete" : ""}`
}

/** The picture for those who hear it. */
function inWords(data) {
  const most = data.counts.indexOf(Math.max(...data.counts))
  return `${data.name}, ${span(data.periods)}. Most in ${data.periods[most]}: ${said(data, most)}.`
}

function hatching() {
  const pattern = shape("pattern", { id: "hatching", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" })
  pattern.append(shape("line", { x1: 0, x2: 0, y1: 0, y2: 6, class: "hatch" }))
  return pattern
}
