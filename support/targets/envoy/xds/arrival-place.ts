/** Where connections arrive in the mesh. Sidecars listen elsewhere here, so that Envoy cannot see it. */
export interface ArrivalPlace {
  readonly address: string
  readonly port: number
}
