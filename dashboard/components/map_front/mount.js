// The map's own component: small, because Streamlit sends this text again with
// every change of data. The code that draws came with the points (topic_map.js);
// until it is here, what is asked for waits.

const PATIENCE = 20000 // milliseconds until we say that the map will not come

export default function (component) {
  const shared = (globalThis.topicExplorerMaps ??= { waiting: new Map() })
  const root = component.parentElement
  if (shared.engine) shared.engine.update(component)
  else {
    shared.waiting.set(root, component)
    setTimeout(() => {
      if (!shared.waiting.has(root)) return
      const note = root.querySelector(".te-fallback")
      if (note) note.textContent = note.dataset.failed
    }, PATIENCE)
  }
  return () => {
    shared.waiting.delete(root)
    shared.engine?.remove(root)
  }
}
