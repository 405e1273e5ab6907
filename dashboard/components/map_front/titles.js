// Asks the server for titles on the map's behalf and passes the answers on.

export default function ({ data, setTriggerValue }) {
  const shared = (globalThis.topicExplorerMaps ??= { waiting: new Map() })
  ;(shared.ask ??= new Map()).set(data.map, rows => setTriggerValue("ask", rows))
  if (data.rows.length) shared.engine?.titlesArrived(data.map, data.rows, data.titles)
}
