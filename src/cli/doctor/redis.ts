import { AppError } from '../../platform/errors.ts';
import { silentLogger } from '../../platform/logging.ts';
import { claimsBy } from '../shared-claims.ts';
import type { Check } from './checks.ts';

const name = 'Redis';

/** Whether the Redis that replicas share, where there is one, takes claims; a diagnosis needs none. */
export async function redisChecks(url: string | undefined): Promise<readonly Check[]> {
  if (url === undefined) return [];
  const claims = claimsBy(url, 'doctor', silentLogger);
  try {
    await claims.check();
    return [{ name, state: 'ok', message: 'answers' }];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const message = error.message.replace(/^Redis /, '');
    return [{ name, state: 'limited', message, cost: 'No plan can be approved until it answers.' }];
  } finally {
    await claims.close();
  }
}
