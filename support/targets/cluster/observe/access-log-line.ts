/** One line of Envoy's access log, as far as it tells the way of a request. */
export interface LogLine {
  /** ms since 1970. */
  readonly startMs: number
  readonly status: number
  readonly flags: string
  readonly userAgent: string
  readonly requestId: string
  /** `10.244.0.5:9080`; `''` for none. */
  readonly upstreamHost: string
  /** `inbound|9080||`; `''` for none. */
  readonly cluster: string
  readonly downstreamRemote: string
}

/** Istio's default format: quoted fields hold no quote. Source: istio.io, "Getting Envoy's Access Logs", Default access log format. */
const text = new RegExp(
  [
    /^\[(?<start>[^\]]+)\]/,
    /"[^"]*"/,
    /(?<status>\d+)/,
    /(?<flags>\S+)/,
    /\S+ \S+/,
    /"[^"]*"/,
    /\S+ \S+ \S+ \S+/,
    /"[^"]*"/,
    /"(?<agent>[^"]*)"/,
    /"(?<id>[^"]*)"/,
    /"[^"]*"/,
    /"(?<host>[^"]*)"/,
    /(?<cluster>\S+)/,
    /\S+ \S+/,
    /(?<remote>\S+)/,
  ]
    .map(({ source }) => source)
    .join(' '),
)

/** A line of Istio's default format, as text or as JSON; `null` for what is none: the proxy's own messages stand between them. */
export function readLogLine(line: string): LogLine | null {
  if (line.startsWith('{')) return readJson(line)
  const { groups } = text.exec(line) ?? {}
  if (!groups) return null
  const { start, status, flags, agent, id, host, cluster, remote } = groups
  return lineOf({ start, status, flags, agent, id, host, cluster, remote })
}

function readJson(line: string): LogLine | null {
  try {
    const json = JSON.parse(line) as Readonly<Record<string, unknown>>
    if (typeof json['start_time'] !== 'string' || !('response_code' in json)) return null
    const field = (name: string): string => (json[name] === null || json[name] === undefined ? '-' : String(json[name]))
    return lineOf({
      start: json['start_time'],
      status: field('response_code'),
      flags: field('response_flags'),
      agent: field('user_agent'),
      id: field('request_id'),
      host: field('upstream_host'),
      cluster: field('upstream_cluster'),
      remote: field('downstream_remote_address'),
    })
  } catch {
    return null
  }
}

type Fields = Readonly<Record<'start' | 'status' | 'flags' | 'agent' | 'id' | 'host' | 'cluster' | 'remote', string | undefined>>

function lineOf({ start, status, flags, agent, id, host, cluster, remote }: Fields): LogLine | null {
  const startMs = Date.parse(start ?? '')
  if (Number.isNaN(startMs)) return null
  const told = (value: string | undefined): string => (value === undefined || value === '-' ? '' : value)
  return {
    startMs,
    status: Number(status) || 0,
    flags: flags ?? '-',
    userAgent: told(agent),
    requestId: told(id),
    upstreamHost: told(host),
    cluster: told(cluster),
    downstreamRemote: told(remote),
  }
}
