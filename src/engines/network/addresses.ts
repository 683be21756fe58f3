/** An IP address as a number of 32 or 128 bits. */
interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/**
 * Whether an address lies in a CIDR block (`10.0.0.0/8`, `fd00::/8`); `undefined` when one of them is not written as
 * such. Blocks and addresses of different families have nothing in common.
 */
export function inBlock(address: string, block: string): boolean | undefined {
  const [network = '', length = '', ...rest] = block.split('/');
  const [base, subject] = [addressOf(network), addressOf(address)];
  if (base === undefined || subject === undefined || rest.length > 0 || !/^\d{1,3}$/.test(length)) return undefined;
  if (Number(length) > base.bits) return undefined;
  if (base.bits !== subject.bits) return false;
  const host = BigInt(base.bits - Number(length));
  return base.value >> host === subject.value >> host;
}

/** Whether a block holds every address of its family. */
export const isEverything = (block: string): boolean => /^[\d.:]+\/0+$/.test(block);

export const isAddress = (text: string): boolean => addressOf(text) !== undefined;

function addressOf(text: string): Address | undefined {
  return text.includes(':') ? version6(text) : version4(text);
}

function version4(text: string): Address | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined;
  const octets = text.split('.').map(BigInt);
  if (octets.some((octet) => octet > 255n)) return undefined;
  return { bits: 32, value: octets.reduce((value, octet) => (value << 8n) | octet, 0n) };
}

function version6(text: string): Address | undefined {
  if (!/^[\da-f:]{2,39}$/i.test(text)) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (groups.some((group) => !/^[\da-f]{1,4}$/i.test(group))) return undefined;
  return { bits: 128, value: groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n) };
}
