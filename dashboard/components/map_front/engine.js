// What Streamlit starts: hands each map on the page its points, masks and titles as they arrive.

const FAILED = "The map cannot be drawn in this browser. Every paper and topic is on the other pages too."

/** What the components of the page share; the newest version of this code wins. */
function startEngine(shared) {
  const maps = new Map() // root → TopicMap
  shared.points ??= new Map()
  const mount = component => {
    const root = component.parentElement
    const points = shared.points.get(component.data.points)
    const map = maps.get(root)
    if (map?.points === points && points) return map.update(component)
    if (!points) return shared.waiting.set(root, component)
    map?.remove()
    try {
      maps.set(root, new TopicMap(root, points, component))
    } catch (error) {
      console.error(error)
      maps.delete(root)
      const note = make("p", { class: "te-fallback", role: "status" }, FAILED)
      root.querySelector(".te-map").replaceChildren(note)
    }
  }
  shared.engine = {
    version: VERSION,
    update: mount,
    pointsArrived() {
      for (const [root, component] of [...shared.waiting]) {
        if (!shared.points.has(component.data.points)) continue
        shared.waiting.delete(root)
        mount(component)
      }
    },
    maskArrived(name) {
      for (const map of maps.values()) if (map.spec.map === name) map.dress()
    },
    titlesArrived(name, rows, titles) {
      for (const map of maps.values()) if (map.spec.map === name) map.hover.learn(rows, titles)
    },
    remove(root) {
      maps.get(root)?.remove()
      maps.delete(root)
    },
  }
}

/** Called by Streamlit with the packed points. */
export default function ({ data }) {
  const shared = (globalThis.topicExplorerMaps ??= { waiting: new Map() })
  if (shared.engine?.version !== VERSION) startEngine(shared)
  const points = readPoints(data)
  if (!shared.points.has(points.token)) {
    while (shared.points.size >= 2) shared.points.delete(shared.points.keys().next().value) // two snapshots at most
    shared.points.set(points.token, points)
  }
  shared.engine.pointsArrived()
}
