const units: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * The value of a Kubernetes quantity in its base unit (cores, bytes, counts): `250m` → 0.25, `1Gi` → 1073741824,
 * `1e3` → 1000. `undefined` when it is not a quantity (apimachinery `resource.Quantity`).
 */
export function quantity(text: string | number | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(String(text).trim());
  if (match === null) return undefined;
  const [, digits, exponent, unit = ''] = match;
  return exponent === undefined ? Number(digits) * (units[unit] ?? 1) : Number(`${digits}e${exponent}`);
}

/** A resource amount as people write it: CPU as `250m` or `2`, everything else in binary units. */
export function formatQuantity(resource: string, value: number): string {
  if (resource.endsWith('cpu')) return value % 1 === 0 ? String(value) : `${Math.round(value * 1000)}m`;
  if (!/memory|storage|hugepages/.test(resource)) return String(value);
  for (const unit of ['Ti', 'Gi', 'Mi', 'Ki']) {
    const amount = value / (units[unit] ?? 1);
    if (amount >= 1) return `${Number(amount.toFixed(amount < 10 ? 1 : 0))}${unit}`;
  }
  return String(value);
}
