/** The Date of an answer is of whole seconds and was written a while ago; less than this is no difference. */
const tolerance = 5_000;

/**
 * Milliseconds that a server's clock is ahead of ours, by the Date of an answer (RFC 9110, 6.6.1); 0 when they agree, or
 * when it says nothing. What a cluster tells of times is told by its clocks, not by ours.
 */
export function aheadOf(date: string | string[] | undefined, now: number): number {
  const server = Date.parse(typeof date === 'string' ? date : '');
  return Number.isNaN(server) || Math.abs(server - now) < tolerance ? 0 : server - now;
}
