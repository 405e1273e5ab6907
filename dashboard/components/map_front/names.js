// The topics of all levels in one list of names, the finest first: a paper's topic is a place in it.

const ENOUGH = 2.5 // names of a level that the screen should show, on average, for the level to be the one to read
const THEMES = ["light", "dark"]

/** What stands in the points' header of the finest topics and of the coarser levels → one list. */
function namesOf(topics, levels) {
  const all = [topics, ...levels]
  const joined = key => all.flatMap(level => level[key] ?? [])
  const byTheme = key => Object.fromEntries(THEMES.map(theme => [theme, all.flatMap(level => level[key]?.[theme] ?? [])]))
  const starts = []
  let n = 0
  for (const level of all) {
    starts.push(n)
    n += level.id.length
  }
  // For each level, the place of a finest topic's name there.
  const above = [topics.id.map((_, i) => i), ...levels.map((level, l) => level.of.map(place => starts[l + 1] + place))]
  const finest = Array.from({ length: n }, () => [])
  for (const places of above) places.forEach((name, topic) => finest[name].push(topic))
  return {
    id: joined("id"),
    label: joined("label"),
    x: joined("x"),
    y: joined("y"),
    dot: byTheme("dot"),
    text: byTheme("text"),
    level: all.flatMap((level, l) => level.id.map(() => l)),
    size: all.map(level => level.id.length),
    above,
    finest,
  }
}

/** The level to read at this zoom: the coarsest of which enough is on the screen, but none finer than `base`. */
function levelAt(names, zoom, base) {
  const onScreen = level => names.size[level] / Math.max(1, zoom) ** 2
  for (let level = names.size.length - 1; level > base; level--) if (zoom <= 1 || onScreen(level) >= ENOUGH) return level
  return base
}

/** Papers of each name, from those of each finest topic. */
const countsOf = (names, perTopic) => names.finest.map(topics => topics.reduce((sum, topic) => sum + perTopic[topic], 0))
