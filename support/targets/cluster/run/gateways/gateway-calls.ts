import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { KubeObject } from '../../../../../mesh-core/config/resource.ts'
import { managedName } from '../../../../../mesh-core/registry/managed-gateways.ts'
import { bytesOf } from '../../../../../mesh-core/ir/message.ts'
import type { HttpRequest } from '../../../../../mesh-core/ir/message.ts'
import { markHeader } from '../../../../../samples/pod/recorded.ts'
import type { Call } from '../../../target.ts'
import { NotSupported } from '../../../target.ts'
import { bindingsOf, claimOfGateway, claimOfIngress, type Destination } from '../../../deployment/gateway-of-host.ts'
import { AnswerTime } from '../../answer-time.ts'
import { GatewayClient } from '../../gateway-client.ts'
import type { Answered } from '../../gateway-client.ts'
import { trusting } from '../../tls-options.ts'
import { sendOverWire } from '../../wire-calls.ts'
import type { ClusterRun } from '../cluster-run.ts'
import { findServiceAddress } from './gateway-address.ts'
import { isManagedGateway } from './managed-gateways.ts'
import type { ScenarioObjects } from '../scenario-objects.ts'

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443, 'tcp:': 0 }

/** Sends what clients outside of the mesh are to send: to the scenario's own Gateway of the Gateway API that has the port, else to Istio's ingress gateway. */
export class GatewayCalls {
  readonly #run: ClusterRun
  readonly #config: ScenarioObjects

  constructor(run: ClusterRun, config: ScenarioObjects) {
    this.#run = run
    this.#config = config
  }

  /**
   * @param authorities PEM: further ones that the call's client trusts, where it is not told whom
   * @returns what sends the call once
   * @throws NotSupported where no gateway has the port
   */
  async sending(call: Call, authorities: readonly string[]): Promise<() => Promise<Answered>> {
    if (call.target.startsWith('udp:')) throw new NotSupported('gateway-calls', 'the client of the gateway sends no datagrams')
    const url = new URL(/^\w+:\/\//.test(call.target) ? call.target : `http://gateway${call.target.startsWith('/') ? '' : '/'}${call.target}`)
    const port = Number(url.port) || (defaultPorts[url.protocol] ?? 80)
    const { host, ports, how } = (await this.#managed({ hostname: this.#hostOf(call, url), port })) ?? (await this.#run.ingress([port]))
    const reached = ports.get(port)
    if (reached === undefined) throw new NotSupported('gateway-calls', `${how} does not have the port ${port}`)
    if (url.protocol === 'tcp:') return () => sendBytes(() => connect({ host, port: reached, noDelay: true }), bytesOf('tcp', url.host, call.body))
    const { insecure } = this.#run.settings
    const trusts = authorities.length > 0 ? { trusts: trusting(authorities) } : {}
    const tls = call.tls || authorities.length > 0 ? { ...trusts, ...call.tls } : undefined
    const options = { mayRefuse: true, insecure, ...(tls && { tls }), serverName: url.hostname }
    const client = new GatewayClient(`${url.protocol}//${host}:${reached}`, options)
    const { host: own, ...given } = call.headers
    const headers = own === undefined ? given : { ...given, host: this.#run.namespaces.host(String(own)) }
    const target = this.#real(call.target)
    // Gateways replace the request id of clients outside; pods of ours are told another one.
    return () => client.send({ ...call, target, headers: this.#run.settings.deploy ? { ...headers, [markHeader]: randomUUID() } : headers })
  }

  #real(target: string): string {
    const [, scheme = '', authority = '', rest = ''] = /^(https?:\/\/)([^/?#]*)(.*)$/s.exec(target) ?? []
    return scheme === '' ? target : scheme + this.#run.namespaces.host(authority) + rest
  }

  /** As the cluster's config names it. */
  #hostOf({ headers }: Call, { host }: URL): string {
    return this.#run.namespaces.host([headers['host'] ?? host].flat()[0]!).replace(/:\d+$/, '')
  }

  /** Of several Gateways the one that config binds the host to. The implementation makes a Service for each, called as both. Source: Istio `deploymentcontroller.go`. */
  async #managed(to: Destination): Promise<Awaited<ReturnType<typeof findServiceAddress>>> {
    const gateways = this.#config.applied.filter(
      (object) => isManagedGateway(object) && listenersOf(object).some((listener) => listener.port === to.port),
    )
    if (gateways.length === 0) return null
    const bindings = bindingsOf(this.#config.applied)
    const claims = gateways.map(({ metadata: { name, namespace = '' } }) => claimOfGateway({ name, namespace }, to, bindings))
    const best = Math.max(...claims)
    // As Istio's charts label the ingress gateway, and the run its own.
    const labels = { app: 'istio-ingressgateway', istio: this.#run.ownIngress?.label ?? 'ingressgateway' }
    if (claimOfIngress(labels, to, bindings) > best) return null
    const gateway = gateways[claims.findIndex((claim) => claim === best)]!
    const { name, namespace = '' } = gateway.metadata
    const address = await findServiceAddress(this.#run.objects, namespace, managedName(gateway))
    if (address) return address
    throw new NotSupported('gateway-calls', `the Service of Gateway ${name} has no address that is reached from outside`)
  }
}

function listenersOf({ spec }: KubeObject): readonly { readonly port: number }[] {
  return (spec.listeners ?? []) as readonly { readonly port: number }[]
}

async function sendBytes(dial: () => Socket, request: HttpRequest): Promise<Answered> {
  const time = new AnswerTime()
  const end = await sendOverWire({ connect: () => time.of(dial()), tls: null }, request)
  const durationMs = time.ms
  return typeof end === 'string' ? { request, response: null, error: end, durationMs } : { request, response: end, error: null, durationMs }
}
