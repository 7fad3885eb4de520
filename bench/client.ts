import { readText, type Resource } from '../mesh-core/index.ts'

/** A workload with a sidecar that calls nothing by itself. */
export function clientResources(): readonly Resource[] {
  return readText(text, 'client.yaml').resources
}

const text = `
apiVersion: v1
kind: Service
metadata: {name: client}
spec: {selector: {app: client}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: client}
spec:
  selector: {matchLabels: {app: client}}
  template:
    metadata: {labels: {app: client}}
    spec: {containers: [{name: app, image: client, ports: [{containerPort: 8080}]}]}
`
