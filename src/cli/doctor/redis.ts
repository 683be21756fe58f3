import { createClaims } from '../../platform/claims.ts';
import { AppError } from '../../platform/errors.ts';
import type { CommandContext } from '../program.ts';
import type { Check } from './checks.ts';

const name = 'Redis';

/** Whether the Redis that replicas share, where there is one, takes claims; a diagnosis needs none. */
export async function redisChecks(redis: CommandContext['redis']): Promise<readonly Check[]> {
  if (redis === undefined) return [];
  try {
    await createClaims({ holder: 'doctor', redis }).check();
    return [{ name, state: 'ok', message: 'answers' }];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const message = error.message.replace(/^Redis /, '');
    return [{ name, state: 'limited', message, cost: 'No plan can be approved until it answers.' }];
  }
}
