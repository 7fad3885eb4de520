/** `npm run deploy:manifests`, with helm on PATH or in `$HELM_PATH`. */
import { writeFileSync } from 'node:fs'
import { manifest, manifests } from './rendered-manifests.ts'

for (const file of Object.keys(manifests)) writeFileSync(new URL(`../deploy/manifests/${file}`, import.meta.url), manifest(file))
