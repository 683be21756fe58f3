/** Preloaded into the program: its clock is off by this many minutes. */
const shiftMs = Number(process.env['SHIFT_MINUTES'] ?? 0) * 60_000;
const { now } = Date;

globalThis.Date = new Proxy(Date, {
  construct: (real, args: readonly unknown[], made) =>
    Reflect.construct(real, args.length === 0 ? [now() + shiftMs] : args, made) as object,
  get: (real, key, receiver) => (key === 'now' ? () => now() + shiftMs : Reflect.get(real, key, receiver)),
});
