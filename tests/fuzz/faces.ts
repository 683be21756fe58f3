import fc from 'fast-check';
import type { FuzzBed } from './bed.ts';
import { commandLine, overCommandLine } from './command-face.ts';
import { head, overSocket } from './heads-face.ts';
import { anyMessage, legacyMessages, openSession, overLegacy, overModern, overRest } from './http-faces.ts';
import { sentLines, stdioFace } from './stdio-face.ts';
import { toolCall } from './values.ts';
import type { Wrong } from './verdicts.ts';

export const faces = ['rest', 'modern', 'legacy', 'stdio modern', 'stdio legacy', 'heads', 'command line'] as const;
export type Face = (typeof faces)[number];

export interface Fuzzing {
  readonly face: Face;
  readonly count: number;
  readonly seed: number;
  /** Told how many messages are about to be sent. */
  readonly onCall?: (messages: number) => void;
}

/** Asks a face so many things; throws with the smallest one that was answered wrongly. */
export async function fuzz(bed: FuzzBed, { face, count, seed, onCall = () => {} }: Fuzzing): Promise<void> {
  async function all<T>(
    arbitrary: fc.Arbitrary<T>,
    send: (sent: T) => Promise<Wrong>,
    messages: (sent: T) => number = () => 1,
  ): Promise<void> {
    const property = fc.asyncProperty(arbitrary, async (sent) => {
      onCall(messages(sent));
      const wrong = await send(sent);
      if (wrong !== undefined) throw new Error(wrong);
    });
    await fc.assert(property, { numRuns: count, seed });
  }

  switch (face) {
    case 'rest':
      return all(toolCall, (sent) => overRest(bed, sent));
    case 'modern':
      return all(anyMessage, (sent) => overModern(bed, sent));
    case 'legacy': {
      const session = await openSession(bed);
      return all(legacyMessages, (sent) => overLegacy(bed, session, sent));
    }
    case 'stdio modern':
    case 'stdio legacy': {
      const stdio = await stdioFace(bed, face === 'stdio modern' ? 'modern' : 'legacy');
      try {
        return await all(
          sentLines,
          (sent) => stdio.send(sent),
          ({ lines }) => lines.length + 1,
        );
      } finally {
        await stdio.close();
      }
    }
    case 'heads':
      return all(head, (sent) => overSocket(bed, sent));
    case 'command line':
      return all(commandLine, (sent) => overCommandLine(bed, sent));
  }
}
