/** A message of Protocol Buffers by the numbers of its fields: enough to read what is exported without its schema. */
export type Message = ReadonlyMap<number, readonly Field[]>;
type Field = bigint | Buffer;

/** Fields of a message: numbers as `bigint`, fixed ones and everything longer as bytes. */
export function decoded(bytes: Buffer): Message {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => bytes.subarray(at, (at += length));
  while (at < bytes.length) {
    const key = Number(varint());
    const wire = key & 7;
    const field = wire === 0 ? varint() : take(wire === 1 ? 8 : wire === 5 ? 4 : Number(varint()));
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), field]);
  }
  return fields;
}

export const messages = (message: Message, field: number): readonly Message[] =>
  (message.get(field) ?? []).map((value) => decoded(value as Buffer));
export const text = (message: Message, field: number): string => bytesOf(message, field).toString('utf8');
export const hex = (message: Message, field: number): string => bytesOf(message, field).toString('hex');
export const whole = (message: Message, field: number): number => Number(message.get(field)?.[0] ?? 0n);
export const fixed64 = (message: Message, field: number): bigint => bytesOf(message, field).readBigUInt64LE();
export const double = (message: Message, field: number): number => bytesOf(message, field).readDoubleLE();
export const doubles = (message: Message, field: number): readonly number[] => {
  const packed = bytesOf(message, field);
  return Array.from({ length: packed.length / 8 }, (_, index) => packed.readDoubleLE(index * 8));
};

const bytesOf = (message: Message, field: number): Buffer =>
  (message.get(field)?.[0] as Buffer | undefined) ?? Buffer.alloc(0);
