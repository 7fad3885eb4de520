interface Called {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** @param name with the namespace or without: `reviews`, `prod/reviews` as istioctl writes it, `reviews.prod` as a sentence writes a service */
export function isCalled(resource: Called, kind: string, name: string): boolean {
  const names = [resource.name, fullName(resource), `${resource.name}.${resource.namespace}`]
  return resource.kind === kind && names.includes(name)
}

/** Of a complaint, those of the kind that there are. */
export function namesOf(resources: readonly Called[], kind: string): string {
  const names = new Set(resources.filter((resource) => resource.kind === kind).map(fullName))
  return names.size === 0 ? 'none' : [...names].join(', ')
}

function fullName({ namespace, name }: Called): string {
  return `${namespace}/${name}`
}
