import { policySchema } from './healing-policy.ts';

const { namespaces, rules, caps, cooldown, windows } = policySchema.shape;

/** The fields that the part of a policy at this path may have; none for maps of labels. */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  const [part] = path;
  if (part === undefined) return Object.keys(policySchema.shape);
  const shape = typeof part === 'string' ? parts[part] : undefined;
  return Object.keys(shape ?? {});
}

/** Nothing of a policy nests deeper than one of these. */
const parts: Readonly<Record<string, object>> = {
  namespaces: namespaces.def.innerType.shape,
  rules: rules.def.innerType.element.shape,
  caps: caps.def.innerType.shape,
  cooldown: cooldown.def.innerType.shape,
  windows: windows.def.innerType.element.shape,
};
