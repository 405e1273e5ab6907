// Carries which papers pass the filters: a line of JSON, [map, name], then one bit a paper.

export default function ({ data }) {
  if (!data?.length) return
  const bytes = new Uint8Array(data)
  const end = bytes.indexOf(10)
  const [map, name] = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)))
  const shared = (globalThis.topicExplorerMaps ??= { waiting: new Map() })
  ;(shared.masks ??= new Map()).set(map, { name, bits: bytes.slice(end + 1) })
  shared.engine?.maskArrived(map)
}
